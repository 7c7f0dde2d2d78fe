// Operator ConcatD: joins inputs of one type along attribute concat_dim; bits
// are copied. Attribute N may stay at 1, or names the number of inputs. An
// item is the piece of one input at one place before concat_dim.

#include <cstring>

#include "kernels/op/axes.h"
#include "kernels/op/elementwise.h"
#include "kernels/ops/shape/transpose_call.h"

namespace npuemu::kernels {
namespace {

// concat_dim of a checked call.
size_t ConcatAxis(const OpCall& call) {
  const auto axis = AttrOr<int64_t>(call.attrs, "concat_dim", 0);
  const auto rank = static_cast<int64_t>(call.inputs[0].shape.size());
  return static_cast<size_t>(axis < 0 ? axis + rank : axis);
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  TensorSpec y = call.inputs[0];
  const auto axis = AttrOr<int64_t>(call.attrs, "concat_dim", 0);
  std::vector<bool> along;
  OpStatus status =
      MarkAxes(call, "attribute concat_dim", {axis}, y.shape.size(), &along);
  if (!status.ok()) return status;
  const auto n = AttrOr<int64_t>(call.attrs, "N", 1);
  const auto count = static_cast<int64_t>(call.inputs.size());
  if (n != 1 && n != count) {
    return OpError(call, "attribute N", std::to_string(n),
                   std::to_string(count));
  }
  const size_t d = ConcatAxis(call);
  for (size_t i = 1; i < call.inputs.size(); ++i) {
    Shape shape = call.inputs[i].shape;
    const int64_t extent = d < shape.size() ? shape[d] : 0;
    if (d < shape.size()) shape[d] = y.shape[d];
    if (shape != y.shape) {
      return OpError(call, "input x" + std::to_string(i) + " shape",
                     ToString(call.inputs[i].shape),
                     ToString(call.inputs[0].shape) + " but for concat_dim");
    }
    y.shape[d] += extent;
  }
  *outputs = {y};
  return {};
}

int64_t Items(const OpCall& call, int) {
  int64_t items = static_cast<int64_t>(call.inputs.size());
  for (size_t d = 0; d < ConcatAxis(call); ++d) {
    items *= call.inputs[0].shape[d];
  }
  return items;
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  const size_t d = ConcatAxis(call);
  size_t inner = static_cast<size_t>(BitsOf(call.inputs[0].dtype)) / 8;
  for (size_t k = d + 1; k < call.inputs[0].shape.size(); ++k) {
    inner *= static_cast<size_t>(call.inputs[0].shape[k]);
  }
  std::vector<size_t> starts = {0};  // of each input's piece in the output
  for (const TensorSpec& x : call.inputs) {
    starts.push_back(starts.back() + static_cast<size_t>(x.shape[d]) * inner);
  }
  const auto pieces = static_cast<int64_t>(call.inputs.size());
  for (int64_t item = begin; item < end; ++item) {
    const auto outer = static_cast<size_t>(item / pieces);
    const auto i = static_cast<size_t>(item % pieces);
    const size_t bytes = starts[i + 1] - starts[i];
    if (bytes == 0) continue;
    std::memcpy(operands.outputs[0].data + outer * starts.back() + starts[i],
                operands.inputs[i].data + outer * bytes, bytes);
  }
  return {};
}

OpDef MakeConcatD() {
  using Elements = Types<BFloat16, float, Float16, int8_t, int16_t, int32_t,
                         int64_t, uint8_t, uint16_t, uint32_t, uint64_t>;
  const auto dtypes = DataTypesOf(Elements{});
  return OpDef{.type = "ConcatD",
               .engine = Engine::kVector,
               .basis = DtypeBasis::kPrototype,
               .inputs = {{"x", ParamKind::kDynamic, dtypes}},
               .outputs = {{"y", ParamKind::kRequired, dtypes}},
               .attrs = {{"concat_dim", AttrKind::kInt, true, int64_t{0}},
                         {"N", AttrKind::kInt, false, int64_t{1}}},
               .infer = Infer,
               .items = Items,
               .compute = Compute,
               .cost = CostMove,
               .exactness = "bits are copied"};
}

}  // namespace

const OpDef& ConcatDOp() {
  static const OpDef& op = *new OpDef(MakeConcatD());
  return op;
}

}  // namespace npuemu::kernels
