#include "acl_shim/aclnn/signature_key.h"

#include <cstring>

#include "absl/container/inlined_vector.h"
#include "acl_shim/aclnn/objects.h"

namespace npuemu::shim::nn {
namespace {

class Reader {
 public:
  explicit Reader(Signature* signature)
      : bytes_(signature->key), addresses_(signature->addresses) {}

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
    addresses_.push_back(tensor.address);
    NoteExtent(tensor);
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

  template <typename T>
  absl::Status Object(const HandleTable<T>& table, const Arg& arg) {
    Number(arg.handle == nullptr);
    if (arg.handle == nullptr) return absl::OkStatus();
    size_t bad;
    return table.Read(&arg.handle, 1, arg.name, &bad,
                      [this](const T& object) { One(object); });
  }

  absl::Status Append(const Arg& arg) {
    role_ = arg.role;
    switch (arg.kind) {
      case ArgKind::kTensor:
        return Object(Tensors(), arg);
      case ArgKind::kTensorList:
        return Object(TensorLists(), arg);
      case ArgKind::kScalar:
        return Object(Scalars(), arg);
      case ArgKind::kScalarList:
        return Object(ScalarLists(), arg);
      case ArgKind::kIntArray:
        return Object(IntArrays(), arg);
      case ArgKind::kFloatArray:
        return Object(FloatArrays(), arg);
      case ArgKind::kBoolArray:
        return Object(BoolArrays(), arg);
      case ArgKind::kInt:
        Number(arg.integer);
        break;
      case ArgKind::kDouble:
        Number(arg.real);
        break;
      case ArgKind::kString:
        Text(arg.text);
        break;
    }
    return absl::OkStatus();
  }

  // Whether one that is written lies over another that is read.
  bool Overlaps() const {
    for (const Extent& to : extents_) {
      for (const Extent& from : extents_) {
        if (&to != &from && to.role != ArgRole::kInput &&
            from.role != ArgRole::kOutput && to.begin < from.end &&
            from.begin < to.end) {
          return true;
        }
      }
    }
    return false;
  }

 private:
  struct Extent {
    uint64_t begin;
    uint64_t end;
    ArgRole role;
  };

  void NoteExtent(const Tensor& tensor) {
    if (kernels::ElementCount(tensor.shape) <= 0) return;
    int64_t last = 0;
    for (size_t i = 0; i < tensor.shape.size(); ++i) {
      last += (tensor.shape[i] - 1) * tensor.strides[i];
    }
    const int64_t bits = kernels::BitsOf(tensor.dtype);
    const auto behind = [&](int64_t elements) {
      return tensor.address + static_cast<uint64_t>(elements * bits / 8);
    };
    extents_.push_back(
        {behind(tensor.offset), behind(tensor.offset + last + 1), role_});
  }

  std::string& bytes_;
  std::vector<uint64_t>& addresses_;
  ArgRole role_ = ArgRole::kValue;
  absl::InlinedVector<Extent, 8> extents_;
};

}  // namespace

absl::Status ReadSignature(size_t op, std::span<const Arg> args,
                           Signature* signature) {
  signature->key.clear();
  signature->addresses.clear();
  signature->first.clear();
  Reader reader(signature);
  reader.Number(op);
  for (const Arg& arg : args) {
    signature->first.push_back(signature->addresses.size());
    RETURN_IF_ERROR(reader.Append(arg));
  }
  signature->overlaps = reader.Overlaps();
  reader.Number(signature->overlaps);
  return absl::OkStatus();
}

}  // namespace npuemu::shim::nn
