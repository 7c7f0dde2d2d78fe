#include "acl_shim/core/strided_copy.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "acl_shim/core/enqueue_op.h"
#include "acl_shim/core/op_blocks.h"
#include "emulator/memory/device_memory.h"
#include "emulator/task/cost_model.h"
#include "kernels/tensor/strided.h"

namespace npuemu::shim {
namespace {

using kernels::Shape;

// Runs of elements that are tracked one by one, as rows of 2D copies are;
// beyond it the whole span, which the checks then leave out.
constexpr int64_t kTrackedRuns = 64;
constexpr int64_t kCheckedRuns = 65536;

constexpr const char* kFrom[] = {"src"};
constexpr const char* kTo[] = {"dst"};
constexpr AccessNames kNames{kFrom, kTo};

// One side of a copy: the bytes that hold its elements.
struct Side {
  uint64_t begin;  // of the first element, in bits from address 0
  int64_t bits;    // of an element
  Shape strides;
  uint64_t span;  // bits from the first element's begin to the last one's end

  MemoryRange Bytes() const { return {begin / 8, (begin + span + 7) / 8}; }
};

Side SideOf(const StridedCopy& copy, kernels::DataType dtype,
            const StridedView& view) {
  Side side;
  side.bits = kernels::BitsOf(dtype);
  side.begin =
      view.address * 8 + static_cast<uint64_t>(view.offset * side.bits);
  side.strides = view.strides;
  int64_t last = 0;
  for (size_t i = 0; i < copy.shape.size(); ++i) {
    last += (copy.shape[i] - 1) * view.strides[i];
  }
  side.span = static_cast<uint64_t>((last + 1) * side.bits);
  return side;
}

// The axes that tell elements apart, widest strides first, as few as do: which
// bytes a view has does not depend on the order of its axes.
kernels::StridedWalk ByStride(const Shape& shape, const Shape& strides) {
  std::vector<std::pair<int64_t, int64_t>> axes;  // stride, extent
  for (size_t i = 0; i < shape.size(); ++i) {
    if (strides[i] > 0) axes.push_back({strides[i], shape[i]});
  }
  std::sort(axes.rbegin(), axes.rend());
  Shape extents;
  Shape steps;
  for (const auto& [step, extent] : axes) {
    extents.push_back(extent);
    steps.push_back(step);
  }
  return kernels::WalkOf(extents, steps, steps);
}

// Appends the runs of adjacent elements; false: there are too many, the span
// stands for them.
bool AddRuns(const Shape& shape, const Side& side, int64_t most,
             RangeList* ranges) {
  const kernels::StridedWalk walk = ByStride(shape, side.strides);
  const bool dense = walk.from.back() == 1;
  const int64_t count = kernels::ElementCount(walk.shape);
  const int64_t runs = dense ? count / walk.shape.back() : count;
  if (runs > most) {
    ranges->push_back(side.Bytes());
    return false;
  }
  Shape outer = walk.shape;
  const int64_t length = dense ? outer.back() : 1;
  if (dense) outer.back() = 1;
  Shape index(outer.size(), 0);
  for (int64_t run = 0; run < runs; ++run) {
    int64_t at = 0;
    for (size_t i = 0; i < outer.size(); ++i) at += index[i] * walk.from[i];
    const uint64_t begin = side.begin + static_cast<uint64_t>(at * side.bits);
    const uint64_t end = begin + static_cast<uint64_t>(length * side.bits);
    ranges->push_back({begin / 8, (end + 7) / 8});
    for (size_t i = outer.size(); i-- > 0;) {
      if (++index[i] < outer[i]) break;
      index[i] = 0;
    }
  }
  return true;
}

// The memory of a launch.
struct Memory {
  const std::byte* src;
  std::byte* dst;
};

class Launch {
 public:
  Launch(const DeviceMemory& memory, StridedCopy copy, Side from, Side to)
      : memory_(memory),
        copy_(std::move(copy)),
        from_(std::move(from)),
        to_(std::move(to)) {}

  // The addresses may not be used by this device.
  void Refuse() { foreign_ = true; }

  Fault Run(BlockPlan* plan) const {
    const MemoryRange read = from_.Bytes();
    const MemoryRange written = to_.Bytes();
    const Memory memory{memory_.Translate(read.begin, Size(read)),
                        memory_.Translate(written.begin, Size(written))};
    if (foreign_ || memory.src == nullptr || memory.dst == nullptr) {
      return Fault::kRtVectorCoreException;
    }
    const bool overlap = Overlap(read, written);
    if (plan == nullptr) {
      RunWhole(memory, overlap ? Size(read) : 0);
    } else if (!overlap && from_.bits >= 8) {
      Describe(memory, plan);
    }
    return Fault::kNone;
  }

 private:
  static size_t Size(const MemoryRange& range) {
    return range.end - range.begin;
  }

  // `buffered`: bytes of the source to take first.
  void RunWhole(Memory memory, size_t buffered) const {
    const std::vector<std::byte> buffer(memory.src, memory.src + buffered);
    const std::byte* src = buffered > 0 ? buffer.data() : memory.src;
    if (from_.bits == 4 && to_.bits == 8) {
      kernels::UnpackNibbles(copy_.shape, src, from_.begin / 4 % 2,
                             from_.strides, memory.dst);
    } else if (from_.bits == 4) {
      kernels::CopyStridedNibbles(copy_.shape, src, from_.begin / 4 % 2,
                                  from_.strides, memory.dst, to_.begin / 4 % 2,
                                  to_.strides);
    } else {
      kernels::CopyStrided(copy_.shape, Width(), src, from_.strides, memory.dst,
                           to_.strides);
    }
  }

  // Blocks are parts of the longest axis.
  void Describe(const Memory& memory, BlockPlan* plan) const {
    const kernels::StridedWalk walk =
        kernels::WalkOf(copy_.shape, from_.strides, to_.strides);
    const auto axis = static_cast<size_t>(
        std::max_element(walk.shape.begin(), walk.shape.end()) -
        walk.shape.begin());
    const int64_t items = walk.shape[axis];
    const auto bytes = static_cast<uint64_t>(
        kernels::BytesOf(copy_.dtype, kernels::ElementCount(walk.shape)));
    const auto count =
        static_cast<int64_t>(CountBlocks(2 * bytes, plan->cores, items));
    std::vector<Block> blocks;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t begin = items * i / count;
      blocks.push_back(
          PartOf(memory, walk, axis, begin, items * (i + 1) / count));
    }
    AddWaves(std::move(blocks), std::min(CostModel::kKernelStart, plan->cost),
             plan->cost, plan);
  }

  Block PartOf(Memory memory, kernels::StridedWalk walk, size_t axis,
               int64_t begin, int64_t end) const {
    const size_t width = Width();
    const auto behind = [&](int64_t stride) {
      return begin * stride * static_cast<int64_t>(width);
    };
    memory.src += behind(walk.from[axis]);
    memory.dst += behind(walk.to[axis]);
    walk.shape[axis] = end - begin;
    const Shape dense = kernels::DenseStrides(walk.shape);
    const auto held = std::make_shared<std::vector<std::byte>>();
    return {[=] {
              held->resize(kernels::ElementCount(walk.shape) * width);
              kernels::CopyStrided(walk.shape, width, memory.src, walk.from,
                                   held->data(), dense);
              return Fault::kNone;
            },
            [=] {
              kernels::CopyStrided(walk.shape, width, held->data(), dense,
                                   memory.dst, walk.to);
              return Fault::kNone;
            }};
  }

  size_t Width() const { return static_cast<size_t>(from_.bits) / 8; }

  const DeviceMemory& memory_;
  const StridedCopy copy_;
  const Side from_;
  const Side to_;
  bool foreign_ = false;
};

}  // namespace

Task MakeStridedCopy(Node& node, const Stream& stream, const StridedCopy& copy,
                     const StridedView& from, const StridedView& to) {
  Task task;
  task.name = copy.name;
  task.unit = Unit::kVector;
  task.names = &kNames;
  const auto bytes = static_cast<uint64_t>(
      kernels::BytesOf(copy.dtype, kernels::ElementCount(copy.shape)));
  const KernelCost cost =
      node.costs().Kernel(Unit::kVector, {0, bytes / 256 + 1, bytes, bytes});
  task.cost = cost.duration;
  task.cores = cost.cores;
  if (kernels::ElementCount(copy.shape) == 0) {
    task.body = [] { return Fault::kNone; };
    return task;
  }
  const Side source = SideOf(copy, copy.dtype, from);
  const Side target = SideOf(copy, copy.to_dtype, to);
  const int64_t most = node.log().checking() ? kCheckedRuns : kTrackedRuns;
  task.exact_reads = AddRuns(copy.shape, source, most, &task.reads);
  task.exact_writes = AddRuns(copy.shape, target, most, &task.writes);
  auto launch = std::make_unique<Launch>(node.memory(), copy, source, target);
  if (!MayAccess(node, stream, from.address) ||
      !MayAccess(node, stream, to.address)) {
    launch->Refuse();
  }
  task.body = [launch = std::move(launch)](BlockPlan* plan) {
    return launch->Run(plan);
  };
  return task;
}

}  // namespace npuemu::shim
