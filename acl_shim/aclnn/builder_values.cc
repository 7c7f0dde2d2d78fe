// What a Builder does with values: shapes, constants, views.

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/builder.h"
#include "acl_shim/aclnn/places.h"
#include "acl_shim/aclnn/promote.h"
#include "acl_shim/aclnn/scalar.h"
#include "kernels/tensor/strided.h"

namespace npuemu::shim::nn {
namespace {

// The elements of a constant as its place sees them.
std::vector<std::byte> Gathered(const Place& place, int64_t offset) {
  const auto width = static_cast<size_t>(kernels::BitsOf(place.spec.dtype)) / 8;
  std::vector<std::byte> dense(place.spec.bytes());
  if (dense.empty()) return dense;
  kernels::CopyStrided(place.spec.shape, width,
                       &place.constant[static_cast<size_t>(offset) * width],
                       StridesOf(place), dense.data(),
                       kernels::DenseStrides(place.spec.shape));
  return dense;
}

}  // namespace

// Values.

Shape Builder::ShapeOf(Value value) const {
  if (value.empty()) return {};
  return PlaceOf(value).spec.shape;
}

int64_t Builder::Rank(Value value) const {
  return static_cast<int64_t>(ShapeOf(value).size());
}

int64_t Builder::Extent(Value value, int64_t axis) const {
  const Shape shape = ShapeOf(value);
  if (axis < 0) axis += static_cast<int64_t>(shape.size());
  const auto i = static_cast<size_t>(axis);
  return i < shape.size() ? shape[i] : 1;
}

int64_t Builder::Count(Value value) const {
  return value.empty() ? 0 : kernels::ElementCount(ShapeOf(value));
}

DataType Builder::TypeOf(Value value) const {
  if (value.empty()) return DataType::kUndefined;
  return PlaceOf(value).spec.dtype;
}

Format Builder::FormatOf(Value value) const {
  if (value.empty()) return Format::kNd;
  return PlaceOf(value).spec.format;
}

bool Builder::IsContiguous(Value value) const {
  return !value.empty() && PlaceOf(value).contiguous();
}

Value Builder::Constant(double value, DataType type, Shape shape) {
  if (!ok()) return {};
  Place place;
  place.spec = {type, Format::kNd, std::move(shape)};
  place.base = Place::Base::kConstant;
  const std::vector<std::byte> one = Encode(value, type);
  const auto count = static_cast<size_t>(place.spec.count());
  place.constant.reserve(count * one.size());
  for (size_t i = 0; i < count; ++i) {
    place.constant.insert(place.constant.end(), one.begin(), one.end());
  }
  return Add(std::move(place));
}

Value Builder::Constant(const Number& value, DataType type) {
  if (!ok()) return {};
  if (!IsIntegral(type) || !value.is_integer()) {
    return Constant(value.real, type);
  }
  return Reshape(Constant(std::span<const int64_t>(&value.integer, 1), type),
                 {});
}

Value Builder::Constant(std::span<const float> values, Shape shape) {
  if (!ok()) return {};
  Place place;
  place.spec = {DataType::kFloat, Format::kNd, std::move(shape)};
  place.base = Place::Base::kConstant;
  place.constant.resize(values.size_bytes());
  std::memcpy(place.constant.data(), values.data(), values.size_bytes());
  return Add(std::move(place));
}

Value Builder::Constant(std::span<const int64_t> values, DataType type) {
  if (!ok()) return {};
  Place place;
  place.spec = {type, Format::kNd, {static_cast<int64_t>(values.size())}};
  place.base = Place::Base::kConstant;
  const auto width = static_cast<size_t>(kernels::BitsOf(type)) / 8;
  place.constant.resize(values.size() * width);
  for (size_t i = 0; i < values.size(); ++i) {
    // Little-endian, so the low bytes of the two's complement.
    std::memcpy(&place.constant[i * width], &values[i], width);
  }
  return Add(std::move(place));
}

Value Builder::View(Value value, Shape shape, Shape strides, int64_t offset) {
  if (!ok() || value.empty()) return {};
  Place place = PlaceOf(value);
  const int64_t width = kernels::BitsOf(place.spec.dtype) / 8;
  place.spec.shape = std::move(shape);
  SetStrides(&place, std::move(strides));
  if (place.base == Place::Base::kConstant) {
    Check(place.spec.count() <= kMostListed, 0, ToString(place.spec.shape),
          absl::StrCat("at most ", kMostListed, " places, which a plan lists"));
    if (!ok()) return {};
    place.constant = Gathered(place, offset);
    place.strides.clear();
    return Add(std::move(place), OriginOf(value));
  }
  if (place.base == Place::Base::kTensor) {
    place.offset += offset;
    return Add(std::move(place), OriginOf(value));
  }
  place.offset = offset * width;  // behind that of what it looks at
  const Value view = Add(std::move(place), OriginOf(value));
  views_.push_back({view.place, value.place});
  return view;
}

Value Builder::Reshape(Value value, Shape shape) {
  if (!ok() || value.empty()) return {};
  if (ShapeOf(value) == shape) return value;
  const Value dense = Contiguous(value);
  Shape strides = kernels::DenseStrides(shape);
  return View(dense, std::move(shape), std::move(strides), 0);
}

Value Builder::Permute(Value value, std::span<const int64_t> order) {
  if (!ok() || value.empty()) return {};
  const Place& place = PlaceOf(value);
  const Shape from = StridesOf(place);
  Shape shape;
  Shape strides;
  for (int64_t axis : order) {
    shape.push_back(place.spec.shape[static_cast<size_t>(axis)]);
    strides.push_back(from[static_cast<size_t>(axis)]);
  }
  return View(value, std::move(shape), std::move(strides), 0);
}

Value Builder::Narrow(Value value, int64_t axis, int64_t start, int64_t count,
                      int64_t step) {
  if (!ok() || value.empty()) return {};
  const Place& place = PlaceOf(value);
  Shape strides = StridesOf(place);
  Shape shape = place.spec.shape;
  const auto i = static_cast<size_t>(axis);
  const int64_t offset = start * strides[i];
  shape[i] = count;
  strides[i] *= step;
  return View(value, std::move(shape), std::move(strides), offset);
}

Value Builder::Expand(Value value, const Shape& shape) {
  if (!ok() || value.empty()) return {};
  const Place& place = PlaceOf(value);
  const Shape from = StridesOf(place);
  const size_t rank = place.spec.shape.size();
  Shape strides(shape.size(), 0);
  for (size_t i = 0; i < rank; ++i) {
    const size_t to = shape.size() - rank + i;
    if (place.spec.shape[i] == shape[to]) strides[to] = from[i];
  }
  return View(value, shape, std::move(strides), 0);
}

Value Builder::As(Value value, Format format) {
  if (!ok() || value.empty() || FormatOf(value) == format) return value;
  const Value view = View(value, ShapeOf(value), StridesOf(PlaceOf(value)), 0);
  PlaceOf(view).spec.format = format;
  return view;
}

}  // namespace npuemu::shim::nn
