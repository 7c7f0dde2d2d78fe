// File: random_reference.h
// A second implementation of the streams and distributions of docs/random.md,
// for tests: a counter of 128 bits, one word at a time, arithmetic by MPFR and
// by the text of the document itself. Not thread-safe (MPFR).

#ifndef KERNELS_OPS_RANDOM_RANDOM_REFERENCE_H_
#define KERNELS_OPS_RANDOM_RANDOM_REFERENCE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_cases.h"
#include "kernels/testing/op_harness.h"
#include "kernels/testing/primitive.h"
#include "kernels/testing/sequence.h"

namespace npuemu::kernels::slow {

using Count = unsigned __int128;
using reference::Bits;
using reference::Type;
using reference::Values;

struct Stream {
  uint64_t key = 0;
  Count first = 0;

  static Count Join(uint64_t low, uint64_t high) {
    return static_cast<Count>(high) << 64 | low;
  }

  // Ten rounds, the last word of a round first.
  uint32_t Word(uint64_t i) const {
    constexpr uint64_t kLow = 0xffffffffu;
    const Count counter = first + i / 4;
    uint64_t c[4];
    for (int k = 0; k < 4; ++k) {
      c[k] = static_cast<uint64_t>(counter >> (32 * k)) & kLow;
    }
    for (uint64_t round = 0; round < 10; ++round) {
      const uint64_t a = 0xd2511f53u * c[0];
      const uint64_t b = 0xcd9e8d57u * c[2];
      const uint64_t k0 = ((key & kLow) + round * 0x9e3779b9u) & kLow;
      const uint64_t k1 = ((key >> 32) + round * 0xbb67ae85u) & kLow;
      c[2] = (a >> 32) ^ c[3] ^ k1;
      c[3] = a & kLow;
      c[0] = (b >> 32) ^ c[1] ^ k0;
      c[1] = b & kLow;
    }
    return static_cast<uint32_t>(c[i % 4]);
  }
  uint64_t WideWord(uint64_t i) const {
    return Word(2 * i) + (static_cast<uint64_t>(Word(2 * i + 1)) << 32);
  }
};

inline Stream OfPair(uint64_t seed, uint64_t seed2) {
  const Stream mix{0x02461e293ec8f720u, Stream::Join(seed, seed2)};
  return {mix.WideWord(0), Stream::Join(0, mix.WideWord(1))};
}

inline const reference::Sequences& Document() {
  static const auto& document = *new reference::Sequences(
      reference::ReadSequences({"docs/sequences.md", "docs/random.md"}));
  return document;
}

// The last line of a function of the document.
inline Values Evaluated(const std::string& name,
                        const std::vector<Values>& inputs) {
  return reference::Evaluate(Document(), name, inputs, {}, {}, false).at("y");
}

// The word's lowest `bits`, times 2^-bits, as f32.
inline Bits Mantissa(uint32_t word, int bits) {
  const Bits whole = word % (uint32_t{1} << bits);
  const Bits f32 = reference::Cast(Type::kU32, Type::kF32, whole,
                                   reference::Mode::kRint, false);
  const Bits unit = static_cast<Bits>(127 - bits) << 23;
  return reference::Primitive2("Mul", Type::kF32, f32, unit);
}

inline Values Uniform(const Stream& stream, DataType type, int64_t count) {
  const int bits = type == DataType::kFloat16 ? 10
                   : type == DataType::kBf16  ? 7
                                              : 23;
  Values y{Type::kF32, {}};
  for (int64_t i = 0; i < count; ++i) {
    y.bits.push_back(Mantissa(stream.Word(static_cast<uint64_t>(i)), bits));
  }
  return y;
}

inline Values Fractions(const Stream& stream, int64_t count) {
  return Uniform(stream, DataType::kFloat, count);
}

// Normal numbers of words from `word` on.
inline std::vector<Bits> NormalsFrom(const Stream& stream, uint64_t word,
                                     int64_t count) {
  Values u{Type::kF32, {}};
  Values v{Type::kF32, {}};
  for (int64_t i = 0; i < count; i += 2) {
    const uint64_t at = word + static_cast<uint64_t>(i);
    u.bits.push_back(Mantissa(stream.Word(at), 23));
    v.bits.push_back(Mantissa(stream.Word(at + 1), 23));
  }
  std::vector<Bits> y;
  if (count == 0) return y;
  const Values even = Evaluated("even_normal", {u, v});
  const Values odd = Evaluated("odd_normal", {u, v});
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    y.push_back(i % 2 == 0 ? even.bits[i / 2] : odd.bits[i / 2]);
  }
  return y;
}

inline Values Normals(const Stream& stream, int64_t count) {
  return {Type::kF32, NormalsFrom(stream, 0, count)};
}

inline Values Truncated(const Stream& stream, int64_t count) {
  Values y{Type::kF32, {}};
  for (uint64_t group = 0; static_cast<int64_t>(y.bits.size()) < count;
       ++group) {
    size_t kept = 0;
    for (Bits bits : NormalsFrom(stream, group * 256 * 4, 64)) {
      // Floats of one sign are ordered as their bits are; 2 is 0x40000000.
      if ((bits & 0x7fffffffu) >= 0x40000000u || kept == 4) continue;
      y.bits.push_back(bits);
      ++kept;
    }
  }
  y.bits.resize(static_cast<size_t>(count));
  return y;
}

inline std::vector<Bits> Cast(const Values& x, DataType type) {
  std::vector<Bits> y;
  for (Bits bits : x.bits) {
    y.push_back(reference::Cast(x.type, ReferenceType(type), bits,
                                reference::Mode::kRint, false));
  }
  return y;
}

inline TestTensor One(DataType dtype, uint64_t bits) {
  TestTensor x = MakeTensor(dtype, {});
  x.Set(0, bits);
  return x;
}

}  // namespace npuemu::kernels::slow

#endif  // KERNELS_OPS_RANDOM_RANDOM_REFERENCE_H_
