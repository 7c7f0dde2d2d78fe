#include <algorithm>
#include <cctype>

#include "kernels/op/broadcast.h"
#include "kernels/ops/matmul/einsum.h"

namespace npuemu::kernels {
namespace {

OpStatus EquationError(const OpCall& call, const std::string& expected) {
  return OpError(call, "attribute equation",
                 AttrOr<std::string>(call.attrs, "equation", ""), expected);
}

// "ab,bc->ac" as {"ab", "bc", "ac"}.
OpStatus Terms(const OpCall& call, std::vector<std::string>* terms) {
  std::string text = AttrOr<std::string>(call.attrs, "equation", "");
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const size_t arrow = text.find("->");
  if (arrow == std::string::npos) {
    return EquationError(call, "labels of each operand, then -> and a result");
  }
  terms->assign(1, "");
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' && i < arrow) {
      terms->emplace_back();
    } else if (i == arrow) {
      terms->emplace_back();
      ++i;
    } else if (std::isalpha(static_cast<unsigned char>(text[i])) != 0) {
      if (terms->back().find(text[i]) != std::string::npos) {
        return EquationError(call, "each label once in a term");
      }
      terms->back().push_back(text[i]);
    } else {
      return EquationError(call, "letters as labels, commas and one ->");
    }
  }
  if (terms->size() != call.inputs.size() + 1 || call.inputs.empty() ||
      call.inputs.size() > 2) {
    return EquationError(call, "one or two terms, one for each of " +
                                   std::to_string(call.inputs.size()) +
                                   " operands");
  }
  return {};
}

OpStatus AddOperand(const OpCall& call, size_t index, const std::string& term,
                    Equation* equation) {
  const Shape& x = call.inputs[index].shape;
  const std::string name = "input x" + std::to_string(index) + " shape";
  if (x.size() != term.size() || call.inputs[index].count() < 0) {
    return OpError(call, name, ToString(x),
                   "an extent for each label of \"" + term + "\"");
  }
  // Without elements there is nowhere to go, however large other extents are.
  const bool empty = call.inputs[index].count() == 0;
  const std::vector<int64_t> strides =
      empty ? std::vector<int64_t>(x.size()) : StridesOf(x);
  for (size_t d = 0; d < x.size(); ++d) {
    Label* label = equation->Find(term[d]);
    if (label == nullptr) {
      equation->labels.push_back({term[d], x[d]});
      label = &equation->labels.back();
    }
    if (label->extent != x[d]) {
      return OpError(call, name, ToString(x),
                     std::to_string(label->extent) + " for label " + term[d]);
    }
    label->in[index] = true;
    label->stride[index] = strides[d];
  }
  return {};
}

}  // namespace

Label* Equation::Find(char name) {
  for (Label& label : labels) {
    if (label.name == name) return &label;
  }
  return nullptr;
}

OpStatus ReadEquation(const OpCall& call, Equation* equation) {
  const auto count = AttrOr<int64_t>(call.attrs, "N", 0);
  if (count != static_cast<int64_t>(call.inputs.size())) {
    return OpError(call, "attribute N", std::to_string(count),
                   std::to_string(call.inputs.size()) + ", the operands");
  }
  std::vector<std::string> terms;
  if (OpStatus s = Terms(call, &terms); !s.ok()) return s;
  for (size_t i = 0; i < call.inputs.size(); ++i) {
    if (OpStatus s = AddOperand(call, i, terms[i], equation); !s.ok()) return s;
  }
  int64_t stride = 1;
  equation->result = terms.back();
  for (char name : equation->result) {
    Label* label = equation->Find(name);
    if (label == nullptr) {
      return EquationError(call, "a result of labels that operands have");
    }
    label->in_y = true;
    equation->y.push_back(label->extent);
  }
  if (ElementCount(equation->y) < 0) {
    return OpError(call, "output y shape", ToString(equation->y),
                   "a product of extents that fits in int64");
  }
  for (size_t d = equation->y.size();
       d-- > 0 && ElementCount(equation->y) > 0;) {
    equation->Find(equation->result[d])->y = stride;
    stride *= equation->y[d];
  }
  for (const Label& label : equation->labels) {
    if (call.inputs.size() < 2 || label.in_y || label.in[0] == label.in[1]) {
      continue;
    }
    return EquationError(call, std::string("a product without sums over labels "
                                           "of one operand, such as ") +
                                   label.name);
  }
  return {};
}

}  // namespace npuemu::kernels
