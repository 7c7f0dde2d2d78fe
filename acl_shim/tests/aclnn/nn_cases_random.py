"""The cases of random numbers: docs/random.md once more, in numpy."""

import numpy as np

from nn import Scalar, Tensor
from nn_cases import F32, R, case, in_place, one

I64 = np.int64
SEED, OFFSET = 0x123456789, 7


def group(number):
  """Four words of Philox-4x32-10 with key SEED, counter OFFSET + number."""
  counter = OFFSET + number
  c = [counter >> 32 * i & 0xffffffff for i in range(4)]
  k = [SEED & 0xffffffff, SEED >> 32 & 0xffffffff]
  for _ in range(10):
    a, b = 0xd2511f53 * c[0], 0xcd9e8d57 * c[2]
    c = [(b >> 32) ^ c[1] ^ k[0], b & 0xffffffff, (a >> 32) ^ c[3] ^ k[1],
         a & 0xffffffff]
    k = [(k[0] + 0x9e3779b9) & 0xffffffff, (k[1] + 0xbb67ae85) & 0xffffffff]
  return c


def words(count):
  return [w for g in range(-(-count // 4)) for w in group(g)][:count]


def fractions(count):
  return np.array([(w & 0x7fffff) * 2.0 ** -23 for w in words(count)], F32)


def normals(count):
  u = fractions(count + count % 2).astype(np.float64).reshape(-1, 2)
  radius = np.sqrt(-2 * np.log(np.maximum(u[:, 0], 1e-7)))
  angle = 2 * np.pi * u[:, 1]
  pair = np.stack([np.sin(angle) * radius, np.cos(angle) * radius], -1)
  return pair.ravel()[:count].astype(F32)


def number_cases():
  x = R.real((3, 5))
  u = fractions(15).reshape(3, 5)
  n = normals(15).reshape(3, 5)
  in_place("InplaceUniform", x, [-1.0, 3.0, SEED, OFFSET], u * 4 - 1, 1e-6)
  in_place("InplaceNormal", x, [0.5, 2.0, SEED, OFFSET], n * 2 + 0.5, 1e-5)
  mean, deviation = R.real((3, 5)), R.real((3, 5), 0.5, 2)
  for op, m, s in (("NormalFloatFloat", 0.5, 2.0),
                   ("NormalFloatTensor", 0.5, deviation),
                   ("NormalTensorFloat", mean, 2.0),
                   ("NormalTensorTensor", mean, deviation)):
    args = [Tensor(a) if isinstance(a, np.ndarray) else a for a in (m, s)]
    one(op, [*args, SEED, OFFSET], (n * s + m).astype(F32), 1e-5)
  pairs = np.array(words(30), np.uint64).reshape(-1, 2)
  wide = pairs[:, 0] | pairs[:, 1] << np.uint64(32)
  whole = (wide % np.uint64(17)).astype(I64) - 5
  for kind in (np.int32, I64, F32):
    in_place("InplaceRandom", x.astype(kind), [-5, 12, SEED, OFFSET],
             whole.reshape(3, 5))


def choice_cases():
  order = list(range(11))
  for i, word in enumerate(words(10)):
    j = i + word % (11 - i)
    order[i], order[j] = order[j], order[i]
  for kind in (np.int32, I64):
    one("Randperm", [11, SEED, OFFSET], np.array(order, kind))
  x = R.real((3, 5))
  u = fractions(15).reshape(3, 5)
  p = R.real((3, 5), 0, 1)
  one("Bernoulli", [Tensor(x), Scalar(0.3), SEED, OFFSET],
      (u < F32(0.3)).astype(F32))
  one("BernoulliTensor", [Tensor(x), Tensor(p), SEED, OFFSET],
      (u < p).astype(F32))
  in_place("InplaceBernoulli", x, [Scalar(0.3), SEED, OFFSET], u < F32(0.3))
  in_place("InplaceBernoulliTensor", R.whole((3, 5)),
           [Tensor(p), SEED, OFFSET], u < p)
  weights = R.real((2, 6), 0.1, 1)
  draws = fractions(8).reshape(2, 4)
  sums = np.cumsum(weights, 1, dtype=F32)
  chosen = (sums[:, None] <= draws[..., None] * sums[:, None, -1:]).sum(-1)
  one("Multinomial", [Tensor(weights), 4, True, SEED, OFFSET], chosen)


def dropout_cases():
  kept = fractions(150) < F32(1 - 0.25)
  bits = np.zeros(256, np.uint8)
  bits[:150] = kept
  mask = np.packbits(bits, bitorder="little")
  one("DropoutGenMask", [[10, 15], 0.25, SEED, OFFSET], mask)
  one("DropoutGenMaskV2", [[10, 15], 0.25, SEED, OFFSET, "f32"], mask)
  x = R.real((10, 15))
  one("DropoutDoMask", [Tensor(x), Tensor(mask), 0.25],
      np.where(kept.reshape(10, 15), x / 0.75, 0).astype(F32), 1e-6)
  one("DropoutDoMask", [Tensor(x), Tensor(mask), 1.0], np.zeros_like(x))


number_cases()
choice_cases()
dropout_cases()
