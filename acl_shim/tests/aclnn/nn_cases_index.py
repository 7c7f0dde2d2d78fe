"""The cases of lookups by indices, of searches, counts and ranks, and of
operators whose number of results only the data shows."""

import numpy as np

from nn import Found, Null, Scalar, Tensor, from_bf16, to_bf16
from nn_cases import F32, R, case, in_place, like, one, strided

I64 = np.int64


def places(shape, extent, kind=I64):
  """Indices, some of them from the end."""
  return R.random.randint(-extent, extent, shape).astype(kind)


def nothing():
  """An index that takes the whole axis."""
  return np.zeros((0,), I64)


def index_cases():
  x = R.real((4, 5, 6))
  i, j, k = places((3, 1), 4), places((2,), 5, np.int32), places((3, 2), 6)
  for array in (x, x.astype(np.float16), R.whole((4, 5, 6), kind=I64),
                R.whole((4, 5, 6), kind=np.int16), R.truth((4, 5, 6))):
    one("Index", [Tensor(strided(array)), [Tensor(i), Tensor(j)]],
        array[i, j])
  one("Index", [Tensor(x), [Tensor(nothing()), Tensor(k % 5), Tensor(k)]],
      x[:, k % 5, k])
  one("Index", [Tensor(x), [Tensor(i), Tensor(nothing()), Tensor(k)]],
      x[i, :, k])
  one("Index", [Tensor(x), [Tensor(nothing()), Tensor(j)]], x[:, j])
  one("Index", [Tensor(x), []], x)
  for accumulate in (False, True):
    for kind in (F32, np.int32, I64):
      y = R.whole((4, 5, 6)).astype(kind)
      for indices, key in (
          ([i, j], (i, j)), ([nothing(), j], (slice(None), j)),
          ([i, nothing(), k], (i, slice(None), k)), ([], (slice(None),))):
        values = R.whole(y[key].shape[-1:]).astype(kind)
        expected = y.copy()
        if accumulate:
          np.add.at(expected, key, values)
        else:
          # numpy does not say which of several values stays.
          wide = np.broadcast_to(values, y[key].shape)
          expected[key] = wide
          if len(indices) == 2 and indices[0].size:
            for a, b in np.ndindex(3, 2):
              expected[i[a, 0], j[b]] = wide[a, b]
        in_place("IndexPutImpl", y,
                 [[Tensor(a) for a in indices], Tensor(values), accumulate,
                  False], expected)
  mask = R.truth((4, 5))
  for accumulate in (False, True):
    in_place("IndexPutImpl", x,
             [[Tensor(mask)], Tensor(np.array(7, F32)), accumulate, True],
             np.where(mask[..., None], x + 7 if accumulate else 7, x))
  bits = to_bf16(x)
  out = Tensor(np.zeros((3, 2, 6), np.uint16), "bf16")
  case("Index", [Tensor(bits, "bf16"), [Tensor(i), Tensor(j)], out],
       (out, from_bf16(bits[i, j])))


def flat_cases():
  x = R.real((4, 5))
  at = places((3, 2), 20)
  one("Take", [Tensor(strided(x)), Tensor(at)], x.ravel()[at])
  source = R.real((3, 2))
  put = x.ravel().copy()
  for place, value in zip(at.ravel(), source.ravel()):
    put[place] = value
  in_place("InplacePut", x, [Tensor(at), Tensor(source), False],
           put.reshape(x.shape))
  added = x.ravel().copy()
  np.add.at(added, at.ravel(), source.ravel())
  in_place("InplacePut", x, [Tensor(at), Tensor(source), True],
           added.reshape(x.shape), 1e-6)
  mask = R.truth((4, 1))
  wide = np.broadcast_to(mask, x.shape)
  source = R.real((30,))
  expected = x.copy()
  expected[wide] = source[:wide.sum()]
  in_place("InplaceMaskedScatter", x, [Tensor(mask), Tensor(source)], expected)
  data = R.whole((4, 5, 2))
  tuples = np.array([[3, 1], [0, 4], [3, 1]], I64)
  updates = R.whole((3, 2))
  expected = data.copy()
  for place, row in zip(tuples, updates):
    expected[tuple(place)] = row
  one("ScatterNd", [Tensor(data), Tensor(tuples), Tensor(updates)], expected)
  in_place("ScatterNdUpdate", data, [Tensor(tuples), Tensor(updates)],
           expected)
  rows = np.array([2, 0, 2], np.int32)
  updates = R.real((3, 5), 0.5, 2)
  for op, function, more in (
      ("TfScatterAdd", np.add, []), ("ScatterDiv", np.divide, [False]),
      ("ScatterMax", np.maximum, [False]), ("ScatterMin", np.minimum, [False]),
      ("ScatterMul", np.multiply, [False])):
    expected = x.copy()
    function.at(expected, rows, updates)
    in_place(op, x, [Tensor(rows), Tensor(updates), *more], expected, 1e-6)
  classes = R.random.randint(0, 4, (2, 3)).astype(I64)
  for kind in (F32, np.int32, I64):
    on, off = np.array([5], kind), np.array([-1], kind)
    hot = np.where(classes[..., None] == np.arange(4), 5, -1).astype(kind)
    one("OneHot", [Tensor(classes), 4, Tensor(on), Tensor(off), -1], hot)
    one("OneHot", [Tensor(classes), 4, Tensor(on), Tensor(off), 1],
        hot.transpose(0, 2, 1))
  grad = R.real((2, 3, 4))
  ids = np.array([[1, 0, 1], [2, 1, 4]], I64)
  for padding in (-1, 1):
    table = np.zeros((5, 4), F32)
    for place in np.ndindex(2, 3):
      if ids[place] != padding:
        table[ids[place]] += grad[place]
    one("EmbeddingDenseBackward",
        [Tensor(grad), Tensor(ids), 5, padding % 2**64, False], table, 1e-6)
  for axis in (0, 1, -1):
    chosen = np.array([2, 0], I64)
    extent = x.shape[axis]
    source = R.real((2, 5) if axis == 0 else (4, 2))
    expected = x.copy()
    key = (chosen,) if axis == 0 else (slice(None), chosen)
    expected[key] = source
    in_place("InplaceIndexCopy", x, [axis, Tensor(chosen), Tensor(source)],
             expected)
    assert extent > 2
  labels = R.whole((3, 4), kind=I64) * 2**40
  at = np.array([[0, 2, 1], [3, 1, 0]], I64)
  expected = labels.copy()
  source = R.whole((3, 4), kind=I64) * 2**40
  for r, c in np.ndindex(2, 3):
    expected[r, at[r, c]] = source[r, c]
  one("Scatter", [Tensor(labels), 1, Tensor(at), Tensor(source), 0], expected)


def found_cases():
  for x in (R.whole((3, 4), 0, 2), R.truth((2, 3, 2)), np.zeros((5,), F32),
            R.whole((3, 4), 0, 2, I64)):
    at = np.argwhere(x)
    rows = Found(np.full((x.size, x.ndim), 7, I64))
    case("Nonzero", [Tensor(x), rows], (rows, at))
    columns = Found(np.full((x.ndim, x.size), 7, I64))
    case("NonzeroV2", [Tensor(x), columns], (columns, at.T))
  x, mask = R.real((3, 4)), R.truth((4,))
  out = Found(np.zeros(12, F32))
  case("MaskedSelect", [Tensor(x), Tensor(mask), out],
       (out, x[np.broadcast_to(mask, x.shape)]))
  for x in (R.whole((4, 6), 0, 5), R.whole((20,), -3, 3, np.int8),
            R.whole((7,), 0, 3).astype(F32)):
    values, inverse, counts = np.unique(x, return_inverse=True,
                                        return_counts=True)
    inverse = inverse.reshape(x.shape)
    outs = [Found(np.zeros(x.size, x.dtype)), like(inverse.astype(I64)),
            Found(np.zeros(x.size, I64))]
    case("Unique2", [Tensor(x), True, True, True, *outs], (outs[0], values),
         (outs[1], inverse), (outs[2], counts))
    outs = [Found(np.zeros(x.size, x.dtype)), like(inverse.astype(I64))]
    case("Unique", [Tensor(x), True, True, *outs], (outs[0], values),
         (outs[1], inverse))
    flat = x.ravel()
    starts = np.flatnonzero(np.r_[True, flat[1:] != flat[:-1]])
    runs = np.diff(np.r_[starts, flat.size])
    outs = [Found(np.zeros(x.size, x.dtype)), like(inverse.astype(I64)),
            Found(np.zeros(x.size, I64))]
    case("UniqueConsecutive", [Tensor(x), True, True, 1000, *outs],
         (outs[0], flat[starts]),
         (outs[1], np.repeat(np.arange(starts.size), runs).reshape(x.shape)),
         (outs[2], runs))
  first = np.array([3, 1, 3, 2, 1], np.int32)
  outs = [Found(np.zeros(5, np.int32)), like(np.zeros(5, I64)),
          Found(np.zeros(5, I64))]
  case("Unique2", [Tensor(first), False, True, True, *outs],
       (outs[0], [3, 1, 2]), (outs[1], [0, 1, 0, 2, 1]), (outs[2], [2, 2, 1]))


def count_cases():
  edges = np.sort(R.real((6,)))
  x = R.real((3, 4))
  for right in (False, True):
    at = np.searchsorted(edges, x, "right" if right else "left")
    one("SearchSorted", [Tensor(edges), Tensor(x), False, right, Null()], at)
    one("SearchSorted", [Tensor(edges), Tensor(x), True, right, Null()],
        at.astype(np.int32))
    one("Bucketize", [Tensor(x), Tensor(edges), False, right], at)
    one("SearchSorteds", [Tensor(edges), Scalar(0.25), False, right, Null()],
        np.array(np.searchsorted(edges, 0.25, "right" if right else "left")))
  mixed = edges[::-1].copy()
  order = np.argsort(mixed).astype(I64)
  one("SearchSorted", [Tensor(mixed), Tensor(x), False, False, Tensor(order)],
      np.searchsorted(edges, x))
  numbers = R.random.randint(0, 6, (20,)).astype(np.int32)
  weights = R.real((20,))
  one("Bincount", [Tensor(numbers), Null(), 8],
      np.bincount(numbers, minlength=8))
  one("Bincount", [Tensor(numbers), Tensor(weights), 0],
      np.bincount(numbers, weights).astype(F32), 1e-5)
  x = x.copy()
  x[0, 0], x[1, 1] = -1.0, 1.0
  for low, high in ((-1.0, 1.0), (0.0, 0.0)):
    span = (low, high) if low < high else (x.min(), x.max())
    one("Histc", [Tensor(x), 5, Scalar(low), Scalar(high)],
        np.histogram(x, 5, span)[0].astype(F32))
  whole = R.whole((3, 4), 0, 4)
  one("Histc", [Tensor(np.full((3,), 2, F32)), 4, Scalar(0.0), Scalar(0.0)],
      np.array([0, 0, 3, 0], F32))
  for invert in (False, True):
    one("IsInTensorScalar", [Tensor(whole), Scalar(2), False, invert],
        (whole == 2) != invert)
    for number in (2, 9):
      one("IsInScalarTensor", [Scalar(number), Tensor(whole), False, invert],
          np.array((number in whole) != invert))


def rank_cases():
  for x in (R.real((3, 5, 4)), R.whole((3, 5, 4))):
    for dim in (0, 1, -1):
      extent = x.shape[dim]
      order = np.argsort(x, dim, kind="stable")
      for op, args, k in (("Kthvalue", [2], 1),
                          ("MedianDim", [], (extent - 1) // 2),
                          ("NanMedianDim", [], (extent - 1) // 2)):
        place = np.take(order, [k], dim)
        value = np.take_along_axis(x, place, dim)
        for keep in (True, False):
          if not keep:
            value, place = value.squeeze(dim), place.squeeze(dim)
          outs = [like(value), like(place)]
          case(op, [Tensor(x), *args, dim, keep, *outs], (outs[0], value),
               (outs[1], place))
    flat = np.sort(x.ravel())
    for op in ("Median", "NanMedian"):
      one(op, [Tensor(x)], flat[(flat.size - 1) // 2])
  x = np.array([[1, np.nan, 0, np.nan], [np.nan] * 4, [3, 1, 2, 0]], F32)
  outs = [like(np.zeros(3, F32)), like(np.zeros(3, I64))]
  case("MedianDim", [Tensor(x), 1, False, *outs],
       (outs[0], [np.nan, np.nan, 1]), (outs[1], [1, 0, 1]))
  outs = [like(np.zeros(3, F32)), like(np.zeros(3, I64))]
  case("NanMedianDim", [Tensor(x), 1, False, *outs], (outs[0], [0, np.nan, 1]),
       (outs[1], [2, 0, 1]))


index_cases()
flat_cases()
found_cases()
count_cases()
rank_cases()
