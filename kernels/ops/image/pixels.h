// File: pixels.h
// Elements of any type as f32 and back, by a function for each type, so that
// what computes on images is compiled once. Thread-safe (pure).

#ifndef KERNELS_OPS_IMAGE_PIXELS_H_
#define KERNELS_OPS_IMAGE_PIXELS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// Element `index`, cast to f32 (RINT for integers).
using ReadFn = float (*)(const std::byte* elements, int64_t index);
ReadFn ReaderOf(DataType type);

// Stores OUT_T of f32; integers by TRUNC, clamped (arithmetic.md 7.1).
using WriteFn = void (*)(float value, bool saturate, std::byte* elements,
                         int64_t index);
WriteFn WriterOf(DataType type);

// Input `index` as f32, and output `index`.
struct Reader {
  Reader(const OpCall& call, const Operands& operands, size_t index)
      : read(ReaderOf(call.inputs[index].dtype)),
        data(operands.inputs[index].data) {}
  float operator()(int64_t i) const { return read(data, i); }
  ReadFn read;
  const std::byte* data;
};
struct Writer {
  Writer(const OpCall& call, const Operands& operands, size_t index)
      : write(WriterOf(call.outputs[index].dtype)),
        data(operands.outputs[index].data),
        saturate(operands.saturate) {}
  void operator()(int64_t i, float value) const {
    write(value, saturate, data, i);
  }
  WriteFn write;
  std::byte* data;
  bool saturate;
};

// The floats of a value input: from the const bytes, else from memory.
// Neither: an error asks for a const input.
OpStatus ReadFloats(const OpCall& call, size_t index, const Operands* operands,
                    std::vector<float>* values);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_IMAGE_PIXELS_H_
