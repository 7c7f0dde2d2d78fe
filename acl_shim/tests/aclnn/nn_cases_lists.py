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


# Optimizers.

def optimizer_cases():
  var, grad = R.real((3, 4)), R.real((3, 4))
  m, v = R.real((3, 4)), R.real((3, 4), 0.1, 1)
  lr, b1, b2, eps, decay = 0.1, 0.9, 0.99, 1e-6, 0.01
  largest = R.real((3, 4), 0.1, 1)
  for amsgrad, maximize in ((False, False), (True, True)):
    g = -grad if maximize else grad
    m1 = b1 * m + (1 - b1) * g
    v1 = b2 * v + (1 - b2) * g * g
    top = np.maximum(largest, v1) if amsgrad else v1
    c1, c2 = 1 - b1 ** 4, 1 - b2 ** 4
    moved = var * (1 - lr * decay) - lr / c1 * m1 / (
        np.sqrt(top) / np.sqrt(c2) + eps)
    state = tensors([a.copy() for a in (var, m, v, largest)])
    case("ApplyAdamWV2",
         [*(state if amsgrad else [*state[:3], Null()]), Tensor(grad),
          one(4), lr, b1, b2, decay, eps, amsgrad, maximize],
         (state[0], moved, 1e-5), (state[1], m1, 1e-5), (state[2], v1, 1e-5),
         *([(state[3], top, 1e-5)] if amsgrad else []))
    state = tensors([a.copy() for a in (var, m, v, largest)])
    case("ApplyAdamW",
         [*state[:3], *map(one, (b1 ** 3, b2 ** 3, lr, decay, b1, b2, eps)),
          Tensor(grad), state[3] if amsgrad else Null(), amsgrad, maximize],
         (state[0], moved, 1e-5), (state[1], m1, 1e-5), (state[2], v1, 1e-5),
         (state[3], largest, 0))
  m1 = m + (grad - m) * (1 - b1)
  v1 = v + (grad * grad - v) * (1 - b2)
  rate = lr * np.sqrt(1 - 0.8) / (1 - 0.7)
  state = tensors([a.copy() for a in (var, m, v)])
  case("ApplyAdam",
       [*state, one(0.7), one(0.8), one(lr), one(b1), one(b2), one(eps),
        Tensor(grad), False, False],
       (state[0], var - rate * m1 / (np.sqrt(v1) + eps), 1e-5),
       (state[1], m1, 1e-5), (state[2], v1, 1e-5))


# Mixtures of experts.

def several(op, args, *expected):
  """A case whose outputs are the last arguments."""
  outs = [like(np.asarray(e)) for e in expected]
  case(op, [*args, *outs],
       *[(out, e, 1e-5) for out, e in zip(outs, expected)])


def softmax(x):
  e = np.exp(x - x.max(-1, keepdims=True))
  return (e / e.sum(-1, keepdims=True)).astype(F32)


def best(scores, k):
  order = np.argsort(-scores, -1, kind="stable")[..., :k].astype(np.int32)
  return np.take_along_axis(scores, order, -1), order


def gate_cases():
  x = R.real((5, 8))
  y, chosen = best(softmax(x), 3)
  rows = np.arange(15, dtype=np.int32).reshape(3, 5).T
  several("MoeGatingTopKSoftmax", [Tensor(x), Null(), 3], y, chosen, rows)
  done = np.array([False, True, False, False, True])
  several("MoeGatingTopKSoftmax", [Tensor(x), Tensor(done), 3], y,
          np.where(done[:, None], np.int32(8), chosen), rows)
  several("MoeGatingTopKSoftmaxV2", [Tensor(x), Null(), 3, 0, True], y, chosen,
          softmax(x))
  top, chosen = best(x, 3)
  case("MoeGatingTopKSoftmaxV2",
       [Tensor(x), Null(), 3, 1, False, (a := like(top)), (c := like(chosen)),
        Null()], (a, softmax(top), 1e-5), (c, chosen))
  norm = softmax(x)
  y, chosen = best(norm, 2)
  several("MoeGatingTopK",
          [Tensor(x), Null(), 2, 1, 1, 0, 0, 0, True, 2.0, 1e-20], y * 2,
          chosen, norm)
  bias = R.real((8,))
  norm = sigmoid(x).astype(F32)
  for mode in (0, 1):
    scores = (norm + bias).reshape(5, 4, 2)
    rank = scores.max(-1) if mode == 0 else scores.sum(-1)
    _, groups = best(rank, 2)
    mask = np.zeros((5, 4, 1), bool)
    np.put_along_axis(mask[..., 0], groups, True, -1)
    _, chosen = best(np.where(mask, scores, -np.inf).reshape(5, 8), 3)
    y = np.take_along_axis(norm, chosen, -1)
    y = y / (y.sum(-1, keepdims=True) + F32(1e-20)) * F32(1.5)
    several("MoeGatingTopK",
            [Tensor(x), Tensor(bias), 3, 2, 4, mode, 0, 1, True, 1.5, 1e-20],
            y, chosen, norm)


def routing_cases():
  x = R.real((4, 6))
  experts = np.array([[2, 0], [1, 2], [0, 1], [2, 1]], np.int32)
  flat = experts.ravel()
  order = np.argsort(flat, kind="stable").astype(np.int32)
  place = np.argsort(order).astype(np.int32)
  one_out = like(np.zeros(3, np.int32))
  case("MoeComputeExpertTokens", [Tensor(flat[order]), 3, one_out],
       (one_out, [2, 5, 8]))
  numbers = np.arange(8, dtype=np.int32).reshape(2, 4).T.copy()
  sorted_rows = numbers.ravel()[order]
  back = np.argsort(sorted_rows).astype(np.int32)
  several("MoeInitRouting", [Tensor(x), Tensor(numbers), Tensor(experts), 4],
          x[sorted_rows % 4], back, flat[order])
  for flag, counts in ((1, [2, 5, 8]), (2, [2, 3, 3])):
    outs = [like(x[order // 2]), like(place),
            like(np.zeros(3, np.int32))]
    case("MoeInitRoutingV2",
         [Tensor(x), Tensor(experts), 0, 0, 3, 0, flag, False, *outs, Null()],
         (outs[0], x[order // 2]), (outs[1], place), (outs[2], counts))
  rows = R.real((8, 6))
  summed = rows[place].reshape(4, 2, 6).sum(1)
  several("MoeInitRoutingV2Grad", [Tensor(rows), Tensor(place), 2, 0, 0],
          summed)
  several("MoeTokenPermuteGrad", [Tensor(rows), Tensor(place), 2, False],
          summed)
  several("MoeTokenPermute", [Tensor(x), Tensor(experts), 8, False],
          x[order // 2], place)
  probs = R.real((4, 2))
  weighted = (rows[place].reshape(4, 2, 6) * probs[..., None]).sum(1)
  several("MoeTokenUnpermute", [Tensor(rows), Tensor(place), Tensor(probs),
                                False, []], weighted)
  bias = R.real((3, 6))
  skip = R.real((4, 6))
  for mode in (0, 2):
    index = back if mode == 0 else place
    each = rows[back.reshape(2, 4).T] if mode == 0 else rows[
        place.reshape(4, 2)]
    y = ((each + bias[experts]) * probs[..., None]).sum(1) + skip
    several("MoeFinalizeRoutingV2",
            [Tensor(rows), Tensor(index), Tensor(skip), Null(), Tensor(bias),
             Tensor(probs), Tensor(experts), mode], y)


def grouped_matmul_cases():
  x = R.real((7, 5), kind=np.float16)
  w = R.real((3, 5, 4), kind=np.float16)
  bias = [R.real((4,), kind=np.float16) for _ in range(3)]
  parts = [x[:2], x[2:2], x[2:]]
  wanted = [(p.astype(F32) @ m.astype(F32) + b).astype(np.float16)
            for p, m, b in zip(parts, w, bias)]
  nothing = [Null()] * 4
  whole = like(np.concatenate(wanted))
  case("GroupedMatmul",
       [tensors([x]), tensors([w]), tensors(bias), *nothing, [2, 2, 7], 3,
        [whole]], (whole, np.concatenate(wanted), 4e-3))
  outs = [like(y) for y in wanted]
  case("GroupedMatmulV2",
       [tensors(parts), tensors(list(w)), tensors(bias), *nothing, Null(), 0,
        -1, outs], *[(o, y, 4e-3) for o, y in zip(outs, wanted)])


foreach_cases()
optimizer_cases()
gate_cases()
routing_cases()
grouped_matmul_cases()
