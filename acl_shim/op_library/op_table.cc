#include "acl_shim/op_library/op_table.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "emulator/base/status.h"
#include "kernels/numeric/data_type.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::shim {
namespace {

// What libraries of this version were built with.
static_assert(NPUEMU_OP_LIBRARY_VERSION == 1 && sizeof(npuemu_param) == 24 &&
                  sizeof(npuemu_attr) == 32 && sizeof(npuemu_tensor) == 56 &&
                  sizeof(npuemu_shape) == 72 && sizeof(npuemu_cost) == 32 &&
                  sizeof(npuemu_op_call) == 96 && sizeof(npuemu_op) == 152 &&
                  sizeof(npuemu_op_library) == 32,
              "another layout is another version");

// More than any operator has: a larger count is no count.
constexpr size_t kMostOps = 4096;
constexpr size_t kMostParams = 64;
constexpr size_t kMostDtypes = 256;
constexpr size_t kMostAttrs = 64;
constexpr size_t kMostListed = 4096;
constexpr size_t kMostLetters = 128;

absl::Status CheckCount(const std::string& place, const std::string& what,
                        size_t count, const void* entries, size_t least,
                        size_t most) {
  if (count < least || count > most) {
    return RefuseLibrary(place, what + " count", absl::StrCat(count),
                         absl::StrCat(least, " to ", most));
  }
  if (count > 0 && entries == nullptr) {
    return RefuseLibrary(place, what, "null", absl::StrCat(count, " entries"));
  }
  return absl::OkStatus();
}

// A name of `place`, which is not among `others`, and is then.
absl::Status CheckName(const std::string& place, const char* what,
                       const char* name, std::set<std::string>* others) {
  const std::string expected =
      absl::StrCat("at most ", kMostLetters, " letters, digits and _");
  if (name == nullptr) return RefuseLibrary(place, what, "null", expected);
  std::string text;
  for (; *name != '\0' && text.size() <= kMostLetters; ++name) text += *name;
  bool good = !text.empty() && text.size() <= kMostLetters;
  for (char c : text) {
    good = good &&
           (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_');
  }
  if (!good) {
    return RefuseLibrary(place, what, absl::StrCat("\"", text, "\""), expected);
  }
  if (!others->insert(text).second) {
    return RefuseLibrary(place, what, absl::StrCat("\"", text, "\" again"),
                         "a name that none before it has");
  }
  return absl::OkStatus();
}

absl::Status CheckDtypes(const std::string& place, const npuemu_param& param,
                         size_t count) {
  if (param.dtypes == nullptr) {
    return RefuseLibrary(place, "dtypes", "null",
                         absl::StrCat(count, " entries"));
  }
  for (size_t i = 0; i < count; ++i) {
    if (kernels::BitsOf(static_cast<kernels::DataType>(param.dtypes[i])) > 0) {
      continue;
    }
    return RefuseLibrary(place, absl::StrCat("dtypes[", i, "]"),
                         absl::StrCat(param.dtypes[i]),
                         "a number of aclDataType whose elements have bits");
  }
  return absl::OkStatus();
}

absl::Status CheckParam(const std::string& place, const npuemu_param& param,
                        bool is_input, size_t dtype_count) {
  if (param.kind < NPUEMU_REQUIRED || param.kind > NPUEMU_LIST) {
    return RefuseLibrary(place, "kind", absl::StrCat(param.kind), "0 to 2");
  }
  if (param.needs_value != 0 && (!is_input || param.kind == NPUEMU_LIST)) {
    return RefuseLibrary(place, "needs_value", absl::StrCat(param.needs_value),
                         "0 for an output and a list");
  }
  return CheckDtypes(place, param, dtype_count);
}

absl::Status CheckParams(const std::string& place, const npuemu_op& op,
                         bool is_input) {
  const std::string side = is_input ? "input" : "output";
  const npuemu_param* params = is_input ? op.inputs : op.outputs;
  const size_t count = is_input ? op.input_count : op.output_count;
  RETURN_IF_ERROR(
      CheckCount(place, side, count, params, is_input ? 0 : 1, kMostParams));
  std::set<std::string> names;
  int lists = 0;
  for (size_t i = 0; i < count; ++i) {
    const std::string here = absl::StrCat(place, ": ", side, " ", i);
    RETURN_IF_ERROR(CheckName(here, "name", params[i].name, &names));
    RETURN_IF_ERROR(CheckParam(here, params[i], is_input, op.dtype_count));
    lists += params[i].kind == NPUEMU_LIST;
  }
  if (lists > 1) {
    return RefuseLibrary(place, side + " lists", absl::StrCat(lists),
                         "at most one");
  }
  return absl::OkStatus();
}

// The entries of a list, as they lie in the attribute's union.
const void* EntriesOf(const npuemu_attr& attr) {
  switch (attr.type) {
    case NPUEMU_ATTR_LIST_BOOL:
      return attr.value.bools;
    case NPUEMU_ATTR_LIST_INT:
      return attr.value.ints;
    case NPUEMU_ATTR_LIST_FLOAT:
      return attr.value.floats;
    default:
      return attr.value.strings;
  }
}

absl::Status CheckDefault(const std::string& place, const npuemu_attr& attr) {
  if (attr.type == NPUEMU_ATTR_BOOL && (attr.value.i < 0 || attr.value.i > 1)) {
    return RefuseLibrary(place, "default", absl::StrCat(attr.value.i),
                         "0 or 1");
  }
  if (attr.type == NPUEMU_ATTR_DATA_TYPE &&
      (attr.value.i < 0 || attr.value.i > INT32_MAX ||
       !kernels::IsKnown(static_cast<kernels::DataType>(attr.value.i)))) {
    return RefuseLibrary(place, "default", absl::StrCat(attr.value.i),
                         "a number of aclDataType");
  }
  if (attr.type == NPUEMU_ATTR_STRING && attr.value.s == nullptr) {
    return RefuseLibrary(place, "default", "null", "a string");
  }
  if (attr.type < NPUEMU_ATTR_LIST_BOOL) return absl::OkStatus();
  RETURN_IF_ERROR(CheckCount(place, "default", attr.count, EntriesOf(attr), 0,
                             kMostListed));
  if (attr.type != NPUEMU_ATTR_LIST_STRING) return absl::OkStatus();
  for (size_t i = 0; i < attr.count; ++i) {
    if (attr.value.strings[i] != nullptr) continue;
    return RefuseLibrary(place, absl::StrCat("default[", i, "]"), "null",
                         "a string");
  }
  return absl::OkStatus();
}

absl::Status CheckAttrs(const std::string& place, const npuemu_op& op) {
  RETURN_IF_ERROR(
      CheckCount(place, "attribute", op.attr_count, op.attrs, 0, kMostAttrs));
  std::set<std::string> names;
  for (size_t i = 0; i < op.attr_count; ++i) {
    const npuemu_attr& attr = op.attrs[i];
    const std::string here = absl::StrCat(place, ": attribute ", i);
    RETURN_IF_ERROR(CheckName(here, "name", attr.name, &names));
    if (attr.type < NPUEMU_ATTR_BOOL || attr.type > NPUEMU_ATTR_LIST_STRING) {
      return RefuseLibrary(here, "type", absl::StrCat(attr.type), "1 to 9");
    }
    if (attr.required == 0) RETURN_IF_ERROR(CheckDefault(here, attr));
  }
  return absl::OkStatus();
}

absl::Status CheckFormats(const std::string& place, const npuemu_op& op) {
  RETURN_IF_ERROR(
      CheckCount(place, "format", op.format_count, op.formats, 0, kMostParams));
  for (size_t i = 0; i < op.format_count; ++i) {
    const std::string name =
        kernels::NameOf(static_cast<kernels::Format>(op.formats[i]));
    if (kernels::FormatFromName(name).has_value()) continue;
    return RefuseLibrary(place, absl::StrCat("formats[", i, "]"),
                         absl::StrCat(op.formats[i]),
                         "a number of aclFormat that npuemu has");
  }
  return absl::OkStatus();
}

absl::Status CheckFunctions(const std::string& place, const npuemu_op& op) {
  if (op.compute == nullptr) {
    return RefuseLibrary(place, "compute", "null", "a function");
  }
  const bool has_first =
      op.input_count > 0 && op.inputs[0].kind != NPUEMU_OPTIONAL;
  if (op.infer == nullptr && !has_first) {
    return RefuseLibrary(place, "infer", "null",
                         "a function, as there is no required first input "
                         "whose shape outputs could have");
  }
  return absl::OkStatus();
}

absl::Status CheckOp(const std::string& place, const npuemu_op& op) {
  if (op.exactness == nullptr || *op.exactness == '\0') {
    return RefuseLibrary(place, "exactness", "none", "a sentence");
  }
  if (op.engine < NPUEMU_ENGINE_VECTOR || op.engine > NPUEMU_ENGINE_AI_CPU) {
    return RefuseLibrary(place, "engine", absl::StrCat(op.engine), "0 to 2");
  }
  if ((op.flags & ~NPUEMU_OP_IN_PLACE) != 0) {
    return RefuseLibrary(place, "flags", absl::StrCat(op.flags),
                         "0 or NPUEMU_OP_IN_PLACE");
  }
  if (op.dtype_count < 1 || op.dtype_count > kMostDtypes) {
    return RefuseLibrary(place, "dtype count", absl::StrCat(op.dtype_count),
                         absl::StrCat("1 to ", kMostDtypes));
  }
  RETURN_IF_ERROR(CheckParams(place, op, /*is_input=*/true));
  RETURN_IF_ERROR(CheckParams(place, op, /*is_input=*/false));
  RETURN_IF_ERROR(CheckAttrs(place, op));
  RETURN_IF_ERROR(CheckFormats(place, op));
  return CheckFunctions(place, op);
}

}  // namespace

absl::Status RefuseLibrary(const std::string& place,
                           const std::string& argument,
                           const std::string& given,
                           const std::string& expected) {
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat(place, ": ", argument, ": given ", given,
                                 ", expected ", expected));
}

absl::Status CheckLibraryTable(const npuemu_op_library* table,
                               const std::string& place) {
  if (table == nullptr) {
    return RefuseLibrary(
        place, "npuemu_op_library_entry", "null",
        absl::StrCat("a table of version ", NPUEMU_OP_LIBRARY_VERSION));
  }
  if (table->version != NPUEMU_OP_LIBRARY_VERSION) {
    return RefuseLibrary(
        place, "version", absl::StrCat(table->version),
        absl::StrCat(NPUEMU_OP_LIBRARY_VERSION,
                     ", that of this npuemu's npuemu/op_library.h"));
  }
  std::set<std::string> none;
  RETURN_IF_ERROR(CheckName(place, "name", table->name, &none));
  RETURN_IF_ERROR(
      CheckCount(place, "operator", table->op_count, table->ops, 1, kMostOps));
  std::set<std::string> types;
  for (size_t i = 0; i < table->op_count; ++i) {
    const npuemu_op& op = table->ops[i];
    RETURN_IF_ERROR(CheckName(absl::StrCat(place, ": operator ", i), "type",
                              op.type, &types));
    RETURN_IF_ERROR(CheckOp(absl::StrCat(place, ": ", op.type), op));
  }
  return absl::OkStatus();
}

}  // namespace npuemu::shim
