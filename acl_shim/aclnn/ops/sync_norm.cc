// Normalisation by channels over batches that lie on several devices: what they
// tell each other, in f32, as PyTorch's synchronised batch norm has it.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;

// x as [N, C, rest].
Value Channels(Builder& b, size_t arg) {
  const Value x = b.Cast(b.In(arg), kF32);
  b.CheckRank(x, arg, 2, 8);
  if (!b.ok()) return {};
  const int64_t rows = b.Extent(x, 0) * b.Extent(x, 1);
  return b.Reshape(
      x, {b.Extent(x, 0), b.Extent(x, 1), rows == 0 ? 0 : b.Count(x) / rows});
}

// One number for each channel, [C, 1]; `fallback` where there is none.
Value Each(Builder& b, size_t arg, int64_t channels, double fallback) {
  const Value given = b.Cast(b.OptionalIn(arg), kF32);
  if (given.empty()) return b.Constant(fallback, kF32, {channels, 1});
  b.Check(b.Count(given) == channels, arg, ToString(b.ShapeOf(given)),
          absl::StrCat(channels, " elements"));
  return b.ok() ? b.Reshape(given, {channels, 1}) : Value();
}

Value SumOver(Builder& b, Value x, std::vector<int64_t> axes) {
  return b.Op("ReduceSum", {x, b.Constant(axes)});
}

struct Batch {
  Value dy;
  Value x;
  int64_t channels = 0;
};

Batch BatchAt(Builder& b) {
  Batch batch{Channels(b, 0), Channels(b, 1), 0};
  b.CheckShape(batch.dy, 0, b.ShapeOf(batch.x));
  batch.channels = b.Extent(batch.x, 1);
  return batch;
}

// (gradOut, input, mean, invstd, weight?, inputG, weightG, biasG, sumDy,
//  sumDyXmu, gradWeight, gradBias).
void ReduceBackward(Builder& b) {
  const Batch in = BatchAt(b);
  if (!b.ok()) return;
  const Value gap = b.Op("Sub", {in.x, Each(b, 2, in.channels, 0)});
  const Value sum = SumOver(b, in.dy, {0, 2});
  const Value product = SumOver(b, b.Op("Mul", {in.dy, gap}), {0, 2});
  if (b.Bool(5)) {
    b.StoreFlat(sum, 8);
    b.StoreFlat(product, 9);
  }
  const Value invstd = b.Reshape(Each(b, 3, in.channels, 1), {in.channels});
  if (b.Bool(6)) b.StoreFlat(b.Op("Mul", {product, invstd}), 10);
  if (b.Bool(7)) b.StoreFlat(sum, 11);
}

// (gradOut, input, mean, invstd, weight?, sumDy, sumDyXmu, counter,
//  gradInput): counter has the elements of a channel on each device.
void ElemtBackward(Builder& b) {
  const Batch in = BatchAt(b);
  const Value counter = b.Cast(b.In(7), kF32);
  if (!b.ok()) return;
  const Value total = SumOver(b, b.Reshape(counter, {b.Count(counter)}), {0});
  const Value mean_dy = b.Op("RealDiv", {Each(b, 5, in.channels, 0), total});
  const Value mean_product =
      b.Op("RealDiv", {Each(b, 6, in.channels, 0), total});
  const Value invstd = Each(b, 3, in.channels, 1);
  const Value slope =
      b.Op("Mul", {mean_product, b.Op("Mul", {invstd, invstd})});
  const Value gap = b.Op("Sub", {in.x, Each(b, 2, in.channels, 0)});
  const Value centred =
      b.Op("Sub", {b.Op("Sub", {in.dy, mean_dy}), b.Op("Mul", {gap, slope})});
  const Value factor = b.Op("Mul", {Each(b, 4, in.channels, 1), invstd});
  b.StoreFlat(b.Op("Mul", {centred, factor}), 8);
}

// New running statistics: old * (1 - momentum) + now * momentum.
void StoreRunning(Builder& b, size_t arg, Value now, double momentum) {
  if (!b.Given(arg) || !b.ok()) return;
  const Value old =
      b.Op("Mul", {b.Cast(b.In(arg), kF32), b.Constant(1 - momentum, kF32)});
  b.Store(b.Op("Add", {old, b.Op("Mul", {now, b.Constant(momentum, kF32)})}),
          arg);
}

// (input, mean, invstd, runningMean?, runningVar?, momentum, eps, counts,
//  meanAll, invstdAll): rows of mean and invstd are the devices.
void GatherStatsWithCounts(Builder& b) {
  const Value mean = b.Cast(b.In(1), kF32);
  const Value invstd = b.Cast(b.In(2), kF32);
  b.In(0);
  b.CheckRank(mean, 1, 2, 2);
  b.CheckShape(invstd, 2, b.ShapeOf(mean));
  Value counts = b.Cast(b.In(7), kF32);
  b.Check(b.Count(counts) == b.Extent(mean, 0) || !b.ok(), 7,
          ToString(b.ShapeOf(counts)),
          absl::StrCat(b.Extent(mean, 0), " elements"));
  if (!b.ok()) return;
  counts = b.Reshape(counts, {b.Count(counts), 1});
  const Value total = SumOver(b, counts, {0});
  const Value all =
      b.Op("RealDiv", {SumOver(b, b.Op("Mul", {mean, counts}), {0}), total});
  const Value eps = b.Constant(b.Double(6), kF32);
  const Value spread = b.Op("Reciprocal", {b.Op("Mul", {invstd, invstd})});
  const Value gap = b.Op("Sub", {mean, all});
  const Value variance =
      b.Op("Add", {b.Op("Sub", {spread, eps}), b.Op("Mul", {gap, gap})});
  const Value sum = SumOver(b, b.Op("Mul", {variance, counts}), {0});
  const Value biased = b.Op("RealDiv", {sum, total});
  b.StoreFlat(all, 8);
  b.StoreFlat(b.Op("Rsqrt", {b.Op("Add", {biased, eps})}), 9);
  const Value fewer = b.Op("Sub", {total, b.Constant(1, kF32)});
  StoreRunning(b, 3, all, b.Double(5));
  StoreRunning(b, 4, b.Op("RealDiv", {sum, fewer}), b.Double(5));
}

constexpr NnOp kOps[] = {
    {"BatchNormReduceBackward", ReduceBackward},
    {"BatchNormElemtBackward", ElemtBackward},
    {"BatchNormGatherStatsWithCounts", GatherStatsWithCounts},
};

}  // namespace

std::span<const NnOp> SyncNormOps() { return kOps; }

}  // namespace npuemu::shim::nn
