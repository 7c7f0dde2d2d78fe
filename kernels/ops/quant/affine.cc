// Quantisation with given scales and offsets, and back: rows along the last
// axis, computed in f32, each operation rounded; to integers by rounding and
// clamping, NaN is 0 (arithmetic.md 7.1); to floats by one cast. In order:
// docs/quantisation.md.

#include <algorithm>
#include <limits>

#include "kernels/ops/quant/quant.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Round (ties to even), floor, ceil, trunc, as the layout's mode.
float Rounded(float x, int mode) {
  if (mode == 1) return Floor(x);
  if (mode == 2) return Ceil(x);
  if (mode == 3) return Trunc(x);
  return Rint(x);
}

// Inputs x, scale, offset; number sqrt_mode.
void Quantise(Row& r) {
  for (int64_t j = 0; j < r.n; ++j) {
    float s = r.x(0)[j] * r.At(1, j);
    if (r.a[0] != 0) s = s * r.At(1, j);
    if (r.has(2)) s = s + r.At(2, j);
    r.iy(0)[j] = ToInt8(Rounded(s, r.mode));
  }
}

OpStatus LayQuantV2(const OpCall& call, const Operands*, RowLayout* layout) {
  if (OpStatus s = CheckInt8(call); !s.ok()) return s;
  const auto axis = AttrOf<int64_t>(call, "axis", -1);
  if (OpStatus s = LayScaled(call, 1, axis, layout); !s.ok()) return s;
  return WordOfAttr(call, "round_mode", {"round", "floor", "ceil", "trunc"},
                    &layout->mode);
}

// Inputs x, scales, zero_points: an integer of the output's type.
void QuantiseToAny(Row& r) {
  const DataType type = r.call->outputs[0].dtype;
  int64_t low = std::numeric_limits<int32_t>::min();
  int64_t high = std::numeric_limits<int32_t>::max();
  if (type == DataType::kInt8) low = -128, high = 127;
  if (type == DataType::kUint8) low = 0, high = 255;
  for (int64_t j = 0; j < r.n; ++j) {
    float q = Rint(r.x(0)[j] / r.At(1, j));
    if (r.has(2)) q = q + r.At(2, j);
    const int64_t whole = Cast<int64_t>(q, {.mode = Rounding::kTrunc});
    r.iy(0)[j] = std::clamp(whole, low, high);
  }
}

OpStatus LayQuantize(const OpCall& call, const Operands*, RowLayout* layout) {
  const auto rank = static_cast<int64_t>(call.inputs[0].shape.size());
  const auto axis = AttrOf<int64_t>(call, "axis", 1);
  // One scale has no axis.
  const bool one = call.inputs[1].count() == 1;
  return LayScaled(call, 1,
                   one ? std::min(axis, std::max<int64_t>(rank - 1, 0)) : axis,
                   layout);
}

OpStatus TypeOfWord(const OpCall& call, const RowLayout&,
                    std::vector<TensorSpec>* outputs) {
  int number = 0;
  if (OpStatus s =
          WordOfAttr(call, "dtype",
                     {"torch.qint8", "torch.quint8", "torch.qint32"}, &number);
      !s.ok()) {
    return s;
  }
  constexpr DataType kTypes[] = {DataType::kInt8, DataType::kUint8,
                                 DataType::kInt32};
  (*outputs)[0].dtype = kTypes[number];
  return {};
}

// Inputs x, scale, offset; numbers sqrt_mode.
void AntiQuantise(Row& r) {
  for (int64_t j = 0; j < r.n; ++j) {
    float t = r.x(0)[j];
    if (r.has(2)) t = t + r.At(2, j);
    t = t * r.At(1, j);
    r.y(0)[j] = r.a[0] != 0 ? t * r.At(1, j) : t;
  }
}

// Numbers sqrt_mode, scale, offset.
void AntiQuantiseByAttrs(Row& r) {
  for (int64_t j = 0; j < r.n; ++j) {
    const float t = (r.x(0)[j] + r.a[2]) * r.a[1];
    r.y(0)[j] = r.a[0] != 0 ? t * r.a[1] : t;
  }
}

// Attribute `kName` is the number of the output's type.
template <typename Name>
OpStatus TypeOfNumber(const OpCall& call, std::vector<TensorSpec>* outputs,
                      Name name, std::vector<DataType> types) {
  const auto given = AttrOf<int64_t>(call, name, 0);
  std::string expected;
  for (DataType type : types) {
    const auto number = static_cast<int64_t>(type);
    if (given == number) {
      (*outputs)[0].dtype = type;
      return {};
    }
    expected += (expected.empty() ? "" : ", ") + std::to_string(number) + " (" +
                NameOf(type) + ")";
  }
  return OpError(call, std::string("attribute ") + name, std::to_string(given),
                 expected);
}

OpStatus FloatOrHalf(const OpCall& call, const RowLayout&,
                     std::vector<TensorSpec>* outputs) {
  return TypeOfNumber(call, outputs, "dtype",
                      {DataType::kFloat, DataType::kFloat16});
}

OpStatus HalfOrBf16(const OpCall& call, const RowLayout&,
                    std::vector<TensorSpec>* outputs) {
  return TypeOfNumber(call, outputs, "dst_type",
                      {DataType::kFloat16, DataType::kBf16});
}

OpStatus LayLastScale(const OpCall& call, const Operands*, RowLayout* layout) {
  return LayScaled(call, 1, -1, layout);
}

// Inputs x, scale, zero_point; numbers quant_min, quant_max.
void FakeQuantise(Row& r) {
  for (int64_t j = 0; j < r.n; ++j) {
    const float q = Rint(r.x(0)[j] / r.At(1, j)) + r.At(2, j);
    const float c = Min(Max(q, r.a[0]), r.a[1]);
    r.y(0)[j] = (c - r.At(2, j)) * r.At(1, j);
    r.iy(1)[j] = q >= r.a[0] && q <= r.a[1] ? 1 : 0;
  }
}

OpStatus LayFakeQuant(const OpCall& call, const Operands*, RowLayout* layout) {
  return LayScaled(call, 1, AttrOf<int64_t>(call, "axis", 0), layout);
}

constexpr const char* kSays =
    "the sequence of docs/quantisation.md in f32, then rounded and clamped, or "
    "cast once";
const std::vector<Instruction> kSteps = {kVmul, kVadd, kVconv};

}  // namespace

ROW_OP(AscendQuantV2, {.inputs = "xgg",
                       .outputs = "x",
                       .layout = LayQuantV2,
                       .stages = {{"012", "0", Quantise}},
                       .numbers = {"sqrt_mode"},
                       .steps = kSteps,
                       .exactness = kSays})
ROW_OP(Quantize, {.inputs = "xgg",
                  .outputs = "x",
                  .layout = LayQuantize,
                  .check = TypeOfWord,
                  .stages = {{"012", "0", QuantiseToAny}},
                  .steps = {kVdiv, kVadd, kVconv},
                  .floats = true,
                  .exactness = kSays})
ROW_OP(AscendAntiQuantV2, {.inputs = "xgg",
                           .outputs = "x",
                           .layout = LayLastScale,
                           .check = HalfOrBf16,
                           .stages = {{"012", "0", AntiQuantise}},
                           .numbers = {"sqrt_mode"},
                           .steps = kSteps,
                           .floats = true,
                           .exactness = kSays})
ROW_OP(AscendAntiQuant, {.inputs = "x",
                         .outputs = "x",
                         .axes = "-1",
                         .check = FloatOrHalf,
                         .stages = {{"0", "0", AntiQuantiseByAttrs}},
                         .numbers = {"sqrt_mode", "scale", "offset"},
                         .steps = kSteps,
                         .floats = true,
                         .exactness = kSays})
ROW_OP(FakeQuantAffineCachemask, {.inputs = "xgg",
                                  .outputs = "xx",
                                  .layout = LayFakeQuant,
                                  .stages = {{"012", "01", FakeQuantise}},
                                  .numbers = {"quant_min", "quant_max"},
                                  .steps = {kVdiv, kVadd, kVmul, kVcmp},
                                  .floats = true,
                                  .exactness = kSays})

}  // namespace npuemu::kernels
