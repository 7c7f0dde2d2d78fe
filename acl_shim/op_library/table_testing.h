// File: table_testing.h
// The table of a library with one operator that has a bit of everything. Tests
// change a part of it.

#ifndef ACL_SHIM_OP_LIBRARY_TABLE_TESTING_H_
#define ACL_SHIM_OP_LIBRARY_TABLE_TESTING_H_

#include <cstdint>
#include <vector>

#include "npuemu/op_library.h"

namespace npuemu::shim {

inline constexpr int32_t kTypes[] = {0, 1};
inline constexpr int32_t kIndexTypes[] = {3, 3};
inline const char* const kWords[] = {"a", "bc"};
inline constexpr uint8_t kBools[] = {1, 0};
inline constexpr int64_t kInts[] = {-1, 2};
inline constexpr float kReals[] = {0.5f};

inline npuemu_attr Attr(const char* name, int32_t type, int32_t required = 0) {
  npuemu_attr attr{};
  attr.name = name;
  attr.type = type;
  attr.required = required;
  return attr;
}

// A good library of one operator; tests break a part of it.
struct Table {
  std::vector<npuemu_param> inputs = {{"x", NPUEMU_REQUIRED, 0, kTypes},
                                      {"ys", NPUEMU_LIST, 0, kTypes},
                                      {"at", NPUEMU_OPTIONAL, 1, kIndexTypes}};
  std::vector<npuemu_param> outputs = {{"z", NPUEMU_LIST, 0, kTypes}};
  std::vector<npuemu_attr> attrs = {Attr("axis", NPUEMU_ATTR_INT, 1),
                                    Attr("flag", NPUEMU_ATTR_BOOL),
                                    Attr("rate", NPUEMU_ATTR_FLOAT),
                                    Attr("mode", NPUEMU_ATTR_STRING),
                                    Attr("type", NPUEMU_ATTR_DATA_TYPE),
                                    Attr("bools", NPUEMU_ATTR_LIST_BOOL),
                                    Attr("ints", NPUEMU_ATTR_LIST_INT),
                                    Attr("reals", NPUEMU_ATTR_LIST_FLOAT),
                                    Attr("words", NPUEMU_ATTR_LIST_STRING)};
  std::vector<int32_t> formats;
  npuemu_op op{};
  npuemu_op_library library{};

  explicit Table(const char* type = "Everything") {
    attrs[1].value.i = 1;
    attrs[2].value.f = 0.25f;
    attrs[3].value.s = "fast";
    attrs[4].value.i = 27;
    attrs[5].value.bools = kBools;
    attrs[6].value.ints = kInts;
    attrs[7].value.floats = kReals;
    attrs[8].value.strings = kWords;
    attrs[5].count = attrs[6].count = attrs[8].count = 2;
    attrs[7].count = 1;
    op.type = type;
    op.exactness = "exact";
    op.dtype_count = 2;
    op.infer = [](const npuemu_op_call*, npuemu_shape*) { return 0; };
    op.compute = [](const npuemu_op_call*, int32_t, int64_t, int64_t) {
      return 0;
    };
    library = {NPUEMU_OP_LIBRARY_VERSION, "tests", 1, &op};
    Fill();
  }

  // Counts and pointers of the vectors.
  void Fill() {
    op.inputs = inputs.data();
    op.input_count = inputs.size();
    op.outputs = outputs.data();
    op.output_count = outputs.size();
    op.attrs = attrs.data();
    op.attr_count = attrs.size();
    op.formats = formats.data();
    op.format_count = formats.size();
  }
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_LIBRARY_TABLE_TESTING_H_
