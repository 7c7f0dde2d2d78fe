#include "acl_shim/base/tensor_desc.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace npuemu::shim {
namespace {

using kernels::DataType;
using kernels::Format;
using kernels::Shape;

// E8M0, the scale of MX types, has no row in data_type.def: no kernel of
// A2/A3 takes it.
constexpr DataType kFloat8E8m0 = DataType{37};

// The order of the axes N, C, H, W; empty for other layouts.
std::string_view Axes(Format format) {
  switch (format) {
    case Format::kNchw:
      return "NCHW";
    case Format::kNhwc:
      return "NHWC";
    case Format::kHwcn:
      return "HWCN";
    default:
      return "";
  }
}

// Channels of one block of NC1HWC0: 32 bytes of a half or of a byte; other
// types have none that is published.
int64_t ChannelBlock(DataType type) {
  switch (type) {
    case DataType::kFloat16:
      return 16;
    case DataType::kInt8:
    case DataType::kUint8:
      return 32;
    default:
      return 0;
  }
}

absl::Status CannotTransform(const TensorDesc& desc, Format format) {
  return FaultError(
      Fault::kFormatNotMatch,
      absl::StrCat("a ", desc.spec.shape.size(), "-dimensional ",
                   kernels::NameOf(desc.spec.dtype), " desc of format ",
                   kernels::NameOf(desc.spec.format),
                   " cannot become format ", kernels::NameOf(format),
                   ". Expected: four dimensions; NCHW, NHWC or HWCN into one "
                   "of these, or with float16, int8, uint8 into NC1HWC0"));
}

}  // namespace

size_t ElementCount(const TensorDesc& desc) {
  const int64_t count = desc.spec.count();
  return count < 0 ? 0 : static_cast<size_t>(count);
}

size_t DataTypeSize(DataType type) {
  if (type == kFloat8E8m0) return 1;
  const int bits = kernels::BitsOf(type);
  return static_cast<size_t>((bits + 7) / 8);
}

size_t SizeInBytes(const TensorDesc& desc) {
  size_t bytes = 0;
  if (__builtin_mul_overflow(ElementCount(desc), DataTypeSize(desc.spec.dtype),
                             &bytes)) {
    return 0;
  }
  return bytes;
}

absl::StatusOr<TensorDesc> InFormat(const TensorDesc& desc, Format format) {
  TensorDesc result = desc;
  result.storage_format = std::nullopt;
  result.storage_shape = std::nullopt;
  result.spec.format = format;
  if (format == desc.spec.format) return result;
  const std::string_view from = Axes(desc.spec.format);
  const bool blocked = format == Format::kNc1hwc0;
  const std::string_view to = blocked ? "NCHW" : Axes(format);
  if (from.empty() || to.empty() || desc.spec.shape.size() != from.size()) {
    return CannotTransform(desc, format);
  }
  for (size_t i = 0; i < to.size(); ++i) {
    result.spec.shape[i] = desc.spec.shape[from.find(to[i])];
  }
  // Ranges follow dimensions that now have other places.
  result.shape_range.clear();
  if (!blocked) return result;
  const int64_t block = ChannelBlock(desc.spec.dtype);
  if (block == 0) return CannotTransform(desc, format);
  int64_t& channels = result.spec.shape[1];
  if (channels > 0) channels = channels / block + (channels % block != 0);
  result.spec.shape.push_back(block);
  return result;
}

}  // namespace npuemu::shim
