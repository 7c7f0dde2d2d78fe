"""The cases of operators that are one kernel with its arguments in another
order, and of what devices tell each other to normalise together."""

import numpy as np

from nn import Null, Tensor
from nn_cases import F32, R, case, in_place, like, one, softplus

I64 = np.int64


def product_cases():
  a, b = R.real((2, 3, 4)), R.real((4, 5))
  one("Einsum", [[Tensor(a), Tensor(b)], "ijk,kl->ilj"],
      np.einsum("ijk,kl->ilj", a, b), 1e-5)
  x, w = R.real((4, 3, 5)), R.real((3, 5, 2))
  one("TransposeBatchMatMul",
      [Tensor(x), Tensor(w), Null(), Null(), [1, 0, 2], [0, 1, 2], [1, 0, 2],
       0, 1], np.einsum("mbk,bkn->mbn", x, w), 1e-5)
  half = R.real((6, 4), kind=np.float16)
  first, second = (R.real(s, kind=np.float16) for s in ((4, 8), (8, 4)))
  one_bias, two_bias = (R.real(s, kind=np.float16) for s in ((8,), (4,)))
  hidden = np.maximum(half.astype(F32) @ first + one_bias, 0)
  expected = (hidden @ second + two_bias).astype(np.float16)
  for op, flag in (("FFN", []), ("FFNV2", [False]), ("FFNV3", [False])):
    one(op, [Tensor(half), Tensor(first), Tensor(second), Null(),
             Tensor(one_bias), Tensor(two_bias), *[Null()] * 8, "relu", 0,
             *flag], expected, 2e-2)
  g = R.real((5, 4))
  ends = np.array([2, 5], I64)
  y = np.stack([g[:2].sum(0), g[2:].sum(0)])
  one("GroupedBiasAddGrad", [Tensor(g), Tensor(ends)], y, 1e-5)
  one("GroupedBiasAddGradV2", [Tensor(g), Tensor(ends), 0], y, 1e-5)
  one("GroupedBiasAddGradV2", [Tensor(g), Tensor(np.array([2, 3], I64)), 1], y,
      1e-5)


def row_cases():
  x, scale, bias = R.real((2, 3, 4)), R.real((3,)), R.real((3,))
  one("Scale", [Tensor(x), Tensor(scale), Tensor(bias), 1, 1, True],
      x * scale[:, None] + bias[:, None], 1e-6)
  wide, mask, rel = R.real((2, 3, 4, 5, 7)), R.real((3, 5, 7)), R.real(
      (4, 5, 7))
  z = wide * 0.5 + mask[:, None] + rel
  e = np.exp(z - z.max(-1, keepdims=True))
  one("MaskedSoftmaxWithRelPosBias",
      [Tensor(wide), Tensor(mask), Tensor(rel), 0.5, 0],
      e / e.sum(-1, keepdims=True), 1e-5)
  image, gamma, beta = R.real((2, 3, 4, 5)), R.real((3,)), R.real((3,))
  mean = image.mean((2, 3), keepdims=True)
  variance = image.var((2, 3), keepdims=True)
  y = ((image - mean) / np.sqrt(variance + 1e-5) * gamma.reshape(1, 3, 1, 1) +
       beta.reshape(1, 3, 1, 1))
  outs = [like(image), like(mean), like(variance)]
  case("InstanceNorm", [Tensor(image), Tensor(gamma), Tensor(beta), "NCHW",
                        1e-5, *outs], (outs[0], y, 1e-5), (outs[1], mean, 1e-5),
       (outs[2], variance, 1e-5))
  target = R.real((4, 6))
  part = R.real((2, 2))
  expected = target.copy()
  expected[1:3, 1:5:2] = part
  in_place("StridedSliceAssignV2", target,
           [Tensor(part), [1, 1], [3, 5], [1, 2], Null()], expected)


def area(box):
  return (box[2] - box[0]) * (box[3] - box[1])


def box_cases():
  corner = R.real((3, 2), 0, 1)
  boxes = np.concatenate([corner, corner + R.real((3, 2), 1, 2)], 1)
  corner = R.real((2, 2), 0, 1)
  truth = np.concatenate([corner, corner + R.real((2, 2), 1, 2)], 1)
  y = np.zeros((2, 3), F32)
  for i, g in enumerate(truth):
    for j, b in enumerate(boxes):
      both = np.prod(np.maximum(np.minimum(g[2:], b[2:]) -
                                np.maximum(g[:2], b[:2]), 0))
      y[i, j] = both / (area(g) + area(b) - both)
  one("Iou", [Tensor(boxes), Tensor(truth), "iou", 0.0, False], y, 1e-5)
  b, g = boxes[:2].T.copy(), truth.T.copy()
  ciou, angle = np.zeros((1, 2), F32), np.zeros((1, 2), F32)
  for i in range(2):
    p, t = b[:, i], g[:, i]
    both = np.prod(np.maximum(np.minimum(p[2:], t[2:]) -
                              np.maximum(p[:2], t[:2]), 0))
    iou = both / (area(p) + area(t) - both)
    hull = np.maximum(p[2:], t[2:]) - np.minimum(p[:2], t[:2])
    gap = (p[:2] + p[2:] - t[:2] - t[2:]) / 2
    sub = (np.arctan((t[2] - t[0]) / (t[3] - t[1])) -
           np.arctan((p[2] - p[0]) / (p[3] - p[1])))
    v = 4 / np.pi ** 2 * sub ** 2
    ciou[0, i] = iou - (gap ** 2).sum() / (hull ** 2).sum() - v * v / (
        1 - iou + v)
    angle[0, i] = sub
  outs = [like(ciou), like(angle)]
  case("CIoU", [Tensor(b), Tensor(g), False, False, "iou", *outs],
       (outs[0], ciou, 1e-4), (outs[1], angle, 1e-4))


def loss_cases():
  x, g = R.real((3, 4)), R.real((3, 4))
  t = R.real((3, 4), -0.5, 1)
  positive = np.where(t > 0, t, 1)
  for reduction, scale in ((0, 1), (1, 12), (2, 1)):
    dy = g if reduction == 0 else R.real(())
    slope = np.where(t > 0, np.log(positive) + 1 - x, 0)
    one("KlDivTargetBackward", [Tensor(dy), Tensor(x), Tensor(t), reduction,
                                False], (dy * slope / scale).astype(F32), 1e-5)
    one("KlDivTargetBackward", [Tensor(dy), Tensor(x), Tensor(t), reduction,
                                True],
        (dy * np.exp(t) * (t + 1 - x) / scale).astype(F32), 1e-5)
    weight, pos = R.real((4,), 0.5, 2), R.real((4,), 0.5, 2)
    one("BinaryCrossEntropyWithLogitsTargetBackward",
        [Tensor(dy), Tensor(x), Tensor(t), Null(), Null(), reduction],
        (-dy * x / scale).astype(F32), 1e-5)
    one("BinaryCrossEntropyWithLogitsTargetBackward",
        [Tensor(dy), Tensor(x), Tensor(t), Tensor(weight), Tensor(pos),
         reduction],
        (dy * weight * (pos * softplus(-x) - softplus(x)) / scale).astype(F32),
        1e-5)


def column(values):
  return values.reshape(1, -1, 1)


def sync_cases():
  x, dy = R.real((4, 3, 5)), R.real((4, 3, 5))
  weight = R.real((3,))
  mean = x.mean((0, 2))
  invstd = 1 / np.sqrt(x.var((0, 2)) + 1e-5)
  sum_dy = dy.sum((0, 2))
  product = (dy * (x - column(mean))).sum((0, 2))
  outs = [like(sum_dy), like(product), like(weight), like(weight)]
  saved = [Tensor(mean), Tensor(invstd.astype(F32)), Tensor(weight)]
  case("BatchNormReduceBackward",
       [Tensor(dy), Tensor(x), *saved, True, True, True, *outs],
       (outs[0], sum_dy, 1e-5), (outs[1], product, 1e-4),
       (outs[2], product * invstd, 1e-4), (outs[3], sum_dy, 1e-5))
  counts = np.array([12, 8], np.int32)
  dx = (dy - column(sum_dy / 20) - (x - column(mean)) *
        column(product / 20 * invstd ** 2)) * column(invstd * weight)
  one("BatchNormElemtBackward",
      [Tensor(dy), Tensor(x), *saved, Tensor(sum_dy), Tensor(product),
       Tensor(counts)], dx.astype(F32), 1e-4)
  parts = [R.real((60,)), R.real((40,))]
  means = np.array([[p.mean()] * 3 for p in parts], F32)
  inverse = np.array([[1 / np.sqrt(p.var() + 1e-5)] * 3 for p in parts], F32)
  number = np.array([60, 40], F32)
  whole = np.concatenate(parts)
  running, moving = Tensor(np.full((3,), 2, F32)), Tensor(np.ones(3, F32))
  outs = [like(np.zeros(3, F32)), like(np.zeros(3, F32))]
  case("BatchNormGatherStatsWithCounts",
       [Tensor(x), Tensor(means), Tensor(inverse), running, moving, 0.1, 1e-5,
        Tensor(number), *outs],
       (outs[0], np.full(3, whole.mean()), 1e-5),
       (outs[1], np.full(3, 1 / np.sqrt(whole.var() + 1e-5)), 1e-5),
       (running, np.full(3, 1.8 + 0.1 * whole.mean()), 1e-5),
       (moving, np.full(3, 0.9 + 0.1 * whole.var(ddof=1)), 1e-5))


product_cases()
row_cases()
box_cases()
loss_cases()
sync_cases()
