"""The cases of maxima with their places and of resizing beyond the simplest."""

import itertools

import numpy as np

from nn import Tensor
from nn_cases import F32, R, case, like, one
from nn_cases_windows import adjoint, linear, nearest

I64 = np.int64


def spans(size, kernel, stride, pad, dilation, ceil=False):
  """For each place of the result, the places along one axis."""
  room = size + 2 * pad - dilation * (kernel - 1) - 1
  count = (-(-room // stride) if ceil else room // stride) + 1
  if ceil and (count - 1) * stride >= size + pad:
    count -= 1
  return [[i for i in range(o * stride - pad,
                            o * stride - pad + kernel * dilation, dilation)
           if 0 <= i < size] for o in range(count)]


def adaptive_spans(size, count):
  return [list(range(o * size // count, -(-(o + 1) * size // count)))
          for o in range(count)]


def maxima(x, axes):
  """Values and flat places; `axes` has the spans of each axis in space."""
  space = x.shape[-len(axes):]
  shape = (*x.shape[:-len(axes)], *[len(a) for a in axes])
  values, places = np.zeros(shape, x.dtype), np.zeros(shape, I64)
  for at in itertools.product(*[range(len(a)) for a in axes]):
    grid = np.ix_(*[a[i] for a, i in zip(axes, at)])
    part = x[(..., *grid)].reshape(*x.shape[:-len(axes)], -1)
    flat = np.ravel_multi_index(grid, space).ravel()
    values[(..., *at)] = part.max(-1)
    places[(..., *at)] = flat[part.argmax(-1)]
  return values, places


def back(x, axes, places, g):
  dx = np.zeros((*x.shape[:-axes], int(np.prod(x.shape[-axes:]))), F32)
  for lead in np.ndindex(*x.shape[:-axes]):
    np.add.at(dx[lead], places[lead].ravel(), g[lead].ravel())
  return dx.reshape(x.shape)


def pool_cases():
  image, volume = R.real((2, 3, 7, 6)), R.real((2, 2, 5, 6, 7))
  for ceil, dilation in ((False, 1), (True, 2)):
    y, places = maxima(image, [spans(7, 3, 2, 1, dilation, ceil),
                               spans(6, 2, 1, 1 if dilation > 1 else 0,
                                     dilation, ceil)])
    pads = [1, 1 if dilation > 1 else 0]
    args = [[3, 2], [2, 1], pads, [dilation], ceil]
    row = (-(-y.shape[2] * y.shape[3] // 16) + 1) * 32
    mask = np.zeros((2, 3, 6, row), np.int8)
    for at in np.ndindex(*y.shape):
      n, c, h, w = at
      for tap in range(6):
        i = h * 2 - pads[0] + tap // 2 * dilation
        j = w - pads[1] + tap % 2 * dilation
        if i * 6 + j == places[at] and 0 <= j < 6 and 0 <= i < 7:
          mask[n, c, tap, h * y.shape[3] + w] = 1
    outs = [like(y), like(mask)]
    case("MaxPool2dWithMask", [Tensor(image), *args, *outs], (outs[0], y),
         (outs[1], mask))
    g = R.real(y.shape)
    one("MaxPool2dWithMaskBackward",
        [Tensor(g), Tensor(image), Tensor(mask), *args],
        back(image, 2, places, g), 1e-5)
    y, places = maxima(volume, [spans(5, 2, 2, 1, dilation, ceil),
                                spans(6, 3, 1, 1, dilation, ceil),
                                spans(7, 2, 2, 0, dilation, ceil)])
    args = [[2, 3, 2], [2, 1, 2], [1, 1, 0], [dilation], ceil]
    outs = [like(y), like(places.astype(np.int32))]
    case("MaxPool3dWithArgmax", [Tensor(volume), *args, *outs], (outs[0], y),
         (outs[1], places))
    g = R.real(y.shape)
    one("MaxPool3dWithArgmaxBackward",
        [Tensor(g), Tensor(volume), Tensor(places.astype(np.int32)), *args],
        back(volume, 3, places, g), 1e-5)
  for x, sizes, op in ((image, (3, 4), "AdaptiveMaxPool2d"),
                       (volume, (2, 4, 3), "AdaptiveMaxPool3d")):
    y, places = maxima(x, [adaptive_spans(s, n) for s, n in
                           zip(x.shape[2:], sizes)])
    outs = [like(y), like(places)]
    case(op, [Tensor(x), list(sizes), *outs], (outs[0], y), (outs[1], places))
    g = R.real(y.shape)
    one(op + "Backward", [Tensor(g), Tensor(x), Tensor(places)],
        back(x, len(sizes), places, g), 1e-5)

  def mean(u):
    y = np.zeros((2, 2, 2, 4, 3))
    axes = [adaptive_spans(s, n) for s, n in zip((5, 6, 7), (2, 4, 3))]
    for at in np.ndindex(2, 4, 3):
      grid = np.ix_(*[a[i] for a, i in zip(axes, at)])
      y[(..., *at)] = u[(..., *grid)].mean((2, 3, 4))
    return y

  g = R.real((2, 2, 2, 4, 3))
  one("AdaptiveAvgPool3dBackward", [Tensor(g), Tensor(volume)],
      adjoint(mean, volume.shape, g), 1e-5)
  one("GlobalMaxPool", [Tensor(image)], image.max((2, 3), keepdims=True))
  y, places = maxima(image, [spans(7, 2, 2, 0, 1), spans(6, 2, 2, 0, 1)])
  up = np.zeros((2, 3, 42), F32)
  for lead in np.ndindex(2, 3):
    up[lead][places[lead].ravel()] = y[lead].ravel()
  one("MaxUnpool2d", [Tensor(y), Tensor(places), [7, 6]],
      up.reshape(image.shape))
  taken = np.take_along_axis(image.reshape(2, 3, -1),
                             places.reshape(2, 3, -1), -1).reshape(y.shape)
  one("MaxUnpool2dBackward", [Tensor(image), Tensor(y), Tensor(places),
                              [7, 6]], taken)
  y, places = maxima(volume, [spans(5, 2, 2, 0, 1), spans(6, 2, 2, 0, 1),
                              spans(7, 2, 2, 0, 1)])
  up = np.zeros((2, 2, 210), F32)
  for lead in np.ndindex(2, 2):
    up[lead][places[lead].ravel()] = y[lead].ravel()
  one("MaxUnpool3d", [Tensor(y), Tensor(places), [5, 6, 7], [2, 2, 2],
                      [0, 0, 0]], up.reshape(volume.shape))
  taken = np.take_along_axis(volume.reshape(2, 2, -1),
                             places.reshape(2, 2, -1), -1).reshape(y.shape)
  one("MaxUnpool3dBackward", [Tensor(volume), Tensor(y), Tensor(places),
                              [5, 6, 7], [2, 2, 2], [0, 0, 0]], taken)


def exact(x, sizes):
  for axis, size in enumerate(sizes, x.ndim - len(sizes)):
    chosen = np.floor((np.arange(size) + 0.5) * x.shape[axis] / size)
    x = np.take(x, chosen.astype(int), axis)
  return x


def keys(d, a):
  d = abs(d)
  if d <= 1:
    return ((a + 2) * d - (a + 3)) * d * d + 1
  return (((d - 5) * d + 8) * d - 4) * a if d < 2 else 0.0


def cubic(x, sizes, align):
  for axis, size in enumerate(sizes, x.ndim - 2):
    old = x.shape[axis]
    matrix = np.zeros((old, size))
    for o in range(size):
      at = (o * (old - 1) / max(size - 1, 1) if align
            else (o + 0.5) * old / size - 0.5)
      for i in range(int(np.floor(at)) - 1, int(np.floor(at)) + 3):
        matrix[min(max(i, 0), old - 1), o] += keys(at - i, -0.75)
    x = np.moveaxis(np.moveaxis(x, axis, -1) @ matrix, -1, axis)
  return x


def smooth(x, sizes, align, is_cubic):
  for axis, size in enumerate(sizes, x.ndim - 2):
    old = x.shape[axis]
    scale = (old - 1) / (size - 1) if align else old / size
    wide = max(scale, 1)
    matrix = np.zeros((old, size))
    for o in range(size):
      for i in range(old):
        d = (i + 0.5 - scale * (o + 0.5)) / wide
        matrix[i, o] = keys(d, -0.5) if is_cubic else max(1 - abs(d), 0)
    matrix /= matrix.sum(0)
    x = np.moveaxis(np.moveaxis(x, axis, -1) @ matrix, -1, axis)
  return x


def resize_cases():
  line, image = R.real((2, 3, 4)), R.real((2, 3, 5, 4))
  volume = R.real((1, 2, 3, 4, 2))
  for axes, x, size in ((1, line, (7,)), (2, image, (7, 6)),
                        (3, volume, (5, 4, 3))):
    scales = [0.0] * axes
    one("UpsampleNearestExact%dd" % axes, [Tensor(x), list(size), *scales],
        exact(x, size))
    g = R.real((*x.shape[:2], *size))
    one("UpsampleNearestExact%ddBackward" % axes,
        [Tensor(g), list(size), list(x.shape), *scales],
        adjoint(lambda u: exact(u, size), x.shape, g), 1e-5)
  one("UpsampleNearest3dBackward",
      [Tensor(g), list(size), list(x.shape), *scales],
      adjoint(lambda u: nearest(u, size), x.shape, g), 1e-5)
  for align in (False, True):
    one("UpsampleTrilinear3dBackward",
        [Tensor(g), list(size), list(x.shape), align, *scales],
        adjoint(lambda u: linear(u, size, align), x.shape, g), 1e-5)
    flat = R.real((2, 3, 7))
    one("UpsampleLinear1dBackward",
        [Tensor(flat), [7], [2, 3, 4], align, 0.0],
        adjoint(lambda u: linear(u, (7,), align), line.shape, flat), 1e-5)
    for area in ((7, 6), (3, 2)):
      one("UpsampleBicubic2d", [Tensor(image), list(area), align, 0.0, 0.0],
          cubic(image, area, align).astype(F32), 1e-5)
      h = R.real((2, 3, *area))
      one("UpsampleBicubic2dBackward",
          [Tensor(h), list(area), list(image.shape), align, 0.0, 0.0],
          adjoint(lambda u: cubic(u, area, align), image.shape, h), 1e-5)
      for op, grad, is_cubic in (
          ("UpsampleBilinear2dAA", "UpsampleBilinear2dAABackward", False),
          ("UpsampleBicubic2dAA", "UpsampleBicubic2dAAGrad", True)):
        if align:
          continue
        one(op, [Tensor(image), list(area), align, 0.0, 0.0],
            smooth(image, area, align, is_cubic).astype(F32), 1e-5)
        one(grad, [Tensor(h), list(area), list(image.shape), align, 0.0, 0.0],
            adjoint(lambda u: smooth(u, area, align, is_cubic), image.shape,
                    h), 1e-5)
  grid = np.stack(np.meshgrid(np.linspace(-1, 1, 3), np.linspace(-1, 1, 4),
                              np.linspace(-1, 1, 2), indexing="ij")[::-1],
                  -1)[None].astype(F32)
  one("GridSampler3D", [Tensor(volume), Tensor(grid), 0, 0, True], volume,
      1e-5)


pool_cases()
resize_cases()
