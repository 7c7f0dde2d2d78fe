#include "kernels/ops/index/scatter.h"

#include <algorithm>
#include <cstring>

#include "kernels/op/cost.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kBlock = 256;  // elements that are combined at once

// Elements [from, from + count) of the updates into those at `to`.
void CombineElements(const Scatter& scatter, DataType type,
                     const std::byte* updates, int64_t from, int64_t count,
                     bool saturate, std::byte* to) {
  const int64_t step = scatter.one_for_all ? 0 : 1;
  const Lane lane = LaneOf(type);
  const size_t width = ElementBytes(type);
  // As Maximum and Minimum do: f16 is chosen from, bf16 is cast back (7.2).
  const bool selects =
      type == DataType::kFloat16 &&
      (scatter.way == Combine::kMax || scatter.way == Combine::kMin);
  int64_t acc[kBlock];
  int64_t x[kBlock];
  for (int64_t done = 0; done < count; done += kBlock) {
    const int64_t here = std::min(kBlock, count - done);
    const int64_t offset = scatter.one_for_all ? 0 : from + done;
    std::byte* at = to + static_cast<size_t>(done) * width;
    LoadLanes(type, lane, updates, offset, here, step, x);
    LoadLanes(type, lane, at, 0, here, 1, acc);
    CombineLanes(scatter.way, lane, x, 1, here, acc);
    StoreLanes(lane, type, acc, here, saturate && !selects, at, 0);
  }
}

void UpdateElements(const Scatter& scatter, size_t width,
                    const std::byte* updates, int64_t from, int64_t count,
                    std::byte* to) {
  if (!scatter.one_for_all) {
    std::memcpy(to, updates + static_cast<size_t>(from) * width,
                static_cast<size_t>(count) * width);
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(to + static_cast<size_t>(i) * width, updates, width);
  }
}

}  // namespace

OpStatus CheckUpdates(const OpCall& call, const Scatter& scatter,
                      const Shape& expected) {
  const Shape& given = call.inputs[scatter.updates].shape;
  if (given == expected) return {};
  return OpError(call, InputName(call, scatter.updates) + " shape",
                 ToString(given), ToString(expected));
}

OpStatus RunScatter(const OpCall& call, const Operands& operands,
                    const Scatter& scatter, int64_t begin, int64_t end) {
  const DataType type = scatter.y.dtype;
  const size_t width = ElementBytes(type);
  const size_t first = static_cast<size_t>(begin) * width;
  const size_t bytes = static_cast<size_t>(end - begin) * width;
  std::byte* const result = operands.outputs[0].data;
  const std::byte* const base =
      scatter.base < 0
          ? nullptr
          : DataOf(call, operands, static_cast<size_t>(scatter.base));
  // What lies over its base changes only where an update goes.
  std::vector<std::byte> copy(base == result ? 0 : bytes);
  if (base != nullptr && base != result) {
    std::memcpy(copy.data(), base + first, bytes);
  }
  std::byte* const y = base == result ? result + first : copy.data();
  const std::byte* indices = DataOf(call, operands, scatter.indices);
  const std::byte* updates = DataOf(call, operands, scatter.updates);
  for (int64_t row = 0; row < scatter.rows; ++row) {
    int64_t at = 0;
    if (OpStatus s = scatter.place(row, indices, &at); !s.ok()) return s;
    const int64_t from = std::max(at, begin);
    const int64_t count = std::min(at + scatter.length, end) - from;
    if (count <= 0) continue;
    const int64_t source = row * scatter.length + from - at;
    std::byte* to = y + static_cast<size_t>(from - begin) * width;
    if (scatter.way == Combine::kUpdate) {
      UpdateElements(scatter, width, updates, source, count, to);
    } else {
      CombineElements(scatter, type, updates, source, count, operands.saturate,
                      to);
    }
  }
  if (!copy.empty()) std::memcpy(result + first, copy.data(), bytes);
  return {};
}

Work CostScatter(const OpCall& call) {
  Work work = MoveWork(call);
  work.vector_cycles = VectorCycles(kVadd, call.inputs.back().count() * 4);
  return work;
}

}  // namespace npuemu::kernels
