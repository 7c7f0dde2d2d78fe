#include "kernels/numeric/data_type.h"

namespace npuemu::kernels {
namespace {

struct Row {
  DataType type;
  int bits;
  const char* name;
  const char* tag;
};

constexpr Row kRows[] = {
#define DATA_TYPE(id, value, bits, name, tag) {DataType::id, bits, name, tag},
#include "kernels/numeric/data_type.def"
#undef DATA_TYPE
};

const Row* Find(DataType type) {
  for (const Row& row : kRows) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

}  // namespace

int BitsOf(DataType type) {
  const Row* row = Find(type);
  return row == nullptr ? 0 : row->bits;
}

size_t BytesOf(DataType type, int64_t count) {
  const auto bits = static_cast<size_t>(BitsOf(type));
  if (count <= 0) return 0;
  if (bits % 8 == 0) return static_cast<size_t>(count) * (bits / 8);
  return (static_cast<size_t>(count) * bits + 7) / 8;
}

const char* NameOf(DataType type) {
  if (type == DataType::kUndefined) return "undefined";
  const Row* row = Find(type);
  return row == nullptr ? "unknown" : row->name;
}

std::optional<DataType> DataTypeFromName(std::string_view name) {
  for (const Row& row : kRows) {
    if (name == row.name || name == row.tag) return row.type;
  }
  return std::nullopt;
}

bool IsKnown(DataType type) { return Find(type) != nullptr; }

}  // namespace npuemu::kernels
