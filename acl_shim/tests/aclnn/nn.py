"""Calls operators of aclnn through libascendcl.so, with numpy arrays.

The prototypes come from the reference table, so that an operator is called as
a C program calls it: both phases, its own workspace, one stream.

  nn = Library("libascendcl.so", "aclnn.tsv")
  out = nn.empty("f32", (2, 3))
  nn.run("Add", Tensor(x), Tensor(y), Scalar(1.0), out)
  out.value()
"""

import ctypes
import sys

import numpy as np

sys.dont_write_bytecode = True
import aclnn_table  # noqa: E402

# Tag: (aclDataType, numpy's dtype of the bytes).
DTYPES = {
    "f32": (0, np.float32),
    "f16": (1, np.float16),
    "i8": (2, np.int8),
    "i32": (3, np.int32),
    "u8": (4, np.uint8),
    "i16": (6, np.int16),
    "i64": (9, np.int64),
    "f64": (11, np.float64),
    "bool": (12, np.bool_),
    "bf16": (27, np.uint16),
}
_TAG_OF = {np.dtype(kind): tag
           for tag, (_, kind) in DTYPES.items() if tag != "bf16"}
_ND = 2
_HOST_TO_DEVICE, _DEVICE_TO_HOST = 1, 2


class NnError(Exception):
  """A function returned an error; `code` is its number."""

  def __init__(self, function, code, message):
    super().__init__("%s: %d: %s" % (function, code, message))
    self.code = code
    self.message = message


def to_bf16(values):
  """The bits of float32 values rounded to nearest even bfloat16."""
  bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
  rounded = bits + 0x7fff + ((bits >> 16) & 1)
  return (rounded >> 16).astype(np.uint16)


def from_bf16(bits):
  """The float32 values of bfloat16 bits."""
  return (bits.astype(np.uint32) << 16).view(np.float32)


class Tensor:
  """A view of an array: its own strides, the array that owns its memory."""

  def __init__(self, array, tag=None, format_=_ND):
    self.tag = tag or _TAG_OF[array.dtype]
    self.array = array
    self.format = format_
    self.claimed = None  # extents that the array does not have
    self.owner = array
    while isinstance(self.owner.base, np.ndarray):
      self.owner = self.owner.base

  def value(self):
    """The elements, of bf16 as float32."""
    return from_bf16(self.array) if self.tag == "bf16" else self.array


class Found(Tensor):
  """An output as large as it can get; the call finds its real shape."""

  def __init__(self, array):
    super().__init__(array)
    self.shape = array.shape

  def value(self):
    count = int(np.prod(self.shape))
    return self.array.ravel()[:count].reshape(self.shape)


class Scalar:
  """A number with its dtype: f32 for floats, i64 for integers, bool."""

  def __init__(self, value, tag=None):
    if tag is None:
      tag = ("bool" if isinstance(value, bool) else
             "i64" if isinstance(value, int) else "f32")
    self.tag = tag
    self.array = np.array([value], DTYPES[tag][1])


class Null:
  """An argument that is not there."""


class Library:
  """The library, initialised on device 0, and the table of operators."""

  def __init__(self, path, table):
    self.lib = ctypes.CDLL(path)
    self.ops = {op.name: op for op in aclnn_table.read(table)[0]}
    for name in ("aclCreateTensor", "aclCreateScalar", "aclCreateIntArray",
                 "aclCreateFloatArray", "aclCreateBoolArray",
                 "aclCreateTensorList", "aclCreateScalarList"):
      getattr(self.lib, name).restype = ctypes.c_void_p
    self.lib.aclGetRecentErrMsg.restype = ctypes.c_char_p
    self.check("aclInit", self.lib.aclInit(None))
    self.check("aclrtSetDevice", self.lib.aclrtSetDevice(0))
    self.stream = ctypes.c_void_p()
    self.check("aclrtCreateStream",
               self.lib.aclrtCreateStream(ctypes.byref(self.stream)))

  def message(self):
    text = self.lib.aclGetRecentErrMsg()
    return text.decode() if text else ""

  def check(self, function, code):
    if code != 0:
      raise NnError(function, code, self.message())

  @staticmethod
  def empty(tag, shape):
    return Tensor(np.zeros(shape, DTYPES[tag][1]), tag)

  def malloc(self, size):
    address = ctypes.c_void_p()
    self.check("aclrtMalloc",
               self.lib.aclrtMalloc(ctypes.byref(address),
                                    ctypes.c_size_t(max(size, 1)), 0))
    return address.value

  def call(self, name):
    return _Call(self, self.ops[name])

  def run(self, name, *args):
    """Both phases; outputs are read back. Returns the workspace's size."""
    with self.call(name) as call:
      return call.run(args)


class _Call:
  """One call: what it made is gone at its end."""

  def __init__(self, nn, op):
    self.nn = nn
    self.op = op
    self.memory = {}  # id of the owning array: (address, array)
    self.made = []    # (destroy function, handle)
    self.found = []   # (tensor, handle)

  def __enter__(self):
    return self

  def __exit__(self, *_):
    for destroy, handle in reversed(self.made):
      getattr(self.nn.lib, destroy)(ctypes.c_void_p(handle))
    for address, _ in self.memory.values():
      self.nn.lib.aclrtFree(ctypes.c_void_p(address))

  def address_of(self, tensor):
    owner = tensor.owner
    if id(owner) not in self.memory:
      address = self.nn.malloc(owner.nbytes)
      self.memory[id(owner)] = (address, owner)
      self.copy(address, owner.ctypes.data, owner.nbytes, _HOST_TO_DEVICE)
    return self.memory[id(owner)][0]

  def copy(self, to, source, size, kind):
    if size == 0:
      return
    self.nn.check(
        "aclrtMemcpy",
        self.nn.lib.aclrtMemcpy(ctypes.c_void_p(to), ctypes.c_size_t(size),
                                ctypes.c_void_p(source),
                                ctypes.c_size_t(size), kind))

  def made_by(self, function, handle, destroy):
    if not handle:
      raise NnError(function, -1, self.nn.message())
    self.made.append((destroy, handle))
    return handle

  def tensor(self, tensor, owned=True):
    if tensor.claimed is not None:
      return self.claimed(tensor, owned)
    array, size = tensor.array, tensor.array.itemsize
    rank = array.ndim
    dims = (ctypes.c_int64 * max(rank, 1))(*array.shape)
    strides = (ctypes.c_int64 * max(rank, 1))(
        *[stride // size for stride in array.strides])
    storage = (ctypes.c_int64 * 1)(tensor.owner.size)
    offset = (array.ctypes.data - tensor.owner.ctypes.data) // size
    handle = self.nn.lib.aclCreateTensor(
        dims, ctypes.c_uint64(rank), DTYPES[tensor.tag][0], strides,
        ctypes.c_int64(offset), tensor.format, storage, ctypes.c_uint64(1),
        ctypes.c_void_p(self.address_of(tensor)))
    if isinstance(tensor, Found):
      self.found.append((tensor, handle))
    if owned:
      return self.made_by("aclCreateTensor", handle, "aclDestroyTensor")
    return handle

  def claimed(self, tensor, owned):
    """A contiguous tensor of extents for which there is no memory."""
    rank = len(tensor.claimed)
    dims = (ctypes.c_int64 * max(rank, 1))(*tensor.claimed)
    handle = self.nn.lib.aclCreateTensor(
        dims, ctypes.c_uint64(rank), DTYPES[tensor.tag][0], None,
        ctypes.c_int64(0), tensor.format, dims, ctypes.c_uint64(rank),
        ctypes.c_void_p(self.address_of(tensor)))
    if owned:
      return self.made_by("aclCreateTensor", handle, "aclDestroyTensor")
    return handle

  def shape_of(self, handle):
    dims, rank = ctypes.POINTER(ctypes.c_int64)(), ctypes.c_uint64()
    self.nn.check("aclGetViewShape",
                  self.nn.lib.aclGetViewShape(ctypes.c_void_p(handle),
                                              ctypes.byref(dims),
                                              ctypes.byref(rank)))
    return tuple(dims[:rank.value])

  def scalar(self, scalar, owned=True):
    handle = self.nn.lib.aclCreateScalar(
        ctypes.c_void_p(scalar.array.ctypes.data), DTYPES[scalar.tag][0])
    if owned:
      return self.made_by("aclCreateScalar", handle, "aclDestroyScalar")
    return handle

  def array(self, kind, ctype, values):
    data = (ctype * max(len(values), 1))(*values)
    create = getattr(self.nn.lib, "aclCreate" + kind)
    return self.made_by("aclCreate" + kind,
                        create(data, ctypes.c_uint64(len(values))),
                        "aclDestroy" + kind)

  def list_of(self, kind, handles):
    data = (ctypes.c_void_p * max(len(handles), 1))(*handles)
    create = getattr(self.nn.lib, "aclCreate" + kind)
    return self.made_by("aclCreate" + kind,
                        create(data, ctypes.c_uint64(len(handles))),
                        "aclDestroy" + kind)

  def argument(self, param, value):
    """The ctypes value of one argument, by the parameter's type."""
    kind = param.type.replace("const ", "").replace(" *", "")
    if isinstance(value, Null):
      return ctypes.c_void_p()
    if kind == "aclTensor":
      return ctypes.c_void_p(self.tensor(value))
    if kind == "aclScalar":
      return ctypes.c_void_p(self.scalar(value))
    if kind == "aclTensorList":
      return ctypes.c_void_p(self.list_of(
          "TensorList", [self.tensor(t, owned=False) for t in value]))
    if kind == "aclScalarList":
      return ctypes.c_void_p(self.list_of(
          "ScalarList", [self.scalar(s, owned=False) for s in value]))
    if kind == "aclIntArray":
      return ctypes.c_void_p(self.array("IntArray", ctypes.c_int64, value))
    if kind == "aclFloatArray":
      return ctypes.c_void_p(self.array("FloatArray", ctypes.c_float, value))
    if kind == "aclBoolArray":
      return ctypes.c_void_p(self.array("BoolArray", ctypes.c_bool, value))
    if kind == "char":
      return ctypes.c_char_p(value.encode())
    if kind == "aclDataType":
      return ctypes.c_int(DTYPES[value][0])
    plain = {"bool": ctypes.c_bool, "double": ctypes.c_double,
             "float": ctypes.c_float, "int64_t": ctypes.c_int64,
             "uint64_t": ctypes.c_uint64, "int32_t": ctypes.c_int32,
             "int": ctypes.c_int, "int8_t": ctypes.c_int8}
    return plain[kind](value)

  def first(self, args):
    """Phase one; returns (workspace size, executor)."""
    values = [self.argument(p, a)
              for p, a in zip(self.op.params, args, strict=True)]
    size = ctypes.c_uint64()
    executor = ctypes.c_void_p()
    name = self.op.symbol + "GetWorkspaceSize"
    code = getattr(self.nn.lib, name)(*values, ctypes.byref(size),
                                      ctypes.byref(executor))
    self.nn.check(name, code)
    return size.value, executor

  def run(self, args):
    size, executor = self.first(args)
    workspace = self.nn.malloc(size) if size else None
    lib = self.nn.lib
    self.nn.check(self.op.symbol,
                  getattr(lib, self.op.symbol)(ctypes.c_void_p(workspace),
                                               ctypes.c_uint64(size), executor,
                                               self.nn.stream))
    for tensor, handle in self.found:
      tensor.shape = self.shape_of(handle)
    self.nn.check("aclrtSynchronizeStream",
                  lib.aclrtSynchronizeStream(self.nn.stream))
    for address, owner in self.memory.values():
      self.copy(owner.ctypes.data, address, owner.nbytes, _DEVICE_TO_HOST)
    if workspace:
      lib.aclrtFree(ctypes.c_void_p(workspace))
    return size
