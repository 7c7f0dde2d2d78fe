#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/ops/windows.h"

namespace npuemu::shim::nn {

Numbers PerAxis(Builder& b, size_t arg, size_t axes, Numbers fallback) {
  Numbers values = b.OptionalInts(arg);
  if (values.empty()) values = std::move(fallback);
  if (values.size() == 1) values.resize(axes, values[0]);
  b.Check(values.size() == axes || !b.ok(), arg, ToString(values),
          absl::StrCat(axes, " numbers, or one for all"));
  values.resize(axes, 1);
  return values;
}

Value Volumes(Builder& b, Value x, size_t arg, size_t axes,
              const char* kernel) {
  const auto rank = static_cast<int64_t>(axes);
  b.CheckRank(x, arg, rank + 1, rank + 2);
  if (!b.ok()) return {};
  Shape shape = b.ShapeOf(x);
  if (b.Rank(x) == rank + 1) shape.insert(shape.begin(), 1);
  while (shape.size() < 5) shape.insert(shape.begin() + 2, 1);
  const Value wide = b.Cast(x, b.ComputeType(kernel, b.TypeOf(x)));
  return b.As(b.Reshape(wide, std::move(shape)), Format::kNcdhw);
}

Value Planes(Builder& b, Value x, size_t arg, size_t axes, DataType type) {
  const auto rank = static_cast<int64_t>(axes);
  b.CheckRank(x, arg, rank + 1, rank + 2);
  if (!b.ok()) return {};
  Shape shape = b.ShapeOf(x);
  if (b.Rank(x) == rank + 1) shape.insert(shape.begin(), 1);
  while (shape.size() < 4) shape.insert(shape.begin() + 2, 1);
  return b.As(b.Reshape(b.Cast(x, type), std::move(shape)), Format::kNchw);
}

void StoreSame(Builder& b, Value y, size_t out) {
  if (b.ok()) b.StoreFlat(b.As(y, Format::kNd), out);
}

Numbers Padded(Numbers values, size_t size, int64_t neutral) {
  values.insert(values.begin(), size - values.size(), neutral);
  return values;
}

void CheckScales(Builder& b, size_t first, const Numbers& from,
                 const Numbers& to) {
  for (size_t i = 0; i < to.size() && b.ok(); ++i) {
    const double scale = b.Double(first + i);
    const double exact =
        static_cast<double>(to[i]) / static_cast<double>(from[i]);
    if (scale <= 0 || std::fabs(scale - exact) <= 1e-5 * exact) continue;
    b.Refuse(first + i, absl::StrCat(scale),
             absl::StrCat(exact, ", the ratio of the sizes, or 0"));
  }
}

Numbers SizeAt(Builder& b, size_t arg, size_t axes) {
  const Numbers size = b.Ints(arg);
  b.Check(size.size() == axes || !b.ok(), arg, ToString(size),
          absl::StrCat(axes, " extents"));
  return b.ok() ? size : Numbers(axes, 1);
}

Numbers Spatial(const Shape& shape, size_t axes) {
  if (shape.size() < axes) return Numbers(axes, 1);
  return {shape.end() - static_cast<std::ptrdiff_t>(axes), shape.end()};
}

}  // namespace npuemu::shim::nn
