"""The cases of gradients of windows, of normalisation and of losses."""

import numpy as np

from nn import Null, Scalar, Tensor
from nn_cases import F32, R, case, like, one, sigmoid
from nn_cases_more import _conv


def several(op, args, *expected):
  """A case whose outputs are the last arguments: (array, tolerance)."""
  outs = [like(np.asarray(e, F32)) for e, _ in expected]
  case(op, [*args, *outs],
       *[(out, e, t) for out, (e, t) in zip(outs, expected)])


def maybe(array):
  return Null() if array is None else Tensor(array)


def _conv_gradients(x, w, dy, stride, pad, dilation, groups):
  """The adjoint of _conv: what each tap gave goes back."""
  wide = np.pad(x, ((0, 0), (0, 0), (pad[0],) * 2, (pad[1],) * 2))
  dx, dw = np.zeros(wide.shape), np.zeros(w.shape)
  per, made = x.shape[1] // groups, w.shape[0] // groups
  for o in range(w.shape[0]):
    channels = slice(o // made * per, (o // made + 1) * per)
    for i in range(w.shape[2]):
      for j in range(w.shape[3]):
        top, left = i * dilation[0], j * dilation[1]
        rows = slice(top, top + (dy.shape[2] - 1) * stride[0] + 1, stride[0])
        columns = slice(left, left + (dy.shape[3] - 1) * stride[1] + 1,
                        stride[1])
        dx[:, channels, rows, columns] += (
            dy[:, o][:, None] * w[o, :, i, j][None, :, None, None])
        dw[o, :, i, j] = np.einsum("nchw,nhw->c",
                                   wide[:, channels, rows, columns], dy[:, o])
  height, width = x.shape[2:]
  return dx[:, :, pad[0]:pad[0] + height, pad[1]:pad[1] + width], dw


def conv_cases():
  x, w = R.real((2, 4, 6, 5)), R.real((6, 2, 3, 2))
  y = _conv(x, w, (2, 1), (1, 0), (1, 2), 2)
  dy = R.real(y.shape)
  dx, dw = _conv_gradients(x, w, dy, (2, 1), (1, 0), (1, 2), 2)
  several("ConvolutionBackward",
          [Tensor(dy), Tensor(x), Tensor(w), [6], [2, 1], [1, 0], [1, 2],
           False, [0, 0], 2, [True] * 3, 0],
          (dx, 1e-5), (dw, 1e-5), (dy.sum((0, 2, 3)), 1e-5))
  # HF32 has 12 significant bits.
  out = like(y)
  case("Convolution", [Tensor(x), Tensor(w), Null(), [2, 1], [1, 0], [1, 2],
                       False, [0, 0], 2, out, 1], (out, y, 1e-2))
  line, wl = R.real((2, 3, 9)), R.real((5, 3, 2))
  yl = _conv(line[:, :, None], wl[:, :, None], (1, 2), (0, 1), (1, 1), 1)
  dyl = R.real(yl.shape)
  dx, dw = _conv_gradients(line[:, :, None], wl[:, :, None], dyl, (1, 2),
                           (0, 1), (1, 1), 1)
  several("ConvolutionBackward",
          [Tensor(dyl[:, :, 0]), Tensor(line), Tensor(wl), Null(), [2], [1],
           [1], False, [0], 1, [True] * 3, 1],
          (dx[:, :, 0], 1e-2), (dw[:, :, 0], 1e-2),
          (dyl.sum((0, 2, 3)), 1e-5))
  # Of a transposed one: x and y change places.
  dx, dw = _conv_gradients(x, w, dy, (2, 1), (1, 0), (1, 2), 2)
  back = _conv(x, w, (2, 1), (1, 0), (1, 2), 2)
  _, dw = _conv_gradients(x, w, dy, (2, 1), (1, 0), (1, 2), 2)
  several("ConvolutionBackward",
          [Tensor(x), Tensor(dy), Tensor(w), Null(), [2, 1], [1, 0], [1, 2],
           True, [0, 0], 2, [True] * 3, 0],
          (back, 1e-5), (dw, 1e-5), (x.sum((0, 2, 3)), 1e-5))
  wd = R.real((4, 1, 3, 3))
  y = _conv(x, wd, (1, 1), (1, 1), (1, 1), 4)
  out = like(y)
  case("ConvDepthwise2d", [Tensor(x), Tensor(wd), [3, 3], Null(), [1, 1],
                           [1, 1], [1, 1], out, 0], (out, y, 1e-5))


def batch_norm_cases():
  x = R.real((3, 4, 5))
  w, b = R.real((4,)), R.real((4,))
  mean, var = x.mean((0, 2)), x.var((0, 2))
  invstd = 1 / np.sqrt(var + 1e-5)

  def along(c):
    return np.asarray(c)[:, None]

  hat = (x - along(mean)) * along(invstd)
  running = [R.real((4,)), R.real((4,), 0.5, 1)]
  moved = [0.9 * running[0] + 0.1 * mean,
           0.9 * running[1] + 0.1 * x.var((0, 2)) * 15 / 14]
  for weight, bias in ((w, b), (None, None)):
    states = [Tensor(r.copy()) for r in running]
    y = hat if weight is None else hat * along(w) + along(b)
    outs = [like(x), like(w), like(w)]
    case("BatchNorm", [Tensor(x), maybe(weight), maybe(bias), *states, True,
                       0.1, 1e-5, *outs],
         (outs[0], y, 2e-5), (outs[1], mean, 1e-5), (outs[2], invstd, 1e-5),
         (states[0], moved[0], 1e-5), (states[1], moved[1], 1e-5))
  still = ((x - along(running[0])) / np.sqrt(along(running[1]) + 1e-5) *
           along(w) + along(b))
  states = [Tensor(r.copy()) for r in running]
  outs = [like(x), like(w[:0]), like(w[:0])]
  case("BatchNorm", [Tensor(x), Tensor(w), Tensor(b), *states, False, 0.1,
                     1e-5, *outs],
       (outs[0], still, 2e-5), (states[0], running[0]),
       (states[1], running[1]))
  g = R.real(x.shape)
  dw = (g * hat).sum((0, 2))
  db = g.sum((0, 2))
  dx = along(w * invstd) * (g - along(db) / 15 - hat * along(dw) / 15)
  saved = [Tensor(mean), Tensor(invstd.astype(F32))]
  several("BatchNormBackward",
          [Tensor(g), Tensor(x), Tensor(w), Null(), Null(), *saved, True, 1e-5,
           [True] * 3], (dx, 5e-5), (dw, 5e-5), (db, 1e-5))
  scale = along(w) / np.sqrt(along(running[1]) + 1e-5)
  several("BatchNormBackward",
          [Tensor(g), Tensor(x), Tensor(w), *[Tensor(r) for r in running],
           Null(), Null(), False, 1e-5, [True, False, False]], (g * scale, 5e-5),
          (w * 0, 0.0), (w * 0, 0.0))
  several("BatchNormStats", [Tensor(x), 1e-5], (mean, 1e-5), (invstd, 1e-5))
  one("BatchNormElemt", [Tensor(x), Tensor(w), Tensor(b), *saved, 1e-5],
      (hat * along(w) + along(b)).astype(F32), 2e-5)
  several("BatchNormReduce", [Tensor(x)], (x.sum((0, 2)), 1e-5),
          ((x * x).sum((0, 2)), 1e-5))
  groups = x.reshape(3, 2, -1)
  gm, gr = groups.mean(-1), 1 / np.sqrt(groups.var(-1) + 1e-5)
  ghat = (groups - gm[..., None]) * gr[..., None]
  gw = (g * along(w)).reshape(3, 2, -1)
  dx = gr[..., None] * (gw - gw.mean(-1, keepdims=True) -
                        ghat * (gw * ghat).mean(-1, keepdims=True))
  several("GroupNormBackward",
          [Tensor(g), Tensor(x), Tensor(gm), Tensor(gr.astype(F32)), Tensor(w),
           3, 4, 5, 2, [True] * 3],
          (dx.reshape(x.shape), 5e-5),
          ((g * ghat.reshape(x.shape)).sum((0, 2)), 5e-5), (db, 1e-5))


def loss_gradient_cases():
  x, t = R.real((3, 4), 0.1, 0.9), R.real((3, 4), 0.1, 0.9)
  g = R.real((3, 4))
  w, p = R.real((3, 4), 0.5, 1.5), R.real((4,), 0.5, 1.5)
  for reduction, share in ((0, 1), (1, 1 / 12), (2, 1)):
    diff = x - t
    smooth = np.where(np.abs(diff) < 0.3, diff / 0.3, np.sign(diff))
    one("SmoothL1LossBackward", [Tensor(g), Tensor(x), Tensor(t), reduction,
                                 0.3], (g * smooth * share).astype(F32), 1e-5)
    one("KlDivBackward", [Tensor(g), Tensor(x), Tensor(t), reduction, False],
        (-t * g * share).astype(F32), 1e-5)
    one("BinaryCrossEntropyBackward",
        [Tensor(g), Tensor(x), Tensor(t), Tensor(w), reduction],
        (g * w * (x - t) / (x * (1 - x)) * share).astype(F32), 1e-5)
    s = sigmoid(x)
    logit = (p * t * (s - 1) + (1 - t) * s) * w * g * share
    one("BinaryCrossEntropyWithLogitsBackward",
        [Tensor(g), Tensor(x), Tensor(t), Tensor(w), Tensor(p), reduction],
        logit.astype(F32), 1e-5)
  for shape in ((3, 4), (2, 4, 2, 3)):
    scores = R.real(shape)
    weight = R.real((4,), 0.5, 1.5)
    rows = np.moveaxis(scores, 1, -1).reshape(-1, 4)
    target = R.whole((len(rows),), 0, 4, np.int64)
    target[1] = -100
    seen = target != -100
    chosen = np.where(seen, target, 0)
    each = np.where(seen, weight[chosen], 0)
    losses = -rows[np.arange(len(rows)), chosen] * each
    places = shape[:1] + shape[2:]
    suffix = "2d" if len(shape) == 4 else ""
    for reduction, value in ((0, losses.reshape(places)),
                             (1, losses.sum() / each.sum()),
                             (2, losses.sum())):
      total = 0 if reduction == 0 else each.sum()
      args = [Tensor(target.reshape(places)), Tensor(weight), reduction, -100]
      several("NLLLoss" + suffix, [Tensor(scores), *args], (value, 1e-5),
              (total, 1e-5))
      gy = R.real(np.shape(value))
      back = np.zeros_like(rows)
      back[np.arange(len(rows)), chosen] = -each * np.ravel(gy)
      if reduction == 1:
        back /= each.sum()
      back = np.moveaxis(back.reshape(*places, 4), -1, 1)
      one("NLLLoss%sBackward" % suffix,
          [Tensor(gy), Tensor(scores), *args,
           Tensor(np.array([each.sum()], F32))], back.astype(F32), 1e-5)
  x = R.real((2, 4))
  target = np.array([[1, 3, -1, 0], [2, -1, 0, 0]], np.int64)
  truth = np.array([[0, 1, 0, 1], [0, 0, 1, 0]], np.int32)
  loss = [sum(max(0, 1 - (x[n, j] - x[n, i])) for j in range(4) if truth[n, j]
              for i in range(4) if not truth[n, i]) / 4 for n in range(2)]
  outs = [like(np.array(loss, F32)), like(truth)]
  case("MultilabelMarginLoss", [Tensor(x), Tensor(target), 0, *outs],
       (outs[0], loss, 1e-5), (outs[1], truth))


conv_cases()
batch_norm_cases()
loss_gradient_cases()
