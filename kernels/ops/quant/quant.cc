#include "kernels/ops/quant/quant.h"

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/ops/norm/norm_layout.h"

namespace npuemu::kernels {

OpStatus CheckInt8(const OpCall& call) {
  const auto type = AttrOf<int64_t>(call, "dst_type", 2);
  if (type == static_cast<int64_t>(DataType::kInt8)) return {};
  return OpError(call, "attribute dst_type", std::to_string(type), "2 (int8)");
}

OpStatus WordOfAttr(const OpCall& call, const char* name,
                    const std::vector<std::string>& words, int* number) {
  const auto given = AttrOf<std::string>(call, name, words[0]);
  const auto found = std::find(words.begin(), words.end(), given);
  if (found != words.end()) {
    *number = static_cast<int>(found - words.begin());
    return {};
  }
  std::string expected;
  for (const std::string& word : words) {
    expected += (expected.empty() ? "" : ", ") + word;
  }
  return OpError(call, std::string("attribute ") + name, given, expected);
}

OpStatus LayScaled(const OpCall& call, size_t scale, int64_t axis,
                   RowLayout* layout) {
  const Shape& x = call.inputs[0].shape;
  const auto rank = static_cast<int64_t>(x.size());
  if (rank == 0) {
    return OpError(call,
                   std::string("input ") + call.op->inputs[0].name + " shape",
                   "[]", "one extent or more");
  }
  if (axis < -rank || axis >= rank) {
    return OpError(call, "attribute axis", std::to_string(axis),
                   "an axis of " + ToString(x));
  }
  if (OpStatus s = LayLast(call, 1, layout); !s.ok()) return s;
  const auto at = static_cast<size_t>(axis < 0 ? axis + rank : axis);
  layout->own.assign(x.size(), false);
  layout->own_shape.clear();
  if (call.inputs[scale].count() == 1 && x[at] != 1) return {};
  layout->own[at] = true;
  layout->own_shape = {x[at]};
  return {};
}

int64_t RowsOfInput(const OpCall& call) {
  const Shape& x = call.inputs[0].shape;
  return x.empty() ? 0 : ElementCount(Shape(x.begin(), x.end() - 1));
}

OpStatus CheckSets(const OpCall& call, size_t sets, size_t ends, int64_t n) {
  Shape expected = {n};
  if (HasInput(call, ends)) {
    const Shape& groups = call.inputs[ends].shape;
    if (groups.size() != 1 || groups[0] < 1) {
      return OpError(
          call, std::string("input ") + call.op->inputs[ends].name + " shape",
          ToString(groups), "one extent, 1 or more");
    }
    expected.insert(expected.begin(), groups[0]);
  }
  if (call.inputs[sets].shape == expected) return {};
  return OpError(call,
                 std::string("input ") + call.op->inputs[sets].name + " shape",
                 ToString(call.inputs[sets].shape), ToString(expected));
}

OpStatus ReadGroupEnds(const OpCall& call, const Operands* operands,
                       size_t index, int64_t rows, RowLayout* layout) {
  layout->ints.clear();
  if (operands == nullptr) return {};
  if (OpStatus s = ReadInts(call, index, operands, &layout->ints); !s.ok()) {
    return s;
  }
  int64_t last = 0;
  for (size_t g = 0; g < layout->ints.size(); ++g) {
    const int64_t end = layout->ints[g];
    const int64_t least = g + 1 == layout->ints.size() ? rows : last;
    if (end < least || end > rows) {
      return OpError(
          call, std::string("input ") + call.op->inputs[index].name,
          std::to_string(end),
          "[" + std::to_string(least) + "," + std::to_string(rows) + "]");
    }
    last = end;
  }
  return {};
}

int64_t GroupOf(const Row& r) {
  const std::vector<int64_t>& ends = r.layout->ints;
  return std::upper_bound(ends.begin(), ends.end(), r.row) - ends.begin();
}

}  // namespace npuemu::kernels
