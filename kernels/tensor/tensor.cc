#include "kernels/tensor/tensor.h"

namespace npuemu::kernels {
namespace {

struct Row {
  Format format;
  const char* name;
};

constexpr Row kRows[] = {
#define FORMAT(id, value, name) {Format::id, name},
#include "kernels/tensor/format.def"
#undef FORMAT
};

// Their bytes fit in int64, whatever the type.
constexpr int64_t kMostElements = int64_t{1} << 59;

}  // namespace

const char* NameOf(Format format) {
  if (format == Format::kUndefined) return "UNDEFINED";
  for (const Row& row : kRows) {
    if (row.format == format) return row.name;
  }
  return "UNKNOWN";
}

std::optional<Format> FormatFromName(std::string_view name) {
  for (const Row& row : kRows) {
    if (name == row.name) return row.format;
  }
  return std::nullopt;
}

int64_t ElementCount(const Shape& shape) {
  int64_t count = 1;
  bool empty = false;
  for (int64_t extent : shape) {
    if (extent < 0) return -1;
    if (extent == 0) empty = true;
    if (!empty && __builtin_mul_overflow(count, extent, &count)) return -1;
  }
  if (count > kMostElements) return -1;
  return empty ? 0 : count;
}

std::string ToString(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ',';
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

}  // namespace npuemu::kernels
