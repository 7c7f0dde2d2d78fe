// Operators that tell extents: Shape, ShapeN, Size, Rank. The data of x is not
// read. Attribute dtype is the number of int32 (3) or int64 (9).

#include <cstring>

#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus TypeOf(const OpCall& call, DataType* type) {
  const auto number = AttrOr<int64_t>(call.attrs, "dtype", 3);
  *type = number == 9 ? DataType::kInt64 : DataType::kInt32;
  if (number == 3 || number == 9) return {};
  return OpError(call, "attribute dtype", std::to_string(number),
                 "3 (int32) or 9 (int64)");
}

// What output i holds.
using NumbersFn = IntList (*)(const TensorSpec& x);

IntList Extents(const TensorSpec& x) { return x.shape; }
IntList Count(const TensorSpec& x) { return {x.count()}; }
IntList RankOf(const TensorSpec& x) {
  return {static_cast<int64_t>(x.shape.size())};
}

template <NumbersFn numbers, bool list>
OpDef NumbersOp(OpDef op) {
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    if (OpStatus s = CheckInputs(call); !s.ok()) return s;
    DataType type;
    if (OpStatus s = TypeOf(call, &type); !s.ok()) return s;
    outputs->clear();
    for (const TensorSpec& x : call.inputs) {
      Shape shape;
      if (list) shape = {static_cast<int64_t>(x.shape.size())};
      outputs->push_back({type, Format::kNd, shape});
    }
    return OpStatus();
  };
  op.items = [](const OpCall& call, int) {
    return static_cast<int64_t>(call.inputs.size());
  };
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto at = static_cast<size_t>(i);
      const IntList values = numbers(call.inputs[at]);
      const size_t width = ElementBytes(call.outputs[at].dtype);
      for (size_t k = 0; k < values.size(); ++k) {
        std::memcpy(operands.outputs[at].data + k * width, &values[k], width);
      }
    }
    return OpStatus();
  };
  op.cost = [](const OpCall& call) {
    Work work;
    for (const TensorSpec& y : call.outputs) work.bytes_written += y.bytes();
    return work;
  };
  op.exactness = "exact: low bits of the extents";
  op.engine = Engine::kAiCpu;
  return op;
}

}  // namespace

#define NUMBERS(type, numbers, list)                            \
  const OpDef& type##Op() {                                     \
    static const OpDef& op =                                    \
        *new OpDef(NumbersOp<numbers, list>(Signature(#type))); \
    return op;                                                  \
  }

NUMBERS(Shape, Extents, true)
NUMBERS(ShapeN, Extents, true)
NUMBERS(Size, Count, false)
NUMBERS(Rank, RankOf, false)

}  // namespace npuemu::kernels
