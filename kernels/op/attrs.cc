#include "kernels/op/attrs.h"

#include <cstdio>

namespace npuemu::kernels {
namespace {

std::string Text(bool value) { return value ? "true" : "false"; }
std::string Text(uint8_t value) { return Text(value != 0); }
std::string Text(int64_t value) { return std::to_string(value); }
std::string Text(const std::string& value) { return "\"" + value + "\""; }
std::string Text(DataType value) { return NameOf(value); }

// Shortest of %g forms that keeps every float apart.
std::string Text(float value) {
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.9g", static_cast<double>(value));
  return buffer;
}

template <typename T>
std::string Text(const std::vector<T>& values) {
  std::string text = "[";
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ',';
    text += Text(values[i]);
  }
  return text + "]";
}

constexpr const char* kKindNames[] = {
    "bool",        "int",           "float",         "string",
    "data_type",   "list_bool",     "list_int",      "list_float",
    "list_string", "list_list_int", "list_data_type"};

static_assert(std::size(kKindNames) == std::variant_size_v<AttrValue>);

}  // namespace

const char* NameOf(AttrKind kind) {
  return kKindNames[static_cast<size_t>(kind)];
}

std::string ToString(const AttrValue& value) {
  return std::visit([](const auto& held) { return Text(held); }, value);
}

}  // namespace npuemu::kernels
