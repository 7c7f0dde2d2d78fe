#include "tools/npuemu/byte_diff.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kernels/numeric/bfloat16.h"
#include "kernels/numeric/float16.h"

namespace npuemu::cli {
namespace {

using kernels::DataType;

constexpr size_t kMostShown = 4;

// A type whose values count up with its bits.
template <typename Bits, typename Value>
struct Floating {
  using Raw = Bits;
  static constexpr bool kHasUlp = true;
  static double ValueOf(Bits bits) {
    if constexpr (sizeof(Value) == 2) {
      return ToFloat(std::bit_cast<Value>(bits));
    } else {
      return std::bit_cast<Value>(bits);
    }
  }
  static std::string TextOf(Bits bits) {
    return absl::StrFormat("%.9g (0x%0*x)", ValueOf(bits),
                           static_cast<int>(sizeof(Bits)) * 2, bits);
  }
  // Neighbours are 1 apart; -0 and 0 are the same place.
  static int64_t PlaceOf(Bits bits) {
    constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
    const auto magnitude = static_cast<int64_t>(bits & (kSign - 1));
    return (bits & kSign) != 0 ? -magnitude : magnitude;
  }
};

template <typename Value>
struct Integer {
  using Raw = Value;
  static constexpr bool kHasUlp = false;
  static std::string TextOf(Value value) {
    if constexpr (std::is_signed_v<Value>) {
      return absl::StrCat(static_cast<int64_t>(value));
    } else {
      return absl::StrCat(static_cast<uint64_t>(value));
    }
  }
};

struct Byte {
  using Raw = uint8_t;
  static constexpr bool kHasUlp = false;
  static std::string TextOf(uint8_t value) {
    return absl::StrFormat("0x%02x", value);
  }
};

uint64_t Distance(int64_t a, int64_t b) {
  return a < b ? static_cast<uint64_t>(b) - static_cast<uint64_t>(a)
               : static_cast<uint64_t>(a) - static_cast<uint64_t>(b);
}

template <typename Element>
ByteDiff CompareAs(const std::string& a, const std::string& b) {
  using Raw = typename Element::Raw;
  ByteDiff diff;
  diff.elements = std::min(a.size(), b.size()) / sizeof(Raw);
  diff.has_ulp = Element::kHasUlp;
  for (uint64_t i = 0; i < diff.elements; ++i) {
    Raw x;
    Raw y;
    std::memcpy(&x, a.data() + i * sizeof(Raw), sizeof(Raw));
    std::memcpy(&y, b.data() + i * sizeof(Raw), sizeof(Raw));
    if (x == y) continue;
    ++diff.differing;
    if (diff.first.size() < kMostShown) {
      diff.first.push_back({i, Element::TextOf(x), Element::TextOf(y)});
    }
    if constexpr (Element::kHasUlp) {
      if (std::isnan(Element::ValueOf(x)) || std::isnan(Element::ValueOf(y))) {
        diff.has_ulp = false;
      }
      diff.max_ulp = std::max(
          diff.max_ulp, Distance(Element::PlaceOf(x), Element::PlaceOf(y)));
    }
  }
  if (diff.differing == 0) diff.has_ulp = false;
  return diff;
}

}  // namespace

ByteDiff Compare(DataType type, const std::string& a, const std::string& b) {
  ByteDiff diff;
  switch (type) {
    case DataType::kFloat:
      diff = CompareAs<Floating<uint32_t, float>>(a, b);
      break;
    case DataType::kFloat16:
      diff = CompareAs<Floating<uint16_t, kernels::Float16>>(a, b);
      break;
    case DataType::kBf16:
      diff = CompareAs<Floating<uint16_t, kernels::BFloat16>>(a, b);
      break;
    case DataType::kDouble:
      diff = CompareAs<Floating<uint64_t, double>>(a, b);
      break;
    case DataType::kInt8: diff = CompareAs<Integer<int8_t>>(a, b); break;
    case DataType::kInt16: diff = CompareAs<Integer<int16_t>>(a, b); break;
    case DataType::kInt32: diff = CompareAs<Integer<int32_t>>(a, b); break;
    case DataType::kInt64: diff = CompareAs<Integer<int64_t>>(a, b); break;
    case DataType::kUint8: diff = CompareAs<Integer<uint8_t>>(a, b); break;
    case DataType::kUint16: diff = CompareAs<Integer<uint16_t>>(a, b); break;
    case DataType::kUint32: diff = CompareAs<Integer<uint32_t>>(a, b); break;
    case DataType::kUint64: diff = CompareAs<Integer<uint64_t>>(a, b); break;
    default:
      diff = CompareAs<Byte>(a, b);
      diff.type = "bytes";
      return diff;
  }
  diff.type = kernels::NameOf(type);
  return diff;
}

}  // namespace npuemu::cli
