// Random numbers of a seed and an offset (docs/random.md): the key is the seed,
// the first counter the offset.

#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;
constexpr DataType kI64 = DataType::kInt64;

Value Number(Builder& b, int64_t value, DataType type = kI64) {
  const int64_t values[] = {value};
  return b.Constant(values, type);
}

// Numbers of a kernel that has shape, key, counter and algorithm; `more` is
// what it has behind.
Value Draw(Builder& b, const char* kernel, const Shape& shape, size_t seed,
           DataType type, std::vector<Value> more = {}) {
  const int64_t counter[] = {b.Int(seed + 1), 0};
  const DataType word = DataType::kUint64;
  const int64_t any[] = {3};  // the algorithm: Philox
  std::vector<Value> inputs = {
      b.Constant(shape), Number(b, b.Int(seed), word),
      b.Constant(counter, word),
      b.Reshape(b.Constant(any, DataType::kInt32), {})};
  inputs.insert(inputs.end(), more.begin(), more.end());
  Attrs attrs;
  if (more.empty()) attrs["dtype"] = type;
  return b.Op(kernel, inputs, std::move(attrs), type);
}

// (selfRef, from, to, seed, offset).
void Uniform(Builder& b) {
  const Shape shape = b.Like(0).shape;
  const Value u = Draw(b, "StatelessRandomUniformV2", shape, 3, kF32);
  const double low = b.Double(1);
  const double high = b.Double(2);
  b.Check(low <= high, 2, absl::StrCat(high),
          absl::StrCat("at least from, ", low));
  const Value wide = b.Op("Mul", {u, b.Constant(high - low, kF32)});
  b.Result(b.Op("Add", {wide, b.Constant(low, kF32)}));
}

// A mean or a deviation: a number or a tensor.
Value Parameter(Builder& b, size_t arg) {
  if (b.KindOf(arg) == ArgKind::kDouble) {
    return b.Constant(b.Double(arg), kF32);
  }
  return b.Cast(b.In(arg), kF32);
}

// The normal numbers n of the output's shape as n * std + mean.
void StoreNormal(Builder& b, size_t mean_arg, size_t std_arg, size_t seed) {
  const Value mean = Parameter(b, mean_arg);
  const Value deviation = Parameter(b, std_arg);
  const Shape shape = b.Like(b.OutputArg()).shape;
  const Value n = Draw(b, "StatelessRandomNormalV2", shape, seed, kF32);
  b.Result(b.Op("Add", {b.Op("Mul", {n, deviation}), mean}));
}

// (selfRef, mean, std, seed, offset) and (mean, std, seed, offset, out).
void InplaceNormal(Builder& b) { StoreNormal(b, 1, 2, 3); }
void Normal(Builder& b) { StoreNormal(b, 0, 1, 2); }

// (selfRef, from, to, seed, offset): integers in [from, to).
void Random(Builder& b) {
  const Shape shape = b.Like(0).shape;
  b.Check(b.Int(1) < b.Int(2), 2, absl::StrCat(b.Int(2)),
          absl::StrCat("more than from, ", b.Int(1)));
  const auto bound = [&](size_t arg) {
    return b.Reshape(Number(b, b.Int(arg)), {});
  };
  const Value y = Draw(b, "StatelessRandomUniformIntV2", shape, 3, kI64,
                       {bound(1), bound(2)});
  b.Result(b.Cast(y, b.Like(0).dtype));
}

// (n, seed, offset, out).
void Randperm(Builder& b) {
  const DataType type = b.Like(3).dtype;
  b.Check(b.Int(0) >= 0, 0, absl::StrCat(b.Int(0)), "0 or more");
  Attrs attrs;
  attrs["dtype"] = type;
  b.Result(b.Op("StatelessRandperm",
                {Number(b, b.Int(0)), Number(b, b.Int(1)), Number(b, b.Int(2))},
                std::move(attrs), type));
}

// (self, prob, seed, offset, out) and (selfRef, prob, seed, offset): ones with
// a probability, a number or one for each element.
void Bernoulli(Builder& b) {
  const kernels::TensorSpec out = b.Like(b.OutputArg());
  Value p =
      b.IsScalar(1) ? b.Constant(b.ScalarAt(1), kF32) : b.Cast(b.In(1), kF32);
  if (!b.IsScalar(1)) p = ExpandTo(b, p, out.shape, 1);
  Attrs attrs;
  attrs["dtype"] = out.dtype;
  b.Result(
      b.Op("StatelessBernoulli",
           {b.Constant(out.shape), p, Number(b, b.Int(2)), Number(b, b.Int(3))},
           std::move(attrs), out.dtype));
}

// (shape, prob, seed, offset[, probDataType], out): bits that are 1 where an
// element stays, padded to 128; prob is that of the others.
void DropoutGenMask(Builder& b) {
  const double prob = b.Double(1);
  b.Check(prob >= 0 && prob <= 1, 1, absl::StrCat(prob), "0 to 1");
  DataType type = kF32;
  if (b.arg_count() > 5) type = b.Type(4);
  b.Check(IsFloating(type), 4, kernels::NameOf(type),
          "float16, bfloat16 or float");
  b.Result(b.Op("StatelessDropOutGenMask",
                {b.Constant(b.Ints(0)), b.Constant(1 - prob, type),
                 Number(b, b.Int(2)), Number(b, 0), Number(b, b.Int(3))}));
}

// (self, mask, prob, out).
void DropoutDoMask(Builder& b) {
  const double prob = b.Double(2);
  b.Check(prob >= 0 && prob <= 1, 2, absl::StrCat(prob), "0 to 1");
  const Value x = b.In(0);
  const Value mask = b.In(1);
  const DataType type = b.TypeOf(mask);
  b.Check(type == DataType::kUint8 || !b.ok(), 1, kernels::NameOf(type),
          "uint8");
  if (prob == 1 && b.ok()) {
    return b.Result(FillOf(b, b.Constant(0, b.TypeOf(x)), b.ShapeOf(x)));
  }
  b.Result(b.Op("DropOutDoMask", {x, mask, b.Constant(1 - prob, b.TypeOf(x))}));
}

// (self, numsamples, replacement, seed, offset, out): classes by weight.
void Multinomial(Builder& b) {
  const Value x = b.In(0);
  b.CheckRank(x, 0, 1, 2);
  b.Check(b.Int(1) > 0, 1, absl::StrCat(b.Int(1)), "more than 0");
  b.Check(b.Bool(2) || b.Int(1) <= b.Extent(x, -1) || !b.ok(), 1,
          absl::StrCat(b.Int(1)),
          absl::StrCat("at most ", b.Extent(x, -1), " without replacement"));
  Attrs attrs;
  attrs["numsamples"] = b.Int(1);
  attrs["replacement"] = b.Bool(2);
  const Value y =
      b.Op("MultinomialWithReplacement",
           {x, Number(b, b.Int(3)), Number(b, b.Int(4))}, std::move(attrs));
  b.Check(b.Count(y) == b.Count(b.In(5)) || !b.ok(), 5,
          ToString(b.ShapeOf(b.In(5))), ToString(b.ShapeOf(y)));
  b.StoreFlat(y, 5);
}

constexpr NnOp kOps[] = {
    {"InplaceUniform", Uniform},        {"InplaceNormal", InplaceNormal},
    {"NormalFloatFloat", Normal},       {"NormalFloatTensor", Normal},
    {"NormalTensorFloat", Normal},      {"NormalTensorTensor", Normal},
    {"InplaceRandom", Random},          {"Randperm", Randperm},
    {"Bernoulli", Bernoulli},           {"BernoulliTensor", Bernoulli},
    {"InplaceBernoulli", Bernoulli},    {"InplaceBernoulliTensor", Bernoulli},
    {"DropoutGenMask", DropoutGenMask}, {"DropoutGenMaskV2", DropoutGenMask},
    {"DropoutDoMask", DropoutDoMask},   {"Multinomial", Multinomial},
};

}  // namespace

std::span<const NnOp> RandomOps() { return kOps; }

}  // namespace npuemu::shim::nn
