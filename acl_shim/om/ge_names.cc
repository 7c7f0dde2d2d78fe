#include "acl_shim/om/ge_names.h"

#include <limits>

namespace npuemu::om {
namespace {

using kernels::DataType;
using kernels::Format;

struct FormatRow {
  int32_t value;
  const char* name;
};

constexpr FormatRow kFormats[] = {
#define FORMAT_NAME(value, name) {value, name},
#include "acl_shim/om/format_name.def"
#undef FORMAT_NAME
};

constexpr int64_t kGeReserved = 40;
constexpr int64_t kGeUndefinedDtype = 28;

// Words beyond those of data_type.def.
struct DtypeWord {
  const char* name;
  int32_t value;
};

constexpr DtypeWord kDtypeWords[] = {
    {"half", 1}, {"fp16", 1}, {"float32", 0}, {"undefined", -1}};

int32_t Narrow(int64_t number) {
  if (number < 0 || number > std::numeric_limits<int32_t>::max()) return -1;
  return static_cast<int32_t>(number);
}

}  // namespace

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string FormatName(Format format) {
  if (format == Format::kUndefined) return "FORMAT_RESERVED";
  for (const FormatRow& row : kFormats) {
    if (row.value == static_cast<int32_t>(format)) return row.name;
  }
  return "FORMAT_" + std::to_string(static_cast<int32_t>(format));
}

std::optional<Format> FormatByName(std::string_view name) {
  const std::string lower = Lower(name);
  if (lower == "reserved" || lower == "format_reserved") {
    return Format::kUndefined;
  }
  for (const FormatRow& row : kFormats) {
    if (lower == Lower(row.name)) return static_cast<Format>(row.value);
  }
  return std::nullopt;
}

int64_t ToGeFormat(Format format) {
  return format == Format::kUndefined ? kGeReserved
                                      : static_cast<int64_t>(format);
}

Format FromGeFormat(int64_t number) {
  if (number == kGeReserved) return Format::kUndefined;
  return static_cast<Format>(Narrow(number));
}

int64_t ToGeDtype(DataType type) {
  return type == DataType::kUndefined ? kGeUndefinedDtype
                                      : static_cast<int64_t>(type);
}

DataType FromGeDtype(int64_t number) {
  if (number == kGeUndefinedDtype) return DataType::kUndefined;
  return static_cast<DataType>(Narrow(number));
}

std::optional<DataType> DtypeByName(std::string_view name) {
  const std::string lower = Lower(name);
  for (const DtypeWord& word : kDtypeWords) {
    if (lower == word.name) return static_cast<DataType>(word.value);
  }
#define DATA_TYPE(id, value, bits, word, tag) \
  if (lower == word && lower != "string") return DataType::id;
#include "kernels/numeric/data_type.def"
#undef DATA_TYPE
  return std::nullopt;
}

}  // namespace npuemu::om
