"""The cases of groups that only the device knows, of routing and its gradients,
of rotary embeddings, and of rounding lists."""

import numpy as np

from nn import Null, Scalar, Tensor
from nn_cases import F32, R, case, like, one

I64 = np.int64


def grouped_cases():
  x, weight = R.real((9, 5)), R.real((3, 5, 4))
  bias = [R.real((4,)) for _ in range(3)]
  nothing = [Null()] * 4
  sizes = np.array([2, 0, 5], I64)
  owner = np.repeat(range(3), sizes)
  y = np.zeros((9, 4), F32)
  for row, e in enumerate(owner):
    y[row] = x[row] @ weight[e] + bias[e]
  args = [[Tensor(x)], [Tensor(weight)], [Tensor(b) for b in bias], *nothing]
  ends = Tensor(np.cumsum(sizes))
  out = like(y)
  case("GroupedMatmulV3", [*args, ends, 3, 0, [out]], (out, y, 1e-5))
  no_quant = [Null()] * 3
  for op, tuning in (("GroupedMatmulV4", []), ("GroupedMatmulV5", [Null()])):
    for by_size, groups in ((0, ends), (1, Tensor(sizes))):
      out = like(y)
      case(op, [*args, Null(), groups, *no_quant, 3, 0, by_size, 0, *tuning,
                [out], Null(), Null()], (out, y, 1e-5))
    parts = [x[:2], x[2:]]
    outs = [like(np.zeros((len(p), 4), F32)) for p in parts]
    case(op, [[Tensor(p) for p in parts], [Tensor(w) for w in weight[:2]],
              Null(), *nothing, Null(), Null(), *no_quant, 0, -1, 0, 0,
              *tuning, outs, Null(), Null()],
         *[(o, p @ w, 1e-5) for o, p, w in zip(outs, parts, weight)])


def routing_cases():
  tokens, k, width = 4, 2, 3
  rows = R.real((tokens * k, width))
  place = R.random.permutation(tokens * k).astype(np.int32)
  probs, g = R.real((tokens, k)), R.real((tokens, width))
  back = np.zeros_like(rows)
  dprobs = np.zeros_like(probs)
  for t in range(tokens):
    for j in range(k):
      back[place[t * k + j]] = g[t] * probs[t, j]
      dprobs[t, j] = (rows[place[t * k + j]] * g[t]).sum()
  outs = [like(back), like(probs)]
  case("MoeTokenUnpermuteGrad",
       [Tensor(rows), Tensor(g), Tensor(place), Tensor(probs), False, Null(),
        *outs], (outs[0], back, 1e-5), (outs[1], dprobs, 1e-5))
  first, second = R.real((tokens, width)), R.real((tokens, width))
  bias = R.real((5, width))
  experts = R.random.randint(0, 5, (tokens, k)).astype(np.int32)
  y = first + second
  for t in range(tokens):
    for j in range(k):
      y[t] += probs[t, j] * (rows[place[j * tokens + t]] +
                             bias[experts[t, j]])
  for more in (True, False):
    one("MoeFinalizeRouting",
        [Tensor(rows), Tensor(first), Tensor(second) if more else Null(),
         Tensor(bias), Tensor(probs), Tensor(place), Tensor(experts)],
        y if more else y - second, 1e-5)


def rotated(x):
  half = x.shape[-1] // 2
  return np.concatenate([-x[..., half:], x[..., :half]], -1)


def rotary_cases():
  x, g = R.real((2, 3, 4, 8)), R.real((2, 3, 4, 8))
  cos, sin = R.real((1, 3, 1, 8)), R.real((1, 3, 1, 8))
  dx = g * cos - rotated(g * sin)
  outs = [like(x), like(cos), like(sin)]
  args = [Tensor(g), Tensor(cos), Tensor(sin)]
  case("RotaryPositionEmbeddingGrad", [*args, Tensor(x), 0, *outs],
       (outs[0], dx, 1e-5),
       (outs[1], (g * x).sum((0, 2), keepdims=True), 1e-4),
       (outs[2], (g * rotated(x)).sum((0, 2), keepdims=True), 1e-4))
  query, key = Tensor(x.copy()), Tensor(g.copy())
  case("ApplyRotaryPosEmb", [query, key, Tensor(cos), Tensor(sin), 1],
       (query, x * cos + rotated(x) * sin, 1e-5),
       (key, g * cos + rotated(g) * sin, 1e-5))


def rounding_cases():
  x = np.array([-2.5, -1.5, -0.5, -0.2, 0, 0.49999997, 0.5, 1.5, 2.0, 2.5,
                3.7], F32)
  odd = np.array([-3, -1, -1, -1, 0, 1, 1, 1, 2, 3, 3], F32)
  away = np.sign(x) * np.floor(np.abs(x.astype(np.float64)) + 0.5)
  for mode, y in enumerate((np.rint(x), np.floor(x), np.ceil(x), away,
                            np.trunc(x), odd), 1):
    outs = [like(x), like(x[:3])]
    case("ForeachRoundOffNumberV2",
         [[Tensor(x), Tensor(x[:3].copy())], Scalar(mode, "i8"), outs],
         (outs[0], y), (outs[1], y[:3]))


grouped_cases()
routing_cases()
rotary_cases()
rounding_cases()
