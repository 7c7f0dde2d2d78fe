// File: row.h
// What the function of an operator by rows (rows.h) sees: the lanes of one row,
// or of a piece of it, and the sums of arithmetic.md 7.3 and 7.8 over them. Not
// thread-safe: each piece of work has its own.

#ifndef KERNELS_OP_ROW_H_
#define KERNELS_OP_ROW_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/numeric/largest.h"
#include "kernels/op/op_def.h"
#include "kernels/op/primitives.h"
#include "kernels/op/row_reduce.h"

namespace npuemu::kernels {

inline constexpr size_t kRowOperands = 16;
// Temporary operands (letters t, u, v, w of a stage) come after the others.
inline constexpr size_t kTemps = 10;

// How the axes of the view are divided.
struct RowLayout {
  Shape view;
  std::vector<bool> along;
  Shape row_shape;     // of outputs with a value for each row
  Shape column_shape;  // and for each column
  Shape own_shape;     // roles g and h
  std::vector<bool> own;
  Shape other_shape;
  std::vector<bool> other;
  int mode = 0;
  std::vector<int64_t> ints;  // what the layout read from an input
};

// TREE of 7.3 over n lanes, a power of two.
template <int64_t kCount>
float FullTree(const float* v) {
  if constexpr (kCount == 1) {
    return v[0];
  } else {
    float half[kCount / 2];
    for (int64_t i = 0; i < kCount / 2; ++i) half[i] = v[2 * i] + v[2 * i + 1];
    return FullTree<kCount / 2>(half);
  }
}

// One row, or `n` elements of it from `first` on if the stage is in blocks.
struct Row {
  int64_t n = 0;
  int64_t length = 0;
  int64_t first = 0;
  int64_t row = 0;
  bool last = true;
  int mode = 0;                 // of the layout
  std::array<float, 8> a = {};  // the attributes that the rule names
  const OpCall* call = nullptr;
  const Operands* operands = nullptr;
  const RowLayout* layout = nullptr;
  OpStatus status;
  std::array<const void*, kRowOperands> in = {};  // null where absent
  std::array<void*, kRowOperands> out = {};
  std::array<bool, kRowOperands> one = {};  // one value for the whole row
  std::array<std::array<float, kLanes>, 4> lanes = {};
  int64_t kept_int = 0;  // what a stage in blocks carries
  float kept_float = 0;
  std::vector<float> scratch;

  const float* x(size_t i) const { return static_cast<const float*>(in[i]); }
  const int64_t* ix(size_t i) const {
    return static_cast<const int64_t*>(in[i]);
  }
  float* y(size_t i) { return static_cast<float*>(out[i]); }
  int64_t* iy(size_t i) { return static_cast<int64_t*>(out[i]); }
  // Element j of an operand that may have one value for the whole row.
  float At(size_t i, int64_t j) const { return x(i)[one[i] ? 0 : j]; }
  bool has(size_t i) const { return in[i] != nullptr; }
  template <typename C>
  const C* as(size_t i) const {
    return static_cast<const C*>(in[i]);
  }

  // The row sum of 7.8 of value(j), j < n; with blocks, what was summed up to
  // and with this one. Sums of one block stage have numbers of their own.
  template <typename Value>
  float Sum(Value&& value, size_t k = 0) {
    const auto add = [](float a, float b) { return a + b; };
    const float sum = Fold(-0.0f, value, add, k);
    return length == 0 ? 0.0f : sum;
  }

  // The same order with another operation; lanes without elements hold `none`.
  template <typename Value, typename Op>
  float Fold(float none, Value&& value, Op op, size_t k = 0) {
    float held[kLanes];
    for (int64_t l = 0; l < kLanes; ++l) {
      held[l] = first == 0 ? none : lanes[k][static_cast<size_t>(l)];
    }
    int64_t base = 0;
    for (; base + kLanes <= n; base += kLanes) {
      for (int64_t l = 0; l < kLanes; ++l) {
        held[l] = op(held[l], value(base + l));
      }
    }
    for (int64_t j = base; j < n; ++j)
      held[j - base] = op(held[j - base], value(j));
    for (size_t l = 0; l < kLanes; ++l) lanes[k][l] = held[l];
    for (int64_t m = kLanes / 2; last && m >= 1; m /= 2) {
      for (int64_t i = 0; i < m; ++i)
        held[i] = op(held[2 * i], held[2 * i + 1]);
    }
    return held[0];
  }

  // ReduceSum of the first n (7.3): a tree for each 64 values, the results
  // added one after the other.
  template <typename Value>
  float RepeatSum(Value&& value) const {
    float total = 0;
    for (int64_t base = 0; base < n; base += kLanes) {
      float part[kLanes];
      const int64_t here = std::min(kLanes, n - base);
      for (int64_t l = here; l < kLanes; ++l) part[l] = -0.0f;
      if (here == kLanes) {
        for (int64_t l = 0; l < kLanes; ++l) part[l] = value(base + l);
      } else {
        for (int64_t l = 0; l < here; ++l) part[l] = value(base + l);
      }
      const float sum = FullTree<kLanes>(part);
      total = base == 0 ? sum : total + sum;
    }
    return total;
  }

  // By halves (RmsNorm, 7.8): with p the largest power of two that is at most
  // n, v[i] += v[p + i], and so on with half of p until 64 are left: a tree.
  template <typename Value>
  float HalfSum(Value&& value) {
    scratch.resize(static_cast<size_t>(n));
    float* v = scratch.data();
    for (int64_t j = 0; j < n; ++j) v[j] = value(j);
    int64_t count = n;
    if (count > kLanes) {
      int64_t p = kLanes;
      while (p <= count / 2) p *= 2;
      for (int64_t i = 0; i < count - p; ++i) v[i] += v[p + i];
      for (p /= 2; p >= kLanes; p /= 2) {
        for (int64_t i = 0; i < p; ++i) v[i] += v[p + i];
      }
      count = kLanes;
    }
    return SumTree(v, count);
  }

  // A device exception: data is not what the operator asks for.
  void Refuse(const std::string& argument, int64_t given,
              const std::string& expected) {
    if (!status.ok()) return;
    status = OpError(*call, argument, std::to_string(given), expected);
  }
};

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ROW_H_
