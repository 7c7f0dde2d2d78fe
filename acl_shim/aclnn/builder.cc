#include "acl_shim/aclnn/builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/places.h"
#include "acl_shim/aclnn/promote.h"
#include "acl_shim/aclnn/scalar.h"
#include "emulator/base/check.h"
#include "kernels/ops/registry.h"

namespace npuemu::shim::nn {
namespace {

// The formats whose elements lie in the order of the extents.
bool IsPlain(Format format) {
  switch (static_cast<int>(format)) {
    case ACL_FORMAT_UNDEFINED:
    case ACL_FORMAT_NCHW:
    case ACL_FORMAT_NHWC:
    case ACL_FORMAT_ND:
    case ACL_FORMAT_HWCN:
    case ACL_FORMAT_NDHWC:
    case ACL_FORMAT_NCDHW:
    case ACL_FORMAT_NCL:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool Number::is_integer() const { return IsIntegral(dtype); }

Builder::Builder(std::span<const Arg> args, const char* kernel, bool overlaps)
    : args_(args), kernel_(kernel), overlaps_(overlaps) {}

void Builder::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

absl::Status Builder::Wrong(Fault fault, size_t arg, const std::string& given,
                            const std::string& expected) const {
  const char* name = arg < args_.size() ? args_[arg].name : "?";
  return FaultError(
      fault, absl::StrCat(name, ": given ", given, ", expected ", expected));
}

void Builder::Check(bool holds, size_t arg, const std::string& given,
                    const std::string& expected) {
  if (holds || !ok()) return;
  Fail(Wrong(Fault::kNnParamInvalid, arg, given, expected));
}

void Builder::Refuse(size_t arg, const std::string& given,
                     const std::string& expected) {
  Fail(Wrong(Fault::kApiNotSupport, arg, given, expected));
}

// Arguments.

bool Builder::Given(size_t arg) const { return args_[arg].handle != nullptr; }

absl::Status Builder::CheckTensor(const Tensor& tensor, size_t arg) const {
  if (!IsPlain(tensor.format)) {
    return Wrong(Fault::kApiNotSupport, arg,
                 absl::StrCat("format ", kernels::NameOf(tensor.format)),
                 "ND, NCL, NCHW, NHWC, HWCN, NCDHW or NDHWC");
  }
  if (tensor.dtype == DataType::kUndefined) {
    return Wrong(Fault::kNnParamInvalid, arg, "ACL_DT_UNDEFINED",
                 "the dtype of its elements");
  }
  const int64_t count = kernels::ElementCount(tensor.shape);
  const int64_t storage = kernels::ElementCount(tensor.storage_shape);
  if (count < 0) {
    return Wrong(Fault::kNnParamInvalid, arg, ToString(tensor.shape),
                 "extents >= 0 whose product fits in int64");
  }
  if (count == 0 || tensor.storage_shape.empty()) return absl::OkStatus();
  // From the view's first element on: programs leave the offset out of the
  // storage, and real phases take that.
  int64_t last = 0;
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    last += (tensor.shape[i] - 1) * tensor.strides[i];
  }
  if (last < storage) return absl::OkStatus();
  return Wrong(Fault::kNnParamInvalid, arg,
               absl::StrCat("shape ", ToString(tensor.shape), " with strides ",
                            ToString(tensor.strides),
                            ", whose last element is number ", last),
               absl::StrCat("elements within the storage ",
                            ToString(tensor.storage_shape)));
}

Value Builder::Add(Place place, int origin) {
  plan_.places.push_back(std::move(place));
  contiguous_.push_back(-1);
  origins_.push_back(origin);
  return {static_cast<int>(plan_.places.size()) - 1};
}

Value Builder::AddTensor(const Tensor& tensor, size_t arg, size_t item) {
  if (absl::Status s = CheckTensor(tensor, arg); !s.ok()) {
    Fail(std::move(s));
    return {};
  }
  Place place;
  place.spec = {tensor.dtype, Format::kNd, tensor.shape};
  SetStrides(&place, tensor.strides);
  place.base = Place::Base::kTensor;
  place.offset = tensor.offset;
  const auto same = [&](const TensorSlot& slot) {
    return slot.arg == arg && slot.item == item;
  };
  const auto found =
      std::find_if(plan_.tensors.begin(), plan_.tensors.end(), same);
  place.tensor = static_cast<int>(found - plan_.tensors.begin());
  if (found == plan_.tensors.end()) plan_.tensors.push_back({arg, item});
  const int slot = place.tensor;
  return Add(std::move(place), slot);
}

Value Builder::In(size_t arg) {
  if (!ok()) return {};
  auto tensor = Tensors().Get(args_[arg].handle, args_[arg].name);
  if (tensor.ok()) return AddTensor(**tensor, arg);
  Fail(tensor.status());
  return {};
}

Value Builder::OptionalIn(size_t arg) { return Given(arg) ? In(arg) : Value(); }

std::vector<Value> Builder::InList(size_t arg) {
  std::vector<Value> values;
  if (!ok()) return values;
  auto list = TensorLists().Get(args_[arg].handle, args_[arg].name);
  if (!list.ok()) {
    Fail(list.status());
    return values;
  }
  const auto& items = (*list)->items;
  for (size_t i = 0; i < items.size(); ++i) {
    values.push_back(AddTensor(*items[i], arg, i));
  }
  return values;
}

namespace {

// A copy of what the handle of `arg` stands for; empty after an error.
template <typename T>
T CopyOf(HandleTable<T>& table, const Arg& arg, absl::Status* status) {
  if (!status->ok()) return {};
  auto found = table.Get(arg.handle, arg.name);
  if (found.ok()) return **found;
  *status = found.status();
  return {};
}

}  // namespace

Number Builder::Real(const Scalar& scalar, size_t arg) {
  const Number number = nn::NumberOf(scalar);
  Check(number.dtype != DataType::kUndefined, arg,
        kernels::NameOf(scalar.dtype), "a real number or bool");
  return number;
}

Number Builder::ScalarAt(size_t arg) {
  const Scalar scalar = CopyOf(Scalars(), args_[arg], &status_);
  return ok() ? Real(scalar, arg) : Number();
}

std::vector<Number> Builder::ScalarListAt(size_t arg) {
  std::vector<Number> numbers;
  const ScalarList list = CopyOf(ScalarLists(), args_[arg], &status_);
  for (const auto& scalar : list.items) numbers.push_back(Real(*scalar, arg));
  return numbers;
}

std::string Builder::String(size_t arg) {
  if (args_[arg].text != nullptr) return args_[arg].text;
  Fail(Wrong(Fault::kNnParamNullptr, arg, "nullptr", "a string"));
  return "";
}

std::vector<int64_t> Builder::Ints(size_t arg) {
  return CopyOf(IntArrays(), args_[arg], &status_);
}

std::vector<int64_t> Builder::OptionalInts(size_t arg) {
  return Given(arg) ? Ints(arg) : std::vector<int64_t>();
}

std::vector<uint8_t> Builder::Bools(size_t arg) {
  return CopyOf(BoolArrays(), args_[arg], &status_);
}

kernels::TensorSpec Builder::Like(size_t arg) {
  const Value value = In(arg);
  return value.empty() ? kernels::TensorSpec() : PlaceOf(value).spec;
}

size_t Builder::OutputArg(size_t index) const {
  for (size_t i = 0; i < args_.size(); ++i) {
    if (args_[i].is_written() && index-- == 0) return i;
  }
  return args_.size();
}

void Builder::Result(Value value) { Store(value, OutputArg()); }

// Operands.

DataType Builder::Promoted(std::initializer_list<size_t> args) {
  DataType type = DataType::kUndefined;
  for (size_t arg : args) {
    if (args_[arg].kind != ArgKind::kTensor) continue;
    const DataType other = TypeOf(In(arg));
    const DataType both =
        type == DataType::kUndefined ? other : Promote(type, other);
    Check(both != DataType::kUndefined, arg, kernels::NameOf(other),
          absl::StrCat("a dtype that goes with ", kernels::NameOf(type)));
    type = both;
  }
  for (size_t arg : args) {
    if (args_[arg].kind != ArgKind::kScalar) continue;
    type = PromoteScalar(type, ScalarAt(arg));
  }
  return type;
}

Value Builder::Operand(size_t arg, DataType type) {
  if (args_[arg].kind == ArgKind::kScalar) return Constant(ScalarAt(arg), type);
  return Cast(In(arg), type);
}

bool Builder::Takes(const char* type, DataType dtype) const {
  const kernels::OpDef* const op = kernels::FindOp(type);
  NPUEMU_CHECK(op != nullptr);
  const auto& dtypes = op->inputs[0].dtypes;
  return std::find(dtypes.begin(), dtypes.end(), dtype) != dtypes.end();
}

bool Builder::Takes(const char* type, std::initializer_list<DataType> inputs,
                    DataType output) const {
  const kernels::OpDef* const op = kernels::FindOp(type);
  NPUEMU_CHECK(op != nullptr && op->inputs.size() >= inputs.size());
  const auto& results = op->outputs[0].dtypes;
  for (size_t column = 0; column < results.size(); ++column) {
    bool fits = results[column] == output;
    size_t i = 0;
    for (DataType input : inputs) {
      fits &= op->inputs[i++].dtypes[column] == input;
    }
    if (fits) return true;
  }
  return false;
}

DataType Builder::ComputeType(const char* type, DataType dtype) const {
  const bool narrow = dtype == DataType::kFloat16 || dtype == DataType::kBf16;
  return narrow && !Takes(type, dtype) ? DataType::kFloat : dtype;
}

// Checks.

size_t Builder::Axis(int64_t axis, int64_t rank, size_t arg) {
  const int64_t extents = std::max<int64_t>(rank, 1);
  Check(axis >= -extents && axis < extents, arg, absl::StrCat(axis),
        absl::StrCat("an axis in [", -extents, ", ", extents - 1, "]"));
  return ok() ? static_cast<size_t>(axis < 0 ? axis + extents : axis) : 0;
}

std::vector<int64_t> Builder::Axes(std::span<const int64_t> axes, int64_t rank,
                                   size_t arg) {
  std::vector<int64_t> sorted;
  for (int64_t axis : axes) {
    sorted.push_back(static_cast<int64_t>(Axis(axis, rank, arg)));
  }
  std::sort(sorted.begin(), sorted.end());
  Check(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), arg,
        ToString(Shape(axes.begin(), axes.end())), "each axis once");
  return sorted;
}

void Builder::CheckRank(Value value, size_t arg, int64_t least, int64_t most) {
  if (!ok() || value.empty()) return;
  Check(Rank(value) >= least && Rank(value) <= most, arg,
        absl::StrCat("rank ", Rank(value)),
        least == most ? absl::StrCat("rank ", least)
                      : absl::StrCat("rank ", least, " to ", most));
}

void Builder::CheckShape(Value value, size_t arg, const Shape& expected) {
  if (!ok() || value.empty()) return;
  Check(ShapeOf(value) == expected, arg, ToString(ShapeOf(value)),
        ToString(expected));
}

}  // namespace npuemu::shim::nn
