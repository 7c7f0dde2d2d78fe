#include "kernels/ops/image/pixels.h"

#include "kernels/numeric/element.h"
#include "kernels/op/primitives.h"

namespace npuemu::kernels {
namespace {

template <typename T>
float Read(const std::byte* elements, int64_t index) {
  return static_cast<float>(Widen(reinterpret_cast<const T*>(elements)[index]));
}

template <typename T>
void Write(float value, bool saturate, std::byte* elements, int64_t index) {
  T* to = reinterpret_cast<T*>(elements) + index;
  if constexpr (kIsFloat<T>) {
    *to = Out<T>(value, saturate);
  } else if constexpr (std::is_same_v<T, Bool>) {
    *to = Bool{static_cast<uint8_t>(value != 0)};
  } else {
    *to = FromFloat<T>(value);
  }
}

}  // namespace

ReadFn ReaderOf(DataType type) {
  ReadFn fn = Read<float>;
  Dispatch(AllTypes(), type, [&]<typename T>() { fn = Read<T>; });
  return fn;
}

WriteFn WriterOf(DataType type) {
  WriteFn fn = Write<float>;
  Dispatch(AllTypes(), type, [&]<typename T>() { fn = Write<T>; });
  return fn;
}

OpStatus ReadFloats(const OpCall& call, size_t index, const Operands* operands,
                    std::vector<float>* values) {
  const TensorSpec& spec = call.inputs[index];
  const std::byte* data = nullptr;
  if (IsConst(call, index)) {
    data = call.const_inputs[index].data();
  } else if (operands != nullptr) {
    data = operands->inputs[index].data;
  } else if (spec.count() > 0) {
    return OpError(call, std::string("input ") + call.op->inputs[index].name,
                   "a value that only the run knows", "a const input");
  }
  const ReadFn read = ReaderOf(spec.dtype);
  for (int64_t i = 0; i < spec.count(); ++i) values->push_back(read(data, i));
  return {};
}

}  // namespace npuemu::kernels
