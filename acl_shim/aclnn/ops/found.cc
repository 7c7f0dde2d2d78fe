// Operators whose number of results only the data shows. The caller's output is
// as large as it can get, results stand first, and the second phase waits for
// them and gives the tensor its real shape.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kI64 = DataType::kInt64;

// How many of a row are true, [1].
Value CountOf(Builder& b, Value truths) {
  if (!b.ok()) return {};
  const int64_t axes[] = {0};
  Attrs attrs;
  attrs["keep_dims"] = true;
  const Value flat = b.Reshape(truths, {b.Count(truths)});
  return b.Op("ReduceSum", {b.Cast(flat, kI64), b.Constant(axes)},
              std::move(attrs));
}

// Stores what fills the largest output, whose first rows are `count` results.
void StoreRows(Builder& b, Value rows, Value count, size_t arg) {
  b.Store(rows, arg);
  if (!b.ok()) return;
  std::vector<Value> extents{count};
  for (int64_t i = 1; i < b.Rank(rows); ++i) {
    extents.push_back(IntegerOf(b, b.Extent(rows, i)));
  }
  b.Found(extents, arg);
}

struct Places {
  Value rows;   // [count of x, rank], beyond the results -1
  Value count;  // of the results
};

Places PlacesOf(Builder& b) {
  const Value x = b.In(0);
  b.CheckRank(x, 0, 1, 8);
  const DataType out = b.Like(1).dtype;
  b.Check(out == kI64 || !b.ok(), 1, kernels::NameOf(out), "int64");
  Attrs attrs;
  attrs["dtype"] = kI64;
  const Value rows = b.Op("NonZero", {x}, std::move(attrs), kI64);
  if (!b.ok()) return {};
  const Value found =
      b.Op("GreaterEqual", {b.Narrow(rows, 1, 0, 1), b.Constant(0, kI64)});
  return {rows, CountOf(b, found)};
}

// (self, out): a row of coordinates for each element that is not 0.
void Nonzero(Builder& b) {
  const Places places = PlacesOf(b);
  StoreRows(b, places.rows, places.count, 1);
}

// (self, out): a column for each; rows of columns follow each other without
// room between them.
void NonzeroV2(Builder& b) {
  const Places places = PlacesOf(b);
  if (!b.ok()) return;
  const int64_t most = b.Extent(places.rows, 0);
  const int64_t rank = b.Extent(places.rows, 1);
  const Value index = Upto(b, most, kI64);
  const Value valid = b.Op("Less", {index, places.count});
  const Value nowhere =
      FillOf(b, b.Constant(static_cast<double>(most * rank), kI64), {most});
  Value flat = FillOf(b, b.Constant(-1, kI64), {most * rank + 1});
  for (int64_t d = 0; d < rank && b.ok(); ++d) {
    const Value start = b.Op("Mul", {places.count, IntegerOf(b, d)});
    const Value to =
        b.Op("Select", {valid, b.Op("Add", {index, start}), nowhere});
    const Value column = b.Reshape(b.Narrow(places.rows, 1, d, 1), {most});
    flat = b.Op("ScatterUpdate", {flat, to, column});
  }
  b.Store(b.Reshape(b.Narrow(flat, 0, 0, most * rank), {rank, most}), 1);
  const Value extents[] = {IntegerOf(b, rank), places.count};
  b.Found(extents, 1);
}

// (self, mask, out): the elements where the mask is true.
void MaskedSelect(Builder& b) {
  const Value x = b.In(0);
  const Value mask = b.Cast(b.In(1), DataType::kBool);
  const Value y = b.Op("MaskedSelect", {x, mask});
  if (!b.ok()) return;
  Shape shape = b.ShapeOf(mask);
  const Shape other = b.ShapeOf(x);
  shape.insert(shape.begin(),
               std::max(shape.size(), other.size()) - shape.size(), 1);
  const size_t skipped = shape.size() - other.size();
  for (size_t i = 0; i < other.size(); ++i) {
    if (shape[skipped + i] == 1) shape[skipped + i] = other[i];
  }
  StoreRows(b, y, CountOf(b, b.Expand(mask, shape)), 2);
}

// Stores values, and where the flags say so what they belong to and how often
// they occur.
void StoreUnique(Builder& b, const char* kernel, Attrs attrs, size_t value_out,
                 bool inverse, bool counts) {
  const Value x = b.In(0);
  const std::vector<Value> y =
      b.Ops(kernel, {x}, std::move(attrs), {DataType::kUndefined, kI64, kI64});
  if (!b.ok()) return;
  const Value count = CountOf(b, b.Op("Greater", {y[2], b.Constant(0, kI64)}));
  StoreRows(b, y[0], count, value_out);
  if (inverse) {
    b.Check(b.Given(value_out + 1), value_out + 1, "nullptr", "a tensor");
    b.StoreFlat(y[1], value_out + 1);
  }
  if (counts) StoreRows(b, y[2], count, value_out + 2);
}

Attrs Sorted(bool sorted) {
  Attrs attrs;
  attrs["sorted"] = sorted;
  attrs["return_inverse"] = true;
  attrs["return_counts"] = true;
  return attrs;
}

// (self, sorted, returnInverse, valueOut, inverseOut).
void Unique(Builder& b) {
  StoreUnique(b, "UniqueWithCountsAndSorting", Sorted(b.Bool(1)), 3, b.Bool(2),
              false);
}

// (self, sorted, returnInverse, returnCounts, valueOut, inverseOut,
//  countsOut).
void Unique2(Builder& b) {
  StoreUnique(b, "UniqueWithCountsAndSorting", Sorted(b.Bool(1)), 4, b.Bool(2),
              b.Bool(3));
}

// (self, returnInverse, returnCounts, dim, valueOut, inverseOut, countsOut):
// of runs of equal elements.
void UniqueConsecutive(Builder& b) {
  constexpr int64_t kFlat = 1000;
  const int64_t dim = b.Int(3);
  const bool row = b.Rank(b.In(0)) == 1 && (dim == 0 || dim == -1);
  if (dim != kFlat && !row && b.ok()) {
    b.Refuse(3, absl::StrCat(dim), "1000 (self as flat)");
  }
  Attrs attrs;
  attrs["return_idx"] = true;
  attrs["return_counts"] = true;
  StoreUnique(b, "UniqueConsecutive", std::move(attrs), 4, b.Bool(1),
              b.Bool(2));
}

constexpr NnOp kOps[] = {
    {"Nonzero", Nonzero},
    {"NonzeroV2", NonzeroV2},
    {"MaskedSelect", MaskedSelect},
    {"Unique", Unique},
    {"Unique2", Unique2},
    {"UniqueConsecutive", UniqueConsecutive, nullptr, "dim is 1000"},
};

}  // namespace

std::span<const NnOp> FoundOps() { return kOps; }

}  // namespace npuemu::shim::nn
