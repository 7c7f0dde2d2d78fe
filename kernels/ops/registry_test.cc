// Every OpDef is well formed, and says of dtypes and attributes what the
// published tables say (testdata/reference).

#include "kernels/ops/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace npuemu::kernels {
namespace {

std::vector<std::string> Split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) {
    parts.push_back(part);
  }
  return parts;
}

std::vector<std::vector<std::string>> ReadTable(const std::string& name) {
  std::ifstream file("testdata/reference/" + name);
  EXPECT_TRUE(file.good()) << name;
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    rows.push_back(Split(line, '\t'));
  }
  return rows;
}

// type -> "input0" -> published columns.
using Columns = std::map<std::string, std::vector<std::string>>;

std::map<std::string, Columns> PublishedDtypes() {
  std::map<std::string, Columns> result;
  for (const auto& row : ReadTable("aclop_dtypes_910b.tsv")) {
    if (row[0] == "op_type" || row[2] == "-") continue;
    result[row[0]][Split(row[1], ':')[0]] = Split(row[2], ',');
  }
  return result;
}

// Types outside of kernels/'s reach: a column that names one is left out.
bool IsComputed(const std::string& tag) {
  const std::set<std::string> computed = {"f16",   "f32",    "bf16",  "bool",
                                          "int8",  "uint8",  "int16", "uint16",
                                          "int32", "uint32", "int64", "uint64"};
  return computed.count(tag) != 0;
}

TEST(RegistryTest, TypesAreSortedAndFound) {
  std::string before;
  for (const OpDef* op : AllOps()) {
    EXPECT_LT(before, op->type);
    before = op->type;
    EXPECT_EQ(FindOp(op->type), op);
  }
  EXPECT_EQ(FindOp(""), nullptr);
  EXPECT_EQ(FindOp("Ad"), nullptr);
  EXPECT_EQ(FindOp("add"), nullptr);
  EXPECT_EQ(FindOp("ZerosLikes"), nullptr);
}

TEST(RegistryTest, AddedOpsAreFoundWhereverTheyStand) {
  const size_t ours = AllOps().size();
  static OpDef ops[3] = {};
  ops[0].type = "Zzz";
  ops[1].type = "AAA";
  ops[2].type = "Mine";
  AddOps({&ops[0], &ops[1]});
  AddOps({&ops[2]});
  EXPECT_EQ(AllOps().size(), ours);
  ASSERT_EQ(AddedOps().size(), 3u);
  EXPECT_EQ(AddedOps()[0], &ops[1]);
  EXPECT_EQ(AddedOps()[1], &ops[2]);
  EXPECT_EQ(AddedOps()[2], &ops[0]);
  for (const OpDef& op : ops) EXPECT_EQ(FindOp(op.type), &op);
  EXPECT_EQ(FindOp("Zzzz"), nullptr);
  EXPECT_EQ(FindOp("Mine2"), nullptr);
}

TEST(RegistryTest, OpsAreWellFormed) {
  for (const OpDef* op : AllOps()) {
    SCOPED_TRACE(op->type);
    EXPECT_NE(op->infer, nullptr);
    EXPECT_NE(op->items, nullptr);
    EXPECT_NE(op->compute, nullptr);
    EXPECT_NE(op->cost, nullptr);
    EXPECT_STRNE(op->exactness, "");
    ASSERT_FALSE(op->outputs.empty());
    const size_t columns = op->outputs[0].dtypes.size();
    EXPECT_GT(columns, 0u);
    std::set<std::string> names;
    for (const auto* side : {&op->inputs, &op->outputs}) {
      std::set<std::string> here;
      for (const ParamSpec& param : *side) {
        EXPECT_EQ(param.dtypes.size(), columns) << param.name;
        // An output named as an input is that input, changed.
        EXPECT_TRUE(here.insert(param.name).second) << param.name;
        names.insert(param.name);
        for (DataType dtype : param.dtypes) EXPECT_TRUE(IsKnown(dtype));
      }
    }
    for (const ParamSpec& param : op->inputs) names.insert(param.name);
    for (const AttrSpec& attr : op->attrs) {
      EXPECT_TRUE(names.insert(attr.name).second) << attr.name;
      EXPECT_EQ(KindOf(attr.fallback), attr.kind) << attr.name;
    }
    for (int index : op->value_inputs) {
      ASSERT_LT(static_cast<size_t>(index), op->inputs.size());
    }
  }
}

TEST(RegistryTest, DtypesAreThePublishedOnes) {
  const auto published = PublishedDtypes();
  for (const OpDef* op : AllOps()) {
    SCOPED_TRACE(op->type);
    const auto found = published.find(op->type);
    std::vector<std::pair<std::string, const ParamSpec*>> params;
    for (size_t i = 0; i < op->inputs.size(); ++i) {
      params.emplace_back("input" + std::to_string(i), &op->inputs[i]);
    }
    for (size_t i = 0; i < op->outputs.size(); ++i) {
      params.emplace_back("output" + std::to_string(i), &op->outputs[i]);
    }
    // A table of more or fewer tensors than the prototype's says nothing of it.
    bool same =
        found != published.end() && found->second.size() == params.size();
    for (const auto& [name, param] : params) {
      same = same && found->second.count(name) != 0;
    }
    EXPECT_EQ(same, op->basis == DtypeBasis::kTable);
    if (!same) continue;
    std::vector<bool> kept(found->second.begin()->second.size(), true);
    for (const auto& [name, tags] : found->second) {
      ASSERT_EQ(tags.size(), kept.size());
      for (size_t k = 0; k < tags.size(); ++k) {
        if (!IsComputed(tags[k])) kept[k] = false;
      }
    }
    // Each combination once.
    std::set<std::vector<std::string>> seen;
    for (size_t k = 0; k < kept.size(); ++k) {
      std::vector<std::string> column;
      for (const auto& [name, tags] : found->second) column.push_back(tags[k]);
      if (kept[k] && !seen.insert(column).second) kept[k] = false;
    }
    for (const auto& [name, param] : params) {
      const auto& tags = found->second.at(name);
      std::vector<DataType> expected;
      for (size_t k = 0; k < tags.size(); ++k) {
        if (kept[k]) expected.push_back(*DataTypeFromName(tags[k]));
      }
      // dtypes.txt may have more columns, at the end.
      ASSERT_GE(param->dtypes.size(), expected.size()) << name;
      EXPECT_TRUE(
          std::equal(expected.begin(), expected.end(), param->dtypes.begin()))
          << name;
    }
  }
}

TEST(RegistryTest, PrototypesAgree) {
  std::set<std::string> seen;
  for (const auto& row : ReadTable("aclop_ops.tsv")) {
    const OpDef* op = FindOp(row[0]);
    if (op == nullptr) continue;
    SCOPED_TRACE(op->type);
    seen.insert(op->type);
    std::string inputs;
    for (const ParamSpec& param : op->inputs) {
      inputs += param.name;
      if (param.kind == ParamKind::kOptional) inputs += "?";
      if (param.kind == ParamKind::kDynamic) inputs += "*";
      inputs += ";";
    }
    std::string expected;
    for (const std::string& part : Split(row[2], ';')) {
      const size_t start = part.find_first_not_of(' ');
      expected += part.substr(start, part.find(':') - start) + ";";
    }
    EXPECT_EQ(inputs, expected);
    std::set<std::string> attrs;
    for (const AttrSpec& attr : op->attrs) {
      // Of V3 in the newest tables; aclnn's products need it.
      if (std::string_view(attr.name) == "enable_hf32" && !attr.required &&
          row[4].find("enable_hf32") == std::string::npos) {
        continue;
      }
      attrs.insert(std::string(attr.name) + (attr.required ? "!" : ""));
    }
    std::set<std::string> expected_attrs;
    for (const std::string& part : Split(row[4], ';')) {
      const size_t start = part.find_first_not_of(' ');
      if (start == std::string::npos) continue;
      expected_attrs.insert(part.substr(start, part.find(':') - start));
    }
    EXPECT_EQ(attrs, expected_attrs);
  }
  EXPECT_EQ(seen.size(), AllOps().size());
}

}  // namespace
}  // namespace npuemu::kernels
