// The distributions of docs/random.md, which TensorFlow defined: uniform by
// mantissas, normal by Box and Muller in f32 with each step rounded, truncated
// normal by rejection, integers by remainders.

#include "kernels/ops/random/draw.h"

#include "kernels/op/functions.h"

namespace npuemu::kernels {
namespace {

// Counters of a group of four truncated numbers: 256 samples for each.
constexpr uint64_t kReserved = 256;

// The words of a stream, one after the other.
class Words {
 public:
  Words(const PhiloxStream& stream, uint64_t group)
      : stream_(stream), group_(group) {}
  uint32_t Next() {
    if (used_ == 4) {
      words_ = stream_.Group(group_++);
      used_ = 0;
    }
    return words_[used_++];
  }

 private:
  const PhiloxStream& stream_;
  uint64_t group_;
  PhiloxWords words_ = {};
  size_t used_ = 4;
};

std::array<float, 4> TruncatedGroup(const PhiloxStream& stream,
                                    uint64_t group) {
  Words words(stream, group * kReserved);
  std::array<float, 4> kept = {};
  size_t count = 0;
  while (count < kept.size()) {
    const uint32_t x0 = words.Next();
    const uint32_t x1 = words.Next();
    for (float v : NormalPair(x0, x1)) {
      if (Abs(v) < 2.0f && count < kept.size()) kept[count++] = v;
    }
  }
  return kept;
}

int MantissaBits(DataType type) {
  if (type == DataType::kFloat16) return 10;
  return type == DataType::kBf16 ? 7 : 23;
}

}  // namespace

void UniformFloats(const PhiloxStream& stream, DataType type, int64_t begin,
                   int64_t count, float* y) {
  const int bits = MantissaBits(type);
  ByGroups<float, 4>(begin, count, y, [&](uint64_t group) {
    const PhiloxWords words = stream.Group(group);
    std::array<float, 4> values;
    for (size_t k = 0; k < 4; ++k) values[k] = UnitFloat(words[k], bits);
    return values;
  });
}

std::array<float, 2> NormalPair(uint32_t x0, uint32_t x1) {
  const float u = std::max(UnitFloat(x0), 1.0e-7f);
  const float angle = UnitFloat(x1) * 0x1.921fb6p+2f;
  const float radius = Sqrt(Ln(u) * -2.0f);
  return {Sin(angle) * radius, Cos(angle) * radius};
}

void NormalFloats(const PhiloxStream& stream, int64_t begin, int64_t count,
                  float* y) {
  ByGroups<float, 4>(begin, count, y, [&](uint64_t group) {
    const PhiloxWords words = stream.Group(group);
    const auto first = NormalPair(words[0], words[1]);
    const auto second = NormalPair(words[2], words[3]);
    return std::array<float, 4>{first[0], first[1], second[0], second[1]};
  });
}

void TruncatedFloats(const PhiloxStream& stream, int64_t begin, int64_t count,
                     float* y) {
  ByGroups<float, 4>(begin, count, y, [&](uint64_t group) {
    return TruncatedGroup(stream, group);
  });
}

void RandomInts(const PhiloxStream& stream, bool wide, uint64_t low,
                uint64_t range, int64_t begin, int64_t count, uint64_t* y) {
  const auto value = [&](uint64_t bits) {
    return low + (range == 0 ? bits : bits % range);
  };
  if (wide) {
    ByGroups<uint64_t, 2>(begin, count, y, [&](uint64_t group) {
      const PhiloxWords words = stream.Group(group);
      return std::array<uint64_t, 2>{value(Wide(words, 0)),
                                     value(Wide(words, 1))};
    });
    return;
  }
  ByGroups<uint64_t, 4>(begin, count, y, [&](uint64_t group) {
    const PhiloxWords words = stream.Group(group);
    std::array<uint64_t, 4> values;
    for (size_t k = 0; k < 4; ++k) values[k] = value(words[k]);
    return values;
  });
}

}  // namespace npuemu::kernels
