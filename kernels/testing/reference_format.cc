#include "kernels/testing/reference_format.h"

#include <cmath>
#include <limits>

namespace npuemu::reference {
namespace {

struct IntFormat {
  int width;
  bool is_signed;
};

IntFormat IntFormatOf(Type type) {
  switch (type) {
    case Type::kS8:
      return {8, true};
    case Type::kS16:
      return {16, true};
    case Type::kU16:
      return {16, false};
    case Type::kS32:
      return {32, true};
    case Type::kU32:
      return {32, false};
    case Type::kS64:
      return {64, true};
    case Type::kU64:
      return {64, false};
    default:
      return {8, false};  // u8 and bool
  }
}

// The integer grid point that 2.1's table names; x is exact.
long double OnGrid(long double x, Mode mode) {
  const long double magnitude = std::fabs(x);
  const long double down = std::floor(magnitude);
  const long double rest = magnitude - down;
  if (rest == 0) return x;
  const bool odd = std::fmod(down, 2.0L) == 1;
  bool up = false;
  switch (mode) {
    case Mode::kRint:
      up = rest > 0.5L || (rest == 0.5L && odd);
      break;
    case Mode::kRound:
      up = rest >= 0.5L;
      break;
    case Mode::kFloor:
      up = x < 0;
      break;
    case Mode::kCeil:
      up = x > 0;
      break;
    case Mode::kTrunc:
      break;
    case Mode::kOdd:
      up = !odd;
      break;
  }
  return std::copysign(up ? down + 1 : down, x);
}

// 7.1: precision p, quantum at least 2^(emin-p+1), exponent unbounded.
Bits ToFloat(Type to, long double x, Mode mode, bool saturate) {
  if (std::isnan(x)) return Saturate(to, NanOf(to), saturate);
  if (std::isinf(x) || x == 0) return Saturate(to, Encode(to, x), saturate);
  const Format format = FormatOf(to);
  const int quantum = std::max(std::ilogb(x), format.emin) - format.p + 1;
  long double r = std::ldexp(OnGrid(std::ldexp(x, -quantum), mode), quantum);
  const long double max =
      std::ldexp(2 - std::ldexp(1.0L, 1 - format.p), format.emax);
  if (std::fabs(r) > max) {
    r = std::copysign(std::numeric_limits<long double>::infinity(), x);
  }
  if (r == 0) r = std::copysign(0.0L, x);
  return Saturate(to, Encode(to, r), saturate);
}

Bits LowBits(__int128 value, int width) {
  const auto word = static_cast<Bits>(value);
  return width == 64 ? word : word & ((Bits{1} << width) - 1);
}

__int128 IntValue(Type type, Bits bits) {
  const IntFormat format = IntFormatOf(type);
  __int128 value = static_cast<__int128>(LowBits(bits, format.width));
  if (format.is_signed && (bits >> (format.width - 1) & 1) != 0) {
    value -= static_cast<__int128>(1) << format.width;
  }
  return value;
}

Bits ClampInt(Type to, __int128 value) {
  const IntFormat format = IntFormatOf(to);
  const __int128 one = 1;
  const __int128 low =
      format.is_signed ? -(one << (format.width - 1)) : one - 1;
  const __int128 high =
      (one << (format.is_signed ? format.width - 1 : format.width)) - 1;
  return LowBits(value < low ? low : value > high ? high : value, format.width);
}

Bits FloatToInt(Type to, long double x, Mode mode, bool wrap) {
  if (std::isnan(x)) return 0;
  if (std::isinf(x)) {
    if (wrap) return 0;
    const __int128 huge = static_cast<__int128>(1) << 100;
    return ClampInt(to, x > 0 ? huge : -huge);
  }
  const long double r = OnGrid(x, mode);
  if (wrap) {  // fmod is exact
    const auto low = static_cast<__int128>(std::fmod(r, 0x1p64L));
    return LowBits(low, IntFormatOf(to).width);
  }
  const long double limit = 0x1p100L;
  const long double held = r > limit ? limit : r < -limit ? -limit : r;
  return ClampInt(to, static_cast<__int128>(held));
}

}  // namespace

bool IsFloat(Type type) {
  return type == Type::kF16 || type == Type::kBf16 || type == Type::kF32;
}

int BytesOf(Type type) {
  return IsFloat(type) ? FormatOf(type).width / 8 : IntFormatOf(type).width / 8;
}

Format FormatOf(Type type) {
  if (type == Type::kF16) return {11, -14, 15, 16};
  if (type == Type::kBf16) return {8, -126, 127, 16};
  return {24, -126, 127, 32};
}

Bits NanOf(Type type) {
  if (type == Type::kF16) return 0x7e00;
  if (type == Type::kBf16) return 0x7fc0;
  return 0x7fc00000;
}

long double Decode(Type type, Bits bits) {
  const Format format = FormatOf(type);
  const Bits sign = bits >> (format.width - 1) & 1;
  const Bits fraction = bits & ((Bits{1} << (format.p - 1)) - 1);
  const Bits top = (Bits{1} << (format.width - format.p)) - 1;
  const Bits field = bits >> (format.p - 1) & top;
  long double value;
  if (field == top) {
    value = fraction != 0 ? std::numeric_limits<long double>::quiet_NaN()
                          : std::numeric_limits<long double>::infinity();
  } else if (field == 0) {
    value = std::ldexp(static_cast<long double>(fraction),
                       format.emin - format.p + 1);
  } else {
    value = std::ldexp(
        static_cast<long double>(fraction) + std::ldexp(1.0L, format.p - 1),
        static_cast<int>(field) - 1 + format.emin - format.p + 1);
  }
  return sign != 0 ? -value : value;
}

Bits Encode(Type type, long double value) {
  const Format format = FormatOf(type);
  if (std::isnan(value)) return NanOf(type);
  const Bits sign = std::signbit(value) ? Bits{1} << (format.width - 1) : 0;
  const Bits top = (Bits{1} << (format.width - format.p)) - 1;
  if (std::isinf(value)) return sign | top << (format.p - 1);
  const long double magnitude = std::fabs(value);
  if (magnitude < std::ldexp(1.0L, format.emin)) {
    return sign |
           static_cast<Bits>(std::ldexp(magnitude, format.p - 1 - format.emin));
  }
  const int exponent = std::ilogb(magnitude);
  const auto significand =
      static_cast<Bits>(std::ldexp(magnitude, format.p - 1 - exponent));
  const auto field = static_cast<Bits>(exponent - format.emin + 1);
  return sign | field << (format.p - 1) |
         (significand & ((Bits{1} << (format.p - 1)) - 1));
}

Bits Saturate(Type type, Bits bits, bool saturate) {
  if (!saturate || type == Type::kF32) return bits;
  const long double value = Decode(type, bits);
  if (std::isnan(value)) return 0;
  const Bits max = type == Type::kF16 ? 0x7bff : 0x7f7f;
  if (std::isinf(value)) return value < 0 ? max | 0x8000 : max;
  return bits;
}

Bits Cast(Type from, Type to, Bits x, Mode mode, bool saturate, bool wrap) {
  if (from == Type::kBool) {
    from = Type::kU8;
    x = x != 0 ? 1 : 0;
  }
  if (IsFloat(from)) {
    const long double value = Decode(from, x);
    if (to == Type::kBool) return value != 0 ? 1 : 0;
    if (IsFloat(to)) return ToFloat(to, value, mode, saturate);
    return FloatToInt(to, value, mode, wrap);
  }
  const __int128 value = IntValue(from, x);
  if (to == Type::kBool) return value != 0 ? 1 : 0;
  // Every 64-bit integer is a long double of x86.
  if (IsFloat(to)) {
    return ToFloat(to, static_cast<long double>(value), mode, saturate);
  }
  return wrap ? LowBits(value, IntFormatOf(to).width) : ClampInt(to, value);
}

}  // namespace npuemu::reference
