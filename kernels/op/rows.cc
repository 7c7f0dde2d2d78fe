#include "kernels/op/rows.h"

#include <algorithm>
#include <cstring>

#include "kernels/op/axes.h"
#include "kernels/op/row_layout.h"

namespace npuemu::kernels {
namespace {

// The axes that a broadcasting operand has, aligned at the last one.
std::vector<bool> BroadcastAxes(const Shape& view, const Shape& shape) {
  std::vector<bool> mask(view.size(), false);
  for (size_t d = 0; d < shape.size() && d < view.size(); ++d) {
    mask[view.size() - 1 - d] = shape[shape.size() - 1 - d] != 1;
  }
  return mask;
}

bool Broadcasts(const Shape& view, const Shape& shape) {
  if (shape.size() > view.size()) return false;
  for (size_t d = 0; d < shape.size(); ++d) {
    const int64_t extent = shape[shape.size() - 1 - d];
    if (extent != 1 && extent != view[view.size() - 1 - d]) return false;
  }
  return true;
}

// Every operand is as large as its role says.
OpStatus CheckInputs(const OpCall& call, const RowLayout& layout) {
  const RowRule& rule = *call.op->rows;
  for (size_t i = 0; rule.inputs[i] != 0; ++i) {
    const char role = Resolved(rule.inputs[i], layout.mode);
    if (!HasInput(call, i) || role == '-') continue;
    const Shape& given = call.inputs[i].shape;
    const Shape& expected = ShapeOfRole(call, layout, role);
    const std::string name =
        std::string("input ") + call.op->inputs[i].name + " shape";
    if (role == 'b') {
      if (Broadcasts(layout.view, given)) continue;
      return OpError(call, name, ToString(given),
                     "a shape that broadcasts to " + ToString(layout.view));
    }
    const bool fits = role == 'x'
                          ? given == expected
                          : ElementCount(given) == ElementCount(expected);
    if (!fits) return OpError(call, name, ToString(given), ToString(expected));
  }
  return {};
}

// An attribute that is an int or a list of them; the fallback if it is left
// out.
std::vector<int64_t> IntsOfAttr(const OpCall& call, const char* name) {
  const AttrValue* value = nullptr;
  for (const AttrSpec& attr : call.op->attrs) {
    if (std::strcmp(attr.name, name) == 0) value = &attr.fallback;
  }
  const auto it = call.attrs.find(name);
  if (it != call.attrs.end()) value = &it->second;
  if (value == nullptr) return {};
  if (const auto* one = std::get_if<int64_t>(value)) return {*one};
  const auto* list = std::get_if<std::vector<int64_t>>(value);
  return list == nullptr ? std::vector<int64_t>() : *list;
}

OpStatus LayAttrAxes(const OpCall& call, const Operands* operands,
                     RowLayout* layout) {
  const RowRule& rule = *call.op->rows;
  layout->view = call.inputs[0].shape;
  std::vector<int64_t> values;
  std::string argument = std::string("attribute ") + rule.axes;
  if (std::strcmp(rule.axes, "1") == 0) {
    argument = std::string("input ") + call.op->inputs[1].name;
    if (call.inputs[1].shape.size() > 1) {
      return OpError(call, argument + " shape", ToString(call.inputs[1].shape),
                     "one extent or none");
    }
    if (OpStatus s = ReadInts(call, 1, operands, &values); !s.ok()) return s;
    if (rule.no_axes == NoAxes::kRefused && values.size() != 1) {
      return OpError(call, argument, ToString(values), "one axis");
    }
  } else if (std::strcmp(rule.axes, "-1") == 0) {
    if (layout->view.empty()) {
      return OpError(call,
                     std::string("input ") + call.op->inputs[0].name + " shape",
                     "[]", "one extent or more");
    }
    values = {-1};
  } else {
    values = IntsOfAttr(call, rule.axes);
  }
  const bool noop = AttrOr<bool>(call.attrs, "noop_with_empty_axes",
                                 rule.no_axes == NoAxes::kNone);
  if (values.empty() && rule.no_axes == NoAxes::kRefused) {
    return OpError(call, argument, "[]", "one axis or more");
  }
  if (values.empty() && !noop) {
    for (size_t d = 0; d < layout->view.size(); ++d) {
      values.push_back(static_cast<int64_t>(d));
    }
  }
  const bool keep = AttrOr<bool>(call.attrs, rule.keep, false);
  return LayAxes(call, argument, values, keep, layout);
}

}  // namespace

char Resolved(char role, int mode) {
  if (role == 'o') return mode == 0 ? 'x' : 'r';
  if (role == 'p') return mode == 0 ? 'r' : '1';
  return role;
}

const Shape& ShapeOfRole(const OpCall& call, const RowLayout& layout,
                         char role) {
  static const Shape& scalar = *new Shape();
  switch (role) {
    case 'x':
      return call.inputs[0].shape;
    case 'r':
      return layout.row_shape;
    case 'c':
      return layout.column_shape;
    case 'g':
      return layout.own_shape;
    case 'h':
      return layout.other_shape;
    default:
      return scalar;
  }
}

StageRows RowsOf(const RowLayout& layout, Span span) {
  StageRows result{layout.view, layout.along, 1, 1};
  if (span == Span::kTotal) {
    for (size_t d = 0; d < layout.view.size(); ++d) {
      if (layout.along[d]) result.view[d] = 1;
    }
    result.along.assign(layout.view.size(), true);
  }
  if (span == Span::kColumns) result.along.flip();
  if (span == Span::kOwn) {
    result.along = layout.own;
    result.along.flip();
  }
  std::vector<bool> kept = result.along;
  kept.flip();
  result.rows = CountOf(result.view, kept);
  result.length = CountOf(result.view, result.along);
  return result;
}

OpStatus TooMany(const OpCall& call) {
  return OpError(call,
                 std::string("input ") + call.op->inputs[0].name + " shape",
                 ToString(call.inputs[0].shape),
                 "rows and columns whose numbers fit in int64");
}

bool HasInput(const OpCall& call, size_t i) {
  return i < call.inputs.size() && !call.inputs[i].absent();
}

std::vector<bool> AxesOfRole(const RowLayout& layout, char role,
                             const Shape& shape) {
  std::vector<bool> mask(layout.view.size(), false);
  switch (Resolved(role, layout.mode)) {
    case 'x':
      mask.flip();
      break;
    case 'r':
      mask = layout.along;
      mask.flip();
      break;
    case 'c':
      mask = layout.along;
      break;
    case 'g':
      mask = layout.own;
      break;
    case 'h':
      mask = layout.other;
      break;
    case 'b':
      mask = BroadcastAxes(layout.view, shape);
      break;
    default:
      break;
  }
  return mask;
}

int64_t CountOf(const Shape& view, const std::vector<bool>& mask) {
  Shape marked;
  for (size_t d = 0; d < view.size(); ++d) {
    if (mask[d]) marked.push_back(view[d]);
  }
  return ElementCount(marked);
}

OpStatus LayAxes(const OpCall& call, const std::string& argument,
                 const std::vector<int64_t>& values, bool keep,
                 RowLayout* layout) {
  if (OpStatus s =
          MarkAxes(call, argument, values, layout->view.size(), &layout->along);
      !s.ok()) {
    return s;
  }
  layout->row_shape.clear();
  layout->column_shape.clear();
  for (size_t d = 0; d < layout->view.size(); ++d) {
    if (layout->along[d]) layout->column_shape.push_back(layout->view[d]);
    if (!layout->along[d]) layout->row_shape.push_back(layout->view[d]);
    if (layout->along[d] && keep) layout->row_shape.push_back(1);
  }
  return {};
}

OpStatus LayoutOf(const OpCall& call, const Operands* operands,
                  RowLayout* layout) {
  const RowRule& rule = *call.op->rows;
  return rule.layout != nullptr ? rule.layout(call, operands, layout)
                                : LayAttrAxes(call, operands, layout);
}

OpStatus InferRows(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const OpDef& op = *call.op;
  const RowRule& rule = *op.rows;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const bool given = HasInput(call, i);
    const std::string name = std::string("input ") + op.inputs[i].name;
    if (!given && op.inputs[i].kind == ParamKind::kRequired) {
      return OpError(call, name, "none", "a tensor");
    }
    if (given && call.inputs[i].count() < 0) {
      return OpError(call, name + " shape", ToString(call.inputs[i].shape),
                     "extents >= 0 whose product fits in int64");
    }
  }
  RowLayout layout;
  if (OpStatus s = LayoutOf(call, nullptr, &layout); !s.ok()) return s;
  if (OpStatus s = CheckInputs(call, layout); !s.ok()) return s;
  const StageRows rows = RowsOf(layout, Span::kRows);
  if (rows.rows < 0 || rows.length < 0) return TooMany(call);
  if (rule.nonempty && rows.length == 0 && rows.rows > 0) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "elements along the reduced axes");
  }
  outputs->clear();
  for (size_t k = 0; rule.outputs[k] != 0; ++k) {
    TensorSpec y;
    y.dtype = InferredType(call, k);
    y.format = call.inputs[0].format;
    y.shape = ShapeOfRole(call, layout, Resolved(rule.outputs[k], layout.mode));
    outputs->push_back(std::move(y));
  }
  return rule.check == nullptr ? OpStatus() : rule.check(call, layout, outputs);
}

OpDef RowOp(OpDef op, RowRule rule) {
  op.exactness = rule.exactness;
  op.engine = rule.engine;
  op.infer = InferRows;
  op.items = RowItems;
  op.compute = ComputeRows;
  op.cost = CostRows;
  if (rule.stages.size() > 1) op.phases = RowPhases;
  if (*rule.temps != 0) op.workspace = RowWorkspace;
  if (std::strcmp(rule.axes, "1") == 0) op.value_inputs = {1};
  op.rows = new RowRule(std::move(rule));
  return op;
}

}  // namespace npuemu::kernels
