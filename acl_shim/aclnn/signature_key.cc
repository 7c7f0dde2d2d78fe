#include "acl_shim/aclnn/signature_key.h"

#include <cstring>

#include "acl_shim/aclnn/objects.h"

namespace npuemu::shim::nn {
namespace {

class Key {
 public:
  explicit Key(std::string* bytes) : bytes_(*bytes) { bytes_.clear(); }

  template <typename T>
  void Number(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    bytes_.append(bytes, sizeof(T));
  }

  template <typename T>
  void Numbers(const std::vector<T>& values) {
    Number(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()),
                  values.size() * sizeof(T));
  }

  void Text(const char* text) {
    const size_t size = text == nullptr ? 0 : std::strlen(text);
    Number(text == nullptr ? SIZE_MAX : size);
    bytes_.append(text == nullptr ? "" : text, size);
  }

  void One(const Tensor& tensor) {
    Number(tensor.dtype);
    Number(tensor.format);
    Numbers(tensor.shape);
    Numbers(tensor.strides);
    Number(tensor.offset);
    Numbers(tensor.storage_shape);
  }
  void One(const Scalar& scalar) {
    Number(scalar.dtype);
    bytes_.append(reinterpret_cast<const char*>(scalar.bytes),
                  sizeof(scalar.bytes));
  }
  template <typename T>
  void One(const std::vector<T>& values) {
    Numbers(values);
  }
  template <typename T>
  void One(const List<T>& list) {
    Number(list.items.size());
    for (const auto& item : list.items) One(*item);
  }

  // False: the handle is no object of the table.
  template <typename T>
  bool Object(const HandleTable<T>& table, const Arg& arg) {
    Number(arg.handle == nullptr);
    if (arg.handle == nullptr) return true;
    size_t bad;
    return table
        .Read(&arg.handle, 1, arg.name, &bad,
              [this](const T& object) { One(object); })
        .ok();
  }

  bool Append(const Arg& arg) {
    switch (arg.kind) {
      case ArgKind::kTensor: return Object(Tensors(), arg);
      case ArgKind::kTensorList: return Object(TensorLists(), arg);
      case ArgKind::kScalar: return Object(Scalars(), arg);
      case ArgKind::kScalarList: return Object(ScalarLists(), arg);
      case ArgKind::kIntArray: return Object(IntArrays(), arg);
      case ArgKind::kFloatArray: return Object(FloatArrays(), arg);
      case ArgKind::kBoolArray: return Object(BoolArrays(), arg);
      case ArgKind::kInt: Number(arg.integer); return true;
      case ArgKind::kDouble: Number(arg.real); return true;
      case ArgKind::kString: Text(arg.text); return true;
    }
    return false;
  }

 private:
  std::string& bytes_;
};

}  // namespace

void SetSignature(size_t op, std::span<const Arg> args, std::string* bytes) {
  Key key(bytes);
  key.Number(op);
  for (const Arg& arg : args) {
    if (key.Append(arg)) continue;
    bytes->clear();
    return;
  }
}

}  // namespace npuemu::shim::nn
