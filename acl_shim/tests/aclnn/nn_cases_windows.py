"""The cases of windows and resizing: gradients as the adjoint of numpy's."""

import itertools

import numpy as np

from nn import Tensor
from nn_cases import F32, R, case, like, one


def adjoint(function, shape, gradient):
  """What the linear `function` takes from `gradient` to each element."""
  back = np.zeros(int(np.prod(shape)))
  for i in range(back.size):
    unit = np.zeros(back.size)
    unit[i] = 1
    back[i] = (function(unit.reshape(shape)) * gradient).sum()
  return back.reshape(shape).astype(F32)


def places(size, kernel, stride, pad):
  return range((size + 2 * pad - kernel) // stride + 1)


def windows(x, kernel, stride, pad):
  """(index of the window, its slices of x) over the last axes."""
  axes = len(kernel)
  sizes = x.shape[-axes:]
  for at in itertools.product(*[places(s, k, t, p) for s, k, t, p in
                                zip(sizes, kernel, stride, pad)]):
    begin = [a * t - p for a, t, p in zip(at, stride, pad)]
    yield at, begin, tuple(slice(max(b, 0), min(b + k, s))
                           for b, k, s in zip(begin, kernel, sizes))


def average(x, kernel, stride, pad, with_pad):
  shape = [len(places(s, k, t, p)) for s, k, t, p in
           zip(x.shape[-len(kernel):], kernel, stride, pad)]
  y = np.zeros((*x.shape[:-len(kernel)], *shape))
  for at, _, seen in windows(x, kernel, stride, pad):
    part = x[(..., *seen)]
    count = np.prod(kernel) if with_pad else np.prod(part.shape[-len(kernel):])
    y[(..., *at)] = part.sum(tuple(range(-len(kernel), 0))) / count
  return y


def pool_cases():
  x = R.real((2, 3, 5, 4))
  for with_pad in (False, True):
    y = average(x, (3, 2), (2, 1), (1, 1), with_pad)
    g = R.real(y.shape)
    dx = adjoint(lambda u: average(u, (3, 2), (2, 1), (1, 1), with_pad),
                 x.shape, g)
    out = like(dx)
    case("AvgPool2dBackward",
         [Tensor(g), Tensor(x), [3, 2], [2, 1], [1, 1], False, with_pad, 0, 0,
          out], (out, dx, 1e-5))
  v = R.real((1, 2, 4, 3, 5))
  y = average(v, (2, 3, 2), (1, 1, 2), (1, 0, 1), True)
  one("AvgPool3d", [Tensor(v), [2, 3, 2], [1, 1, 2], [1, 0, 1], False, True,
                    0], y.astype(F32), 1e-5)
  g = R.real(y.shape)
  one("AvgPool3dBackward",
      [Tensor(g), Tensor(v), [2, 3, 2], [1, 1, 2], [1, 0, 1], False, True, 0],
      adjoint(lambda u: average(u, (2, 3, 2), (1, 1, 2), (1, 0, 1), True),
              v.shape, g), 1e-5)
  shape = (2, 3, 3, 3)
  y, chosen = np.zeros(shape, F32), np.zeros(shape, np.int32)
  for at, begin, seen in windows(x, (3, 2), (2, 2), (1, 1)):
    part = x[(..., *seen)]
    flat = part.reshape(2, 3, -1)
    best = flat.argmax(-1)
    y[(..., *at)] = flat.max(-1)
    row, column = np.unravel_index(best, part.shape[-2:])
    chosen[(..., *at)] = ((row + max(begin[0], 0)) * 4 + column +
                          max(begin[1], 0))
  outs = [like(y), like(chosen)]
  args = [[3, 2], [2, 2], [1, 1], [1, 1], False]
  case("MaxPool2dWithIndices", [Tensor(x), *args, *outs], (outs[0], y),
       (outs[1], chosen))
  g = R.real(shape)
  dx = np.zeros((2, 3, 20), F32)
  for n, c, i, j in itertools.product(*[range(s) for s in shape]):
    dx[n, c, chosen[n, c, i, j]] += g[n, c, i, j]
  one("MaxPool2dWithIndicesBackward", [Tensor(g), Tensor(x), Tensor(chosen),
                                       *args], dx.reshape(x.shape), 1e-5)

  def adaptive(u, sizes):
    spans = [[slice(o * s // n, -(-(o + 1) * s // n)) for o in range(n)]
             for s, n in zip(u.shape[-len(sizes):], sizes)]
    made = np.zeros((*u.shape[:-len(sizes)], *sizes))
    for at in itertools.product(*[range(n) for n in sizes]):
      seen = tuple(span[a] for span, a in zip(spans, at))
      made[(..., *at)] = u[(..., *seen)].mean(tuple(range(-len(sizes), 0)))
    return made

  g = R.real((2, 3, 2, 3))
  one("AdaptiveAvgPool2dBackward", [Tensor(g), Tensor(x)],
      adjoint(lambda u: adaptive(u, (2, 3)), x.shape, g), 1e-5)
  one("AdaptiveAvgPool3d", [Tensor(v), [2, 2, 3]],
      adaptive(v, (2, 2, 3)).astype(F32), 1e-5)


def nearest(x, sizes):
  for axis, size in enumerate(sizes, x.ndim - len(sizes)):
    chosen = np.arange(size) * x.shape[axis] // size
    x = np.take(x, chosen, axis)
  return x


def linear(x, sizes, align):
  for axis, size in enumerate(sizes, x.ndim - len(sizes)):
    old = x.shape[axis]
    if align:
      at = np.arange(size) * (old - 1) / max(size - 1, 1)
    else:
      at = np.maximum((np.arange(size) + 0.5) * old / size - 0.5, 0)
    low = np.minimum(np.floor(at).astype(int), old - 1)
    high = np.minimum(low + 1, old - 1)
    share = (at - low).reshape([-1 if i == axis else 1
                                for i in range(x.ndim)])
    x = np.take(x, low, axis) * (1 - share) + np.take(x, high, axis) * share
  return x


def resize_cases():
  line, image = R.real((2, 3, 4)), R.real((2, 3, 4, 3))
  volume = R.real((1, 2, 3, 4, 2))
  one("UpsampleNearest1d", [Tensor(line), [6]], nearest(line, (6,)))
  one("UpsampleNearest1dV2", [Tensor(line), [8], 2.0], nearest(line, (8,)))
  one("UpsampleNearest2dV2", [Tensor(image), [8, 6], 2.0, 0.0],
      nearest(image, (8, 6)))
  one("UpsampleNearest3d", [Tensor(volume), [5, 4, 3], 0.0, 1.0, 1.5],
      nearest(volume, (5, 4, 3)))
  g = R.real((2, 3, 6))
  one("UpsampleNearest1dBackward", [Tensor(g), [6], [2, 3, 4], 0.0],
      adjoint(lambda u: nearest(u, (6,)), line.shape, g), 1e-5)
  g = R.real((2, 3, 7, 6))
  one("UpsampleNearest2dBackward", [Tensor(g), [7, 6], [2, 3, 4, 3], 0.0, 2.0],
      adjoint(lambda u: nearest(u, (7, 6)), image.shape, g), 1e-5)
  for align in (False, True):
    one("UpsampleLinear1d", [Tensor(line), [7], align, 0.0],
        linear(line, (7,), align).astype(F32), 1e-5)
    one("UpsampleTrilinear3d", [Tensor(volume), [5, 4, 3], align, 0.0, 0.0,
                                0.0],
        linear(volume, (5, 4, 3), align).astype(F32), 1e-5)
    for op in ("UpsampleBilinear2dBackward", "UpsampleBilinear2dBackwardV2"):
      one(op, [Tensor(g), [7, 6], [2, 3, 4, 3], align, 0.0, 0.0],
          adjoint(lambda u: linear(u, (7, 6), align), image.shape, g), 1e-5)


def other_cases():
  x = R.real((2, 3, 4, 5))
  pads = {"Reflection": "reflect", "Replication": "edge"}
  for name, mode in pads.items():
    for axes in (1, 2, 3):
      y = x if axes == 3 else x[0] if axes == 2 else x[0, 0]
      pad = [1, 2] * axes if axes < 3 else [1, 2, 1, 1, 0, 1]
      widths = [(0, 0)] * (y.ndim - axes)
      widths += [tuple(pad[2 * i:2 * i + 2]) for i in reversed(range(axes))]
      wide = np.pad(y, widths, mode=mode)
      g = R.real(wide.shape)
      one("%sPad%ddBackward" % (name, axes), [Tensor(g), Tensor(y), pad],
          adjoint(lambda u: np.pad(u, widths, mode=mode), y.shape, g), 1e-5)

  def columns(u):
    wide = np.pad(u, ((0, 0), (0, 0), (1, 1), (0, 0)))
    taps = [wide[:, :, i:i + 5:1][:, :, :5, j:j + 4] for i in range(2)
            for j in range(2)]
    return np.stack(taps, 2).reshape(u.shape[0], -1, 20)

  g = R.real(columns(x).shape)
  one("Im2colBackward", [Tensor(g), [4, 5], [2, 2], [1, 1], [1, 0], [1, 1]],
      adjoint(columns, x.shape, g), 1e-5)
  grid = np.stack(np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 4)),
                  -1)[None].repeat(2, 0).astype(F32)
  one("GridSampler2D", [Tensor(x), Tensor(grid), 0, 0, True], x, 1e-5)
  one("GridSampler2D", [Tensor(x), Tensor(-grid), 1, 1, True],
      x[:, :, ::-1, ::-1])


pool_cases()
resize_cases()
other_cases()
