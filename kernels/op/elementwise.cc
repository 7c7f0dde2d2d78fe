#include "kernels/op/elementwise.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "kernels/numeric/half_block.h"
#include "kernels/numeric/isa.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/element_io.h"
#include "kernels/op/stream_out.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kBlock = kElementBlock;
constexpr size_t kFew = 16;  // operands of one side without an allocation
// A table of 65,536 results pays from here on.
constexpr int64_t kWorthATable = 4096;

// The words that attributes may have, and the numbers that functions see.
struct Word {
  const char* attr;
  const char* word;
  float number;
};
constexpr Word kWords[] = {
    {"reduction", "none", 0},   {"reduction", "mean", 1},
    {"reduction", "sum", 2},    {"reduction", "batchmean", 1},
    {"round_mode", "Round", 0}, {"round_mode", "round", 0},
    {"round_mode", "Floor", 1}, {"round_mode", "floor", 1},
    {"round_mode", "Ceil", 2},  {"round_mode", "ceil", 2},
    {"round_mode", "Trunc", 3}, {"round_mode", "trunc", 3}};

const Word* WordOf(const std::string& attr, const std::string& word) {
  for (const Word& known : kWords) {
    if (attr == known.attr && word == known.word) return &known;
  }
  return nullptr;
}

// A word that no function knows is refused.
OpStatus CheckWords(const OpCall& call) {
  for (const auto& [name, value] : call.attrs) {
    const auto* word = std::get_if<std::string>(&value);
    if (word == nullptr || WordOf(name, *word) != nullptr) continue;
    std::string expected;
    for (const Word& known : kWords) {
      if (name != known.attr) continue;
      expected += (expected.empty() ? "" : ", ") + std::string(known.word);
    }
    // Other words have no effect on elements (data_format of BiasAdd).
    if (expected.empty()) continue;
    return OpError(call, "attribute " + name, *word, expected);
  }
  return {};
}

void Append(const AttrSpec& attr, const AttrValue& value, size_t* count,
            Scalars* scalars) {
  const auto add = [&](float number) {
    if (*count < Scalars::kMost) scalars->values[(*count)++] = number;
  };
  if (const auto* b = std::get_if<bool>(&value)) add(*b ? 1.0f : 0.0f);
  if (const auto* i = std::get_if<int64_t>(&value)) add(static_cast<float>(*i));
  if (const auto* f = std::get_if<float>(&value)) add(*f);
  if (const auto* word = std::get_if<std::string>(&value)) {
    const Word* known = WordOf(attr.name, *word);
    if (known != nullptr) add(known->number);
  }
  if (const auto* list = std::get_if<std::vector<float>>(&value)) {
    for (float f : *list) add(f);
  }
  if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
    for (int64_t i : *list) add(static_cast<float>(i));
  }
}

Scalars ScalarsOf(const ElementwiseRule& rule, const OpCall& call,
                  bool saturate) {
  Scalars scalars;
  scalars.elements = static_cast<float>(call.outputs[0].count());
  scalars.width = BitsOf(call.inputs[rule.key].dtype);
  const DataType type = call.inputs[rule.key].dtype;
  scalars.is_signed = type == DataType::kInt8 || type == DataType::kInt16 ||
                      type == DataType::kInt32 || type == DataType::kInt64;
  scalars.half = call.inputs[rule.key].dtype == DataType::kFloat16;
  scalars.saturate = saturate;
  size_t count = 0;
  for (const AttrSpec& attr : call.op->attrs) {
    const auto it = call.attrs.find(attr.name);
    Append(attr, it == call.attrs.end() ? attr.fallback : it->second, &count,
           &scalars);
  }
  scalars.count = count;
  return scalars;
}

bool AttrsAreDefault(const OpCall& call) {
  for (const AttrSpec& attr : call.op->attrs) {
    const auto it = call.attrs.find(attr.name);
    if (it != call.attrs.end() && it->second != attr.fallback) return false;
  }
  return true;
}

Shape ShapeOf(const ElementwiseRule& rule, const OpCall& call, size_t input) {
  const TensorSpec& x = call.inputs[input];
  return rule.align == nullptr || x.absent() ? x.shape
                                             : rule.align(call, input);
}

bool SameShapes(const ElementwiseRule& rule, const OpCall& call) {
  const Shape& shape = call.outputs[0].shape;
  if (rule.align != nullptr) return false;
  for (const TensorSpec& x : call.inputs) {
    if (!x.absent() && x.shape != shape) return false;
  }
  return true;
}

BroadcastPlan PlanOf(const ElementwiseRule& rule, const OpCall& call) {
  std::vector<Shape> shapes;
  for (size_t k = 0; k < call.inputs.size(); ++k) {
    shapes.push_back(ShapeOf(rule, call, k));
  }
  return PlanBroadcast(shapes, call.outputs[0].shape);
}

// Up to kFew without an allocation.
template <typename Item>
class Items {
 public:
  explicit Items(size_t count)
      : many_(count > kFew ? new Item[count] : nullptr) {}
  Item* get() { return many_ == nullptr ? few_ : many_.get(); }

 private:
  Item few_[kFew];
  std::unique_ptr<Item[]> many_;
};

BlockFn FunctionOf(const ElementwiseRule& rule, const OpCall& call, Lane key) {
  if (key == Lane::kFloat && rule.run_plain != nullptr &&
      AttrsAreDefault(call)) {
    return rule.run_plain;
  }
  if (key == Lane::kFloat && rule.run_avx2 != nullptr && CanUse(Isa::kAvx2)) {
    return rule.run_avx2;
  }
  return rule.run[static_cast<size_t>(key)];
}

void RunBlocks(const ElementwiseRule& rule, const OpCall& call,
               const Operands& operands, int64_t begin, int64_t end) {
  const bool same = SameShapes(rule, call);
  const BroadcastPlan plan = same ? BroadcastPlan() : PlanOf(rule, call);
  const size_t inputs = call.inputs.size();
  const size_t outputs = call.outputs.size();
  Scratch scratch;
  Items<Source> source_items(inputs);
  Items<Sink> sink_items(outputs);
  Items<const void*> x_items(inputs);
  Items<void*> y_items(outputs);
  Source* sources = source_items.get();
  Sink* sinks = sink_items.get();
  const void** x = x_items.get();
  void** y = y_items.get();
  for (size_t k = 0; k < inputs; ++k) {
    sources[k].Open(rule, call.inputs[k], operands.inputs[k],
                    same ? nullptr : &plan, k, std::min(kBlock, end - begin),
                    &scratch);
  }
  for (size_t k = 0; k < outputs; ++k) {
    sinks[k].Open(rule, call, operands, k, &scratch);
  }
  const Scalars attrs = ScalarsOf(rule, call, operands.saturate);
  const Lane key = LaneOfOperand(rule, call.inputs[rule.key].dtype);
  const BlockFn run = FunctionOf(rule, call, key);
  for (int64_t at = begin; at < end; at += kBlock) {
    const int64_t count = std::min(kBlock, end - at);
    for (size_t k = 0; k < inputs; ++k) x[k] = sources[k].Lanes(at, count);
    for (size_t k = 0; k < outputs; ++k) y[k] = sinks[k].Lanes(at);
    run({count, inputs, x, y, &attrs});
    for (size_t k = 0; k < outputs; ++k) sinks[k].Commit(at, count);
  }
}

// The same for a rule that takes and gives halves as they are.
void RunHalves(const ElementwiseRule& rule, const OpCall& call,
               const Operands& operands, int64_t begin, int64_t end) {
  const auto* x1 = operands.inputs[0].as<const Float16>();
  const auto* x2 = operands.inputs[1].as<const Float16>();
  auto* y = operands.outputs[0].as<Float16>();
  if (!IsStreamed(call, operands, 0)) {
    rule.halves(x1 + begin, x2 + begin, y + begin,
                static_cast<size_t>(end - begin), operands.saturate);
    return;
  }
  alignas(64) Float16 block[2 * kBlock];
  for (int64_t at = begin; at < end; at += 2 * kBlock) {
    const auto count = static_cast<size_t>(std::min(2 * kBlock, end - at));
    rule.halves(x1 + at, x2 + at, block, count, operands.saturate);
    StreamOut(reinterpret_cast<const std::byte*>(block),
              reinterpret_cast<std::byte*>(y + at), count * sizeof(Float16));
  }
  StreamFence();
}

// All results of a 16-bit type, without saturation.
const uint16_t* MakeTable(const ElementwiseRule& rule, const OpCall& call,
                          bool use_half) {
  constexpr int64_t kValues = 65536;
  auto* table = new uint16_t[kValues];
  for (uint32_t i = 0; i < kValues; ++i) table[i] = static_cast<uint16_t>(i);
  auto* bits = reinterpret_cast<std::byte*>(table);
  if (use_half) {
    for (uint32_t i = 0; i < kValues; ++i) {
      table[i] = rule.half(Float16{table[i]}).bits;
    }
    return table;
  }
  OpCall all = call;
  all.inputs[0].shape = all.outputs[0].shape = {kValues};
  const Operands operands{{{bits, 2 * kValues}}, {{bits, 2 * kValues}}, {}, {}};
  RunBlocks(rule, all, operands, 0, kValues);
  return table;
}

template <typename F>
void LookUp(const uint16_t* table, const Operands& operands, int64_t begin,
            int64_t end, bool saturate) {
  const F* x = operands.inputs[0].as<const F>();
  F* y = operands.outputs[0].as<F>();
  for (int64_t i = begin; i < end; ++i) {
    y[i] = Saturated(F{table[x[i].bits]}, saturate);
  }
}

// Whether the call was computed through a table, or one f16 at a time from the
// exact value.
bool RunByTable(const ElementwiseRule& rule, const OpCall& call,
                const Operands& operands, int64_t begin, int64_t end) {
  const DataType type = call.inputs[0].dtype;
  const bool f16 = type == DataType::kFloat16;
  if (BitsOf(type) != 16 || type != call.outputs[0].dtype) return false;
  if (rule.half == nullptr && !rule.by_table) return false;
  if (LaneOf(type) != Lane::kFloat || call.inputs.size() != 1) return false;
  if (!AttrsAreDefault(call)) return false;
  const bool use_half = f16 && rule.half != nullptr;
  auto& slot = rule.tables.of[f16 ? 0 : 1];
  const uint16_t* table = slot.load(std::memory_order_acquire);
  if (table == nullptr && end - begin < kWorthATable) {
    if (!use_half) return false;
    const auto* x = operands.inputs[0].as<const Float16>();
    auto* y = operands.outputs[0].as<Float16>();
    for (int64_t i = begin; i < end; ++i) {
      y[i] = Saturated(rule.half(x[i]), operands.saturate);
    }
    return true;
  }
  if (table == nullptr) {
    const uint16_t* made = MakeTable(rule, call, use_half);
    if (slot.compare_exchange_strong(table, made)) {
      table = made;
    } else {
      delete[] made;
    }
  }
  if (f16) {
    LookUp<Float16>(table, operands, begin, end, operands.saturate);
  } else {
    LookUp<BFloat16>(table, operands, begin, end, operands.saturate);
  }
  return true;
}

}  // namespace

OpStatus InferElementwise(const OpCall& call,
                          std::vector<TensorSpec>* outputs) {
  if (OpStatus status = CheckWords(call); !status.ok()) return status;
  const ElementwiseRule& rule = *call.op->elementwise;
  const TensorSpec* longest = nullptr;
  Shape shape;
  for (size_t k = 0; k < call.inputs.size(); ++k) {
    const TensorSpec& x = call.inputs[k];
    if (x.absent()) continue;
    const auto wider = BroadcastShape(shape, ShapeOf(rule, call, k));
    if (!wider) {
      const size_t param = std::min(k, call.op->inputs.size() - 1);
      return OpError(
          call, "input " + std::string(call.op->inputs[param].name) + " shape",
          ToString(x.shape), "a shape that broadcasts with " + ToString(shape));
    }
    shape = *wider;
    if (longest == nullptr || x.shape.size() > longest->shape.size()) {
      longest = &x;
    }
  }
  if (longest == nullptr) return OpError(call, "input count", "0", "1 or more");
  for (size_t k = 0; k < call.op->outputs.size(); ++k) {
    outputs->push_back({InferredType(call, k), longest->format, shape});
  }
  return {};
}

OpStatus ComputeElementwise(const OpCall& call, const Operands& operands, int,
                            int64_t begin, int64_t end) {
  const ElementwiseRule& rule = *call.op->elementwise;
  // Of mixed operands the output is wider.
  if (rule.halves != nullptr && call.inputs[0].dtype == DataType::kFloat16 &&
      call.outputs[0].dtype == DataType::kFloat16 && SameShapes(rule, call)) {
    RunHalves(rule, call, operands, begin, end);
    return {};
  }
  if (!RunByTable(rule, call, operands, begin, end)) {
    RunBlocks(rule, call, operands, begin, end);
  }
  return {};
}

// The steps over the output, in f32 where the rules compute in f32, with the
// casts that this needs.
Work CostElementwise(const OpCall& call) {
  const ElementwiseRule& rule = *call.op->elementwise;
  Work work = MoveWork(call);
  const TensorSpec& y = call.outputs[0];
  const bool wide = y.dtype == DataType::kBf16 ||
                    (rule.wide && y.dtype == DataType::kFloat16);
  const int64_t bytes = wide ? y.count() * 4 : static_cast<int64_t>(y.bytes());
  for (const Instruction& step : rule.steps) {
    work.vector_cycles += VectorCycles(step, bytes);
  }
  if (wide) {
    work.vector_cycles +=
        (call.inputs.size() + 1) * VectorCycles(kVconv, bytes);
  }
  return work;
}

namespace {

[[noreturn]] void NoFunction(const OpDef& op, const char* name, DataType type) {
  std::fprintf(stderr, "npuemu: %s: no function for %s %s\n", op.type, name,
               NameOf(type));
  std::abort();
}

// Every dtype column needs a function that takes and gives its lanes; one that
// has none is our mistake.
void CheckColumns(const OpDef& op, const ElementwiseRule& rule) {
  const ParamSpec& key_input = op.inputs[rule.key];
  for (size_t k = 0; k < key_input.dtypes.size(); ++k) {
    const Lane key = LaneOfOperand(rule, key_input.dtypes[k]);
    const auto lane = static_cast<size_t>(key);
    if (rule.run[lane] == nullptr) {
      NoFunction(op, key_input.name, key_input.dtypes[k]);
    }
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const Lane wanted =
          rule.takes[i] < 0 ? key : static_cast<Lane>(rule.takes[i]);
      if (LaneOfOperand(rule, op.inputs[i].dtypes[k]) != wanted) {
        NoFunction(op, op.inputs[i].name, op.inputs[i].dtypes[k]);
      }
    }
    if (LaneOfOperand(rule, op.outputs[0].dtypes[k]) != rule.gives[lane]) {
      NoFunction(op, op.outputs[0].name, op.outputs[0].dtypes[k]);
    }
  }
}

}  // namespace

OpDef ElementwiseOp(OpDef signature, ElementwiseRule rule) {
  CheckColumns(signature, rule);
  signature.infer = rule.infer == nullptr ? InferElementwise : rule.infer;
  signature.items = ItemsOfOutput;
  signature.compute = ComputeElementwise;
  signature.cost = CostElementwise;
  signature.exactness = rule.exactness;
  signature.in_place = true;
  signature.elementwise = new ElementwiseRule(std::move(rule));
  return signature;
}

}  // namespace npuemu::kernels
