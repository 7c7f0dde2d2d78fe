// File: builder.h
// How an operator is written: it reads its arguments as values, passes values
// through kernels of kernels/ops, and stores the last ones into its outputs.
//
//   void Add(Builder& b) {            // aclnnAdd(self, other, alpha, out)
//     const DataType type = b.Promoted({0, 1});
//     const Value y = b.Scaled(b.Cast(b.In(1), type), b.ScalarAt(2));
//     b.Store(b.Op("Add", {b.Cast(b.In(0), type), y}), 3);
//   }
//
// The first mistake sticks: after it every function does nothing and returns
// an empty value, so that operators need no error paths of their own. Strided
// inputs are made contiguous before a kernel reads them, results are cast and
// scattered as the outputs ask, as opbase's Contiguous and ViewCopy do.
//
// Errors (Builder::status): kNnParamNullptr (161001) for a null argument that
// is required, kNnParamInvalid (161002) for everything else that the caller
// did, with argument, given and expected.
//
// Thread safety: one thread.

#ifndef ACL_SHIM_ACLNN_BUILDER_H_
#define ACL_SHIM_ACLNN_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "acl_shim/aclnn/arg.h"
#include "acl_shim/aclnn/objects.h"
#include "acl_shim/aclnn/plan.h"
#include "kernels/op/attrs.h"

namespace npuemu::shim::nn {

using kernels::Attrs;
using kernels::DataType;
using kernels::Format;
using kernels::Shape;
using kernels::ToString;

// A tensor on its way through a plan: the number of its place.
struct Value {
  int place = -1;
  bool empty() const { return place < 0; }
};

// A scalar argument as a number. Integers and bool are exact in `integer`.
struct Number {
  DataType dtype = DataType::kUndefined;
  double real = 0;
  int64_t integer = 0;
  bool is_integer() const;
};

// Arguments are named by their place in the prototype, from 0.
class Builder {
 public:
  // `overlaps`: an argument that is written lies over one that is read.
  explicit Builder(std::span<const Arg> args, const char* kernel = nullptr,
                   bool overlaps = false);

  // What the operator's table row says: the kernel of one-kernel operators.
  const char* kernel() const { return kernel_; }
  size_t arg_count() const { return args_.size(); }

  // Arguments. A null handle is an error unless it is asked for as optional.
  bool Given(size_t arg) const;
  const char* NameOf(size_t arg) const { return args_[arg].name; }
  ArgKind KindOf(size_t arg) const { return args_[arg].kind; }
  bool IsScalar(size_t arg) const { return KindOf(arg) == ArgKind::kScalar; }
  Value In(size_t arg);
  Value OptionalIn(size_t arg);  // empty when null
  std::vector<Value> InList(size_t arg);
  Number ScalarAt(size_t arg);
  std::vector<Number> ScalarListAt(size_t arg);
  int64_t Int(size_t arg) const { return args_[arg].integer; }
  bool Bool(size_t arg) const { return args_[arg].integer != 0; }
  double Double(size_t arg) const { return args_[arg].real; }
  std::string String(size_t arg);
  std::vector<int64_t> Ints(size_t arg);
  std::vector<int64_t> OptionalInts(size_t arg);
  std::vector<uint8_t> Bools(size_t arg);
  DataType Type(size_t arg) const {
    return static_cast<DataType>(args_[arg].integer);
  }

  // What a tensor argument is like; its elements are not read.
  kernels::TensorSpec Like(size_t arg);

  // Values.
  Shape ShapeOf(Value value) const;
  int64_t Rank(Value value) const;
  int64_t Extent(Value value, int64_t axis) const;  // axis of Axis()
  int64_t Count(Value value) const;
  DataType TypeOf(Value value) const;
  Format FormatOf(Value value) const;
  bool IsContiguous(Value value) const;

  static constexpr int64_t kMostListed = 1 << 26;  // places that a plan holds
  Value Constant(double value, DataType type, Shape shape = {});
  Value Constant(const Number& value, DataType type);
  Value Constant(std::span<const float> values, Shape shape);
  Value Constant(std::span<const int64_t> values,
                 DataType type = DataType::kInt64);

  // Another look at the same elements; nothing moves.
  Value Reshape(Value value, Shape shape);  // contiguous first
  Value Permute(Value value, std::span<const int64_t> order);
  Value Narrow(Value value, int64_t axis, int64_t start, int64_t count,
               int64_t step = 1);
  Value Expand(Value value, const Shape& shape);  // extents of 1 and new axes
  Value As(Value value, Format format);           // the same shape
  Value View(Value value, Shape shape, Shape strides, int64_t offset);

  // Kernels. `types`: dtypes of outputs where the inputs do not say; empty
  // values are absent operands. The first output, or all of them; empty values
  // after an error.
  Value Op(const char* type, std::span<const Value> inputs, Attrs attrs = {},
           DataType output = DataType::kUndefined);
  Value Op(const char* type, std::initializer_list<Value> inputs,
           Attrs attrs = {}, DataType output = DataType::kUndefined) {
    return Op(type, std::span<const Value>(inputs.begin(), inputs.size()),
              std::move(attrs), output);
  }
  std::vector<Value> Ops(const char* type, std::span<const Value> inputs,
                         Attrs attrs = {}, std::span<const DataType> types = {},
                         size_t outputs = 0);
  std::vector<Value> Ops(const char* type, std::initializer_list<Value> inputs,
                         Attrs attrs = {},
                         std::initializer_list<DataType> types = {}) {
    return Ops(type, std::span<const Value>(inputs.begin(), inputs.size()),
               std::move(attrs),
               std::span<const DataType>(types.begin(), types.size()));
  }
  Value Cast(Value value, DataType type);
  Value Contiguous(Value value);

  // The value becomes output `arg`: cast to its dtype, laid out as its strides
  // say. An error if the shapes differ. A null output is an error, but for
  // StoreOptional.
  void Store(Value value, size_t arg);
  void StoreOptional(Value value, size_t arg);
  // The same in the output's own shape, if that has as many elements: how many
  // extents of 1 statistics have differs between programs. Null is allowed.
  void StoreFlat(Value value, size_t arg);
  void StoreItem(Value value, size_t arg, size_t index);  // of a list
  // Store into the one output that the operator has; of in-place operators the
  // input itself.
  void Result(Value value);
  // The output's real extents, which only its elements show: the second phase
  // gives them to the tensor that the caller has. Numbers of one element.
  void Found(std::span<const Value> extents, size_t arg);
  // The place of the `index`-th argument that is written.
  size_t OutputArg(size_t index = 0) const;
  // The input's own elements change (in-place operators): what Store would do
  // with it.
  void StoreInto(Value value, Value target, size_t arg);

  // Operands of mixed dtypes (arithmetic.md 5.2): arguments that are tensors or
  // scalars. An error where the table has no common dtype.
  DataType Promoted(std::initializer_list<size_t> args);
  // The argument in that dtype; a scalar is a constant of rank 0.
  Value Operand(size_t arg, DataType type);
  // Whether the kernel's first input may be of the dtype.
  bool Takes(const char* type, DataType dtype) const;
  // Whether the kernel takes these dtypes of its inputs and gives `output`.
  bool Takes(const char* type, std::initializer_list<DataType> inputs,
             DataType output) const;
  // The dtype in which the kernel serves elements of `dtype`: itself, else f32
  // for f16 and bf16, else itself again.
  DataType ComputeType(const char* type, DataType dtype) const;

  // Checks that operators share.
  size_t Axis(int64_t axis, int64_t rank, size_t arg);  // negative from behind
  std::vector<int64_t> Axes(std::span<const int64_t> axes, int64_t rank,
                            size_t arg);  // sorted, none twice
  void CheckRank(Value value, size_t arg, int64_t least, int64_t most);
  void CheckShape(Value value, size_t arg, const Shape& expected);
  void Check(bool holds, size_t arg, const std::string& given,
             const std::string& expected);
  // Not modelled: kApiNotSupport, names what.
  void Refuse(size_t arg, const std::string& given,
              const std::string& expected);

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

  // The plan. REQUIRES: ok(), and only once.
  Plan Finish();

 private:
  struct Output {
    int value;
    int target;
  };

  void Fail(absl::Status status);
  absl::Status Wrong(Fault fault, size_t arg, const std::string& given,
                     const std::string& expected) const;
  // `origin`: the tensor (Plan::tensors) whose elements it has, cast or moved;
  // or -1.
  Value Add(Place place, int origin = -1);
  Value AddTensor(const Tensor& tensor, size_t arg, size_t item = 0);
  absl::Status CheckTensor(const Tensor& tensor, size_t arg) const;
  Place& PlaceOf(Value value) {
    return plan_.places[static_cast<size_t>(value.place)];
  }
  const Place& PlaceOf(Value value) const {
    return plan_.places[static_cast<size_t>(value.place)];
  }
  int OriginOf(Value value) const {
    return origins_[static_cast<size_t>(value.place)];
  }
  std::string InCallersWords(const kernels::OpCall& call,
                             std::span<const Value> inputs,
                             const std::string& message) const;
  std::vector<kernels::TensorSpec> Infer(kernels::OpCall* call,
                                         std::span<const Value> inputs,
                                         std::span<const DataType> types,
                                         size_t count);
  Value Unpacked(Value value);  // int4 as int8
  Number Real(const Scalar& scalar, size_t arg);
  int SourceOf(int place) const;
  bool CanWriteDirectly(int value, int target,
                        const std::vector<int>& producers) const;
  void TakeArguments();
  void LayOut();

  std::span<const Arg> args_;
  const char* kernel_;
  const bool overlaps_;
  absl::Status status_;
  Plan plan_;
  std::vector<int> contiguous_;             // of places: their contiguous copy
  std::vector<int> origins_;                // of places
  std::vector<std::pair<int, int>> views_;  // of workspace: place, source
  std::vector<Output> outputs_;
};

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_BUILDER_H_
