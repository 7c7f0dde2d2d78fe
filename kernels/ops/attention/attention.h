// File: attention.h
// What the attention operators share: where heads lie in query, key and value,
// and the scores of a block of rows and columns: one Mmad chain over D for each
// (arithmetic 7.4), then scale, position shift and mask in f32. In order:
// docs/attention.md. Thread-safe (pure).

#ifndef KERNELS_OPS_ATTENTION_ATTENTION_H_
#define KERNELS_OPS_ATTENTION_ATTENTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/gemm/mmad.h"
#include "kernels/op/op_def.h"

namespace npuemu::kernels {

inline constexpr int64_t kCopies = 8;  // of each maximum and sum of a row

// One of query, key, value: element (b, head, s, d) is at
// b * b_stride + head * n_stride + s * s_stride + d.
struct Heads {
  int64_t batch = 0;
  int64_t heads = 0;
  int64_t length = 0;
  int64_t depth = 0;
  int64_t b_stride = 0;
  int64_t n_stride = 0;
  int64_t s_stride = 0;

  int64_t At(int64_t b, int64_t n) const { return b * b_stride + n * n_stride; }
};

// A tensor that broadcasts to [batch, heads, rows, columns].
struct Plane {
  bool given = false;
  int64_t stride[4] = {0, 0, 0, 0};

  int64_t At(int64_t b, int64_t n, int64_t i) const {
    return b * stride[0] + n * stride[1] + i * stride[2];
  }
};

struct Attention {
  MmadKind kind = MmadKind::kFloat16;
  DataType type = DataType::kFloat16;
  Heads q;
  Heads k;
  Heads v;
  Heads y;  // the result: as query, with the depth of value
  float scale = 1;
  bool shift_first = true;  // scale * (qk + shift), else scale * qk + shift
  Plane shift;
  size_t shift_input = 0;
  Plane mask;
  size_t mask_input = 0;
  bool band = false;   // column j is masked beside row i unless it lies in
  int64_t before = 0;  // [i - before, i + after]
  int64_t after = 0;
  size_t lengths_input = 0;      // 0: none
  std::vector<int64_t> lengths;  // of keys, for each of the batch or all

  int64_t group() const { return q.heads / k.heads; }
  int64_t tiles(int64_t length) const {
    return (length + kMmadTile - 1) / kMmadTile;
  }
};

// Names of what an operator calls its operands; npos where it has none.
struct AttentionNames {
  size_t shift;
  size_t mask;
  const char* heads;
  const char* kv_heads;  // "" : the shape of key tells
  const char* before;
  const char* after;
};

// Reads inputs 0, 1, 2 and the attributes input_layout, scale_value,
// sparse_mode. Error: what is not modelled, shapes that do not go together.
OpStatus MakeAttention(const OpCall& call, const AttentionNames& names,
                       Attention* attention);

// The result's shape.
Shape ResultShape(const OpCall& call, const Attention& attention);

// keep_prob must be 1 and pse_type 0 or 1: FlashAttentionScore and its
// gradient.
OpStatus ReadScoreAttrs(const OpCall& call, Attention* attention);

// An input that must be left out.
OpStatus RefuseInput(const OpCall& call, size_t index);

// The lengths of keys: 0 to that of key; a device exception otherwise.
OpStatus ReadLengths(const OpCall& call, const Operands& operands,
                     Attention* attention);

// A matrix in f32 whose rows are `stride` apart, a multiple of panels.
struct Matrix {
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t stride = 0;
  std::vector<float> values;

  void Clear(int64_t row_count, int64_t column_count);
  float* Row(int64_t i) { return values.data() + i * stride; }
};

// Rows r and columns c of an operand of the cube: element (r, k) lies at
// data[r * row_stride + k * k_stride].
struct CubeSide {
  const std::byte* data;
  int64_t rows;
  int64_t row_stride;
  int64_t k_stride;
};

// Goes on with y += a * b over k, one chain for each element, groups beginning
// anew (7.4).
void MultiplyInto(const Attention& attention, bool saturate, CubeSide a,
                  CubeSide b, int64_t k, Matrix* y);

// Rows [i0, i1) by columns [j0, j1) of head n: the scores; -inf where masked.
void Scores(const Attention& attention, const Operands& operands, int64_t b,
            int64_t n, int64_t i0, int64_t i1, int64_t j0, int64_t j1,
            DataType shift_type, Matrix* scores);

// A matrix as elements of the operator's type (RINT, S_T), rows `columns`
// apart.
std::vector<std::byte> Narrowed(const Attention& attention, bool saturate,
                                Matrix* m);

// The first element of head n of an operand.
inline const std::byte* HeadOf(const Attention& attention,
                               const Operands& operands, size_t input,
                               const Heads& heads, int64_t b, int64_t n) {
  return operands.inputs[input].data +
         heads.At(b, n) * (BitsOf(attention.type) / 8);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_ATTENTION_ATTENTION_H_
