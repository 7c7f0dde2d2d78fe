"""A valid call of every operator, with what numpy says of it.

Each case is (operator, arguments, expected), where expected has a row
(output, array, relative tolerance) for each output. Operators whose bits the
kernels' own tests decide have a tolerance here: what is shown is that the
arguments mean what the documentation says. Moves of elements have none.
"""

import math

import numpy as np

from nn import Null, Scalar, Tensor, from_bf16, to_bf16

F32 = np.float32
CASES = []


class _Random:
  """Numbers that are the same in every run."""

  def __init__(self):
    self.random = np.random.RandomState(1)

  def real(self, shape, low=-2.0, high=2.0, kind=F32):
    return self.random.uniform(low, high, shape).astype(kind)

  def whole(self, shape, low=-9, high=10, kind=np.int32):
    return self.random.randint(low, high, shape).astype(kind)

  def truth(self, shape):
    return self.random.randint(0, 2, shape).astype(np.bool_)


R = _Random()


def like(array, tag=None):
  """An output of the shape; elements that no operator leaves."""
  return Tensor(np.zeros(np.shape(array), np.asarray(array).dtype), tag)


def case(op, args, *expected):
  CASES.append((op, args, [row if len(row) == 3 else (*row, 0.0)
                           for row in expected]))


def one(op, args, expected, tolerance=0.0, tag=None):
  """A case whose one output is the last argument."""
  out = like(expected, tag)
  case(op, [*args, out], (out, np.asarray(expected), tolerance))


def in_place(op, x, args, expected, tolerance=0.0):
  target = Tensor(x.copy())
  case(op, [target, *args], (target, expected.astype(x.dtype), tolerance))


def strided(array):
  """The same elements in memory where they lie apart."""
  room = np.zeros([2 * n for n in array.shape], array.dtype)
  view = room[tuple(slice(0, None, 2) for _ in array.shape)]
  view[...] = array
  return view


# Element-wise.

def erf(x):
  return np.vectorize(math.erf, otypes=[F32])(x)


def sigmoid(x):
  return 1 / (1 + np.exp(-x.astype(np.float64)))


def softplus(x):
  return np.log1p(np.exp(x.astype(np.float64)))


UNARY = {
    "Abs": np.abs, "Neg": np.negative, "Relu": lambda x: np.maximum(x, 0),
    "Sign": np.sign, "Cos": np.cos, "Sin": np.sin, "Tan": np.tan,
    "Cosh": np.cosh, "Sinh": np.sinh, "Tanh": np.tanh, "Atan": np.arctan,
    "Asinh": np.arcsinh, "Erf": erf, "Erfc": lambda x: 1 - erf(x),
    "Exp": np.exp, "Expm1": np.expm1, "Reciprocal": np.reciprocal,
    "Sigmoid": sigmoid, "Silu": lambda x: x * sigmoid(x),
    "LogSigmoid": lambda x: -softplus(-x),
    "Hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "Hardsigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "Ceil": np.ceil, "Floor": np.floor, "Trunc": np.trunc, "Round": np.rint,
    "Frac": lambda x: x - np.trunc(x), "Exp2": np.exp2,
    "Mish": lambda x: x * np.tanh(softplus(x)),
    "Selu": lambda x: 1.0507009873554805 * np.where(
        x > 0, x, 1.6732632423543773 * np.expm1(x)),
    "FastGelu": lambda x: x * sigmoid(1.702 * x),
    "Gelu": lambda x: 0.5 * x * (1 + np.tanh(
        0.7978845608028654 * (x + 0.044715 * x ** 3))),
}
POSITIVE = {
    "Log": np.log, "Log1p": np.log1p, "Log2": np.log2, "Log10": np.log10,
    "Sqrt": np.sqrt, "Rsqrt": lambda x: 1 / np.sqrt(x),
    "Acosh": lambda x: np.arccosh(x),
}
UNIT = {"Acos": np.arccos, "Asin": np.arcsin, "Atanh": np.arctanh}
NO_IN_PLACE = {"Abs", "Gelu", "FastGelu", "Silu", "LogSigmoid", "Sign"}


def unary_cases():
  for table, low, high in ((UNARY, -2.5, 2.5), (POSITIVE, 1.1, 5),
                           (UNIT, -0.9, 0.9)):
    for op, function in table.items():
      x = R.real((3, 5), low, high)
      expected = function(x).astype(F32)
      tolerance = 0.0 if op in ("Abs", "Neg", "Relu", "Sign", "Ceil", "Floor",
                                "Trunc", "Round") else 2e-6
      one(op, [Tensor(strided(x))], expected, tolerance)
      half = x.astype(np.float16)
      one(op, [Tensor(half)],
          function(half.astype(F32)).astype(np.float16), 4e-3)
      if op not in NO_IN_PLACE:
        in_place("Inplace" + op, x, [], expected, tolerance)
  x = R.real((3, 4), 0.1, 0.9)
  one("Erfinv", [Tensor(erf(x))], x, 1e-5)
  in_place("InplaceErfinv", erf(x), [], x, 1e-5)
  x = np.array([1, np.nan, np.inf, -np.inf, 0, -2], F32)
  one("IsFinite", [Tensor(x)], np.isfinite(x))
  one("IsInf", [Tensor(x)], np.isinf(x))
  one("IsPosInf", [Tensor(x)], np.isposinf(x))
  one("IsNegInf", [Tensor(x)], np.isneginf(x))
  one("Signbit", [Tensor(x[4:])], np.signbit(x[4:]))
  y = np.nan_to_num(x, nan=7, posinf=8, neginf=9)
  one("NanToNum", [Tensor(x), 7.0, 8.0, 9.0], y)
  in_place("InplaceNanToNum", x, [7.0, 8.0, 9.0], y)


def binary_cases():
  x = R.real((2, 3, 4), 0.5, 3)
  y = R.real((3, 1), 0.5, 3)
  n = R.whole((2, 3), 1, 9)
  alpha = Scalar(0.5)
  one("Add", [Tensor(strided(x)), Tensor(y), alpha], x + F32(0.5) * y, 1e-6)
  one("Add", [Tensor(n), Tensor(x[0, :, :3][:2]), Scalar(1.0)],
      (n + x[0, :, :3][:2]).astype(F32))
  one("Adds", [Tensor(x), Scalar(2.0), alpha], x + F32(1))
  one("AddRelu", [Tensor(x), Tensor(-y), Scalar(1.0)], np.maximum(x - y, 0))
  one("Sub", [Tensor(x), Tensor(y), Scalar(1.0)], x - y)
  one("Subs", [Tensor(x), Scalar(2.0), alpha], x - F32(1))
  one("Rsub", [Tensor(x), Tensor(y), alpha], y - F32(0.5) * x, 1e-6)
  one("Rsubs", [Tensor(x), Scalar(2.0), alpha], 2 - F32(0.5) * x, 1e-6)
  one("Mul", [Tensor(x), Tensor(y)], x * y)
  one("Muls", [Tensor(x), Scalar(3.0)], x * 3)
  one("Div", [Tensor(x), Tensor(y)], x / y)
  one("Div", [Tensor(n), Tensor(n.T.copy().reshape(2, 3))],
      (n / n.T.reshape(2, 3)).astype(F32))
  one("Divs", [Tensor(x), Scalar(4.0)], x / 4)
  pairs = {
      "Maximum": np.maximum, "Minimum": np.minimum, "FloorDivide": np.floor_divide,
      "RemainderTensorTensor": np.mod, "FmodTensor": np.fmod,
      "PowTensorTensor": np.power, "ClampMinTensor": np.maximum,
      "ClampMaxTensor": np.minimum, "Atan2": np.arctan2,
      "LogAddExp": np.logaddexp,
      "XLogYTensor": lambda a, b: a * np.log(b),
  }
  for op, function in pairs.items():
    one(op, [Tensor(x), Tensor(y)], function(x, y).astype(F32), 3e-6)
  scalars = {
      "FloorDivides": np.floor_divide, "RemainderTensorScalar": np.mod,
      "FmodScalar": np.fmod, "ClampMin": np.maximum, "ClampMax": np.minimum,
      "PowTensorScalar": np.power, "XLogYScalarOther": lambda a, b: a * np.log(b),
  }
  for op, function in scalars.items():
    one(op, [Tensor(x), Scalar(1.5)], function(x, F32(1.5)).astype(F32), 3e-6)
  one("PowScalarTensor", [Scalar(1.5), Tensor(x)], np.power(F32(1.5), x), 3e-6)
  one("RemainderScalarTensor", [Scalar(1.5), Tensor(x)],
      np.mod(F32(1.5), x), 3e-6)
  one("XLogYScalarSelf", [Scalar(1.5), Tensor(x)], F32(1.5) * np.log(x), 3e-6)
  in_places = {
      "InplaceAdd": ([Tensor(y), alpha], x + F32(0.5) * y, 1e-6),
      "InplaceAdds": ([Scalar(2.0), alpha], x + F32(1), 0),
      "InplaceAddRelu": ([Tensor(-y), Scalar(1.0)], np.maximum(x - y, 0), 0),
      "InplaceSub": ([Tensor(y), Scalar(1.0)], x - y, 0),
      "InplaceSubs": ([Scalar(2.0), Scalar(1.0)], x - 2, 0),
      "InplaceMul": ([Tensor(y)], x * y, 0),
      "InplaceMuls": ([Scalar(3.0)], x * 3, 0),
      "InplaceDiv": ([Tensor(y)], x / y, 0),
      "InplaceDivs": ([Scalar(4.0)], x / 4, 0),
      "InplaceDivMod": ([Tensor(y), 1], np.trunc(x / y), 0),
      "InplaceDivMods": ([Scalar(4.0), 0], x / 4, 0),
      "InplaceAtan2": ([Tensor(y)], np.arctan2(x, y), 3e-6),
      "InplaceFloorDivide": ([Tensor(y)], np.floor_divide(x, y), 0),
      "InplaceFloorDivides": ([Scalar(1.5)], np.floor_divide(x, F32(1.5)), 0),
      "InplaceRemainderTensorTensor": ([Tensor(y)], np.mod(x, y), 3e-6),
      "InplaceRemainderTensorScalar": ([Scalar(1.5)], np.mod(x, F32(1.5)), 3e-6),
      "InplaceFmodTensor": ([Tensor(y)], np.fmod(x, y), 3e-6),
      "InplaceFmodScalar": ([Scalar(1.5)], np.fmod(x, F32(1.5)), 3e-6),
      "InplaceClampMax": ([Scalar(1.5)], np.minimum(x, F32(1.5)), 0),
      "InplaceClampMaxTensor": ([Tensor(y)], np.minimum(x, y), 0),
      "InplaceClampMinTensor": ([Tensor(y)], np.maximum(x, y), 0),
      "InplacePowTensorTensor": ([Tensor(y)], np.power(x, y), 3e-6),
      "InplacePowTensorScalar": ([Scalar(1.5)], np.power(x, F32(1.5)), 3e-6),
      "InplaceXLogYTensor": ([Tensor(y)], x * np.log(y), 3e-6),
      "InplaceXLogYScalarOther": ([Scalar(1.5)], x * np.log(F32(1.5)), 3e-6),
      "InplaceAddcmul": ([Tensor(y), Tensor(x), Scalar(0.5)],
                         x + F32(0.5) * y * x, 2e-6),
      "InplaceAddcdiv": ([Tensor(y), Tensor(x), Scalar(0.5)],
                         x + F32(0.5) * y / x, 2e-6),
      "InplaceLerp": ([Tensor(x + 1), Tensor(x)], x + x * 1, 2e-6),
      "InplaceLerps": ([Tensor(x + 1), Scalar(0.25)], x + F32(0.25), 2e-6),
  }
  for op, (args, expected, tolerance) in in_places.items():
    in_place(op, x, args, expected, tolerance)
  one("DivMod", [Tensor(x), Tensor(y), 2], np.floor_divide(x, y))
  one("DivMods", [Tensor(n), Scalar(3), 1], n // 3)
  one("Gcd", [Tensor(n), Tensor(n + 3)], np.gcd(n, n + 3))
  one("Clamp", [Tensor(x), Scalar(1.0), Scalar(2.0)], np.clip(x, 1, 2))
  one("Clamp", [Tensor(x), Null(), Scalar(2.0)], np.minimum(x, 2))
  one("ClampTensor", [Tensor(x), Tensor(y), Tensor(y + 1)],
      np.clip(x, y, y + 1))
  one("Addcmul", [Tensor(x), Tensor(y), Tensor(x), Scalar(0.5)],
      x + F32(0.5) * y * x, 2e-6)
  one("Addcdiv", [Tensor(x), Tensor(y), Tensor(x), Scalar(0.5)],
      x + F32(0.5) * y / x, 2e-6)
  one("Lerp", [Tensor(x), Tensor(x + 1), Tensor(x)], x + x, 2e-6)
  one("Lerps", [Tensor(x), Tensor(x + 1), Scalar(0.25)], x + F32(0.25), 2e-6)


def logic_cases():
  x = R.whole((3, 4), -2, 3)
  y = R.whole((4,), -2, 3)
  functions = {"Eq": np.equal, "Ne": np.not_equal, "Gt": np.greater,
               "Ge": np.greater_equal, "Lt": np.less, "Le": np.less_equal}
  for op, function in functions.items():
    one(op + "Tensor", [Tensor(x), Tensor(y)], function(x, y))
    one(op + "Scalar", [Tensor(x), Scalar(1)], function(x, 1))
    in_place("Inplace" + op + "Tensor", x, [Tensor(y)], function(x, y))
    in_place("Inplace" + op + "Scalar", x, [Scalar(1)], function(x, 1))
  p, q = R.truth((3, 4)), R.truth((4,))
  one("LogicalAnd", [Tensor(p), Tensor(x)], np.logical_and(p, x))
  one("LogicalOr", [Tensor(p), Tensor(q)], np.logical_or(p, q))
  one("LogicalXor", [Tensor(x), Tensor(q)], np.logical_xor(x, q))
  one("LogicalNot", [Tensor(x)], np.logical_not(x))
  in_place("InplaceLogicalAnd", p, [Tensor(q)], np.logical_and(p, q))
  in_place("InplaceLogicalOr", p, [Tensor(q)], np.logical_or(p, q))
  in_place("InplaceLogicalNot", p, [], np.logical_not(p))
  bits = {"And": np.bitwise_and, "Or": np.bitwise_or, "Xor": np.bitwise_xor}
  for op, function in bits.items():
    one("Bitwise%sTensor" % op, [Tensor(x), Tensor(y)], function(x, y))
    one("Bitwise%sTensor" % op, [Tensor(p), Tensor(q)], function(p, q))
    one("Bitwise%sScalar" % op, [Tensor(x), Scalar(6)], function(x, 6))
    in_place("InplaceBitwise%sTensor" % op, x, [Tensor(y)], function(x, y))
    in_place("InplaceBitwise%sScalar" % op, x, [Scalar(6)], function(x, 6))
  one("BitwiseNot", [Tensor(x)], np.invert(x))
  z = x.astype(F32)
  one("IsClose", [Tensor(z), Tensor(z + F32(1e-7)), 1e-5, 1e-8, False],
      np.isclose(z, z + F32(1e-7)))


def copy_cases():
  x = R.real((3, 4), -3, 3)
  one("Cast", [Tensor(strided(x)), "f16"], x.astype(np.float16))
  one("Cast", [Tensor(x), "i32"], np.trunc(x).astype(np.int32))
  case("Cast", [Tensor(x), "bf16", (out := like(to_bf16(x), "bf16"))],
       (out, from_bf16(to_bf16(x))))
  target = Tensor(np.zeros((2, 3, 4), np.float16))
  case("InplaceCopy", [target, Tensor(x)],
       (target, np.broadcast_to(x.astype(np.float16), (2, 3, 4))))
  in_place("InplaceZero", x, [], np.zeros_like(x))
  in_place("InplaceOne", x.astype(np.int16), [], np.ones_like(x))
  in_place("InplaceFillScalar", x, [Scalar(2.5)], np.full_like(x, 2.5))
  in_place("InplaceFillTensor", x, [Tensor(np.array([2.5], F32))],
           np.full_like(x, 2.5))


# Shapes.

def shape_cases():
  x = R.real((2, 3, 4))
  one("Permute", [Tensor(x), [2, 0, 1]], x.transpose(2, 0, 1))
  one("Expand", [Tensor(x[:, :1]), [5, 2, 3, -1]],
      np.broadcast_to(x[:, :1], (5, 2, 3, 4)))
  one("Flatten", [Tensor(x), 2], x.reshape(6, 4))
  one("Cat", [[Tensor(x), Tensor(strided(x[:, :2]))], 1],
      np.concatenate([x, x[:, :2]], 1))
  one("Stack", [[Tensor(x), Tensor(x + 1)], -1], np.stack([x, x + 1], -1))
  parts = [like(x[..., :1]), like(x[..., 1:])]
  case("SplitWithSize", [Tensor(x), [1, 3], 2, parts],
       (parts[0], x[..., :1]), (parts[1], x[..., 1:]))
  parts = [like(x[..., :3]), like(x[..., 3:])]
  case("SplitTensor", [Tensor(x), 3, 2, parts],
       (parts[0], x[..., :3]), (parts[1], x[..., 3:]))
  one("Slice", [Tensor(x), 2, 1, -1, 2], x[:, :, 1:-1:2])
  one("SliceV2", [Tensor(x), [1, 0], [3, 4], [1, 2], [1, 3]], x[:, 1:3, 0:4:3])
  one("Repeat", [Tensor(x), [2, 1, 2, 3]], np.tile(x, (2, 1, 2, 3)))
  one("RepeatInterleaveIntWithDim", [Tensor(x), 2, 1, 6], np.repeat(x, 2, 1))
  one("RepeatInterleaveInt", [Tensor(x), 2, 48], np.repeat(x, 2))
  one("Roll", [Tensor(x), [1, -2], [0, 2]], np.roll(x, (1, -2), (0, 2)))
  one("Flip", [Tensor(x), [0, -1]], x[::-1, :, ::-1])
  one("Tril", [Tensor(x), 1], np.tril(x, 1))
  one("Triu", [Tensor(x), -1], np.triu(x, -1))
  in_place("InplaceTril", x, [0], np.tril(x))
  in_place("InplaceTriu", x, [0], np.triu(x))
  one("ConstantPadNd", [Tensor(x), [1, 2, -1, 1], Scalar(5.0)],
      np.pad(x[:, 1:], ((0, 0), (0, 1), (1, 2)), constant_values=5))
  for op, mode in (("ReflectionPad", "reflect"), ("ReplicationPad", "edge")):
    y = R.real((2, 3, 4, 5, 6))
    for axes in (1, 2, 3):
      z = y[(0,) * (3 - axes)]
      width = [(0, 0)] * (z.ndim - axes) + [(1, 2)] * axes
      one("%s%dd" % (op, axes), [Tensor(z), [1, 2] * axes],
          np.pad(z, width, mode=mode))
  one("Arange", [Scalar(1.0), Scalar(6.0), Scalar(2.0)],
      np.arange(1, 6, 2, dtype=F32))
  one("Range", [Scalar(1), Scalar(6), Scalar(2)],
      np.arange(1, 6, 2, dtype=np.int64))
  one("Eye", [3, 4], np.eye(3, 4, dtype=F32))
  one("Linspace", [Scalar(0.0), Scalar(1.0), 5],
      np.linspace(0, 1, 5, dtype=F32), 1e-6)


# Reductions.

def reduce_cases():
  x = R.real((3, 4, 5), 0.5, 2)
  one("ReduceSum", [Tensor(x), [0, -1], True, "f32"],
      x.sum((0, 2), keepdims=True), 2e-6)
  one("ReduceSum", [Tensor(x), [0, 1, 2], False, "f32"],
      x.sum(keepdims=True).reshape(1), 2e-6)
  n = R.whole((3, 4))
  one("ReduceSum", [Tensor(n), [1], False, "i64"], n.sum(1, dtype=np.int64))
  one("ReduceNansum", [Tensor(x), [1], False, "f32"], np.nansum(x, 1), 2e-6)
  one("Mean", [Tensor(x), [1], False, "f32"], x.mean(1), 2e-6)
  one("MeanV2", [Tensor(x), [1], True, False], x.mean(1, keepdims=True), 2e-6)
  one("Amax", [Tensor(x), [1], False], x.max(1))
  one("Amin", [Tensor(x), [0, 1], True], x.min((0, 1), keepdims=True))
  one("Max", [Tensor(x)], x.max())
  one("Min", [Tensor(x)], x.min())
  p = R.truth((3, 4))
  one("All", [Tensor(p), [1], False], p.all(1))
  one("Any", [Tensor(n), [0], True], n.any(0, keepdims=True))
  for op, args, low, high in (
      ("Aminmax", [[1], False], x.min(1), x.max(1)),
      ("AminmaxDim", [1, True], x.min(1, keepdims=True),
       x.max(1, keepdims=True)),
      ("AminmaxAll", [], x.min(), x.max())):
    outs = [like(low), like(high)]
    case(op, [Tensor(x), *args, *outs], (outs[0], low), (outs[1], high))
  one("Prod", [Tensor(x), "f32"], x.prod(dtype=F32), 2e-5)
  one("ProdDim", [Tensor(x), 1, False, "f32"], x.prod(1), 2e-6)
  one("Norm", [Tensor(x), Scalar(2.0), [1], False],
      np.sqrt((x * x).sum(1)), 2e-6)
  one("LogSumExp", [Tensor(x), [1], False], np.log(np.exp(x).sum(1)), 2e-6)
  one("Std", [Tensor(x), [1], 1, False], x.std(1, ddof=1), 2e-5)
  one("Var", [Tensor(x), [1], False, False], x.var(1), 2e-5)
  one("VarCorrection", [Tensor(x), [1], 1, True],
      x.var(1, ddof=1, keepdims=True), 2e-5)
  outs = [like(x.std(1)), like(x.mean(1))]
  case("StdMeanCorrection", [Tensor(x), [1], 0, False, *outs],
       (outs[0], x.std(1), 2e-5), (outs[1], x.mean(1), 2e-6))
  outs = [like(x.std(1)), like(x.mean(1))]
  case("VarMean", [Tensor(x), [1], 0, False, *outs],
       (outs[0], x.var(1), 2e-5), (outs[1], x.mean(1), 2e-6))
  one("ArgMax", [Tensor(x), 1, False], x.argmax(1).astype(np.int32))
  one("ArgMin", [Tensor(x), 1, True],
      np.expand_dims(x.argmin(1), 1).astype(np.int64))
  for op, values, places in (("MaxDim", x.max(1), x.argmax(1)),
                             ("MinDim", x.min(1), x.argmin(1))):
    outs = [like(values), like(places.astype(np.int64))]
    case(op, [Tensor(x), 1, False, *outs], (outs[0], values),
         (outs[1], places))
  one("Cumsum", [Tensor(x), 1, "f32"], x.cumsum(1), 2e-6)
  reverse = x[:, ::-1].cumsum(1)[:, ::-1]
  one("CumsumV2", [Tensor(x), 1, False, True], reverse, 2e-6)
  one("Cumprod", [Tensor(x), Scalar(1), "f32"], x.cumprod(1), 2e-6)
  in_place("InplaceCumprod", x, [Scalar(1)], x.cumprod(1), 2e-6)
  for op, function in (("Cummax", np.maximum), ("Cummin", np.minimum)):
    values = function.accumulate(x, 1)
    places = np.zeros(x.shape, np.int32)
    for i in range(1, 4):
      places[:, i] = np.where(values[:, i] == x[:, i], i, places[:, i - 1])
    outs = [like(values), like(places)]
    case(op, [Tensor(x), 1, *outs], (outs[0], values), (outs[1], places))
  order = np.argsort(-x, 1, kind="stable")
  outs = [like(x), like(order.astype(np.int64))]
  case("Sort", [Tensor(x), True, 1, True, *outs],
       (outs[0], np.take_along_axis(x, order, 1)), (outs[1], order))
  one("Argsort", [Tensor(x), 1, False], np.argsort(x, 1).astype(np.int64))
  top = order[:, :2]
  outs = [like(x[:, :2]), like(top.astype(np.int64))]
  case("Topk", [Tensor(x), 2, 1, True, True, *outs],
       (outs[0], np.take_along_axis(x, top, 1)), (outs[1], top))


unary_cases()
binary_cases()
logic_cases()
copy_cases()
shape_cases()
reduce_cases()
