// UniqueWithCountsAndSorting and UniqueConsecutive: different values of x as
// flat, for each element which it is, and how often each occurs. Outputs are
// as large as they can get: results stand first, the rest are zero bits. Both
// zeros are one value, every NaN is one of its own. One item.

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/op/lanes.h"
#include "kernels/op/move.h"
#include "kernels/ops/index/order.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Elements as numbers that are equal where the elements are one value.
class Values {
 public:
  explicit Values(DataType type, const std::byte* x, int64_t count)
      : keys_(static_cast<size_t>(count)), alone_(keys_.size()) {
    OrderKeys(type, x, 0, 1, count, keys_.data());
    if (LaneOf(type) != Lane::kFloat) return;
    for (size_t i = 0; i < keys_.size(); ++i) {
      float value = 0;
      LoadLanes(type, Lane::kFloat, x, static_cast<int64_t>(i), 1, 1, &value);
      alone_[i] = value != value;
    }
  }

  int64_t KeyOf(int64_t i) const { return keys_[static_cast<size_t>(i)]; }
  bool Same(int64_t i, int64_t j) const {
    return KeyOf(i) == KeyOf(j) && !alone_[static_cast<size_t>(i)];
  }

 private:
  IntList keys_;
  std::vector<bool> alone_;  // NaN
};

// Groups of elements: runs of `order` whose values are the same.
struct Groups {
  IntList first;   // of each group, an element
  IntList member;  // of each element, its group
  IntList counts;
};

Groups GroupsOf(const Values& values, const IntList& order) {
  Groups groups;
  groups.member.resize(order.size());
  for (size_t k = 0; k < order.size(); ++k) {
    if (k == 0 || !values.Same(order[k], order[k - 1])) {
      groups.first.push_back(order[k]);
      groups.counts.push_back(0);
    }
    groups.member[static_cast<size_t>(order[k])] =
        static_cast<int64_t>(groups.first.size()) - 1;
    ++groups.counts.back();
  }
  return groups;
}

// Groups in the order of their first elements.
void SortByPlace(Groups* groups) {
  IntList order(groups->first.size());
  std::iota(order.begin(), order.end(), 0);
  const auto first = [&](int64_t g) {
    return groups->first[static_cast<size_t>(g)];
  };
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return first(a) < first(b); });
  IntList place(order.size());
  Groups sorted = *groups;
  for (size_t i = 0; i < order.size(); ++i) {
    const auto from = static_cast<size_t>(order[i]);
    place[from] = static_cast<int64_t>(i);
    sorted.first[i] = groups->first[from];
    sorted.counts[i] = groups->counts[from];
  }
  for (int64_t& g : sorted.member) g = place[static_cast<size_t>(g)];
  *groups = std::move(sorted);
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const int64_t axis = AttrOr<int64_t>(call.attrs, "axis", 1000);
  if (axis != 1000) {
    return OpError(call, "attribute axis", std::to_string(axis),
                   "1000 (x as flat)");
  }
  TensorSpec x = call.inputs[0];
  x.shape = {x.count()};
  *outputs = {x};
  for (size_t i : {size_t{1}, size_t{2}}) {
    outputs->push_back({InferredType(call, i), Format::kNd, x.shape});
  }
  return {};
}

void StoreNumbers(const IntList& numbers, DataType type, const TensorView& y) {
  const size_t width = ElementBytes(type);
  std::memset(y.data, 0, y.bytes);
  for (size_t i = 0; i < numbers.size(); ++i) {
    std::memcpy(y.data + i * width, &numbers[i], width);
  }
}

OpStatus Compute(const OpCall& call, const Operands& operands, int, int64_t,
                 int64_t) {
  const TensorSpec& x = call.inputs[0];
  const std::byte* from = DataOf(call, operands, 0);
  const Values values(x.dtype, from, x.count());
  IntList order(static_cast<size_t>(x.count()));
  std::iota(order.begin(), order.end(), 0);
  const bool consecutive = std::strcmp(call.op->type, "UniqueConsecutive") == 0;
  if (!consecutive) {
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return values.KeyOf(a) < values.KeyOf(b);
    });
  }
  Groups groups = GroupsOf(values, order);
  if (!consecutive && !AttrOr<bool>(call.attrs, "sorted", true)) {
    SortByPlace(&groups);
  }
  const size_t width = ElementBytes(x.dtype);
  const TensorView& y = operands.outputs[0];
  std::memset(y.data, 0, y.bytes);
  for (size_t i = 0; i < groups.first.size(); ++i) {
    std::memcpy(y.data + i * width,
                from + static_cast<size_t>(groups.first[i]) * width, width);
  }
  StoreNumbers(groups.member, call.outputs[1].dtype, operands.outputs[1]);
  StoreNumbers(groups.counts, call.outputs[2].dtype, operands.outputs[2]);
  return {};
}

OpDef Make(OpDef op) {
  op.engine = Engine::kAiCpu;
  op.infer = Infer;
  op.items = [](const OpCall&, int) { return int64_t{1}; };
  op.compute = Compute;
  op.cost = CostMove;
  op.exactness =
      "exact; declare the largest outputs: results come first, then zeros";
  return op;
}

}  // namespace

#define UNIQUE(type)                                             \
  const OpDef& type##Op() {                                      \
    static const OpDef& op = *new OpDef(Make(Signature(#type))); \
    return op;                                                   \
  }

UNIQUE(UniqueWithCountsAndSorting)
UNIQUE(UniqueConsecutive)

}  // namespace npuemu::kernels
