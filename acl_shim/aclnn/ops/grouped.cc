// Products of groups of rows, each with a matrix of its own: those of experts.

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/families.h"

namespace npuemu::shim::nn {
namespace {

constexpr DataType kI32 = DataType::kInt32;

// Rows [first, first + count) of x for each expert, as groupList sums them.
std::vector<Value> RowsOfGroups(Builder& b, Value x, size_t list_arg,
                                size_t experts) {
  const std::vector<int64_t> ends = b.Ints(list_arg);
  b.CheckRank(x, 0, 2, 2);
  b.Check(ends.size() == experts || !b.ok(), list_arg,
          absl::StrCat(ends.size(), " groups"),
          absl::StrCat(experts, " groups, one for each weight"));
  std::vector<Value> rows;
  int64_t begin = 0;
  for (size_t i = 0; i < ends.size() && b.ok(); ++i) {
    b.Check(ends[i] >= begin && ends[i] <= b.Extent(x, 0), list_arg,
            ToString(ends),
            absl::StrCat("ascending ends up to ", b.Extent(x, 0)));
    if (b.ok()) rows.push_back(b.Narrow(x, 0, begin, ends[i] - begin));
    begin = ends[i];
  }
  return rows;
}

// Matrices of a list; one of rank 3 holds all of them.
std::vector<Value> MatricesOf(Builder& b, size_t arg) {
  std::vector<Value> items = b.InList(arg);
  if (items.size() != 1 || b.Rank(items[0]) != 3) return items;
  const Value all = items[0];
  items.clear();
  if (!CanList(b, {b.Extent(all, 0)}, arg, kMostSteps)) return items;
  for (int64_t i = 0; i < b.Extent(all, 0); ++i) {
    const Shape shape{b.Extent(all, 1), b.Extent(all, 2)};
    const Value one = b.Narrow(all, 0, i, 1);
    items.push_back(b.Reshape(one, shape));
  }
  return items;
}

// (x, weight, bias?, scale?, offset?, antiquantScale?, antiquantOffset?,
//  groupList?, splitItem[, groupType], y): a product for each weight; x and y
// are lists, or one whose rows follow each other.
void Grouped(Builder& b, size_t out) {
  std::vector<Value> x = b.InList(0);
  const std::vector<Value> weight = MatricesOf(b, 1);
  std::vector<Value> bias;
  if (b.Given(2)) bias = b.InList(2);
  b.Check(bias.empty() || bias.size() == weight.size() || !b.ok(), 2,
          absl::StrCat(bias.size(), " items"),
          absl::StrCat(weight.size(), " items, or nullptr"));
  if (b.ok() && x.size() == 1 && b.KindOf(7) == ArgKind::kIntArray &&
      b.Given(7)) {
    x = RowsOfGroups(b, x[0], 7, weight.size());
  }
  b.Check(x.size() == weight.size() || !b.ok(), 0,
          absl::StrCat(x.size(), " items"),
          absl::StrCat(weight.size(), " items, as weight"));
  if (!b.ok()) return;
  const std::vector<Value> y = b.InList(out);
  int64_t begin = 0;
  for (size_t i = 0; i < weight.size() && b.ok(); ++i) {
    if (y.size() != 1) {
      const CubeMode mode{b.TypeOf(x[i]), false};
      b.StoreItem(Product(b, x[i], weight[i], mode, mode.type,
                          bias.empty() ? Value() : bias[i]),
                  out, i);
      continue;
    }
    const CubeMode mode{b.TypeOf(x[i]), false};
    const int64_t rows = b.Extent(x[i], 0);
    b.Check(begin + rows <= b.Extent(y[0], 0), out, ToString(b.ShapeOf(y[0])),
            absl::StrCat(begin + rows, " rows or more"));
    if (!b.ok()) return;
    b.StoreInto(Product(b, x[i], weight[i], mode, mode.type,
                        bias.empty() ? Value() : bias[i]),
                b.Narrow(y[0], 0, begin, rows), out);
    begin += rows;
  }
}

void RefuseGiven(Builder& b, size_t first, size_t end) {
  for (size_t arg = first; arg < end; ++arg) {
    if (b.Given(arg)) b.Refuse(arg, "a list", "nullptr (not quantised)");
  }
}

// The groups are known to the host.
void GroupedMatmul(Builder& b) {
  RefuseGiven(b, 3, 7);
  Grouped(b, b.OutputArg());
}

// Which expert each row belongs to; `experts` for rows behind all groups. The
// list has the groups' ends, or their sizes.
Value OwnersOf(Builder& b, size_t list, int64_t rows, int64_t experts,
               bool sizes) {
  Value ends = b.In(list);
  b.CheckRank(ends, list, 1, 1);
  b.Check(b.Count(ends) == experts || !b.ok(), list,
          absl::StrCat(b.Count(ends), " groups"),
          absl::StrCat(experts, " groups, one for each weight"));
  ends = b.Cast(ends, kI32);
  if (sizes) ends = b.Op("Cumsum", {ends, IntegerOf(b, 0)});
  Attrs attrs;
  attrs["right"] = true;
  attrs["dtype"] = kI32;
  return b.Op("SearchSorted", {ends, Upto(b, rows, kI32), Value()},
              std::move(attrs), kI32);
}

// Only the device knows the groups: every row meets every matrix, and keeps
// what its own expert made of it. Rows behind all groups are zeros.
void ByOwners(Builder& b, size_t list, bool sizes, size_t out) {
  const Value x = b.InList(0).empty() ? Value() : b.InList(0)[0];
  const std::vector<Value> weight = MatricesOf(b, 1);
  std::vector<Value> bias;
  if (b.Given(2)) bias = b.InList(2);
  b.CheckRank(x, 0, 2, 2);
  b.Check(bias.empty() || bias.size() == weight.size() || !b.ok(), 2,
          absl::StrCat(bias.size(), " items"),
          absl::StrCat(weight.size(), " items, or nullptr"));
  if (!b.ok()) return;
  const int64_t rows = b.Extent(x, 0);
  const Value owner =
      b.Reshape(OwnersOf(b, list, rows, std::ssize(weight), sizes), {rows, 1});
  const CubeMode mode{b.TypeOf(x), false};
  Value y;
  for (size_t i = 0; i < weight.size() && b.ok(); ++i) {
    const Value part = Product(b, x, weight[i], mode, mode.type,
                               bias.empty() ? Value() : bias[i]);
    if (!b.ok()) return;
    if (i == 0) y = FillOf(b, b.Constant(0, b.TypeOf(part)), b.ShapeOf(part));
    const Value mine =
        b.Op("Equal", {owner, b.Constant(static_cast<double>(i), kI32)});
    y = b.Op("Select", {b.Expand(mine, b.ShapeOf(part)), part, y});
  }
  b.StoreItem(y, out, 0);
}

// `list`: the place of groupList, behind which are splitItem and groupType.
void GroupedByTensor(Builder& b, size_t list, size_t type, bool sizes,
                     size_t out) {
  const int64_t group_type = b.Int(type);
  b.Check(group_type >= -1 && group_type <= 2, type, absl::StrCat(group_type),
          "-1 (lists) or 0 (rows)");
  if (group_type > 0) {
    b.Refuse(type, absl::StrCat(group_type), "-1 (lists) or 0 (rows)");
  }
  if (!b.ok()) return;
  if (b.Given(list) && b.InList(0).size() == 1) {
    return ByOwners(b, list, sizes, out);
  }
  Grouped(b, out);
}

// (x, weight, bias?, scale?, offset?, antiquantScale?, antiquantOffset?,
//  groupList?, splitItem, groupType, y).
void GroupedMatmulV3(Builder& b) {
  RefuseGiven(b, 3, 7);
  GroupedByTensor(b, 7, 9, false, 10);
}

// (..., antiquantOffset?, perTokenScale?, groupList?, activationInput?,
//  activationQuantScale?, activationQuantOffset?, splitItem, groupType,
//  groupListType, actType[, tuningConfig?], out, activationFeatureOut?,
//  dynQuantScaleOut?).
template <size_t kOut>
void GroupedMatmulV4(Builder& b) {
  RefuseGiven(b, 3, 8);
  RefuseGiven(b, 9, 12);
  if (b.Int(14) != 0 && b.Int(14) != 1) {
    b.Refuse(14, absl::StrCat(b.Int(14)), "0 (ends) or 1 (sizes)");
  }
  if (b.Int(15) != 0) b.Refuse(15, absl::StrCat(b.Int(15)), "0");
  GroupedByTensor(b, 8, 13, b.Int(14) == 1, kOut);
}

constexpr const char* kPlain = "not quantised";
constexpr const char* kByRows = "not quantised; groupType is -1 or 0";

constexpr NnOp kOps[] = {
    {"GroupedMatmul", GroupedMatmul, nullptr, kPlain},
    {"GroupedMatmulV2", GroupedMatmul, nullptr, kPlain},
    {"GroupedMatmulV3", GroupedMatmulV3, nullptr, kByRows},
    {"GroupedMatmulV4", GroupedMatmulV4<16>, nullptr, kByRows},
    {"GroupedMatmulV5", GroupedMatmulV4<17>, nullptr, kByRows},
};

}  // namespace

std::span<const NnOp> GroupedOps() { return kOps; }

}  // namespace npuemu::shim::nn
