// How a Builder stores results, and the plan that it ends with.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/builder.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// What allocators of the runtime align blocks to (R139).
constexpr uint64_t kAlignment = 512;

uint64_t Aligned(uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

// Outputs.

void Builder::Store(Value value, size_t arg) {
  if (!ok() || value.empty()) return;
  StoreInto(value, In(arg), arg);
}

void Builder::StoreOptional(Value value, size_t arg) {
  if (Given(arg)) Store(value, arg);
}

void Builder::StoreFlat(Value value, size_t arg) {
  if (!ok() || value.empty() || !Given(arg)) return;
  const Value out = In(arg);
  if (ok() && Count(out) == Count(value)) value = Reshape(value, ShapeOf(out));
  StoreInto(value, out, arg);
}

void Builder::StoreItem(Value value, size_t arg, size_t index) {
  if (!ok()) return;
  auto list = TensorLists().Get(args_[arg].handle, args_[arg].name);
  if (!list.ok()) return Fail(list.status());
  const auto& items = (*list)->items;
  Check(index < items.size(), arg, absl::StrCat("a list of ", items.size()),
        absl::StrCat("more than ", index, " tensors"));
  if (ok()) StoreInto(value, AddTensor(*items[index], arg, index), arg);
}

void Builder::StoreInto(Value value, Value target, size_t arg) {
  if (!ok() || value.empty() || target.empty()) return;
  const Shape shape = ShapeOf(target);
  Check(ShapeOf(value) == shape, arg, ToString(shape),
        ToString(ShapeOf(value)));
  const DataType type = TypeOf(target);
  Check(CanCast(TypeOf(value), type), arg, kernels::NameOf(type),
        absl::StrCat("a dtype that ", kernels::NameOf(TypeOf(value)),
                     " may become"));
  const Place& place = PlaceOf(target);
  for (size_t i = 0; i < place.strides.size(); ++i) {
    Check(place.strides[i] != 0 || shape[i] < 2, arg,
          absl::StrCat("strides ", ToString(place.strides)),
          "strides > 0 for what is written");
  }
  Value cast = Cast(value, type);
  if (ok() && PlaceOf(cast).base == Place::Base::kConstant) {
    cast = Op("Identity", {cast});
  }
  if (ok()) outputs_.push_back({cast.place, target.place});
}

void Builder::Found(std::span<const Value> extents, size_t arg) {
  std::vector<Value> numbers;
  for (Value extent : extents) {
    numbers.push_back(Reshape(Cast(extent, DataType::kInt64), {1}));
  }
  Attrs attrs;
  attrs["concat_dim"] = int64_t{0};
  attrs["N"] = static_cast<int64_t>(numbers.size());
  const Value shape = Op("ConcatD", numbers, std::move(attrs));
  if (ok()) plan_.found.push_back({arg, shape.place});
}

// The end.

// What a value looks at, where it looks at all of it in the same order.
int Builder::SourceOf(int place) const {
  for (auto view = views_.rbegin(); view != views_.rend(); ++view) {
    if (view->first != place) continue;
    const Place& seen = plan_.places[static_cast<size_t>(place)];
    const Place& whole = plan_.places[static_cast<size_t>(view->second)];
    if (!seen.contiguous() || !whole.contiguous() || seen.offset != 0 ||
        seen.spec.bytes() != whole.spec.bytes()) {
      return place;
    }
    place = view->second;
  }
  return place;
}

// A result may be computed in its output's memory if nothing that runs after
// its kernel reads an argument, which may be the same memory.
bool Builder::CanWriteDirectly(int value, int target,
                               const std::vector<int>& producers) const {
  const Place& from = plan_.places[static_cast<size_t>(value)];
  const Place& to = plan_.places[static_cast<size_t>(target)];
  const int producer = producers[static_cast<size_t>(value)];
  if (from.base != Place::Base::kWorkspace || producer < 0 ||
      !to.contiguous() || !from.contiguous()) {
    return false;
  }
  for (size_t i = static_cast<size_t>(producer) + 1; i < plan_.steps.size();
       ++i) {
    for (int input : plan_.steps[i].inputs) {
      if (input < 0) continue;
      const Place& place = plan_.places[static_cast<size_t>(input)];
      if (place.base == Place::Base::kTensor) return false;
    }
  }
  return true;
}

// Workspace for what no argument holds. Views follow what they look at.
void Builder::LayOut() {
  uint64_t scratch = 0;
  for (const Step& step : plan_.steps) {
    if (step.op != nullptr) {
      scratch = std::max<uint64_t>(scratch, step.op->workspace);
    }
    for (int output : step.outputs) {
      Place& place = plan_.places[static_cast<size_t>(output)];
      if (place.base != Place::Base::kWorkspace) continue;
      place.offset = static_cast<int64_t>(plan_.workspace);
      plan_.workspace += Aligned(place.spec.bytes());
    }
  }
  for (const auto& [view, source] : views_) {
    Place& place = plan_.places[static_cast<size_t>(view)];
    const Place& from = plan_.places[static_cast<size_t>(source)];
    if (place.base != Place::Base::kWorkspace) continue;
    if (from.base == Place::Base::kTensor) {
      const int64_t width = kernels::BitsOf(place.spec.dtype) / 8;
      place.base = from.base;
      place.tensor = from.tensor;
      place.offset = from.offset + place.offset / std::max<int64_t>(width, 1);
    } else {
      place.offset += from.offset;
    }
  }
  plan_.kernel_scratch = plan_.workspace;
  plan_.workspace += Aligned(scratch);
}

// Of several results those that are elements of arguments are taken away
// first, where outputs lie over arguments.
void Builder::TakeArguments() {
  if (!overlaps_ || outputs_.size() < 2) return;
  for (Output& output : outputs_) {
    const Place& from = PlaceOf({output.value});
    if (from.base != Place::Base::kTensor) continue;
    Place place;
    place.spec = from.spec;
    const int taken = Add(std::move(place)).place;
    plan_.steps.push_back({nullptr, {output.value}, {taken}});
    output.value = taken;
  }
}

Plan Builder::Finish() {
  TakeArguments();
  std::vector<int> producers(plan_.places.size(), -1);
  for (size_t i = 0; i < plan_.steps.size(); ++i) {
    for (int output : plan_.steps[i].outputs) {
      producers[static_cast<size_t>(output)] = static_cast<int>(i);
    }
  }
  for (const Output& output : outputs_) {
    const int source = SourceOf(output.value);
    Place& from = plan_.places[static_cast<size_t>(source)];
    const Place& to = plan_.places[static_cast<size_t>(output.target)];
    if (CanWriteDirectly(source, output.target, producers)) {
      from.base = to.base;
      from.tensor = to.tensor;
      from.offset = to.offset;
    } else {
      plan_.steps.push_back({nullptr, {output.value}, {output.target}});
    }
  }
  LayOut();
  return std::move(plan_);
}

}  // namespace npuemu::shim::nn
