"""The cases of sampling by a grid, forward and backward: numpy in float64."""

import itertools

import numpy as np

from nn import Tensor
from nn_cases import F32, R, case, like, one
from nn_cases_pools import keys


def filled(c, size, pad, align):
  if pad == 2:
    low, high = (0, 2 * (size - 1)) if align else (-1, 2 * size - 1)
    least, span = low / 2, (high - low) / 2
    flips, extra = divmod(abs(c - least), span)
    c = extra + least if flips % 2 == 0 else span - extra + least
  return min(max(c, 0), size - 1) if pad else c


def taps(g, size, mode, pad, align):
  """Pairs (place, weight) along one axis."""
  c = (g + 1) / 2 * (size - 1) if align else ((g + 1) * size - 1) / 2
  if mode == 2:
    low = int(np.floor(c))
    return [(filled(low + k, size, pad, align), keys(c - low - k, -0.75))
            for k in range(-1, 3)]
  c = filled(c, size, pad, align)
  if mode == 1:
    return [(np.rint(c), 1.0)]
  low = np.floor(c)
  return [(low, low + 1 - c), (low + 1, c - low)]


def sample(x, grid, mode, pad, align):
  space = x.shape[2:]
  y = np.zeros((*x.shape[:2], *grid.shape[1:-1]))
  for at in np.ndindex(grid.shape[0], *grid.shape[1:-1]):
    axes = [taps(g, s, mode, pad, align)
            for g, s in zip(grid[at][::-1], space)]
    for corner in itertools.product(*axes):
      place = tuple(int(i) for i, _ in corner)
      if all(0 <= i < s for i, s in zip(place, space)):
        weight = np.prod([w for _, w in corner])
        y[(at[0], slice(None), *at[1:])] += weight * x[(at[0], slice(None),
                                                        *place)]
  return y


def numeric(function, x, g):
  """The gradient of (function(x) * g).sum() by differences."""
  dx = np.zeros(x.size)
  for i in range(x.size):
    step = np.zeros(x.size)
    step[i] = 1e-6
    step = step.reshape(x.shape)
    dx[i] = ((function(x + step) - function(x - step)) * g).sum() / 2e-6
  return dx.reshape(x.shape)


def sample_cases():
  for axes, x in ((2, R.real((2, 2, 4, 5))), (3, R.real((1, 2, 3, 2, 4)))):
    grid = R.real((x.shape[0], *(2, 3, 2)[:axes], axes), -1.4, 1.4)
    wide = grid.astype(np.float64)
    for mode, pad, align in itertools.product(range(3), range(3),
                                              (False, True)):
      if mode == 2 and axes == 3:
        continue
      y = sample(x, wide, mode, pad, align)
      one("GridSampler%dD" % axes, [Tensor(x), Tensor(grid), mode, pad, align],
          y.astype(F32), 1e-4)
      if mode == 2:
        continue
      g = R.real(y.shape)
      dx = numeric(lambda u: sample(u, wide, mode, pad, align),
                   x.astype(np.float64), g)
      dgrid = np.zeros_like(wide)
      if mode == 0:
        dgrid = numeric(lambda u: sample(x.astype(np.float64), u, mode, pad,
                                         align), wide, g)
      outs = [like(x), like(grid)]
      case("GridSampler%dDBackward" % axes,
           [Tensor(g), Tensor(x), Tensor(grid), mode, pad, align, [True, True],
            *outs], (outs[0], dx, 1e-4), (outs[1], dgrid, 1e-3))


sample_cases()
