"""Every operator of aclnn that is modelled, against numpy; bad input to all.

  nn_test.py LIBRARY ACLNN_TSV
"""

import ctypes
import sys
import unittest

import numpy as np

from nn import Library, NnError, Null, Scalar, Tensor, to_bf16
from nn_cases import CASES
import nn_cases_direct  # noqa: F401
import nn_cases_experts  # noqa: F401
import nn_cases_index  # noqa: F401
import nn_cases_lists  # noqa: F401 (adds its cases)
import nn_cases_math  # noqa: F401
import nn_cases_more  # noqa: F401
import nn_cases_pools  # noqa: F401
import nn_cases_random  # noqa: F401
import nn_cases_sample  # noqa: F401
import nn_cases_train  # noqa: F401
import nn_cases_windows  # noqa: F401

_NOT_MODELLED = 200001
_CAPTURED = 107027
_VECTOR_EXCEPTION = 507035
_ABSURD = 161002, 200001
_NULL, _INVALID = 161001, 161002
NN = None


def nothing(param):
  """The emptiest value of a parameter's type."""
  if param.type.endswith("*"):
    return Null()
  return {"aclDataType": "f32", "bool": False, "double": 0.0,
          "float": 0.0}.get(param.type.replace("const ", ""), 0)


def code_of(op, args):
  """What the first phase returns."""
  with NN.call(op) as call:
    try:
      _, executor = call.first(args)
    except NnError as error:
      return error.code, error.message
    NN.lib.aclDestroyAclOpExecutor(executor)
    return 0, ""


def modelled():
  return [name for name, op in NN.ops.items()
          if code_of(name, [nothing(p) for p in op.params])[0] !=
          _NOT_MODELLED]


class NnTest(unittest.TestCase):

  def test_every_operator_has_a_case(self):
    covered = {op for op, _, _ in CASES}
    self.assertEqual(sorted(set(modelled()) - covered), [])
    print("modelled: %d operators, %d cases" % (len(modelled()), len(CASES)))

  def test_as_numpy(self):
    for number, (op, args, expected) in enumerate(CASES):
      with self.subTest(op=op, case=number):
        NN.run(op, *args)
        for out, array, tolerance in expected:
          np.testing.assert_allclose(
              out.value().astype(np.float64),
              np.asarray(array).astype(np.float64), rtol=tolerance,
              atol=tolerance)

  def test_null_arguments(self):
    """Each tensor argument alone null: taken as optional, or 161001."""
    for op, args, _ in CASES:
      for i, param in enumerate(NN.ops[op].params):
        if "aclTensor" not in param.type or isinstance(args[i], Null):
          continue
        bad = list(args)
        bad[i] = Null()
        with self.subTest(op=op, argument=param.name):
          code, message = code_of(op, bad)
          self.assertIn(code, (0, _NULL, _INVALID), message)
          if code == _NULL:
            self.assertIn(param.name, message)

  def test_mixed_floats_are_not_cast_into_a_workspace(self):
    random = np.random.RandomState(2)
    wide = random.uniform(1, 2, (3, 4)).astype(np.float32)
    half = Tensor(random.uniform(1, 2, (4,)).astype(np.float16))
    brain = Tensor(to_bf16(random.uniform(1, 2, (4,))), "bf16")
    functions = {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply,
                 "Div": np.divide}
    for op, function in functions.items():
      for narrow in (half, brain):
        for turned in (False, True):
          x, y = Tensor(wide), narrow
          if turned:
            x, y = y, x
          with self.subTest(op=op, narrow=narrow.tag, turned=turned):
            out = Tensor(np.zeros_like(wide))
            alpha = [Scalar(1.0)] if op in ("Add", "Sub") else []
            self.assertEqual(NN.run(op, x, y, *alpha, out), 0)
            np.testing.assert_array_equal(
                out.value(), function(x.value().astype(np.float32),
                                      y.value().astype(np.float32)))

  def test_results_of_unknown_number_cannot_be_captured(self):
    x, out = Tensor(np.eye(3, dtype=np.float32)), Tensor(np.zeros((9, 2), "q"))
    stream, ri = NN.stream, ctypes.c_void_p()
    with NN.call("Nonzero") as call:
      size, executor = call.first([x, out])
      workspace = NN.malloc(size)
      NN.check("begin", NN.lib.aclmdlRICaptureBegin(stream, 0))
      code = NN.lib.aclnnNonzero(ctypes.c_void_p(workspace),
                                 ctypes.c_uint64(size), executor, stream)
      NN.check("end", NN.lib.aclmdlRICaptureEnd(stream, ctypes.byref(ri)))
      self.assertEqual(code, _CAPTURED)
      NN.check("destroy", NN.lib.aclmdlRIDestroy(ri))
      NN.lib.aclrtFree(ctypes.c_void_p(workspace))

  def test_results_of_unknown_number_are_found_once(self):
    x, out = Tensor(np.eye(3, dtype=np.float32)), Tensor(np.zeros((9, 2), "q"))
    with NN.call("Nonzero") as call:
      _, executor = call.first([x, out])
      self.assertEqual(NN.lib.aclSetAclOpExecutorRepeatable(executor),
                       _INVALID)
      self.assertIn("host copies", NN.message())
      NN.check("destroy", NN.lib.aclDestroyAclOpExecutor(executor))

  def test_an_index_out_of_range_is_an_exception(self):
    """It would be another row's index where rows do not come first."""
    source = np.ones((2, 1, 2), np.float32)
    for index in (3, -1):
      with self.subTest(index=index):
        x = Tensor(np.zeros((2, 3, 2), np.float32))
        with self.assertRaises(NnError) as raised:
          NN.run("InplaceIndexCopy", x, 1, Tensor(np.array([index], "q")),
                 Tensor(source))
        self.assertEqual(raised.exception.code, _VECTOR_EXCEPTION)
    x = Tensor(np.zeros((2, 3, 2), np.float32))
    NN.run("InplaceIndexCopy", x, 1, Tensor(np.array([2], "q")), Tensor(source))
    self.assertEqual(x.value()[:, 2].tolist(), [[1, 1], [1, 1]])
    self.assertEqual(x.value().sum(), 4)

  def test_messages_have_the_callers_names(self):
    x, wide = (np.zeros(shape, np.float32) for shape in ((2, 3), (4,)))
    for op, args, argument in (
        ("Add", [Tensor(x), Tensor(wide), Scalar(1.0), Tensor(x)], "other"),
        ("Add", [Tensor(x), Tensor(wide[::2]), Scalar(1.0), Tensor(x)],
         "other"),
        ("Mul", [Tensor(x), Tensor(wide.astype(np.float16)), Tensor(x)],
         "other"),
        ("Cat", [[Tensor(x), Tensor(wide)], 0, Tensor(x)], "tensors")):
      with self.subTest(op=op):
        code, message = code_of(op, args)
        self.assertEqual(code, _INVALID)
        self.assertIn(": %s" % argument, message)

  def test_absurd_sizes_end(self):
    """The first phase of all operators with nothing, 2^20 and 2^40 times as
    much along the first or the last axis: a plan or a refusal."""
    for op, args, _ in CASES:
      flat = [t for a in args for t in (a if isinstance(a, list) else [a])]
      tensors = [t for t in flat if isinstance(t, Tensor) and t.array.ndim]
      for axis in (0, -1):
        for factor in (0, 1 << 20, 1 << 40):
          with self.subTest(op=op, axis=axis, factor=factor):
            for tensor in tensors:
              tensor.claimed = list(tensor.array.shape)
              tensor.claimed[axis] *= factor
            try:
              code, message = code_of(op, args)
            finally:
              for tensor in tensors:
                tensor.claimed = None
            self.assertIn(code, (0, *_ABSURD), message)

  def test_wrong_dtypes_are_refused_by_name(self):
    for op, args, _ in CASES:
      with self.subTest(op=op):
        name = NN.ops[op].symbol
        tensor = next(a for a in args if hasattr(a, "owner") or
                      isinstance(a, list) and a and hasattr(a[0], "owner"))
        one = tensor[0] if isinstance(tensor, list) else tensor
        tag, one.tag = one.tag, "f64"
        try:
          code, message = code_of(op, args)
        finally:
          one.tag = tag
        if code != 0:
          self.assertIn(code, (_INVALID, _NOT_MODELLED), message)
          self.assertIn(name, message)


if __name__ == "__main__":
  NN = Library(sys.argv[1], sys.argv[2])
  unittest.main(argv=sys.argv[:1] + sys.argv[3:])
