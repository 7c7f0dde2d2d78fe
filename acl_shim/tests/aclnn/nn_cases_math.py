"""The cases of functions that come from several kernels, of gradients beyond the
simplest, and of other arrangements of elements."""

import itertools

import numpy as np

from nn import Scalar, Tensor
from nn_cases import F32, R, case, erf, in_place, like, one, sigmoid, softplus
from nn_cases_windows import adjoint

I64 = np.int64


def slope(function, x, step=1e-6):
  wide = x.astype(np.float64)
  return (function(wide + step) - function(wide - step)) / (2 * step)


def math_cases():
  x, y = R.real((3, 4)), R.real((3, 4))
  for kind in (F32, np.int32, I64):
    z = R.whole((3, 4)).astype(kind)
    one("Square", [Tensor(z)], z * z)
  zero = x.copy()
  zero[1, 2] = 0
  one("Sinc", [Tensor(zero)], np.sinc(zero).astype(F32), 1e-5)
  one("RoundDecimals", [Tensor(x), 1], np.round(x, 1), 1e-6)
  in_place("InplaceRoundDecimals", x, [2], np.round(x, 2), 1e-6)
  one("Heaviside", [Tensor(zero), Tensor(y[:1])],
      np.heaviside(zero, y[:1]))
  bits, count = R.whole((3, 4), 0, 100), R.whole((4,), 0, 5)
  one("LeftShift", [Tensor(bits), Tensor(count)], bits << count)
  one("LeftShifts", [Tensor(bits), Scalar(3)], bits << 3)
  one("RightShift", [Tensor(bits), Tensor(count)], bits >> count)
  parts = [x, y[:1], R.real((4,))]
  wide = np.broadcast_arrays(*parts)
  for op, function in (("Sum", np.add), ("AddN", np.add),
                       ("MaxN", np.maximum), ("MinN", np.minimum)):
    one(op, [[Tensor(p) for p in parts]],
        function(function(wide[0], wide[1]), wide[2]), 1e-6)
  one("LogAddExp2", [Tensor(x), Tensor(y)], np.logaddexp2(x, y), 1e-5)
  one("AddV3", [Scalar(2.5), Tensor(x), Scalar(2.0)], 2.5 + 2 * x, 1e-6)
  v, w = R.real((3,)), R.real((4,))
  for beta, alpha in ((0.5, 2.0), (0.0, 1.0)):
    expected = beta * x + alpha * np.outer(v, w)
    one("Addr", [Tensor(x), Tensor(v), Tensor(w), Scalar(beta),
                 Scalar(alpha)], expected.astype(F32), 1e-5)
    in_place("InplaceAddr", x, [Tensor(v), Tensor(w), Scalar(beta),
                                Scalar(alpha)], expected, 1e-5)
  for other, same in ((x.copy(), True), (y, False), (x[:2], False)):
    one("Equal", [Tensor(x), Tensor(other)], np.array([same]))
  for dims in ([0], [0, -1], []):
    axis = tuple(dims) or None
    for keep in (False, True):
      one("MaxV2", [Tensor(x), dims, keep, False],
          x.max(axis, keepdims=keep))
      one("ReduceLogSum", [Tensor(np.abs(x)), dims, keep, False],
          np.log(np.abs(x).sum(axis, keepdims=keep)).astype(F32), 1e-5)
  one("MaxV2", [Tensor(x), [], False, True], x)
  mask = R.truth((3, 4)).astype(np.int8)
  one("MaskedScale", [Tensor(x), Tensor(mask), 2.5], (x * mask * 2.5), 1e-6)
  p = np.abs(y) + 0.1
  one("Xlog1py", [Tensor(x), Tensor(p)], x * np.log1p(p), 1e-5)
  half = x[:, :2]
  one("GeluMul", [Tensor(x), "none"],
      (half * (1 + erf(half / np.sqrt(2))) / 2 * x[:, 2:]).astype(F32), 1e-5)
  limit = np.array([0.3], F32)
  one("FatreluMul", [Tensor(x), Tensor(limit)],
      np.where(half > 0.3, half, 0) * x[:, 2:], 1e-6)
  for order in (1.0, 2.0, 3.0):
    norm = (np.abs(x) ** order).sum(1) ** (1 / order)
    one("LinalgVectorNorm", [Tensor(x), Scalar(order), [1], False, "f32"],
        norm.astype(F32), 1e-5)
    scale = np.minimum(1, 1.5 / (norm + 1e-7))[:, None]
    one("Renorm", [Tensor(x), Scalar(order), 0, Scalar(1.5)],
        (x * scale).astype(F32), 1e-5)
    in_place("InplaceRenorm", x, [Scalar(order), 0, Scalar(1.5)], x * scale,
             1e-5)
    far = R.real((2, 4))
    between = (np.abs(x[:, None] - far) ** order).sum(-1) ** (1 / order)
    one("Cdist", [Tensor(x), Tensor(far), order, 0], between.astype(F32), 1e-5)
    pairs = [(np.abs(x[i] - x[j]) ** order).sum() ** (1 / order)
             for i, j in itertools.combinations(range(3), 2)]
    one("Pdist", [Tensor(x), order], np.array(pairs, F32), 1e-5)
    one("PdistForward", [Tensor(x), Scalar(order)], np.array(pairs, F32), 1e-5)
  one("Trace", [Tensor(x)], np.array(np.trace(x)), 1e-6)
  whole = R.whole((4, 3))
  one("Trace", [Tensor(whole)], np.array(np.trace(whole), I64))
  a, b = R.real((2, 3, 4)), R.real((2, 3, 1))
  one("LinalgCross", [Tensor(a), Tensor(b), 1],
      np.cross(a, b, axis=1).astype(F32), 1e-5)
  z = R.whole((3, 4))
  one("BitwiseAndTensorOut", [Tensor(z), Tensor(bits)], z & bits)
  in_place("InplaceBitwiseAndTensorOut", z, [Tensor(bits)], z & bits)


def gradient_cases():
  x, g = R.real((3, 4)), R.real((3, 4))

  def elu(u):
    return 1.5 * np.where(u > 0, u, 0.7 * np.expm1(2 * u))

  for result in (False, True):
    one("EluBackward",
        [Tensor(g), Scalar(0.7), Scalar(1.5), Scalar(2.0), result,
         Tensor(elu(x).astype(F32) if result else x)],
        (g * slope(elu, x)).astype(F32), 1e-4)
  gelus = {"none": lambda u: u * (1 + np.vectorize(
      __import__("math").erf)(u / np.sqrt(2))) / 2,
           "tanh": lambda u: 0.5 * u * (1 + np.tanh(
               0.7978845608028654 * (u + 0.044715 * u ** 3)))}
  for name, function in gelus.items():
    one("GeluBackwardV2", [Tensor(g), Tensor(x), name],
        (g * slope(function, x)).astype(F32), 1e-4)
  one("MishBackward", [Tensor(g), Tensor(x)],
      (g * slope(lambda u: u * np.tanh(softplus(u)), x)).astype(F32), 1e-4)
  one("HardswishBackwardV2", [Tensor(g), Tensor(x)],
      (g * slope(lambda u: u * np.clip(u + 3, 0, 6) / 6, x)).astype(F32), 1e-4)
  one("FastGeluBackward", [Tensor(g), Tensor(x)],
      (g * slope(lambda u: u * sigmoid(1.702 * u), x)).astype(F32), 1e-3)
  outs = [like(x), like(x)]
  case("LogSigmoidForward", [Tensor(x), *outs],
       (outs[0], -softplus(-x), 1e-5), (outs[1], np.exp(-np.abs(x)), 1e-5))
  one("LogSigmoidBackward", [Tensor(g), Tensor(x), Tensor(x)],
      (g * sigmoid(-x)).astype(F32), 1e-5)
  p = R.real((3, 4), 0.2, 0.8)
  one("LogitGrad", [Tensor(p), Tensor(g), 0.1],
      (g / (p * (1 - p))).astype(F32), 1e-5)
  u, dy = R.real((2, 3, 4)), R.real((2, 3, 4))
  for weight in (R.real((3,)), R.real((1,))):
    w = weight.reshape(1, -1, 1)
    dw = np.where(u > 0, 0, dy * u).sum((0, 2) if w.size > 1 else None)
    outs = [like(u), like(weight)]
    case("PreluBackward", [Tensor(dy), Tensor(u), Tensor(weight), *outs],
         (outs[0], np.where(u > 0, dy, dy * w), 1e-5),
         (outs[1], dw.reshape(weight.shape), 1e-5))
  u, mask = R.real((2, 1, 3, 4)), R.truth((2, 1, 3, 4))
  mask[..., 0] = False
  z = np.where(mask, -10000.0, u * 0.5)
  e = np.exp(z - z.max(-1, keepdims=True))
  y = (e / e.sum(-1, keepdims=True)).astype(F32)
  one("ScaledMaskedSoftmax", [Tensor(u), Tensor(mask), 0.5, False], y, 1e-5)
  g = R.real(u.shape)
  dx = 0.5 * y * (g - (g * y).sum(-1, keepdims=True))
  one("ScaledMaskedSoftmaxBackward",
      [Tensor(g), Tensor(y), Tensor(mask), 0.5, False],
      np.where(mask, 0, dx).astype(F32), 1e-5)


def arrange_cases():
  row, x = R.real((3,)), R.real((3, 5))
  for diagonal in (0, 1, -2):
    one("Diag", [Tensor(row), diagonal], np.diag(row, diagonal))
    one("Diag", [Tensor(x), diagonal], np.diag(x, diagonal))
    one("DiagFlat", [Tensor(x[:2, :2]), diagonal],
        np.diagflat(x[:2, :2], diagonal))
  image = R.real((2, 6, 3, 4))
  one("ChannelShuffle", [Tensor(image), 3],
      image.reshape(2, 3, 2, 3, 4).transpose(0, 2, 1, 3, 4).reshape(2, 6, 3, 4))
  one("ConfusionTranspose", [Tensor(image), [1, 0, 2, 3], [6, 24], True],
      image.transpose(1, 0, 2, 3).reshape(6, 24))
  one("ConfusionTranspose", [Tensor(image), [1, 0], [12, 12], False],
      image.reshape(12, 12).T)
  one("StridedSlice", [Tensor(image), [0, 1, 2], [2, 6, 0], [1, 2, -1], 0, 0,
                       0, 0, 0], image[0:2, 1:6:2, 2:0:-1])
  one("StridedSlice", [Tensor(image), [1, 0], [2, 6], [1, 1], 2, 0, 0, 0, 1],
      image[1, :6])
  for axes, u in ((2, image), (3, R.real((1, 2, 3, 4, 5)))):
    pad = [1, 2, 2, 0, 1, 1][:2 * axes]
    widths = [(0, 0)] * (u.ndim - axes)
    widths += [tuple(pad[2 * i:2 * i + 2]) for i in reversed(range(axes))]
    wide = np.pad(u, widths, mode="wrap")
    one("CircularPad%dd" % axes, [Tensor(u), pad], wide)
    g = R.real(wide.shape)
    one("CircularPad%ddBackward" % axes, [Tensor(g), Tensor(u), pad],
        adjoint(lambda v: np.pad(v, widths, mode="wrap"), u.shape, g), 1e-5)
  often = np.array([2, 0, 3], I64)
  one("RepeatInterleaveTensor", [Tensor(often), 5], np.repeat(range(3), often))
  one("RepeatInterleaveWithDim", [Tensor(x), Tensor(often), 0, 5],
      np.repeat(x, often, 0))
  one("RepeatInterleaveWithDim", [Tensor(x), Tensor(often[:1]), 1, 10],
      np.repeat(x, 2, 1))
  one("RepeatInterleave", [Tensor(row), Tensor(often), 5],
      np.repeat(row, often))
  one("LogSpace", [Scalar(-1.0), Scalar(2.0), 7, 10.0],
      np.logspace(-1, 2, 7).astype(F32), 1e-5)
  for wrap in (False, True):
    tall = R.real((7, 2))
    filled = tall.copy()
    np.fill_diagonal(filled, 5, wrap)
    in_place("InplaceFillDiagonal", tall, [Scalar(5.0), wrap], filled)
  theta = R.real((2, 2, 3))
  for align in (False, True):
    def base(n):
      return (np.linspace(-1, 1, n) if align
              else (2 * np.arange(n) + 1) / n - 1)
    grid = np.stack(np.meshgrid(base(4), base(3)), -1)
    ones = np.concatenate([grid, np.ones((3, 4, 1))], -1)
    one("AffineGrid", [Tensor(theta), [2, 5, 3, 4], align],
        np.einsum("hwk,njk->nhwj", ones, theta).astype(F32), 1e-5)


def norm_cases():
  x, other = R.real((4, 8)), R.real((4, 8))
  w, b = R.real((8,), 0.5, 1.5), R.real((8,))
  total = x + other
  rstd = 1 / np.sqrt((total ** 2).mean(-1, keepdims=True) + 1e-6)
  y = total * rstd * w
  outs = [like(x), like(x), like(rstd.astype(F32)), like(x)]
  case("AddRmsNormCast", [Tensor(x), Tensor(other), Tensor(w), 1e-6, *outs],
       (outs[0], y, 1e-5), (outs[1], y, 1e-5), (outs[2], rstd, 1e-5),
       (outs[3], total, 1e-6))
  first, second = Tensor(x.copy()), Tensor(other.copy())
  out = like(rstd.astype(F32))
  case("InplaceAddRmsNorm", [first, second, Tensor(w), 1e-6, out],
       (first, y, 1e-5), (second, total, 1e-6), (out, rstd, 1e-5))
  mean = x.mean(-1, keepdims=True)
  scale = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
  for op, more in (("FastLayerNorm", []), ("LayerNormWithImplMode", [0])):
    outs = [like(x), like(mean), like(scale.astype(F32))]
    case(op, [Tensor(x), [8], Tensor(w), Tensor(b), 1e-5, *outs, *more],
         (outs[0], (x - mean) * scale * w + b, 1e-5), (outs[1], mean, 1e-5),
         (outs[2], scale, 1e-5))

  def deep(u, v):
    s = 0.3 * u + v
    m = s.mean(-1, keepdims=True)
    return (s - m) / np.sqrt(s.var(-1, keepdims=True) + 1e-5)

  s = 0.3 * x + other
  m, r = s.mean(-1, keepdims=True), 1 / np.sqrt(
      s.var(-1, keepdims=True) + 1e-5)
  g = R.real((4, 8))
  hat = deep(x, other)
  d = g * w
  ds = r * (d - d.mean(-1, keepdims=True) -
            hat * (d * hat).mean(-1, keepdims=True))
  outs = [like(x), like(x), like(b), like(w)]
  case("DeepNormGrad",
       [Tensor(g), Tensor(x), Tensor(other), Tensor(w), Tensor(m.astype(F32)),
        Tensor(r.astype(F32)), 0.3, *outs],
       (outs[0], 0.3 * ds, 1e-4), (outs[1], ds, 1e-4), (outs[2], g.sum(0), 1e-4),
       (outs[3], (g * hat).sum(0), 1e-4))
  u = R.real((2, 4, 3, 3))
  gamma, beta = R.real((4,), 0.5, 1.5), R.real((4,))

  def affine(v):
    flat = v.reshape(2, 2, -1)
    n = (flat - flat.mean(-1, keepdims=True)) / np.sqrt(
        flat.var(-1, keepdims=True) + 1e-5)
    return n.reshape(v.shape) * gamma.reshape(1, 4, 1, 1) + beta.reshape(
        1, 4, 1, 1)

  a = affine(u.astype(np.float64))
  flat = u.reshape(2, 2, -1)
  mean = flat.mean(-1)
  rstd = (1 / np.sqrt(flat.var(-1) + 1e-5)).astype(F32)
  outs = [like(u), like(mean), like(rstd)]
  case("GroupNormSwish", [Tensor(u), Tensor(gamma), Tensor(beta), 2, "NCHW",
                          1e-5, True, 1.0, *outs],
       (outs[0], a * sigmoid(a), 1e-4), (outs[1], mean, 1e-4),
       (outs[2], rstd, 1e-4))
  g = R.real(u.shape)
  dx = np.zeros(u.size)
  for i in range(u.size):
    step = np.zeros(u.size)
    step[i] = 1e-5
    step = step.reshape(u.shape)
    up, down = affine(u + step), affine(u - step)
    dx[i] = (g * (up * sigmoid(up) - down * sigmoid(down))).sum() / 2e-5
  s = sigmoid(a)
  da = g * (s + a * s * (1 - s))
  hat = (a - beta.reshape(1, 4, 1, 1)) / gamma.reshape(1, 4, 1, 1)
  outs = [like(u), like(gamma), like(beta)]
  case("GroupNormSwishGrad",
       [Tensor(g), Tensor(mean), Tensor(rstd), Tensor(u), Tensor(gamma),
        Tensor(beta), 2, "NCHW", 1.0, True, True, *outs],
       (outs[0], dx.reshape(u.shape), 1e-3),
       (outs[1], (da * hat).sum((0, 2, 3)), 1e-4),
       (outs[2], da.sum((0, 2, 3)), 1e-4))


math_cases()
gradient_cases()
arrange_cases()
norm_cases()
