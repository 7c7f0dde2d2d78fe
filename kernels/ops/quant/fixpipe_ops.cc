// Dequantisation and requantisation by the parameters of Fixpipe (arithmetic.md
// 7.5): a uint64 for all elements or one for each channel, which is axis 1 of
// NCHW and else the last one. In order: docs/quantisation.md.

#include <algorithm>
#include <bit>

#include "kernels/ops/quant/fixpipe_param.h"
#include "kernels/ops/quant/quant.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

uint64_t ParamAt(const Row& r, int64_t j) {
  return static_cast<uint64_t>(r.ix(1)[r.one[1] ? 0 : j]);
}

// The parameter of element j; a scale that Fixpipe does not take stops the run.
bool Read(Row& r, int64_t j, FixpipeParam* param) {
  *param = FixpipeParamOf(ParamAt(r, j));
  if (param->valid) return true;
  r.status =
      OpError(*r.call, std::string("input ") + r.call->op->inputs[1].name,
              std::to_string(ParamAt(r, j)),
              "a scale in bits 13 to 31 that is finite and normal");
  return false;
}

// Numbers: relu_flag, sqrt_mode.
void Dequantise(Row& r) {
  FixpipeParam param;
  for (int64_t j = 0; j < r.n; ++j) {
    if (!Read(r, j, &param)) return;
    float z = param.Scaled(r.ix(0)[j], r.a[0] != 0);
    if (r.a[1] != 0) z = z * param.scale;
    // DEQF16 overflows to the largest value, whatever the mode (7.5).
    r.y(0)[j] = z != z ? z : std::clamp(z, -65504.0f, 65504.0f);
  }
}

void Requantise(Row& r) {
  FixpipeParam param;
  for (int64_t j = 0; j < r.n; ++j) {
    if (!Read(r, j, &param)) return;
    r.iy(0)[j] = param.ToByte(param.Scaled(r.ix(0)[j], r.a[0] != 0));
  }
}

int64_t ClampInt16(int64_t x) {
  return std::clamp<int64_t>(x, INT16_MIN, INT16_MAX);
}

// Inputs x0, deq_scale, x1: shifted, then added.
void DequantiseToInt16(Row& r) {
  for (int64_t j = 0; j < r.n; ++j) {
    int64_t t = ClampInt16(r.ix(0)[j] >> FixpipeParamOf(ParamAt(r, j)).shift);
    if (r.has(2)) t = ClampInt16(t + r.ix(2)[r.one[2] ? 0 : j]);
    r.iy(0)[j] = r.a[0] != 0 ? std::max<int64_t>(t, 0) : t;
  }
}

// Inputs x0, req_scale, x1; outputs the bytes and the sum.
void RequantiseInt16(Row& r) {
  FixpipeParam param;
  for (int64_t j = 0; j < r.n; ++j) {
    if (!Read(r, j, &param)) return;
    int64_t t = r.ix(0)[j];
    if (r.has(2)) t = ClampInt16(t + r.ix(2)[r.one[2] ? 0 : j]);
    if (r.a[0] != 0) t = std::max<int64_t>(t, 0);
    param.shifts = false;
    r.iy(0)[j] = param.ToByte(param.Scaled(t, r.a[0] != 0));
    r.iy(1)[j] = t;
  }
}

OpStatus LayChannelParam(const OpCall& call, const Operands*,
                         RowLayout* layout) {
  const TensorSpec& x = call.inputs[0];
  const bool second = x.format == Format::kNchw && x.shape.size() > 1;
  return LayScaled(call, 1, second ? 1 : -1, layout);
}

// The published columns have f16 only.
OpStatus CheckDtype(const OpCall& call, const RowLayout&,
                    std::vector<TensorSpec>*) {
  const auto given = AttrOf<int64_t>(call, "dtype", 0);
  if (given == 0 || given == 1) return {};
  return OpError(call, "attribute dtype", std::to_string(given),
                 "0 (the default), 1 (float16)");
}

RowRule ByParam(const char* outputs, RowStage stage) {
  RowRule rule{.inputs = "xgb", .outputs = outputs};
  rule.layout = LayChannelParam;
  rule.stages = {stage};
  rule.numbers = {"relu_flag", "sqrt_mode"};
  rule.steps = {kVconv, kVmul, kVconv};
  rule.exactness =
      "Fixpipe (arithmetic.md 7.5) in the order of docs/quantisation.md";
  return rule;
}

RowRule WithDtype(RowRule rule) {
  rule.check = CheckDtype;
  return rule;
}

}  // namespace

ROW_OP(AscendDequant, WithDtype(ByParam("x", {"01", "0", Dequantise})))
ROW_OP(AscendRequant, ByParam("x", {"01", "0", Requantise}))
ROW_OP(AscendDequantS16, ByParam("x", {"012", "0", DequantiseToInt16}))
ROW_OP(AscendRequantS16, ByParam("xx", {"012", "01", RequantiseInt16}))

}  // namespace npuemu::kernels
