// PromptFlashAttention and IncreFlashAttention: FlashAttentionScore (flash.cc)
// whose scores are scaled before they are shifted, with lengths of keys. In
// order: docs/attention.md.

#include <algorithm>
#include <string>

#include "kernels/op/axes.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/rows.h"
#include "kernels/ops/attention/flash.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

std::string InputName(const OpCall& call, size_t index) {
  return std::string("input ") + call.op->inputs[index].name;
}

constexpr AttentionNames kPrompt{
    3, 4, "num_heads", "num_key_value_heads", "pre_tokens", "next_tokens"};
// The mask has a form of its own, and there is no band.
constexpr AttentionNames kIncre{
    3, SIZE_MAX, "num_heads", "num_key_value_heads", "", ""};

// Operands of floats, a mask of bytes, nothing else but lengths.
OpStatus CheckOperands(const OpCall& call, size_t lengths) {
  constexpr size_t kMask = 4;
  for (size_t index = 0; index < call.inputs.size(); ++index) {
    if (!HasInput(call, index) || index == lengths) continue;
    if (index > kMask) return RefuseInput(call, index);
    const DataType type = call.inputs[index].dtype;
    const bool is_mask = index == kMask;
    if (is_mask ? BitsOf(type) == 8 : type != DataType::kInt8) continue;
    return OpError(call, InputName(call, index), NameOf(type),
                   is_mask ? "bool, int8, uint8" : "no int8");
  }
  return {};
}

OpStatus CheckLengths(const OpCall& call, size_t index, Attention* a) {
  a->lengths_input = index;
  if (!HasInput(call, index)) return {};
  const TensorSpec& x = call.inputs[index];
  const bool fits =
      x.shape.size() == 1 && (x.shape[0] == 1 || x.shape[0] == a->q.batch);
  if (fits) return {};
  return OpError(call, InputName(call, index) + " shape", ToString(x.shape),
                 "[1] or [" + std::to_string(a->q.batch) + "]");
}

OpStatus MakePrompt(const OpCall& call, Attention* a) {
  constexpr size_t kLengths = 6;
  if (OpStatus s = CheckOperands(call, kLengths); !s.ok()) return s;
  a->shift_first = false;
  if (OpStatus s = MakeAttention(call, kPrompt, a); !s.ok()) return s;
  return CheckLengths(call, kLengths, a);
}

// [B,Skv], [B,1,Skv] or [B,1,1,Skv]: one row for each of the batch.
OpStatus ReadRowMask(const OpCall& call, size_t index, Attention* a) {
  if (!HasInput(call, index)) return {};
  const Shape& x = call.inputs[index].shape;
  bool fits = x.size() >= 2 && x.size() <= 4 && x[0] == a->q.batch &&
              x.back() == a->k.length;
  for (size_t d = 1; d + 1 < x.size(); ++d) fits = fits && x[d] == 1;
  if (!fits) {
    return OpError(call, InputName(call, index) + " shape", ToString(x),
                   ToString(Shape{a->q.batch, 1, a->k.length}));
  }
  a->mask = {true, {a->k.length, 0, 0, 1}};
  a->mask_input = index;
  return {};
}

OpStatus MakeIncre(const OpCall& call, Attention* a) {
  constexpr size_t kMask = 4;
  constexpr size_t kLengths = 5;
  if (call.inputs.size() != call.op->inputs.size()) {
    return OpError(call, "input count", std::to_string(call.inputs.size()),
                   std::to_string(call.op->inputs.size()) +
                       ": key and value in one tensor each");
  }
  if (OpStatus s = CheckOperands(call, kLengths); !s.ok()) return s;
  const auto block = AttrOf<int64_t>(call, "block_size", 0);
  if (block != 0) {
    return OpError(call, "attribute block_size", std::to_string(block),
                   "0, as there is no block_table");
  }
  a->shift_first = false;
  if (OpStatus s = MakeAttention(call, kIncre, a); !s.ok()) return s;
  if (a->q.length != 1) {
    return OpError(call, "input query shape", ToString(call.inputs[0].shape),
                   "one row for each of the batch");
  }
  if (OpStatus s = ReadRowMask(call, kMask, a); !s.ok()) return s;
  return CheckLengths(call, kLengths, a);
}

template <OpStatus (*kMake)(const OpCall&, Attention*)>
OpDef Inference(OpDef signature) {
  OpDef op = FlashOp<kMake>(std::move(signature));
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    Attention a;
    OpStatus status = kMake(call, &a);
    if (status.ok()) {
      *outputs = {{a.type, call.inputs[0].format, ResultShape(call, a)}};
    }
    return status;
  };
  return op;
}

}  // namespace

const OpDef& PromptFlashAttentionOp() {
  static const OpDef& op =
      *new OpDef(Inference<MakePrompt>(Signature("PromptFlashAttention")));
  return op;
}

const OpDef& IncreFlashAttentionOp() {
  static const OpDef& op =
      *new OpDef(Inference<MakeIncre>(Signature("IncreFlashAttention")));
  return op;
}

}  // namespace npuemu::kernels
