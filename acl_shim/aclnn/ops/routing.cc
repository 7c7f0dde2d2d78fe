// Mixtures of experts: gates, and tokens on their way to experts and back.

#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kF32 = DataType::kFloat;
constexpr DataType kI32 = DataType::kInt32;

// Rows of x by their numbers.
Value RowsOf(Builder& b, Value x, Value index) {
  return b.Op("GatherV2", {x, index, IntegerOf(b, 0)});
}

Value Softmax(Builder& b, Value x) {
  Attrs attrs;
  attrs["axes"] = IntList({-1});
  return b.Op("SoftmaxV2", {x}, std::move(attrs));
}

Value SumOver(Builder& b, Value x, int64_t axis, bool keep) {
  const int64_t axes[] = {axis};
  Attrs attrs;
  attrs["keep_dims"] = keep;
  return b.Op("ReduceSum", {x, b.Constant(axes)}, std::move(attrs));
}

// The k largest of each row, the largest first, and where they are (int32).
std::vector<Value> Largest(Builder& b, Value x, int64_t k, size_t k_arg) {
  b.Check(k >= 1 && k <= b.Extent(x, -1), k_arg, absl::StrCat(k),
          absl::StrCat("1 to ", b.Extent(x, -1)));
  Attrs attrs;
  attrs["sorted"] = true;
  attrs["dim"] = int64_t{-1};
  attrs["largest"] = true;
  return b.Ops("TopKV2", {x, IntegerOf(b, k, kI32)}, std::move(attrs));
}

// The experts of rows that are finished are none: number `experts`.
Value Unfinished(Builder& b, Value expert, size_t finished_arg,
                 int64_t experts) {
  const Value finished = b.OptionalIn(finished_arg);
  if (finished.empty() || !b.ok()) return expert;
  Shape rows = b.ShapeOf(expert);
  b.CheckShape(finished, finished_arg, Shape(rows.begin(), rows.end() - 1));
  if (!b.ok()) return {};
  rows.back() = 1;
  const Value mask = b.Expand(b.Reshape(finished, rows), b.ShapeOf(expert));
  const Value none = b.Expand(IntegerOf(b, experts, kI32), b.ShapeOf(expert));
  return b.Op("Select", {mask, none, expert});
}

// (x, finished?, k, yOut, expertIdxOut, rowIdxOut): rows count along k first.
void GatingTopKSoftmax(Builder& b) {
  const Value x = b.Cast(b.In(0), kF32);
  b.CheckRank(x, 0, 2, 3);
  if (!b.ok()) return;
  const int64_t k = b.Int(2);
  const std::vector<Value> top = Largest(b, Softmax(b, x), k, 2);
  if (!b.ok()) return;
  b.Store(top[0], 3);
  b.Store(Unfinished(b, top[1], 1, b.Extent(x, -1)), 4);
  const int64_t rows = b.Count(x) / b.Extent(x, -1);
  const int64_t turned[] = {1, 0};
  const Value numbers = b.Reshape(Upto(b, rows * k, kI32), {k, rows});
  b.Store(b.Reshape(b.Permute(numbers, turned), b.ShapeOf(top[1])), 5);
}

// (x, finished?, k, renorm, outputSoftmaxResultFlag, yOut, expertIdxOut,
//  softmaxResultOut?): with renorm the softmax is of the k chosen ones.
void GatingTopKSoftmaxV2(Builder& b) {
  const Value x = b.Cast(b.In(0), kF32);
  b.CheckRank(x, 0, 2, 3);
  const bool renorm = b.Int(3) != 0;
  b.Check(b.Int(3) == 0 || b.Int(3) == 1, 3, absl::StrCat(b.Int(3)), "0 or 1");
  if (!b.ok()) return;
  const Value scores = renorm ? x : Softmax(b, x);
  const std::vector<Value> top = Largest(b, scores, b.Int(2), 2);
  if (!b.ok()) return;
  b.Store(renorm ? Softmax(b, top[0]) : top[0], 5);
  b.Store(Unfinished(b, top[1], 1, b.Extent(x, -1)), 6);
  if (b.Bool(4) && !renorm) b.Store(scores, 7);
}

// Scores of the `chosen` best groups of experts; of the others -inf.
Value OfBestGroups(Builder& b, Value scores, int64_t groups, int64_t chosen,
                   bool by_two) {
  const int64_t rows = b.Extent(scores, 0);
  const int64_t each = b.Extent(scores, 1) / groups;
  const Value grouped = b.Reshape(scores, {rows, groups, each});
  const std::vector<Value> best = Largest(b, grouped, by_two ? 2 : 1, 4);
  const Value rank = SumOver(b, best[0], 2, false);
  const std::vector<Value> top = Largest(b, rank, chosen, 3);
  if (!b.ok()) return {};
  Attrs attrs = AxisAttr("axis", 1);
  attrs["reduction"] = std::string("none");
  const Value none = FillOf(b, b.Constant(0, kI32), {rows, groups});
  const Value ones = FillOf(b, b.Constant(1, kI32), {rows, chosen});
  const Value marks =
      b.Op("ScatterElements", {none, top[1], ones}, std::move(attrs));
  const Value mask =
      b.Expand(b.Reshape(b.Cast(marks, DataType::kBool), {rows, groups, 1}),
               {rows, groups, each});
  const Value low = b.Constant(-std::numeric_limits<double>::infinity(), kF32);
  return b.Reshape(
      b.Op("Select", {mask, grouped, FillOf(b, low, {rows, groups, each})}),
      {rows, groups * each});
}

// (x, bias?, k, kGroup, groupCount, groupSelectMode, renorm, normType,
//  outFlag, routedScalingFactor, eps, yOut, expertIdxOut, outOut).
void GatingTopK(Builder& b) {
  const Value x = b.Cast(b.In(0), kF32);
  b.CheckRank(x, 0, 2, 2);
  if (!b.ok()) return;
  const int64_t groups = b.Int(4);
  const bool by_softmax = b.Int(7) == 0;
  b.Check(groups > 0 && b.Extent(x, 1) % groups == 0, 4, absl::StrCat(groups),
          absl::StrCat("a divisor of ", b.Extent(x, 1)));
  b.Check(b.Int(3) >= 1 && b.Int(3) <= groups, 3, absl::StrCat(b.Int(3)),
          absl::StrCat("1 to groupCount, ", groups));
  b.Check(b.Int(5) == 0 || b.Int(5) == 1, 5, absl::StrCat(b.Int(5)), "0 or 1");
  b.Check(by_softmax || b.Int(7) == 1, 7, absl::StrCat(b.Int(7)), "0 or 1");
  if (b.Int(6) != 0) b.Refuse(6, absl::StrCat(b.Int(6)), "0");
  if (!b.ok()) return;
  const Value norm = by_softmax ? Softmax(b, x) : b.Op("Sigmoid", {x});
  Value scores = norm;
  if (b.Given(1)) scores = b.Op("Add", {scores, b.Cast(b.In(1), kF32)});
  if (b.Int(3) < groups) {
    scores = OfBestGroups(b, scores, groups, b.Int(3), b.Int(5) == 1);
  }
  const std::vector<Value> top = Largest(b, scores, b.Int(2), 2);
  if (!b.ok()) return;
  Value y = b.Op("GatherElements", {norm, top[1]}, AxisAttr("dim", 1));
  if (!by_softmax) {
    const Value sum =
        b.Op("Add", {SumOver(b, y, 1, true), b.Constant(b.Double(10), kF32)});
    y = b.Op("RealDiv", {y, sum});
  }
  b.Store(b.Op("Mul", {y, b.Constant(b.Double(9), kF32)}), 11);
  b.Store(top[1], 12);
  if (b.Bool(8)) b.Store(norm, 13);
}

// How many tokens go to each expert and those before it, or only to those.
Value TokensUpTo(Builder& b, Value sorted, int64_t experts,
                 bool itself = true) {
  Attrs attrs;
  attrs["right"] = itself;
  attrs["dtype"] = kI32;
  return b.Op("SearchSorted", {sorted, Upto(b, experts, kI32), Value()},
              std::move(attrs), kI32);
}

// (sortedExperts, numExperts, out).
void ComputeExpertTokens(Builder& b) {
  const Value sorted = b.Cast(b.In(0), kI32);
  b.CheckRank(sorted, 0, 1, 1);
  b.Check(b.Int(1) > 0, 1, absl::StrCat(b.Int(1)), "more than 0");
  if (b.ok()) b.Result(TokensUpTo(b, sorted, b.Int(1)));
}

// Places in the order of the experts, tokens of one in theirs.
struct Order {
  Value experts;  // sorted
  Value places;   // of the sorted ones before
};

Order ByExpert(Builder& b, Value experts) {
  const int64_t count = b.Count(experts);
  Attrs attrs;
  attrs["axis"] = int64_t{0};
  attrs["stable"] = true;
  const std::vector<Value> y = b.Ops(
      "Sort", {b.Reshape(b.Cast(experts, kI32), {count})}, std::move(attrs));
  return {y[0], b.ok() ? y[1] : Value()};
}

// inverse[places[i]] = i.
Value Inverse(Builder& b, Value places) {
  if (!b.ok()) return {};
  const int64_t count = b.Count(places);
  const Value zeros = FillOf(b, b.Constant(0, kI32), {count});
  return b.Op("ScatterUpdate", {zeros, places, Upto(b, count, kI32)});
}

// Rows of tokens for the first places, as many as the output has.
void StoreExpanded(Builder& b, Value tokens, Value rows, size_t out) {
  if (!b.ok()) return;
  const int64_t wanted = b.Extent(b.In(out), 0);
  b.Check(wanted <= b.Count(rows), out, absl::StrCat(wanted, " rows"),
          absl::StrCat("at most ", b.Count(rows)));
  if (b.ok()) b.Store(RowsOf(b, tokens, b.Narrow(rows, 0, 0, wanted)), out);
}

// (x, rowIdx, expertIdx, activeNum, expandedXOut, expandedRowIdxOut,
//  expandedExpertIdxOut).
void InitRouting(Builder& b) {
  const Value x = b.In(0);
  b.CheckRank(x, 0, 2, 2);
  b.CheckRank(b.In(2), 2, 2, 2);
  b.CheckShape(b.In(1), 1, b.ShapeOf(b.In(2)));
  if (!b.ok()) return;
  const Order order = ByExpert(b, b.In(2));
  const Value numbers = b.Cast(b.In(1), kI32);
  const Value rows =
      RowsOf(b, b.Reshape(numbers, {b.Count(numbers)}), order.places);
  const Value tokens =
      b.Op("FloorMod", {rows, IntegerOf(b, b.Extent(x, 0), kI32)});
  StoreExpanded(b, x, tokens, 4);
  b.Store(Inverse(b, rows), 5);
  b.Store(order.experts, 6);
}

// (x, expertIdx, activeNum, expertCapacity, expertNum, dropPadMode,
//  expertTokensCountOrCumsumFlag, expertTokensBeforeCapacityFlag,
//  expandedXOut, expandedRowIdxOut, expertTokensCountOrCumsumOut?,
//  expertTokensBeforeCapacityOut?).
void InitRoutingV2(Builder& b) {
  const Value x = b.In(0);
  b.CheckRank(x, 0, 2, 2);
  b.CheckRank(b.In(1), 1, 2, 2);
  if (b.Int(5) != 0) b.Refuse(5, absl::StrCat(b.Int(5)), "0 (no drops)");
  b.Check(b.Int(6) >= 0 && b.Int(6) <= 2, 6, absl::StrCat(b.Int(6)),
          "0, 1 (sums) or 2 (counts)");
  if (!b.ok()) return;
  const Order order = ByExpert(b, b.In(1));
  const Value tokens = b.Op(
      "FloorDiv", {order.places, IntegerOf(b, b.Extent(b.In(1), 1), kI32)});
  StoreExpanded(b, x, tokens, 8);
  b.Store(Inverse(b, order.places), 9);
  if (b.Int(6) == 0 || !b.ok()) return;
  const int64_t experts = b.Int(4);
  const Value sums = TokensUpTo(b, order.experts, experts);
  if (b.Int(6) == 1) return b.Store(sums, 10);
  const Value before = TokensUpTo(b, order.experts, experts, false);
  b.Store(b.Op("Sub", {sums, before}), 10);
}

// Sums of the k rows that belong to each token, [tokens, k, H] in f32.
Value Gathered(Builder& b, Value rows, Value index, int64_t k) {
  if (!b.ok()) return {};
  const int64_t count = b.Count(index);
  const Value flat = b.Reshape(b.Cast(index, kI32), {count});
  return b.Reshape(RowsOf(b, b.Cast(rows, kF32), flat),
                   {k == 0 ? 0 : count / k, k, b.Extent(rows, 1)});
}

// (expandedX, expandedRowIdx, x1?, x2?, bias?, scales?, expertIdx?,
//  dropPadMode, out).
void FinalizeRoutingV2(Builder& b) {
  const Value rows = b.In(0);
  const Value out = b.In(8);
  b.CheckRank(rows, 0, 2, 2);
  b.CheckRank(out, 8, 2, 2);
  b.CheckRank(b.In(1), 1, 1, 1);
  if (b.Int(7) != 0 && b.Int(7) != 2) {
    b.Refuse(7, absl::StrCat(b.Int(7)), "0 or 2 (no drops)");
  }
  if (!b.ok()) return;
  const int64_t tokens = b.Extent(out, 0);
  b.Check(tokens > 0 && b.Count(b.In(1)) % tokens == 0, 1,
          absl::StrCat(b.Count(b.In(1)), " rows"),
          absl::StrCat("as many for each of ", tokens, " tokens"));
  if (!b.ok()) return;
  const int64_t k = b.Count(b.In(1)) / tokens;
  Value index = b.In(1);
  if (b.Int(7) == 0) {  // first rows of all tokens, then second ones
    const int64_t turned[] = {1, 0};
    index = b.Permute(b.Reshape(index, {k, tokens}), turned);
  }
  Value y = Gathered(b, rows, index, k);
  if (b.Given(4)) {
    y = b.Op("Add", {y, Gathered(b, b.In(4), b.In(6), k)});
  }
  if (b.Given(5)) {
    const Value scales = b.Cast(b.In(5), kF32);
    y = b.Op("Mul", {y, b.Reshape(scales, {tokens, k, 1})});
  }
  Value sum = SumOver(b, y, 1, false);
  for (size_t arg : {2, 3}) {
    if (b.Given(arg)) sum = b.Op("Add", {sum, b.Cast(b.In(arg), kF32)});
  }
  b.Result(sum);
}

void RefusePadding(Builder& b, size_t arg) {
  if (b.Bool(arg)) b.Refuse(arg, "true", "false");
}

// (tokens, indices, numOutTokens, paddedMode, permuteTokensOut,
//  sortedIndicesOut).
void TokenPermute(Builder& b) {
  const Value tokens = b.In(0);
  b.CheckRank(tokens, 0, 2, 2);
  b.CheckRank(b.In(1), 1, 1, 2);
  RefusePadding(b, 3);
  if (!b.ok()) return;
  const int64_t k = b.Rank(b.In(1)) == 1 ? 1 : b.Extent(b.In(1), 1);
  const Order order = ByExpert(b, b.In(1));
  StoreExpanded(b, tokens,
                b.Op("FloorDiv", {order.places, IntegerOf(b, k, kI32)}), 4);
  b.Store(Inverse(b, order.places), 5);
}

// (permutedTokens, sortedIndices, probs?, paddedMode, restoreShape?, out).
void TokenUnpermute(Builder& b) {
  const Value rows = b.In(0);
  const Value index = b.In(1);
  const Value probs = b.OptionalIn(2);
  b.CheckRank(rows, 0, 2, 2);
  b.CheckRank(index, 1, 1, 1);
  b.CheckRank(probs, 2, 2, 2);
  RefusePadding(b, 3);
  if (!b.ok()) return;
  const int64_t k = probs.empty() ? 1 : b.Extent(probs, 1);
  Value y = Gathered(b, rows, index, k);
  if (!probs.empty()) {
    b.Check(b.Count(probs) == b.Count(index), 2, ToString(b.ShapeOf(probs)),
            absl::StrCat(b.Count(index), " elements"));
    if (!b.ok()) return;
    y = b.Op("Mul",
             {y, b.Reshape(b.Cast(probs, kF32), {b.Extent(probs, 0), k, 1})});
  }
  b.Result(SumOver(b, y, 1, false));
}

// (permutedOutputGrad, sortedIndices, numTopk, paddedMode, out) and
// (gradExpandedX, expandedRowIdx, topK, dropPadMode, activeNum, out).
void SumOfTopK(Builder& b) {
  const Value rows = b.In(0);
  const Value index = b.In(1);
  b.CheckRank(rows, 0, 2, 2);
  b.CheckRank(index, 1, 1, 1);
  const int64_t k = b.Int(2);
  b.Check(k > 0 && b.Count(index) % k == 0, 2, absl::StrCat(k),
          absl::StrCat("a divisor of ", b.Count(index)));
  if (b.Int(3) != 0) b.Refuse(3, absl::StrCat(b.Int(3)), "0");
  b.Check(b.Extent(rows, 0) == b.Count(index) || !b.ok(), 0,
          ToString(b.ShapeOf(rows)), absl::StrCat(b.Count(index), " rows"));
  b.Result(SumOver(b, Gathered(b, rows, index, k), 1, false));
}

// (permuteTokens, unpermutedTokensGrad, sortedIndices, probs?, paddedMode,
//  restoreShape?, permutedTokensGradOut, probsGradOut).
void TokenUnpermuteGrad(Builder& b) {
  const Value rows = b.In(0);
  const Value dy = b.Cast(b.In(1), kF32);
  const Value index = b.Cast(b.In(2), kI32);
  const Value probs = b.Cast(b.OptionalIn(3), kF32);
  b.CheckRank(rows, 0, 2, 2);
  b.CheckRank(dy, 1, 2, 2);
  b.CheckRank(index, 2, 1, 1);
  b.CheckRank(probs, 3, 2, 2);
  RefusePadding(b, 4);
  if (!b.ok()) return;
  const int64_t k = probs.empty() ? 1 : b.Extent(probs, 1);
  const int64_t count = b.Count(index);
  b.Check(b.Extent(dy, 0) * k == count, 2, ToString(b.ShapeOf(index)),
          absl::StrCat(b.Extent(dy, 0) * k, " elements, ", k,
                       " for each row of unpermutedTokensGrad"));
  if (!b.ok()) return;
  const int64_t width = b.Extent(rows, 1);
  const Value each = b.Expand(b.Reshape(dy, {b.Extent(dy, 0), 1, width}),
                              {b.Extent(dy, 0), k, width});
  Value spread = each;
  if (!probs.empty()) {
    const Value share = b.Reshape(probs, {b.Extent(probs, 0), k, 1});
    spread = b.Op("Mul", {each, share});
    const Value dot = b.Op("Mul", {Gathered(b, rows, index, k), each});
    b.StoreFlat(SumOver(b, dot, 2, false), 7);
  }
  const Value zeros =
      FillOf(b, b.Constant(0, kF32), {b.Extent(rows, 0), width});
  b.Store(
      b.Op("ScatterUpdate", {zeros, index, b.Reshape(spread, {count, width})}),
      6);
}

// (expandedX, x1, x2?, bias, scales, expandedRowIdx, expandedExpertIdx, out):
// rows are the first of all tokens, then the second ones.
void FinalizeRouting(Builder& b) {
  const Value out = b.In(7);
  b.CheckRank(b.In(0), 0, 2, 2);
  b.CheckRank(out, 7, 2, 2);
  b.CheckRank(b.In(5), 5, 1, 1);
  const Value scales = b.Cast(b.In(4), kF32);
  b.CheckRank(scales, 4, 2, 2);
  if (!b.ok()) return;
  const int64_t tokens = b.Extent(out, 0);
  const int64_t k = b.Extent(scales, 1);
  b.Check(b.Count(b.In(5)) == tokens * k, 5, ToString(b.ShapeOf(b.In(5))),
          absl::StrCat(tokens * k, " rows"));
  if (!b.ok()) return;
  const int64_t turned[] = {1, 0};
  const Value index = b.Permute(b.Reshape(b.In(5), {k, tokens}), turned);
  Value y = Gathered(b, b.In(0), index, k);
  y = b.Op("Add", {y, Gathered(b, b.In(3), b.In(6), k)});
  y = b.Op("Mul", {y, b.Reshape(scales, {tokens, k, 1})});
  Value sum = b.Op("Add", {SumOver(b, y, 1, false), b.Cast(b.In(1), kF32)});
  if (b.Given(2)) sum = b.Op("Add", {sum, b.Cast(b.In(2), kF32)});
  b.Result(sum);
}

constexpr const char* kNoDrops = "without drops and padding";

constexpr NnOp kOps[] = {
    {"MoeGatingTopKSoftmax", GatingTopKSoftmax},
    {"MoeGatingTopKSoftmaxV2", GatingTopKSoftmaxV2},
    {"MoeGatingTopK", GatingTopK, nullptr, "renorm is 0"},
    {"MoeComputeExpertTokens", ComputeExpertTokens},
    {"MoeInitRouting", InitRouting},
    {"MoeInitRoutingV2", InitRoutingV2, nullptr, kNoDrops},
    {"MoeInitRoutingV2Grad", SumOfTopK, nullptr, kNoDrops},
    {"MoeFinalizeRoutingV2", FinalizeRoutingV2, nullptr, kNoDrops},
    {"MoeTokenPermute", TokenPermute, nullptr, kNoDrops},
    {"MoeTokenPermuteGrad", SumOfTopK, nullptr, kNoDrops},
    {"MoeFinalizeRouting", FinalizeRouting},
    {"MoeTokenUnpermuteGrad", TokenUnpermuteGrad, nullptr, kNoDrops},
    {"MoeTokenUnpermute", TokenUnpermute, nullptr, kNoDrops},
};

}  // namespace

std::span<const NnOp> RoutingOps() { return kOps; }

}  // namespace npuemu::shim::nn
