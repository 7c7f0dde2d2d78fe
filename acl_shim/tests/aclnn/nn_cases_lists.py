"""The cases of operators of lists, of optimizers and of routing."""

import numpy as np

from nn import Null, Scalar, Tensor
from nn_cases import F32, R, case, erf, like, sigmoid


def lists(op, args, expected, tolerance=0.0):
  """A case whose output is the last argument, a list."""
  outs = [like(e) for e in expected]
  case(op, [*args, outs],
       *[(out, e, tolerance) for out, e in zip(outs, expected)])


def list_in_place(op, x, args, expected, tolerance=0.0):
  targets = [Tensor(t.copy()) for t in x]
  case(op, [targets, *args],
       *[(t, e, tolerance) for t, e in zip(targets, expected)])


def tensors(arrays):
  return [Tensor(a) for a in arrays]


def one(value):
  return Tensor(np.array([value], F32))


UNARY = {
    "Abs": np.abs, "Acos": np.arccos, "Asin": np.arcsin, "Atan": np.arctan,
    "Cos": np.cos, "Cosh": np.cosh, "Erf": erf, "Erfc": lambda x: 1 - erf(x),
    "Exp": np.exp, "Expm1": np.expm1, "Log": np.log, "Log10": np.log10,
    "Log1p": np.log1p, "Log2": np.log2, "Neg": np.negative,
    "Reciprocal": np.reciprocal, "Sigmoid": sigmoid, "Sign": np.sign,
    "Sin": np.sin, "Sinh": np.sinh, "Sqrt": np.sqrt, "Tan": np.tan,
    "Tanh": np.tanh, "Copy": lambda x: x,
}
BINARY = {
    "Mul": np.multiply, "Div": np.divide, "Maximum": np.maximum,
    "Minimum": np.minimum, "Pow": np.power, "Add": np.add,
    "Sub": np.subtract,
}


def foreach_cases():
  shapes = ((2, 3), (4,), (1, 2, 2))
  x = [R.real(shape, 0.2, 0.9) for shape in shapes]
  y = [R.real(shape, 0.2, 0.9) for shape in shapes]
  z = [R.real(shape, 0.5, 0.9) for shape in shapes]
  for op, function in UNARY.items():
    lists("Foreach" + op, [tensors(x)],
          [function(a).astype(F32) for a in x], 3e-6)
  list_in_place("ForeachACosInplace", x, [], [np.arccos(a) for a in x], 3e-6)
  list_in_place("ForeachLogInplace", x, [], [np.log(a) for a in x], 3e-6)
  list_in_place("ForeachZeroInplace", x, [], [a * 0 for a in x])
  numbers = [F32(0.5), F32(2), F32(1.5)]
  alphas = {"Add": 0.5, "Sub": 0.25}
  for op, function in BINARY.items():
    name = "Foreach" + op
    each = [function(a, c) for a, c in zip(x, numbers)]
    same = [function(a, F32(2)) for a in x]
    lists(name + "ScalarList",
          [tensors(x), [Scalar(float(c)) for c in numbers]], each, 3e-6)
    lists(name + "ScalarV2", [tensors(x), Scalar(2.0)], same, 3e-6)
    lists(name + "Scalar", [tensors(x), one(2)], same, 3e-6)
    alpha = alphas.get(op)
    if alpha is None:
      pairs = [function(a, c) for a, c in zip(x, y)]
      lists(name + "List", [tensors(x), tensors(y)], pairs, 3e-6)
    else:
      pairs = [function(a, F32(alpha) * c) for a, c in zip(x, y)]
      lists(name + "List", [tensors(x), tensors(y), one(alpha)], pairs, 3e-6)
      lists(name + "ListV2", [tensors(x), tensors(y), Scalar(alpha)], pairs,
            3e-6)
      list_in_place(name + "ListInplace", x, [tensors(y), one(alpha)], pairs,
                    3e-6)
    if op in ("Mul", "Div"):
      list_in_place(name + "ListInplace", x, [tensors(y)], pairs, 3e-6)
    if op in ("Mul", "Sub"):
      list_in_place(name + "ScalarInplace", x, [one(2)], same, 3e-6)
  lists("ForeachPowScalarAndTensor", [Scalar(1.5), tensors(x)],
        [np.power(F32(1.5), a) for a in x], 3e-6)
  for op, function in (("Addcmul", np.multiply), ("Addcdiv", np.divide)):
    name = "Foreach" + op
    operands = [tensors(x), tensors(y), tensors(z)]
    same = [a + F32(0.5) * function(c, d) for a, c, d in zip(x, y, z)]
    each = [a + n * function(c, d) for a, c, d, n in zip(x, y, z, numbers)]
    lists(name + "Scalar", [*operands, one(0.5)], same, 3e-6)
    lists(name + "ScalarV2", [*operands, Scalar(0.5)], same, 3e-6)
    for kind in ("List", "ScalarList"):
      lists(name + kind, [*operands, Tensor(np.array(numbers, F32))], each,
            3e-6)
  lists("ForeachLerpScalar", [tensors(x), tensors(y), Scalar(0.25)],
        [a + F32(0.25) * (c - a) for a, c in zip(x, y)], 3e-6)
  lists("ForeachLerpList", [tensors(x), tensors(y), tensors(z)],
        [a + w * (c - a) for a, c, w in zip(x, y, z)], 3e-6)
  lists("ForeachNorm", [tensors(x), Scalar(2.0)],
        [np.sqrt((a * a).sum()) for a in x], 3e-6)
  for bad in (0.0, np.inf):
    grads = [a.copy() for a in x]
    grads[1][0] += F32(bad)
    targets = tensors([g.copy() for g in grads])
    found = one(0)
    case("ForeachNonFiniteCheckAndUnscale", [targets, found, one(0.5)],
         (found, [F32(bad != 0)]),
         *[(t, g * F32(0.5)) for t, g in zip(targets, grads)])


foreach_cases()
