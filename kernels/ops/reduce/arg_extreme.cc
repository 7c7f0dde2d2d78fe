// Operators that find where a row is largest or smallest: ArgMax and ArgMin of
// one axis, by the rule of arithmetic.md 7.3 (the first NaN, else the first of
// the largest). A row without elements is refused.

#include "kernels/op/rows.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

template <typename C, bool kSmallest>
int64_t IndexOfBest(const C* x, int64_t n) {
  int64_t best = 0;
  for (int64_t j = 1; j < n; ++j) {
    if constexpr (std::is_same_v<C, float>) {
      if (kSmallest ? Replaces(-x[j], -x[best]) : Replaces(x[j], x[best])) {
        best = j;
      }
    } else if (kSmallest ? x[j] < x[best] : x[j] > x[best]) {
      best = j;
    }
  }
  return best;
}

template <typename C, bool kSmallest>
void Index(Row& r) {
  r.iy(0)[0] = IndexOfBest<C, kSmallest>(r.as<C>(0), r.n);
}

template <typename C, bool kSmallest>
void IndexAndValue(Row& r) {
  const int64_t best = IndexOfBest<C, kSmallest>(r.as<C>(0), r.n);
  r.iy(0)[0] = best;
  static_cast<C*>(r.out[1])[0] = r.as<C>(0)[best];
}

// Where the caller has not declared a type of indices, the attribute says it.
OpStatus TypeOfIndices(const OpCall& call, const RowLayout&,
                       std::vector<TensorSpec>* outputs) {
  const auto dtype = AttrOr<DataType>(call.attrs, "dtype", DataType::kInt64);
  if (dtype != DataType::kInt32 && dtype != DataType::kInt64) {
    return OpError(call, "attribute dtype", NameOf(dtype), "int32, int64");
  }
  const bool declared = !call.outputs.empty() && !call.outputs[0].absent();
  const bool both =
      call.op->outputs[0].dtypes[0] != call.op->outputs[0].dtypes.back();
  if (!declared && both) (*outputs)[0].dtype = dtype;
  return {};
}

template <bool kSmallest>
RowRule Arg(const char* axes) {
  RowRule rule{.inputs = "x-", .outputs = "r"};
  if (axes[0] != '1') rule.inputs = "x";
  rule.axes = axes;
  rule.no_axes = NoAxes::kRefused;
  rule.check = TypeOfIndices;
  rule.stages = {
      {"0", "0", Index<float, kSmallest>, Index<int64_t, kSmallest>}};
  rule.steps = {kVcadd};
  rule.nonempty = true;
  rule.exactness = "exact: a NaN wins, of equal values the first (7.3)";
  return rule;
}

template <bool kSmallest>
RowRule ArgWithValue() {
  RowRule rule = Arg<kSmallest>("dimension");
  rule.outputs = "rr";
  rule.keep = "keep_dims";
  rule.check = nullptr;
  rule.stages = {{"0", "01", IndexAndValue<float, kSmallest>,
                  IndexAndValue<int64_t, kSmallest>}};
  return rule;
}

}  // namespace

ROW_OP(ArgMaxV2, Arg<false>("1"))
ROW_OP(ArgMaxD, OnAiCpu(Arg<false>("dimension")))
ROW_OP(ArgMin, Arg<true>("1"))
ROW_OP(ArgMinD, OnAiCpu(Arg<true>("dimension")))
ROW_OP(ArgMaxWithValue, ArgWithValue<false>())
ROW_OP(ArgMinWithValue, ArgWithValue<true>())

}  // namespace npuemu::kernels
