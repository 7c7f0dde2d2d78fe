// Each way in which a table is wrong, and the sentence that refuses it.

#include "acl_shim/op_library/op_table.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "acl_shim/op_library/table_testing.h"
#include "emulator/base/status.h"
#include "gtest/gtest.h"

namespace npuemu::shim {
namespace {

std::string Refusal(const npuemu_op_library* library) {
  const absl::Status status = CheckLibraryTable(library, "lib.so");
  if (status.ok()) return "";
  EXPECT_EQ(FaultOf(status), Fault::kInvalidParam);
  const std::string text(status.message());
  const std::string place = "lib.so: ";
  EXPECT_EQ(text.substr(0, place.size()), place);
  return text.substr(std::min(text.size(), place.size()));
}

// Each change of the good table, and the sentence that refuses it.
using Change = std::pair<std::function<void(Table*)>, std::string>;

void ExpectRefusals(const std::vector<Change>& changes) {
  std::set<std::string> sentences;
  for (const auto& [change, expected] : changes) {
    Table table;
    change(&table);
    EXPECT_EQ(Refusal(&table.library), expected);
    EXPECT_TRUE(sentences.insert(expected).second) << expected;
  }
}

constexpr char kNames[] = "at most 128 letters, digits and _";

TEST(OpTableTest, RefusesWrongLibraries) {
  EXPECT_EQ(Refusal(nullptr),
            "npuemu_op_library_entry: given null, expected a table of version "
            "1");
  const std::string names = kNames;
  ExpectRefusals({
      {[](Table* t) { t->library.version = 2; },
       "version: given 2, expected 1, that of this npuemu's "
       "npuemu/op_library.h"},
      {[](Table* t) { t->library.name = nullptr; },
       "name: given null, expected " + names},
      {[](Table* t) { t->library.op_count = 0; },
       "operator count: given 0, expected 1 to 4096"},
      {[](Table* t) { t->library.op_count = SIZE_MAX; },
       "operator count: given 18446744073709551615, expected 1 to 4096"},
      {[](Table* t) { t->library.ops = nullptr; },
       "operator: given null, expected 1 entries"},
      {[](Table* t) { t->op.type = nullptr; },
       "operator 0: type: given null, expected " + names},
      {[](Table* t) { t->op.type = "Scale Shift"; },
       "operator 0: type: given \"Scale Shift\", expected " + names},
      {[](Table* t) { t->op.type = ""; },
       "operator 0: type: given \"\", expected " + names},
  });
}

TEST(OpTableTest, RefusesTypesThatALibraryHasTwice) {
  const Table table;
  const npuemu_op ops[] = {table.op, table.op};
  npuemu_op_library library = table.library;
  library.ops = ops;
  library.op_count = 2;
  EXPECT_EQ(Refusal(&library),
            "operator 1: type: given \"Everything\" again, expected a name "
            "that none before it has");
}

TEST(OpTableTest, RefusesWrongOperators) {
  ExpectRefusals({
      {[](Table* t) { t->op.exactness = nullptr; },
       "Everything: exactness: given none, expected a sentence"},
      {[](Table* t) { t->op.engine = 3; },
       "Everything: engine: given 3, expected 0 to 2"},
      {[](Table* t) { t->op.flags = 5; },
       "Everything: flags: given 5, expected 0 or NPUEMU_OP_IN_PLACE"},
      {[](Table* t) { t->op.dtype_count = 0; },
       "Everything: dtype count: given 0, expected 1 to 256"},
      {[](Table* t) { t->op.input_count = 65; },
       "Everything: input count: given 65, expected 0 to 64"},
      {[](Table* t) { t->op.inputs = nullptr; },
       "Everything: input: given null, expected 3 entries"},
      {[](Table* t) { t->op.output_count = 0; },
       "Everything: output count: given 0, expected 1 to 64"},
      {[](Table* t) { t->op.attrs = nullptr; },
       "Everything: attribute: given null, expected 9 entries"},
      {[](Table* t) {
         t->formats = {2, 77};
         t->Fill();
       },
       "Everything: formats[1]: given 77, expected a number of aclFormat that "
       "npuemu has"},
      {[](Table* t) { t->op.compute = nullptr; },
       "Everything: compute: given null, expected a function"},
      {[](Table* t) {
         t->op.infer = nullptr;
         t->inputs[0].kind = NPUEMU_OPTIONAL;
       },
       "Everything: infer: given null, expected a function, as there is no "
       "required first input whose shape outputs could have"},
  });
}

TEST(OpTableTest, RefusesWrongParameters) {
  static constexpr int32_t kNoTypes[] = {0, 13};
  const std::string names = kNames;
  ExpectRefusals({
      {[](Table* t) { t->inputs[1].name = nullptr; },
       "Everything: input 1: name: given null, expected " + names},
      {[](Table* t) { t->inputs[1].name = "x"; },
       "Everything: input 1: name: given \"x\" again, expected a name that "
       "none before it has"},
      {[](Table* t) { t->outputs[0].kind = -1; },
       "Everything: output 0: kind: given -1, expected 0 to 2"},
      {[](Table* t) { t->inputs[0].kind = NPUEMU_LIST; },
       "Everything: input lists: given 2, expected at most one"},
      {[](Table* t) { t->outputs[0].needs_value = 1; },
       "Everything: output 0: needs_value: given 1, expected 0 for an output "
       "and a list"},
      {[](Table* t) { t->inputs[2].dtypes = nullptr; },
       "Everything: input 2: dtypes: given null, expected 2 entries"},
      {[](Table* t) { t->inputs[2].dtypes = kNoTypes; },
       "Everything: input 2: dtypes[1]: given 13, expected a number of "
       "aclDataType whose elements have bits"},
  });
}

TEST(OpTableTest, RefusesWrongAttributes) {
  static const char* const kNull[] = {"a", nullptr};
  const std::string names = kNames;
  ExpectRefusals({
      {[](Table* t) { t->attrs[0].name = nullptr; },
       "Everything: attribute 0: name: given null, expected " + names},
      {[](Table* t) { t->attrs[1].name = "axis"; },
       "Everything: attribute 1: name: given \"axis\" again, expected a name "
       "that none before it has"},
      {[](Table* t) { t->attrs[1].type = 0; },
       "Everything: attribute 1: type: given 0, expected 1 to 9"},
      {[](Table* t) { t->attrs[1].value.i = 2; },
       "Everything: attribute 1: default: given 2, expected 0 or 1"},
      {[](Table* t) { t->attrs[3].value.s = nullptr; },
       "Everything: attribute 3: default: given null, expected a string"},
      {[](Table* t) { t->attrs[4].value.i = 5; },
       "Everything: attribute 4: default: given 5, expected a number of "
       "aclDataType"},
      {[](Table* t) { t->attrs[6].value.ints = nullptr; },
       "Everything: attribute 6: default: given null, expected 2 entries"},
      {[](Table* t) { t->attrs[6].count = SIZE_MAX; },
       "Everything: attribute 6: default count: given 18446744073709551615, "
       "expected 0 to 4096"},
      {[](Table* t) { t->attrs[8].value.strings = kNull; },
       "Everything: attribute 8: default[1]: given null, expected a string"},
  });
}

TEST(OpTableTest, TakesAGoodTable) {
  const Table table;
  EXPECT_EQ(Refusal(&table.library), "");
}

}  // namespace
}  // namespace npuemu::shim
