// File: element_rule.h
// How an element-wise operator computes, beside its function: ElementwiseRule,
// which OpDef holds. Thread-safe.

#ifndef KERNELS_OP_ELEMENT_RULE_H_
#define KERNELS_OP_ELEMENT_RULE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "kernels/numeric/cast.h"
#include "kernels/numeric/half_arithmetic.h"
#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// The attributes of a call in the order of the signature, as numbers: bool is 0
// or 1, a list has one place for each element; words: reduction none 0, mean 1,
// sum 2, round_mode Round 0, Floor 1, Ceil 2, Trunc 3; others take no place.
struct Scalars {
  static constexpr size_t kMost = 12;
  std::array<float, kMost> values = {};
  size_t count = 0;       // of values
  float elements = 0;     // of the output
  int width = 32;         // bits of the key input's type
  bool is_signed = true;  // whether it has negative values
  bool half = false;      // that type is f16
  bool saturate = false;  // SAT

  float operator[](size_t i) const { return values[i]; }
  // OUT_T of a step in the middle: f16 operators of several steps round each.
  float Step(float x) const {
    return half ? ToFloat(Saturated(ToFloat16(x), saturate)) : x;
  }
};

// A block: `count` lanes of every operand.
struct Block {
  int64_t count;
  size_t inputs;
  const void* const* x;
  void* const* y;
  const Scalars* attrs;
};
using BlockFn = void (*)(const Block&);

// Tables of f16 and bf16 results, made on first use, never destroyed. A copy of
// a rule begins without.
struct HalfTables {
  std::array<std::atomic<const uint16_t*>, 2> of = {};
  HalfTables() = default;
  HalfTables(const HalfTables&) {}
  HalfTables& operator=(const HalfTables&) { return *this; }
};

// How an operator computes, beside its function. The methods give a changed
// copy.
struct ElementwiseRule {
  std::vector<Instruction> steps;  // vector instructions per 256 bytes, 6.3
  const char* exactness =
      "f16, f32: one IEEE rounding; bf16: f32, then rounded; integers wrap";
  bool wide = false;      // f16 is computed in f32 (7.8), at the cost of casts
  bool selects = false;   // f16 results are operands: no S_T (7.2)
  bool raw = false;       // operands of type T are bits
  bool by_table = false;  // 16-bit floats of unary operators: a table pays
  size_t key = 0;         // the input whose type chooses the function
  float absent = 1.0f;    // what an optional input that is left out holds
  // The shape that stands in for that of an input, to broadcast by; null: its
  // own. For inputs that lie along channels.
  Shape (*align)(const OpCall& call, size_t input) = nullptr;
  // f16 with one rounding from the exact value, by table (7.9); only where the
  // attributes have their defaults.
  Float16 (*half)(Float16) = nullptr;
  OpStatus (*infer)(const OpCall& call, std::vector<TensorSpec>* outputs) =
      nullptr;                               // where broadcasting is not all
  std::array<BlockFn, kLaneKinds> run = {};  // by lane of the key input
  BlockFn run_avx2 = nullptr;  // on floats, where the processor has AVX2
  // All of f16 inputs of one shape.
  HalvesFn halves = nullptr;
  // A whole block of floats where the attributes have their defaults.
  BlockFn run_plain = nullptr;

  // For the check of every dtype column: the lanes of inputs, -1 where they are
  // those of the key, and of the first output, by the key's.
  std::vector<int> takes = {};
  std::array<Lane, kLaneKinds> gives = {};

  mutable HalfTables tables;

  ElementwiseRule Says(const char* text) const {
    return With([&](ElementwiseRule& rule) { rule.exactness = text; });
  }
  // A composite of primitives in f32 with one cast back (7.8).
  ElementwiseRule Sequence() const {
    return With([](ElementwiseRule& rule) {
      rule.exactness =
          "the sequence of docs/sequences.md in f32, one cast back";
      rule.wide = true;
      rule.by_table = true;
    });
  }
  ElementwiseRule Half(Float16 (*fn)(Float16)) const {
    return With([&](ElementwiseRule& rule) { rule.half = fn; });
  }
  ElementwiseRule Selects() const {
    return With([](ElementwiseRule& rule) {
      rule.selects = true;
      rule.exactness = "exact";
    });
  }
  ElementwiseRule Raw(size_t key_input) const {
    return With([&](ElementwiseRule& rule) {
      rule.raw = true;
      rule.key = key_input;
      rule.exactness = "exact: bits are moved";
    });
  }
  ElementwiseRule Infer(OpStatus (*fn)(const OpCall&,
                                       std::vector<TensorSpec>*)) const {
    return With([&](ElementwiseRule& rule) { rule.infer = fn; });
  }
  ElementwiseRule Align(Shape (*fn)(const OpCall&, size_t)) const {
    return With([&](ElementwiseRule& rule) { rule.align = fn; });
  }
  ElementwiseRule Absent(float value) const {
    return With([&](ElementwiseRule& rule) { rule.absent = value; });
  }
  ElementwiseRule Halves(HalvesFn fn) const {
    return With([&](ElementwiseRule& rule) { rule.halves = fn; });
  }
  ElementwiseRule Plain(BlockFn fn) const {
    return With([&](ElementwiseRule& rule) { rule.run_plain = fn; });
  }
  ElementwiseRule Wide() const {
    return With([](ElementwiseRule& rule) { rule.wide = true; });
  }

 private:
  template <typename Change>
  ElementwiseRule With(Change&& change) const {
    ElementwiseRule rule = *this;
    change(rule);
    return rule;
  }
};

// Scalars::Step for floats, nothing for integers.
template <typename C>
C StepOf(C x, [[maybe_unused]] const Scalars& a) {
  if constexpr (std::is_same_v<C, float>) {
    return a.Step(x);
  } else {
    return x;
  }
}

// What an integer operator computes through f32, back by TRUNC and clamped to
// the key input's type; NaN is 0 (7.1). Floats stay.
template <typename C>
C FromFloat(float y, [[maybe_unused]] const Scalars& a) {
  if constexpr (std::is_same_v<C, float>) {
    return y;
  } else {
    const auto value = Cast<int64_t>(y, {.mode = Rounding::kTrunc});
    if (a.width == 64) return static_cast<C>(value);
    const int64_t span = int64_t{1} << (a.is_signed ? a.width - 1 : a.width);
    const int64_t low = a.is_signed ? -span : 0;
    return static_cast<C>(std::min(std::max(value, low), span - 1));
  }
}

template <typename... I>
ElementwiseRule Steps(I... steps) {
  ElementwiseRule rule;
  rule.steps = {steps...};
  return rule;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ELEMENT_RULE_H_
