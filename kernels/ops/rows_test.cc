// Every operator by rows against the text of docs/rows.md, bit for bit: the
// calls of op_cases_rows.txt, all dtype columns, special, signed and positive
// values, both overflow modes.

#include "kernels/op/rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <set>
#include <sstream>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_cases.h"
#include "kernels/testing/sequence.h"

namespace npuemu::kernels {
namespace {

using reference::Values;
using Axes = std::vector<bool>;
using Results = std::map<std::string, Values>;

const reference::Sequences& Document() {
  static const auto& document =
      *new reference::Sequences(reference::ReadSequences(
          {"docs/sequences.md", "docs/rows.md", "docs/quantisation.md",
           "docs/attention.md", "docs/random.md"}));
  return document;
}

std::vector<int64_t> Numbers(const std::string& text) {
  std::vector<int64_t> numbers;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    numbers.push_back(std::stoll(part));
  }
  return numbers;
}

// How the test sees a call: a view of the first input, and its rows.
struct View {
  Shape extents;
  Axes along;
  Axes own;  // what @NAME=axes says of an operand is in `told`
  std::map<std::string, Axes> told;

  int64_t Count(const Axes& mask) const {
    int64_t count = 1;
    for (size_t d = 0; d < extents.size(); ++d)
      count *= mask[d] ? extents[d] : 1;
    return count;
  }
};

Axes MaskOf(const std::string& axes, size_t rank) {
  Axes mask(rank, false);
  for (int64_t axis : Numbers(axes)) mask[static_cast<size_t>(axis)] = true;
  return mask;
}

View ViewOf(const OpCase& one) {
  View view;
  const auto& notes = one.notes;
  const auto shape = notes.find("view");
  view.extents =
      shape == notes.end() ? one.inputs[0].spec.shape : Numbers(shape->second);
  const size_t rank = view.extents.size();
  for (const auto& [name, axes] : notes) {
    if (name == "rows") view.along = MaskOf(axes, rank);
    if (name != "rows" && name != "view" && name != "column")
      view.told[name] = MaskOf(axes, rank);
  }
  EXPECT_EQ(view.along.size(), rank) << "no @rows";
  return view;
}

// The axes of the view that an operand has, from its shape.
Axes AxesOf(const View& view, const std::string& name, const Shape& shape) {
  const size_t rank = view.extents.size();
  if (view.told.count(name) != 0) return view.told.at(name);
  Axes all(rank, true);
  Axes kept = view.along;
  kept.flip();
  const int64_t count = ElementCount(shape);
  if (count == view.Count(all)) return all;
  if (count == 1) return Axes(rank, false);
  if (count == view.Count(kept)) return kept;
  if (count == view.Count(view.along)) return view.along;
  if (shape.size() == rank) {
    Axes mask(rank);
    for (size_t d = 0; d < rank; ++d) mask[d] = shape[d] == view.extents[d];
    if (count == view.Count(mask)) return mask;
  }
  for (size_t from = 0; from < rank; ++from) {
    Axes mask(rank, false);
    for (size_t to = from; to < rank; ++to) {
      mask[to] = true;
      if (count == view.Count(mask)) return mask;
    }
  }
  ADD_FAILURE() << name << ToString(shape) << " is no part of the view";
  return all;
}

// The offsets of an operand's elements beside the elements of a row, by naive
// digits; one if it has none of the axes along the row.
std::vector<int64_t> Offsets(const View& view, const Axes& along,
                             const Axes& mask, int64_t row) {
  const size_t rank = view.extents.size();
  std::vector<int64_t> digits(rank, 0);
  for (size_t d = rank; d-- > 0;) {
    if (along[d]) continue;
    digits[d] = row % view.extents[d];
    row /= view.extents[d];
  }
  bool single = true;
  for (size_t d = 0; d < rank; ++d) single = single && !(mask[d] && along[d]);
  std::vector<int64_t> offsets;
  const int64_t length = single ? 1 : view.Count(along);
  for (int64_t j = 0; j < length; ++j) {
    int64_t rest = j;
    for (size_t d = rank; d-- > 0;) {
      if (!along[d]) continue;
      digits[d] = rest % view.extents[d];
      rest /= view.extents[d];
    }
    int64_t offset = 0;
    for (size_t d = 0; d < rank; ++d) {
      if (mask[d]) offset = offset * view.extents[d] + digits[d];
    }
    offsets.push_back(offset);
  }
  return offsets;
}

// One call, what it gave, and which results were compared.
struct Checked {
  const OpDef& op;
  const OpCase& one;
  View view;
  bool saturate;
  std::map<std::string, double> numbers;
  std::vector<TestTensor> outputs;
  std::vector<std::vector<bool>> seen;
  Results collected;  // of all rows of the first pass
};

// Of integers: is_int_NAME, and the bounds of their type.
void AddTypeNumbers(const std::string& name, DataType type,
                    std::map<std::string, double>* numbers) {
  const bool is_unsigned = type == DataType::kUint8;
  const bool is_signed = type == DataType::kInt8 || type == DataType::kInt32;
  const int bits = type == DataType::kInt32 ? 32 : 8;
  (*numbers)["is_int_" + name] = is_signed || is_unsigned;
  (*numbers)["lowest_" + name] = is_signed ? -std::ldexp(1.0, bits - 1) : 0;
  (*numbers)["highest_" + name] =
      std::ldexp(1.0, is_signed ? bits - 1 : bits) - 1;
}

std::map<std::string, double> NumbersOf(const OpDef& op, const OpCase& one) {
  std::map<std::string, double> numbers;
  for (const AttrSpec& attr : op.attrs) {
    const auto it = one.attrs.find(attr.name);
    const AttrValue& value = it == one.attrs.end() ? attr.fallback : it->second;
    if (const auto* f = std::get_if<float>(&value)) numbers[attr.name] = *f;
    if (const auto* b = std::get_if<bool>(&value)) numbers[attr.name] = *b;
    if (const auto* i = std::get_if<int64_t>(&value)) {
      numbers[attr.name] = static_cast<double>(*i);
    }
    if (const auto* word = std::get_if<std::string>(&value)) {
      for (const char* name : {"none", "mean", "sum", "batchmean"}) {
        double& number = numbers[std::string("is_") + name];
        if (*word == name) number = 1;
      }
      for (const char* name : {"round", "floor", "ceil", "trunc"}) {
        numbers["is_" + std::string(attr.name) + "_" + name] = *word == name;
      }
      for (const char* name : {"static", "tanh", "MIN_FIRST", "SCALED"}) {
        double& number = numbers[std::string("is_") + name];
        if (*word == name) number = 1;
      }
    }
  }
  const Shape& first = one.inputs[0].spec.shape;
  numbers["elements"] = static_cast<double>(one.inputs[0].spec.count());
  numbers["batch"] = first.empty() ? 1 : static_cast<double>(first[0]);
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    numbers[std::string("has_") + op.inputs[i].name] =
        i < one.inputs.size() && !one.inputs[i].spec.absent();
    if (i >= one.inputs.size()) continue;
    AddTypeNumbers(op.inputs[i].name, one.inputs[i].spec.dtype, &numbers);
  }
  return numbers;
}

// The values of an input beside a row.
Values InputOf(const Checked& c, const std::string& name, const Axes& along,
               int64_t row) {
  const auto found = c.collected.find(name);
  if (found != c.collected.end()) {
    // What every element has beside it, where the rows were the last axes.
    const Axes all(along.size(), true);
    const Values& kept = found->second;
    if (static_cast<int64_t>(kept.bits.size()) != c.view.Count(all)) {
      return kept;
    }
    Values values{kept.type, {}};
    for (int64_t at : Offsets(c.view, along, all, row)) {
      values.bits.push_back(kept.bits[static_cast<size_t>(at)]);
    }
    return values;
  }
  for (size_t i = 0; i < c.one.inputs.size(); ++i) {
    if (name != c.op.inputs[i].name) continue;
    const TestTensor& x = c.one.inputs[i];
    if (x.spec.absent()) break;
    Values values{ReferenceType(x.spec.dtype), {}};
    const Axes mask = AxesOf(c.view, name, x.spec.shape);
    for (int64_t at : Offsets(c.view, along, mask, row)) {
      values.bits.push_back(x.Get(at));
    }
    return values;
  }
  return {reference::Type::kF32, {0x3f800000}};
}

uint64_t g_elements = 0;

void Compare(Checked* c, size_t k, const Axes& along, int64_t row,
             const Values& expected) {
  const TestTensor& y = c->outputs[k];
  const Axes mask = AxesOf(c->view, c->op.outputs[k].name, y.spec.shape);
  const auto offsets = Offsets(c->view, along, mask, row);
  g_elements += offsets.size();
  for (size_t j = 0; j < offsets.size(); ++j) {
    c->seen[k][static_cast<size_t>(offsets[j])] = true;
    // Elements along axes that the operand has not stand beside it repeatedly.
    const uint64_t want = expected.bits[j % expected.bits.size()];
    ASSERT_EQ(y.Get(offsets[j]), want)
        << std::hex << y.Get(offsets[j]) << " for " << want << " in "
        << c->op.outputs[k].name << " row " << std::dec << row << " element "
        << j;
  }
}

// The extent of the last axis that is not along the row.
int64_t PlacesOf(const Checked& c, const Axes& along) {
  for (size_t d = along.size(); d-- > 0;) {
    if (!along[d]) return c.view.extents[d];
  }
  return 1;
}

// One pass over the rows along `along`; outputs in `later` are left out.
void Pass(Checked* c, const std::string& name, const Axes& along, int64_t rows,
          const std::set<std::string>& later) {
  const reference::Sequence& sequence = Document().at(name);
  std::map<std::string, reference::Type> types;
  for (size_t k = 0; k < c->outputs.size(); ++k) {
    types[c->op.outputs[k].name] = ReferenceType(c->outputs[k].spec.dtype);
  }
  Results collected;
  for (int64_t row = 0; row < rows; ++row) {
    c->numbers["place"] = static_cast<double>(row % PlacesOf(*c, along));
    std::vector<Values> inputs;
    for (const std::string& input : sequence.inputs) {
      inputs.push_back(InputOf(*c, input, along, row));
    }
    const auto results = reference::Evaluate(Document(), name, inputs,
                                             c->numbers, types, c->saturate);
    for (size_t k = 0; k < c->outputs.size(); ++k) {
      const auto it = results.find(c->op.outputs[k].name);
      if (it == results.end() || later.count(it->first) != 0) continue;
      Compare(c, k, along, row, it->second);
      if (testing::Test::HasFatalFailure()) return;
    }
    for (const auto& [variable, values] : results) {
      Values& all = collected[variable];
      all.type = values.type;
      all.bits.insert(all.bits.end(), values.bits.begin(), values.bits.end());
    }
  }
  c->collected = std::move(collected);
}

void ExpectAsWritten(const OpCase& one, bool saturate) {
  const OpDef& op = *FindOp(one.type);
  const bool on_core = op.engine != Engine::kAiCpu;
  Checked c{op, one, ViewOf(one), saturate && on_core, NumbersOf(op, one),
            {}, {},  {}};
  c.outputs = RunOp(one.type, one.inputs, one.attrs, {.saturate = saturate});
  ASSERT_EQ(c.outputs.size(), op.outputs.size());
  for (const TestTensor& y : c.outputs) {
    c.seen.emplace_back(static_cast<size_t>(y.spec.count()), false);
  }
  Axes kept = c.view.along;
  kept.flip();
  // What a reduction gives to all rows together, the first pass leaves out.
  const auto total = Document().find(one.type + "_total");
  const bool is_none = c.numbers["is_none"] != 0;
  std::set<std::string> later;
  std::set<std::string> before;
  if (total != Document().end()) {
    auto& names = is_none ? before : later;
    const auto& sequence = is_none ? Document().at(one.type) : total->second;
    for (const auto& s : sequence.statements) names.insert(s.name);
  }
  Pass(&c, one.type, c.view.along, c.view.Count(kept), later);
  if (total != Document().end()) {
    Pass(&c, total->first, Axes(kept.size(), true), 1, before);
  }
  if (Document().count(one.type + "_columns") != 0) {
    c.collected.clear();
    Pass(&c, one.type + "_columns", kept, c.view.Count(c.view.along), {});
  }
  if (Document().count(one.type + "_own") != 0) {
    Axes along = c.view.told.at("own");
    const int64_t rows = c.view.Count(along);
    along.flip();
    for (const ParamSpec& param : op.inputs) c.collected.erase(param.name);
    Pass(&c, one.type + "_own", along, rows, {});
  }
  if (testing::Test::HasFatalFailure()) return;
  for (size_t k = 0; k < c.outputs.size(); ++k) {
    for (bool seen : c.seen[k]) {
      ASSERT_TRUE(seen) << op.outputs[k].name << " is not written in full";
    }
  }
}

enum class Kind { kSpecial, kSigned, kPositive };

// Integers that mean something (indices) keep their values.
TestTensor Converted(const TestTensor& x, DataType to, Kind kind, Prng* prng) {
  const auto is_int = [](DataType type) {
    return type == DataType::kInt32 || type == DataType::kInt64 ||
           type == DataType::kUint64;
  };
  TestTensor y = RandomTensor(to, x.spec.shape, prng);
  y.spec.format = x.spec.format;
  const reference::Type type = ReferenceType(to);
  for (int64_t i = 0; i < y.spec.count(); ++i) {
    if (is_int(x.spec.dtype) && is_int(to)) {
      y.Set(i, x.Get(i));
    } else if (kind != Kind::kSpecial && reference::IsFloat(type)) {
      float value = static_cast<float>(1 + prng->Below(1000)) / 1001.0f;
      if (kind == Kind::kSigned) value = value * 16.0f - 8.0f;
      const auto bits = std::bit_cast<uint32_t>(value);
      y.Set(i, reference::Cast(reference::Type::kF32, type, bits,
                               reference::Mode::kRint, false));
    }
  }
  return y;
}

OpCase InColumn(const OpCase& one, size_t column, Kind kind, Prng* prng) {
  const OpDef& op = *FindOp(one.type);
  OpCase other = one;
  for (size_t i = 0; i < other.inputs.size(); ++i) {
    TestTensor& x = other.inputs[i];
    const auto& value = op.value_inputs;
    if (x.spec.absent()) continue;
    const bool keeps =
        std::count(value.begin(), value.end(), static_cast<int>(i)) > 0;
    const DataType to = op.inputs[i].dtypes[column];
    if (keeps) {
      TestTensor same = MakeTensor(to, x.spec.shape);
      for (int64_t e = 0; e < x.spec.count(); ++e) {
        const uint64_t bits = x.Get(e);
        const bool widens = BitsOf(to) > BitsOf(x.spec.dtype);
        same.Set(e, widens ? static_cast<uint64_t>(static_cast<int32_t>(bits))
                           : bits);
      }
      x = same;
    } else {
      x = Converted(x, to, kind, prng);
    }
  }
  return other;
}

TEST(RowsTest, EveryOperatorDoesWhatIsWritten) {
  Prng prng(TestSeed());
  auto cases = OpCasesOf("kernels/testing/op_cases_rows.txt", &prng);
  const auto more = OpCasesOf("kernels/testing/op_cases_products.txt", &prng);
  cases.insert(cases.end(), more.begin(), more.end());
  uint64_t round = 0;
  for (const OpCase& one : cases) {
    if (one.notes.count("rows") == 0) continue;
    const OpDef& op = *FindOp(one.type);
    std::set<std::vector<DataType>> columns;
    for (size_t k = 0; k < op.inputs[0].dtypes.size(); ++k) {
      std::vector<DataType> column;
      for (const ParamSpec& param : op.inputs)
        column.push_back(param.dtypes[k]);
      if (!columns.insert(column).second) continue;
      const auto only = one.notes.find("column");
      if (only != one.notes.end() && std::stoul(only->second) != k) continue;
      for (Kind kind : {Kind::kSpecial, Kind::kSigned, Kind::kPositive}) {
        // Long rows would end as NaN.
        if (only != one.notes.end() && kind != Kind::kSigned) continue;
        std::string what = one.type + " column " + std::to_string(k) +
                           " kind " + std::to_string(static_cast<int>(kind));
        for (const auto& [name, value] : one.attrs) {
          what += " " + name + "=" + ToString(value);
        }
        SCOPED_TRACE(what + ", seed " + std::to_string(TestSeed()));
        ExpectAsWritten(InColumn(one, k, kind, &prng), round++ % 2 == 1);
        if (HasFatalFailure()) {
          ADD_FAILURE() << what;
          return;
        }
      }
    }
  }
  std::printf("cases: %llu elements\n",
              static_cast<unsigned long long>(g_elements));
}

TEST(RowsTest, EveryOperatorByRowsIsWritten) {
  for (const OpDef* op : AllOps()) {
    if (op->rows == nullptr) continue;
    EXPECT_EQ(Document().count(op->type), 1u) << op->type;
  }
}

}  // namespace
}  // namespace npuemu::kernels
