#include "kernels/op/move.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"

namespace npuemu::kernels {

OpStatus CheckInputs(const OpCall& call) {
  size_t needed = 0;
  for (const ParamSpec& param : call.op->inputs) {
    if (param.kind == ParamKind::kRequired) ++needed;
  }
  if (call.inputs.size() < needed) {
    return OpError(call, "input count", std::to_string(call.inputs.size()),
                   std::to_string(call.op->inputs.size()));
  }
  for (size_t i = 0; i < call.inputs.size(); ++i) {
    const TensorSpec& x = call.inputs[i];
    if (x.count() < 0) {
      return OpError(call, "input " + std::to_string(i) + " shape",
                     ToString(x.shape),
                     "extents >= 0 whose product fits in int64");
    }
    if (IsConst(call, i) && call.const_inputs[i].size() < x.bytes()) {
      return OpError(call, "const input " + std::to_string(i),
                     std::to_string(call.const_inputs[i].size()) + " bytes",
                     std::to_string(x.bytes()) + " bytes");
    }
  }
  return {};
}

OpStatus CheckOutput(const OpCall& call, const TensorSpec& y, size_t index) {
  const TensorSpec& given = call.outputs[index];
  const std::string name = "output " + std::to_string(index);
  if (given.shape != y.shape) {
    return OpError(call, name + " shape", ToString(given.shape),
                   ToString(y.shape));
  }
  if (given.dtype != y.dtype) {
    return OpError(call, name, NameOf(given.dtype), NameOf(y.dtype));
  }
  return {};
}

OpStatus InferMove(PlanFn plan, const OpCall& call,
                   std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  Move move;
  if (OpStatus s = plan(call, nullptr, &move); !s.ok()) return s;
  *outputs = {std::move(move.y)};
  return {};
}

OpStatus ComputeMove(PlanFn plan, const OpCall& call, const Operands& operands,
                     int64_t begin, int64_t end) {
  Move move;
  if (OpStatus s = plan(call, &operands, &move); !s.ok()) return s;
  if (OpStatus s = CheckOutput(call, move.y); !s.ok()) return s;
  const size_t width = ElementBytes(move.y.dtype);
  const auto* fill = reinterpret_cast<const std::byte*>(&move.fill);
  if (move.over >= 0) fill = nullptr;
  const auto* x = reinterpret_cast<const std::byte*>(&move.value);
  if (!move.constant) x = DataOf(call, operands, move.source);
  std::byte* y = operands.outputs[0].data;
  if (move.over >= 0) {
    const size_t first = static_cast<size_t>(begin) * width;
    std::memcpy(y + first,
                DataOf(call, operands, static_cast<size_t>(move.over)) + first,
                static_cast<size_t>(end - begin) * width);
  }
  if (move.parts == 0) {
    CopyMapped(move.map, width, x, fill, begin, end - begin,
               y + static_cast<size_t>(begin) * width);
    return {};
  }
  const int64_t size = move.y.count() / move.parts;
  for (int64_t at = begin; at < end;) {
    AxisMap map;
    move.part(at / size, &map);
    const int64_t count = std::min(size - at % size, end - at);
    CopyMapped(map, width, x, fill, at % size, count,
               y + static_cast<size_t>(at) * width);
    at += count;
  }
  return {};
}

Work CostMove(const OpCall& call) { return MoveWork(call); }

std::string InputName(const OpCall& call, size_t index) {
  return std::string("input ") + call.op->inputs[index].name;
}

OpStatus AxisOf(const OpCall& call, const std::string& argument, int64_t axis,
                size_t rank, size_t* place) {
  std::vector<bool> marked;
  OpStatus status = MarkAxes(call, argument, {axis}, rank, &marked);
  if (!status.ok()) return status;
  *place =
      static_cast<size_t>(axis < 0 ? axis + static_cast<int64_t>(rank) : axis);
  return {};
}

OpStatus ReadInt(const OpCall& call, size_t index, const Operands* operands,
                 int64_t* value) {
  if (call.inputs[index].count() != 1) {
    return OpError(call, InputName(call, index) + " shape",
                   ToString(call.inputs[index].shape), "one element");
  }
  IntList values;
  OpStatus status = ReadInts(call, index, operands, &values);
  if (status.ok()) *value = values[0];
  return status;
}

OpStatus BlockSize(const OpCall& call, int64_t* block) {
  constexpr int64_t kMost = 46340;
  *block = IntAttr(call, "block_size");
  if (*block >= 1 && *block <= kMost) return {};
  return OpError(call, "attribute block_size", std::to_string(*block),
                 "1 to 46340");
}

OpStatus CheckLength(const OpCall& call, const std::string& argument,
                     size_t given, size_t expected) {
  if (given == expected) return {};
  return OpError(call, argument, std::to_string(given) + " numbers",
                 std::to_string(expected));
}

int64_t Product(const Shape& shape, size_t first, size_t last) {
  int64_t product = 1;
  for (size_t d = first; d < last; ++d) {
    if (shape[d] == 0) return 0;
  }
  for (size_t d = first; d < last; ++d) {
    if (__builtin_mul_overflow(product, shape[d], &product)) {
      return std::numeric_limits<int64_t>::max();
    }
  }
  return product;
}

IntList SafeStrides(const Shape& shape) {
  IntList strides(shape.size(), 0);
  if (ElementCount(shape) <= 0) return strides;
  int64_t stride = 1;
  for (size_t d = shape.size(); d-- > 0;) {
    strides[d] = stride;
    stride *= shape[d];
  }
  return strides;
}

const std::byte* DataOf(const OpCall& call, const Operands& operands,
                        size_t index) {
  return IsConst(call, index) ? call.const_inputs[index].data()
                              : operands.inputs[index].data;
}

int64_t IntAt(DataType type, const std::byte* data, int64_t i) {
  const auto read = [&]<typename T>() {
    T value;
    std::memcpy(&value, data + static_cast<size_t>(i) * sizeof(T), sizeof(T));
    return static_cast<int64_t>(value);
  };
  if (type == DataType::kInt32) return read.template operator()<int32_t>();
  if (type == DataType::kUint8) return read.template operator()<uint8_t>();
  return read.template operator()<int64_t>();
}

OpStatus BadIndex(const OpCall& call, size_t input, int64_t index,
                  int64_t extent) {
  return OpError(call, InputName(call, input), std::to_string(index),
                 "an index of an extent of " + std::to_string(extent));
}

uint64_t NumberBits(DataType type, int64_t number) {
  uint64_t bits = 0;
  Dispatch(AllTypes{}, type, [&]<typename T>() {
    T element;
    if constexpr (kIsFloat<T>) {
      element = Out<T>(static_cast<float>(number), false);
    } else if constexpr (std::is_same_v<T, Bool>) {
      element = Bool{number != 0};
    } else if constexpr (std::is_same_v<T, uint64_t>) {
      element = number < 0 ? 0 : static_cast<uint64_t>(number);
    } else {
      element = static_cast<T>(
          std::clamp(number, int64_t{std::numeric_limits<T>::min()},
                     int64_t{std::numeric_limits<T>::max()}));
    }
    std::memcpy(&bits, &element, sizeof(element));
  });
  return bits;
}

}  // namespace npuemu::kernels
