"""The cases of activations, indices, products, norms, losses and windows."""

import numpy as np

from nn import Null, Scalar, Tensor
from nn_cases import F32, R, case, erf, in_place, like, one, sigmoid, softplus


def activation_cases():
  x = R.real((3, 6), -3, 3)
  g = R.real((3, 6))
  elu = np.where(x > 0, x * 2, np.expm1(x * 1.5) * 0.7 * 2)
  args = [Scalar(0.7), Scalar(2.0), Scalar(1.5)]
  one("Elu", [Tensor(x), *args], elu.astype(F32), 3e-6)
  in_place("InplaceElu", x, args, elu, 3e-6)
  leaky = np.where(x > 0, x, x * F32(0.1))
  one("LeakyRelu", [Tensor(x), Scalar(0.1)], leaky, 1e-6)
  in_place("InplaceLeakyRelu", x, [Scalar(0.1)], leaky, 1e-6)
  celu = np.maximum(x, 0) + np.minimum(0, 1.3 * np.expm1(x / 1.3))
  one("Celu", [Tensor(x), Scalar(1.3)], celu.astype(F32), 3e-6)
  in_place("InplaceCelu", x, [Scalar(1.3)], celu, 3e-6)
  one("Softplus", [Tensor(x), Scalar(1.0), Scalar(20.0)],
      softplus(x).astype(F32), 3e-6)
  over = np.where(x > 1, x, F32(-5))
  one("Threshold", [Tensor(x), Scalar(1.0), Scalar(-5.0)], over)
  in_place("InplaceThreshold", x, [Scalar(1.0), Scalar(-5.0)], over)
  one("Hardshrink", [Tensor(x), Scalar(0.5)],
      np.where(np.abs(x) > 0.5, x, 0).astype(F32))
  soft = np.sign(x) * np.maximum(np.abs(x) - F32(0.5), 0)
  one("Softshrink", [Tensor(x), Scalar(0.5)], soft, 1e-6)
  one("Shrink", [Tensor(x), Scalar(0.5), Scalar(0.25)],
      np.where(x > 0.5, x - F32(0.25),
               np.where(x < -0.5, x + F32(0.25), 0)).astype(F32), 1e-6)
  one("Hardtanh", [Tensor(x), Scalar(-1.0), Scalar(2.0)], np.clip(x, -1, 2))
  in_place("InplaceHardtanh", x, [Scalar(-1.0), Scalar(2.0)],
           np.clip(x, -1, 2))
  one("Swish", [Tensor(x), Scalar(1.5)],
      (x * sigmoid(1.5 * x)).astype(F32), 3e-6)
  p = R.real((3, 6), 0.1, 0.9)
  one("Logit", [Tensor(p), -1.0], np.log(p / (1 - p)), 1e-5)
  exact = (0.5 * x * (1 + erf(x * np.sqrt(0.5)))).astype(F32)
  one("GeluV2", [Tensor(x), 0], exact, 1e-5)
  inner = 0.7978845608028654 * (x + 0.044715 * x.astype(np.float64) ** 3)
  gelu = (0.5 * x * (1 + np.tanh(inner))).astype(F32)
  one("GeluV2", [Tensor(x), 1], gelu, 1e-5)
  w = np.array([0.25], F32)
  one("Prelu", [Tensor(x), Tensor(w)], np.where(x > 0, x, x * w))
  a, c = x[:, :3], x[:, 3:]
  one("Glu", [Tensor(x), -1], (a * sigmoid(c)).astype(F32), 3e-6)
  one("SwiGlu", [Tensor(x), -1], (a * sigmoid(a) * c).astype(F32), 3e-6)
  for op, extra in (("GeGlu", []), ("GeGluV3", [False])):
    outs = [like(a), like(a)]
    case(op, [Tensor(x), -1, 1, *extra, *outs],
         (outs[0], a * gelu[:, 3:], 1e-5), (outs[1], gelu[:, 3:], 1e-5))
  s = sigmoid(x)
  backward = {
      "GeluBackward": (x, g * (0.5 * (1 + np.tanh(inner)) + 0.5 * x *
                               (1 - np.tanh(inner) ** 2) * 0.7978845608028654 *
                               (1 + 3 * 0.044715 * x ** 2))),
      "SiluBackward": (x, g * (s + x * s * (1 - s))),
      "SigmoidBackward": (s.astype(F32), g * s * (1 - s)),
      "TanhBackward": (np.tanh(x), g * (1 - np.tanh(x) ** 2)),
      "HardswishBackward": (x, g * np.where(
          x <= -3, 0, np.where(x >= 3, 1, x / 3 + 0.5))),
      "HardsigmoidBackward": (x, g * (np.abs(x) < 3) / 6),
  }
  for op, (arg, expected) in backward.items():
    one(op, [Tensor(g), Tensor(arg)], expected.astype(F32), 2e-5)
  y = np.where(x > 0, 1.0507009873554805 * x,
               1.7580993408473766 * np.expm1(x)).astype(F32)
  slope = np.where(y > 0, 1.0507009873554805, y + 1.7580993408473766)
  one("SeluBackward", [Tensor(g), Tensor(y)], (g * slope).astype(F32), 1e-5)
  one("LeakyReluBackward", [Tensor(g), Tensor(x), Scalar(0.1), False],
      np.where(x > 0, g, g * F32(0.1)), 1e-6)
  one("ThresholdBackward", [Tensor(g), Tensor(x), Scalar(0.5)],
      np.where(x > 0.5, g, 0).astype(F32))
  outside = np.where(np.abs(x) > 0.5, g, 0).astype(F32)
  one("HardshrinkBackward", [Tensor(g), Tensor(x), Scalar(0.5)], outside)
  one("SoftshrinkBackward", [Tensor(g), Tensor(x), Scalar(0.5)], outside)
  one("SoftplusBackward", [Tensor(g), Tensor(x), Scalar(1.0), Scalar(20.0)],
      (g * s).astype(F32), 1e-5)
  one("HardtanhBackward", [Tensor(g), Tensor(x), Scalar(-1.0), Scalar(2.0)],
      np.where((x > -1) & (x < 2), g, 0).astype(F32))
  one("SwishBackward", [Tensor(g), Tensor(x), Scalar(1.0)],
      (g * (s + x * s * (1 - s))).astype(F32), 2e-5)
  e = np.exp(x - x.max(1, keepdims=True))
  soft = e / e.sum(1, keepdims=True)
  one("Softmax", [Tensor(x), -1], soft, 3e-6)
  one("LogSoftmax", [Tensor(x), 1], np.log(soft), 1e-5)
  one("SoftmaxBackward", [Tensor(g), Tensor(soft), -1],
      soft * (g - (g * soft).sum(1, keepdims=True)), 2e-5)
  one("LogSoftmaxBackward", [Tensor(g), Tensor(np.log(soft)), -1],
      g - soft * g.sum(1, keepdims=True), 2e-5)
  g3 = R.real((3, 3))
  t = sigmoid(c)
  one("GluBackward", [Tensor(g3), Tensor(x), -1],
      np.concatenate([g3 * t, g3 * a * t * (1 - t)], 1).astype(F32), 1e-5)
  u = sigmoid(a)
  one("SwiGluGrad", [Tensor(g3), Tensor(x), -1],
      np.concatenate([g3 * c * (u + a * u * (1 - u)), g3 * a * u],
                     1).astype(F32), 1e-5)
  tanh = np.tanh(inner)
  d = (0.5 * (1 + tanh) + 0.5 * x * (1 - tanh ** 2) * 0.7978845608028654 *
       (1 + 3 * 0.044715 * x ** 2))
  expected = np.concatenate([g3 * gelu[:, 3:], g3 * a * d[:, 3:]], 1)
  for op, extra in (("GeGluBackward", []), ("GeGluV3Backward", [False])):
    one(op, [Tensor(g3), Tensor(x), Tensor(gelu[:, 3:].copy()), -1, 1, *extra],
        expected.astype(F32), 2e-5)


def index_cases():
  x = R.real((5, 4, 3))
  i = np.array([4, 0, 2], np.int64)
  one("IndexSelect", [Tensor(x), 0, Tensor(i)], x[i])
  one("GatherV2", [Tensor(x), 2, Tensor(i[1:])], x[:, :, i[1:]])
  one("Embedding", [Tensor(x[:, :, 0].copy()), Tensor(i.reshape(3, 1))],
      x[:, :, 0][i.reshape(3, 1)])
  j = R.whole((2, 4, 3), 0, 5, np.int64)
  one("Gather", [Tensor(x), 0, Tensor(j)], np.take_along_axis(x, j, 0))
  k = np.array([[0, 1], [4, 3]], np.int64)
  one("GatherNd", [Tensor(x), Tensor(k), False], x[k[:, 0], k[:, 1]])
  source = R.real((3, 4, 3))
  copied = x.copy()
  copied[i] = source
  in_place("InplaceIndexCopy", x, [0, Tensor(i), Tensor(source)], copied)
  middle = R.real((5, 2, 3))
  copied = x.copy()
  copied[:, [3, 1]] = middle
  one("IndexCopy", [Tensor(x.copy()), 1, Tensor(np.array([3, 1], np.int64)),
                    Tensor(middle)], copied)
  filled = x.copy()
  filled[:, [3, 1]] = 7
  one("IndexFill", [Tensor(x), 1, Tensor(np.array([3, 1], np.int64)),
                    Scalar(7.0)], filled)
  in_place("InplaceIndexFill", x,
           [1, Tensor(np.array([3, 1], np.int64)), Scalar(7.0)], filled)
  one("IndexFillTensor", [Tensor(x), 1, [3, 1], Scalar(7.0)], filled)
  in_place("InplaceIndexFillTensor", x, [1, [3, 1], Scalar(7.0)], filled)
  added = x.copy()
  np.add.at(added, i, F32(0.5) * source)
  one("IndexAdd", [Tensor(x), 0, Tensor(i), Tensor(source), Scalar(0.5)],
      added, 1e-6)
  rows = np.array([[3], [1]], np.int64)
  rows = np.broadcast_to(rows[:, :, None], (2, 4, 3)).copy()
  put = x.copy()
  np.put_along_axis(put, rows, source[:2], 0)
  one("Scatter", [Tensor(x), 0, Tensor(rows), Tensor(source[:2].copy()), 0],
      put)
  in_place("InplaceScatter", x,
           [0, Tensor(rows), Tensor(source[:2].copy()), 0], put)
  put = x.copy()
  put[[3, 1]] += source[:2]
  one("ScatterAdd", [Tensor(x), 0, Tensor(rows), Tensor(source[:2].copy())],
      put)
  put = x.copy()
  np.put_along_axis(put, rows, F32(9), 0)
  one("ScatterValue", [Tensor(x), 0, Tensor(rows), Scalar(9.0), 0], put)
  in_place("InplaceScatterValue", x, [0, Tensor(rows), Scalar(9.0), 0], put)
  m = R.truth((4, 3))
  in_place("InplaceMaskedFillScalar", x, [Tensor(m), Scalar(8.0)],
           np.where(m, F32(8), x))
  in_place("InplaceMaskedFillTensor", x,
           [Tensor(m), Tensor(np.array(8, F32))], np.where(m, F32(8), x))
  one("SWhere", [Tensor(m), Tensor(x), Tensor(source[:1])],
      np.where(m, x, source[:1]))


def product_cases():
  a = R.real((4, 5))
  b = R.real((5, 3))
  batch = R.real((2, 4, 5))
  other = R.real((2, 5, 3))
  bias = R.real((3,))
  v = R.real((5,))
  CUBE = 0
  for op, args, expected in (
      ("Matmul", [a, b], a @ b), ("Matmul", [batch, b], batch @ b),
      ("Matmul", [v, b], v @ b), ("Matmul", [a, v], a @ v),
      ("Mm", [a, np.asfortranarray(b)], a @ b),
      ("BatchMatMul", [batch, other], batch @ other), ("Mv", [a, v], a @ v)):
    out = like(expected)
    tensors = [Tensor(x) if x.flags.c_contiguous else _fortran(x)
               for x in args]
    case(op, [*tensors, out, CUBE], (out, expected, 1e-5))
  out = like(a.astype(np.float16) @ b.astype(np.float16))
  case("Matmul", [Tensor(a.astype(np.float16)), Tensor(b.astype(np.float16)),
                  out, 1],
       (out, (a.astype(np.float16).astype(F32) @
              b.astype(np.float16).astype(F32)).astype(np.float16), 2e-3))
  one("Dot", [Tensor(v), Tensor(v + 1)], v @ (v + 1), 1e-5)
  one("Ger", [Tensor(v), Tensor(bias)], np.outer(v, bias))
  expected = 0.5 * bias + 2 * (a @ b)
  out = like(expected.astype(F32))
  case("Addmm", [Tensor(bias), Tensor(a), Tensor(b), Scalar(0.5), Scalar(2.0),
                 out, CUBE], (out, expected, 1e-5))
  c = R.real((4, 3))
  target = Tensor(c.copy())
  case("InplaceAddmm", [target, Tensor(a), Tensor(b), Scalar(0.5), Scalar(2.0),
                        CUBE], (target, 0.5 * c + 2 * (a @ b), 1e-5))
  d = R.real((2, 4, 3))
  expected = 0.5 * d + 2 * (batch @ other)
  out = like(d)
  case("Baddbmm", [Tensor(d), Tensor(batch), Tensor(other), Scalar(0.5),
                   Scalar(2.0), out, CUBE], (out, expected, 1e-5))
  target = Tensor(d.copy())
  case("InplaceBaddbmm", [target, Tensor(batch), Tensor(other), Scalar(0.5),
                          Scalar(2.0), CUBE], (target, expected, 1e-5))
  u = R.real((4,))
  out = like(u)
  case("Addmv", [Tensor(u), Tensor(a), Tensor(v), Scalar(2.0), Scalar(0.5),
                 out, CUBE], (out, 0.5 * u + 2 * (a @ v), 1e-5))
  expected = 0.5 * c + 2 * (batch @ other).sum(0)
  out = like(c)
  case("Addbmm", [Tensor(c), Tensor(batch), Tensor(other), Scalar(0.5),
                  Scalar(2.0), out, CUBE], (out, expected, 1e-5))
  target = Tensor(c.copy())
  case("InplaceAddbmm", [target, Tensor(batch), Tensor(other), Scalar(0.5),
                         Scalar(2.0), CUBE], (target, expected, 1e-5))
  out = like(c)
  case("Gemm", [Tensor(a.T.copy()), Tensor(b), Tensor(c), 2.0, 0.5, 1, 0, out,
                CUBE], (out, 2 * (a @ b) + 0.5 * c, 1e-5))


def solve_cases():
  a = R.real((3, 3), 0.5, 1.5) + 2 * np.eye(3, dtype=F32)
  rhs = R.real((2, 3, 4))
  for upper in (False, True):
    for transpose in (False, True):
      for unit in (False, True):
        part = (np.triu(a) if upper else np.tril(a)).astype(np.float64)
        if unit:
          np.fill_diagonal(part, 1)
        x = np.linalg.solve(part.T if transpose else part, rhs).astype(F32)
        whole = np.broadcast_to(a, (2, 3, 3))
        outs = [like(x), like(whole)]
        case("TriangularSolve",
             [Tensor(rhs), Tensor(a), upper, transpose, unit, *outs],
             (outs[0], x, 1e-5), (outs[1], whole))


def weight_quant_cases():
  x = R.real((4, 64), kind=np.float16)
  w = R.whole((64, 6), -8, 8, np.int8)
  scale = R.real((2, 6), 0.1, 1, np.float16)
  full = w.astype(F32) * scale.astype(F32).repeat(32, 0)
  expected = x.astype(F32) @ full.astype(np.float16).astype(F32)
  for weight in (Tensor(w), _fortran(w)):
    out = like(expected.astype(np.float16))
    s = _fortran(scale) if weight.array.flags.f_contiguous else Tensor(scale)
    case("WeightQuantBatchMatmulV2",
         [Tensor(x), weight, s, Null(), Null(), Null(), Null(), 32, out],
         (out, expected, 5e-3))


def _fortran(x):
  """The matrix with its first axis fastest, as transposed weights lie."""
  return Tensor(np.ascontiguousarray(x.T).T)


def norm_cases():
  x = R.real((3, 4, 6))
  w = R.real((6,))
  b = R.real((6,))
  mean = x.mean(-1, keepdims=True)
  rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
  y = (x - mean) * rstd
  for weight, bias in ((w, b), (None, None), (w, None)):
    outs = [like(x), like(mean.astype(F32)), like(rstd.astype(F32))]
    expected = y * (1 if weight is None else weight) + (
        0 if bias is None else bias)
    args = [Null() if t is None else Tensor(t) for t in (weight, bias)]
    case("LayerNorm", [Tensor(x), [6], *args, 1e-5, *outs],
         (outs[0], expected, 2e-5), (outs[1], mean, 1e-5),
         (outs[2], rstd, 1e-5))
  g = R.real(x.shape)
  gw = g * w
  dx = rstd * (gw - gw.mean(-1, keepdims=True) -
               y * (gw * y).mean(-1, keepdims=True))
  outs = [like(x), like(w), like(b)]
  case("LayerNormBackward",
       [Tensor(g), Tensor(x), [6], Tensor(mean.astype(F32)),
        Tensor(rstd.astype(F32)), Tensor(w), Tensor(b), [True] * 3, *outs],
       (outs[0], dx, 5e-5), (outs[1], (g * y).sum((0, 1)), 5e-5),
       (outs[2], g.sum((0, 1)), 5e-5))
  image = R.real((2, 4, 3, 3))
  groups = image.reshape(2, 2, -1)
  gmean, gvar = groups.mean(-1), groups.var(-1)
  gy = ((groups - gmean[..., None]) /
        np.sqrt(gvar[..., None] + 1e-5)).reshape(image.shape)
  gw, gb = R.real((4,)), R.real((4,))
  affine = gy * gw[:, None, None] + gb[:, None, None]
  silu = affine * sigmoid(affine)
  stats = [(gmean, 1e-4), (1 / np.sqrt(gvar + 1e-5), 1e-4)]
  for op, args, expected in (
      ("GroupNorm", [Tensor(gw), Tensor(gb), 2, 4, 9, 2, 1e-5], affine),
      ("GroupNormSilu", [Tensor(gw), Tensor(gb), 2, 1e-5], silu),
      ("GroupNormSiluV2", [Tensor(gw), Tensor(gb), 2, 1e-5, True], silu)):
    outs = [like(image), like(gmean), like(gmean)]
    case(op, [Tensor(image), *args, *outs], (outs[0], expected, 5e-5),
         *[(o, v, t) for o, (v, t) in zip(outs[1:], stats)])
  r = 1 / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6)
  for op, gain in (("RmsNorm", w), ("GemmaRmsNorm", 1 + w)):
    outs = [like(x), like(r.astype(F32))]
    case(op, [Tensor(x), Tensor(w), 1e-6, *outs], (outs[0], x * r * gain, 2e-5),
         (outs[1], r, 1e-5))
  other = R.real(x.shape)
  total = x + other
  r2 = 1 / np.sqrt((total * total).mean(-1, keepdims=True) + 1e-6)
  outs = [like(x), like(r2.astype(F32)), like(x)]
  case("AddRmsNorm", [Tensor(x), Tensor(other), Tensor(w), 1e-6, *outs],
       (outs[0], total * r2 * w, 2e-5), (outs[1], r2, 1e-5), (outs[2], total))
  bias = R.real((6,))
  mean = total.mean(-1, keepdims=True)
  rstd = 1 / np.sqrt(total.var(-1, keepdims=True) + 1e-5)
  outs = [like(x), like(mean), like(mean), like(x)]
  case("AddLayerNorm", [Tensor(x), Tensor(other), Tensor(w), Tensor(b), Null(),
                        1e-5, True, *outs],
       (outs[0], (total - mean) * rstd * w + b, 2e-5), (outs[1], mean, 1e-5),
       (outs[2], rstd, 1e-5), (outs[3], total))
  hat = (total - mean) * rstd
  gw = g * w
  outs = [like(x), like(w), like(w)]
  case("AddLayerNormGrad",
       [Tensor(g), Tensor(x), Tensor(other), Tensor(rstd), Tensor(mean),
        Tensor(w), Null(), *outs],
       (outs[0], rstd * (gw - gw.mean(-1, keepdims=True) - hat *
                         (gw * hat).mean(-1, keepdims=True)), 5e-5),
       (outs[1], (g * hat).sum((0, 1)), 5e-5), (outs[2], g.sum((0, 1)), 5e-5))
  deep = F32(0.3) * x + other
  mean = deep.mean(-1, keepdims=True)
  rstd = 1 / np.sqrt(deep.var(-1, keepdims=True) + 1e-5)
  outs = [like(mean), like(mean), like(x)]
  case("DeepNorm", [Tensor(x), Tensor(other), Tensor(b), Tensor(w), 0.3, 1e-5,
                    *outs],
       (outs[0], mean, 1e-5), (outs[1], rstd, 1e-5),
       (outs[2], (deep - mean) * rstd * w + b, 5e-5))
  gw = g * w
  dx = r * gw - x * r ** 3 * (gw * x).mean(-1, keepdims=True)
  outs = [like(x), like(w)]
  case("RmsNormGrad", [Tensor(g), Tensor(x), Tensor(r.astype(F32)), Tensor(w),
                       *outs],
       (outs[0], dx, 5e-5), (outs[1], (g * x * r).sum((0, 1)), 5e-5))


def loss_cases():
  x = R.real((3, 4), 0.1, 0.9)
  t = R.real((3, 4), 0.1, 0.9)
  g = R.real((3, 4))
  d = x - t
  one("MseLoss", [Tensor(x), Tensor(t), 1], (d * d).mean(), 1e-5)
  one("MseLossOut", [Tensor(x), Tensor(t), 0], d * d, 1e-6)
  one("L1Loss", [Tensor(x), Tensor(t), 2], np.abs(d).sum(), 1e-5)
  one("MseLossBackward", [Tensor(g), Tensor(x), Tensor(t), 0], 2 * d * g, 1e-5)
  one("L1LossBackward", [Tensor(g), Tensor(x), Tensor(t), 0], np.sign(d) * g,
      1e-6)
  one("KlDiv", [Tensor(np.log(x)), Tensor(t), 2, False],
      (t * (np.log(t) - np.log(x))).sum(), 1e-4)
  bce = -(t * np.log(x) + (1 - t) * np.log(1 - x))
  one("BinaryCrossEntropy", [Tensor(x), Tensor(t), Null(), 1], bce.mean(),
      1e-5)
  logits = np.log(x / (1 - x))
  one("BinaryCrossEntropyWithLogits",
      [Tensor(logits), Tensor(t), Null(), Null(), 0], bce, 2e-5)
  small = np.abs(d) < 0.3
  one("SmoothL1Loss", [Tensor(x), Tensor(t), 0, 0.3],
      np.where(small, d * d / 0.6, np.abs(d) - 0.15).astype(F32), 1e-5)
  sign = np.where(t > 0.5, 1, -1).astype(F32)
  one("SoftMarginLoss", [Tensor(x), Tensor(sign), 1],
      np.log1p(np.exp(-sign * x)).mean(), 1e-5)
  one("SoftMarginLossBackward", [Tensor(g), Tensor(x), Tensor(sign), 0],
      (-sign * g / (1 + np.exp(sign * x))).astype(F32), 1e-5)
  e = np.exp(g - g.max(1, keepdims=True))
  soft = e / e.sum(1, keepdims=True)
  labels = t / t.sum(1, keepdims=True)
  outs = [like(x[:, 0]), like(x)]
  case("SoftmaxCrossEntropyWithLogits",
       [Tensor(g), Tensor(labels), *outs],
       (outs[0], -(labels * np.log(soft)).sum(1), 2e-5),
       (outs[1], soft - labels, 2e-5))


def window_cases():
  x = R.real((2, 4, 7, 6))
  w = R.real((6, 2, 3, 2))
  bias = R.real((6,))
  y = _conv(x, w, (2, 1), (1, 0), (1, 2), 2) + bias[:, None, None]
  out = like(y)
  case("Convolution",
       [Tensor(x, format_=0), Tensor(w, format_=0), Tensor(bias), [2, 1],
        [1, 0], [1, 2], False, [0, 0], 2, out, 0], (out, y, 1e-5))
  line = R.real((2, 4, 9))
  wl = R.real((6, 4, 3))
  y = _conv(line[:, :, None], wl[:, :, None], (1, 2), (0, 1), (1, 1), 1)[:, :, 0]
  out = like(y)
  case("Convolution",
       [Tensor(line, format_=47), Tensor(wl, format_=47), Null(), [2], [1],
        [1], False, [0], 1, out, 0], (out, y, 1e-5))
  pooled = x[:, :, :6].reshape(2, 4, 3, 2, 3, 2)
  out = like(x[:, :, :3, :3])
  case("AvgPool2d", [Tensor(x[:, :, :6].copy(), format_=0), [2, 2], [2, 2],
                     [0, 0], False, True, 0, 0, out],
       (out, pooled.mean((3, 5)), 1e-6))
  one("MaxPool", [Tensor(x[:, :, :6].copy(), format_=0), [2, 2], [2, 2], 0,
                  [0, 0, 0, 0], [1, 1], 0], pooled.max((3, 5)))
  one("AdaptiveAvgPool2d", [Tensor(x[:, :, :6].copy(), format_=0), [3, 3]],
      pooled.mean((3, 5)), 1e-6)
  one("GlobalAveragePool", [Tensor(x, format_=0)],
      x.mean((2, 3), keepdims=True), 1e-5)
  columns = np.stack([x[:, :, i:i + 6, j:j + 5] for i in range(2)
                      for j in range(2)], 2).reshape(2, 16, 30)
  one("Im2col", [Tensor(x, format_=0), [2, 2], [1, 1], [0, 0], [1, 1]],
      columns)
  one("UpsampleNearest2d", [Tensor(x, format_=0), [14, 12]],
      x.repeat(2, 2).repeat(2, 3))
  flat = np.broadcast_to(np.arange(6, dtype=F32), (1, 1, 7, 6)).copy()
  at = np.clip((np.arange(12) + 0.5) / 2 - 0.5, 0, 5).astype(F32)
  one("UpsampleBilinear2d",
      [Tensor(flat, format_=0), [7, 12], False, 0.0, 0.0],
      np.broadcast_to(at, (1, 1, 7, 12)), 1e-6)


def _conv(x, w, stride, pad, dilation, groups):
  x = np.pad(x, ((0, 0), (0, 0), (pad[0],) * 2, (pad[1],) * 2))
  n, c = x.shape[:2]
  out_h = (x.shape[2] - (w.shape[2] - 1) * dilation[0] - 1) // stride[0] + 1
  out_w = (x.shape[3] - (w.shape[3] - 1) * dilation[1] - 1) // stride[1] + 1
  y = np.zeros((n, w.shape[0], out_h, out_w), F32)
  per, made = c // groups, w.shape[0] // groups
  for o in range(w.shape[0]):
    group = x[:, o // made * per:(o // made + 1) * per]
    for i in range(w.shape[2]):
      for j in range(w.shape[3]):
        top, left = i * dilation[0], j * dilation[1]
        seen = group[:, :, top:top + (out_h - 1) * stride[0] + 1:stride[0],
                     left:left + (out_w - 1) * stride[1] + 1:stride[1]]
        y[:, o] += np.einsum("nchw,c->nhw", seen, w[o, :, i, j])
  return y


def attention_cases():
  x = R.real((2, 3, 4, 8))
  angle = R.real((1, 3, 1, 8))
  cos, sin = np.cos(angle), np.sin(angle)
  turned = np.concatenate([-x[..., 4:], x[..., :4]], -1)
  one("RotaryPositionEmbedding", [Tensor(x), Tensor(cos), Tensor(sin), 0],
      x * cos + turned * sin, 1e-6)
  q = R.real((1, 2, 3, 16), kind=np.float16)
  k = R.real((1, 2, 5, 16), kind=np.float16)
  v = R.real((1, 2, 5, 16), kind=np.float16)
  score = np.einsum("bnid,bnjd->bnij", q.astype(F32), k.astype(F32)) * 0.25
  e = np.exp(score - score.max(-1, keepdims=True))
  expected = np.einsum("bnij,bnjd->bnid", e / e.sum(-1, keepdims=True),
                       v.astype(F32))
  out = like(q)
  lse = like(np.zeros((1,), F32))
  case("FusedInferAttentionScoreV2",
       [Tensor(q), [Tensor(k)], [Tensor(v)], *[Null()] * 21, 2, 0.25,
        2147483647, 2147483647, "BNSD", 2, 0, 1, 0, 0, False, 0, 0, out, lse],
       (out, expected, 5e-3))


activation_cases()
index_cases()
product_cases()
solve_cases()
weight_quant_cases()
norm_cases()
loss_cases()
window_cases()
attention_cases()
