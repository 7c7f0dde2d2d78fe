// Attention and rotary embeddings.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// (x, cos, sin, mode, out).
void RotaryPositionEmbedding(Builder& b) {
  const DataType type = b.Promoted({0, 1, 2});
  b.Result(b.Op(
      "RotaryPositionEmbedding",
      {b.Cast(b.In(0), type), b.Cast(b.In(1), type), b.Cast(b.In(2), type)},
      AxisAttr("mode", b.Int(3))));
}

// (dy, cos, sin, x?, mode, dxOut, dcosOut, dsinOut): without x no gradients of
// cos and sin.
void RotaryPositionEmbeddingGrad(Builder& b) {
  const DataType type = b.Promoted({0, 1, 2});
  const Value x = b.Cast(b.OptionalIn(3), type);
  const std::vector<Value> y = b.Ops(
      "RotaryPositionEmbeddingGrad",
      {b.Cast(b.In(0), type), b.Cast(b.In(1), type), b.Cast(b.In(2), type), x},
      AxisAttr("mode", b.Int(4)));
  if (!b.ok()) return;
  b.Store(y[0], 5);
  if (x.empty()) return;
  b.StoreFlat(y[1], 6);
  b.StoreFlat(y[2], 7);
}

// (queryRef, keyRef, cos, sin, layout).
void ApplyRotaryPosEmb(Builder& b) {
  const std::vector<Value> y =
      b.Ops("ApplyRotaryPosEmb", {b.In(0), b.In(1), b.In(2), b.In(3)},
            AxisAttr("layout", b.Int(4)));
  if (!b.ok()) return;
  b.Store(y[0], 0);
  b.Store(y[1], 1);
}

// Names of what is not modelled, by their places: given means refused.
void RefuseGiven(Builder& b, std::initializer_list<size_t> args) {
  for (size_t arg : args) {
    if (b.Given(arg)) b.Refuse(arg, "a value", "nullptr");
  }
}

// The one tensor of a list.
Value Only(Builder& b, size_t arg) {
  const std::vector<Value> values = b.InList(arg);
  b.Check(values.size() == 1 || !b.ok(), arg,
          absl::StrCat(values.size(), " tensors"), "one tensor");
  return b.ok() ? values[0] : Value();
}

// Places of FusedInferAttentionScoreV2: query 0, key 1, value 2, pseShift 3,
// attenMask 4, actualSeqLengths 5, actualSeqLengthsKv 6, ..., numHeads 24.
void FusedInferAttentionScoreV2(Builder& b) {
  RefuseGiven(
      b, {7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23});
  if (b.Bool(34)) b.Refuse(34, "true", "false");
  Attrs attrs;
  attrs["num_heads"] = b.Int(24);
  attrs["scale_value"] = static_cast<float>(b.Double(25));
  attrs["pre_tokens"] = b.Int(26);
  attrs["next_tokens"] = b.Int(27);
  attrs["input_layout"] = b.String(28);
  attrs["num_key_value_heads"] = b.Int(29);
  attrs["sparse_mode"] = b.Int(30);
  attrs["inner_precise"] = b.Int(31);
  const auto lengths = [&](size_t arg) {
    return b.Given(arg) ? b.Constant(b.Ints(arg)) : Value();
  };
  const Value y = b.Op(
      "PromptFlashAttention",
      {b.In(0), Only(b, 1), Only(b, 2), b.OptionalIn(3), b.OptionalIn(4),
       lengths(5), lengths(6), Value(), Value(), Value(), Value(), Value()},
      std::move(attrs), b.Like(37).dtype);
  b.Store(y, 37);
}

constexpr NnOp kOps[] = {
    {"RotaryPositionEmbedding", RotaryPositionEmbedding},
    {"RotaryPositionEmbeddingGrad", RotaryPositionEmbeddingGrad},
    {"ApplyRotaryPosEmb", ApplyRotaryPosEmb},
    {"FusedInferAttentionScoreV2", FusedInferAttentionScoreV2},
};

}  // namespace

std::span<const NnOp> AttentionOps() { return kOps; }

}  // namespace npuemu::shim::nn
