#include "kernels/testing/op_cases.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "kernels/op/elementwise.h"
#include "kernels/ops/registry.h"

namespace npuemu::kernels {
namespace {

[[noreturn]] void Fail(const std::string& line, const std::string& why) {
  std::fprintf(stderr, "op_cases.txt: %s: \"%s\"\n", why.c_str(), line.c_str());
  std::abort();
}

std::vector<std::string> Split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

std::vector<int64_t> IntsOf(const std::string& text) {
  std::vector<int64_t> values;
  for (const std::string& part : Split(text, ',')) {
    values.push_back(std::stoll(part));
  }
  return values;
}

// "f16[2,3]:NCHW", "{1,0}", "{1,0}:[2,1]", "(3)", "[4]<7", "[2,2]={1,0,3,2}",
// "-".
TestTensor InputOf(const std::string& text, DataType first, Prng* prng) {
  TestTensor x;
  if (text == "-") return x;
  const size_t open = text.find_first_of("[{(");
  if (open == std::string::npos) Fail(text, "no tensor");
  const size_t close = text.find_first_of("]})", open);
  DataType dtype = first;
  if (open > 0) {
    const auto named = DataTypeFromName(text.substr(0, open));
    if (!named) Fail(text, "unknown dtype");
    dtype = *named;
  }
  const auto numbers = IntsOf(text.substr(open + 1, close - open - 1));
  const std::string rest = text.substr(close + 1);
  if (text[open] == '[') {
    x = RandomTensor(dtype, numbers, prng);
    if (!rest.empty() && rest[0] == '<') {
      const auto limit = static_cast<uint64_t>(std::stoll(rest.substr(1)));
      for (int64_t i = 0; i < x.spec.count(); ++i) x.Set(i, prng->Below(limit));
    }
    if (rest.rfind("={", 0) == 0) {
      const auto values = IntsOf(rest.substr(2));
      for (size_t i = 0; i < values.size(); ++i) {
        x.Set(static_cast<int64_t>(i), static_cast<uint64_t>(values[i]));
      }
    }
  } else {
    x = IntTensor(dtype, numbers);
    if (text[open] == '(') x.spec.shape.clear();
  }
  if (rest.rfind(":[", 0) == 0) {
    x.spec.shape = IntsOf(rest.substr(2, rest.size() - 3));
  } else if (!rest.empty() && rest[0] == ':') {
    x.spec.format = *FormatFromName(rest.substr(1));
  }
  return x;
}

AttrValue AttrOf(const AttrSpec& attr, const std::string& text) {
  switch (attr.kind) {
    case AttrKind::kBool:
      return text == "true";
    case AttrKind::kInt:
      return int64_t{std::stoll(text)};
    case AttrKind::kFloat:
      return std::stof(text);
    case AttrKind::kString:
      return text;
    case AttrKind::kDataType:
      return static_cast<DataType>(std::stoll(text));
    case AttrKind::kListInt:
      return IntsOf(text);
    case AttrKind::kListFloat: {
      std::vector<float> values;
      for (const auto& part : Split(text, ',')) {
        values.push_back(std::stof(part));
      }
      return values;
    }
    case AttrKind::kListBool: {
      std::vector<uint8_t> values;
      for (const auto& part : Split(text, ','))
        values.push_back(part == "true");
      return values;
    }
    case AttrKind::kListListInt: {
      std::vector<std::vector<int64_t>> values;
      for (const auto& part : Split(text, ';')) values.push_back(IntsOf(part));
      return values;
    }
    default:
      Fail(text, std::string("attribute ") + attr.name);
  }
}

}  // namespace

OpCase OpCaseOf(const std::string& line, size_t column, Prng* prng) {
  std::stringstream words(line);
  OpCase result;
  words >> result.type;
  const OpDef* op = FindOp(result.type);
  if (op == nullptr) Fail(line, "unknown operator");
  for (std::string word; words >> word;) {
    const std::string name = word.substr(0, word.find('='));
    const std::string value = word.substr(word.find('=') + 1);
    bool found = name[0] == '@';
    if (found) result.notes[name.substr(1)] = value;
    for (const ParamSpec& param : op->inputs) {
      if (name != param.name || value.find_first_of("[{(-") != 0) {
        const bool typed = value.find_first_of("[{(") != std::string::npos;
        if (name != param.name || !typed) continue;
      }
      result.inputs.push_back(InputOf(value, param.dtypes[column], prng));
      found = true;
    }
    for (const AttrSpec& attr : op->attrs) {
      if (found || name != attr.name) continue;
      result.attrs[name] = AttrOf(attr, value);
      found = true;
    }
    if (!found) Fail(line, "neither input nor attribute: " + name);
  }
  return result;
}

namespace {

OpCase ElementwiseCase(const OpDef& op, Prng* prng) {
  OpCase result;
  result.type = op.type;
  for (const ParamSpec& param : op.inputs) {
    result.inputs.push_back(RandomTensor(param.dtypes[0], {37, 11}, prng));
  }
  for (const AttrSpec& attr : op.attrs) {
    if (!attr.required) continue;
    result.attrs[attr.name] = attr.fallback;
    if (attr.kind == AttrKind::kFloat) result.attrs[attr.name] = 0.5f;
  }
  return result;
}

}  // namespace

std::vector<OpCase> OpCasesOf(const std::string& path, Prng* prng) {
  std::vector<OpCase> cases;
  std::ifstream file(path);
  if (!file.good()) Fail(path, "cannot be read");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    cases.push_back(OpCaseOf(line, 0, prng));
  }
  return cases;
}

std::vector<OpCase> AllOpCases() {
  Prng prng(TestSeed());
  std::map<std::string, OpCase> cases;
  for (const char* name :
       {"op_cases.txt", "op_cases_moves.txt", "op_cases_optimizers.txt",
        "op_cases_products.txt", "op_cases_random.txt", "op_cases_rows.txt",
        "op_cases_windows.txt"}) {
    for (OpCase& one :
         OpCasesOf(std::string("kernels/testing/") + name, &prng)) {
      const std::string type = one.type;
      cases.emplace(type, std::move(one));
    }
  }
  for (const OpDef* op : AllOps()) {
    if (op->elementwise == nullptr || cases.count(op->type) != 0) continue;
    cases.emplace(op->type, ElementwiseCase(*op, &prng));
  }
  std::vector<OpCase> all;
  for (auto& [type, one] : cases) all.push_back(std::move(one));
  return all;
}

OpStatus CallOf(const OpCase& op_case, OpCall* call) {
  call->op = FindOp(op_case.type);
  if (call->op == nullptr) return {op_case.type + ": unknown operator"};
  call->attrs = op_case.attrs;
  call->const_inputs.resize(op_case.inputs.size());
  for (size_t i = 0; i < op_case.inputs.size(); ++i) {
    call->inputs.push_back(op_case.inputs[i].spec);
    for (size_t index : ValueInputs(*call->op, op_case.inputs.size())) {
      if (index == i && !op_case.inputs[i].spec.absent()) {
        call->const_inputs[i] = op_case.inputs[i].data;
      }
    }
  }
  for (const AttrSpec& attr : call->op->attrs) {
    if (!attr.required) call->attrs.emplace(attr.name, attr.fallback);
  }
  OpStatus status = call->op->infer(*call, &call->outputs);
  if (status.ok()) status = CheckCall(call);
  if (status.ok()) status = CheckOutputs(*call);
  return status;
}

}  // namespace npuemu::kernels
