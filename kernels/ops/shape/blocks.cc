// Operators that move blocks between space and batch: SpaceToBatch,
// SpaceToBatchND and back, with their D versions. Blocks belong to axes 1, 2,
// ... whatever the format; those without ND in their name have two (height and
// width of NHWC). Bits are copied; padding is zero bits.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// A block and what is added before and after it, or taken away, for each of
// the axes 1, 2, ...
struct Blocks {
  std::string argument;  // "input paddings"
  IntList sizes;
  IntList edges;
  int64_t product = 1;
};

OpStatus CheckBlocks(const OpCall& call, Blocks* blocks) {
  const Shape& x = call.inputs[0].shape;
  const size_t axes = blocks->sizes.size();
  if (x.size() <= axes) {
    return OpError(call, "input x shape", ToString(x),
                   "more extents than blocks, " + std::to_string(axes));
  }
  OpStatus s =
      CheckLength(call, blocks->argument, blocks->edges.size(), 2 * axes);
  if (!s.ok()) return s;
  for (int64_t size : blocks->sizes) {
    if (size < 1 ||
        __builtin_mul_overflow(blocks->product, size, &blocks->product)) {
      return OpError(call, "blocks", ToString(blocks->sizes),
                     "numbers >= 1 whose product fits in int64");
    }
  }
  for (int64_t edge : blocks->edges) {
    if (edge >= 0) continue;
    return OpError(call, blocks->argument, ToString(blocks->edges),
                   "numbers >= 0");
  }
  return {};
}

// Places s * b + i - before of an axis, for s in [0, count), where x has them.
AxisRuns PlacesOfBlock(int64_t n, int64_t b, int64_t i, int64_t before,
                       int64_t count, int64_t stride) {
  const int64_t missing = std::max<int64_t>(before - i, 0);
  const int64_t first = std::min(missing / b + (missing % b != 0), count);
  const int64_t place = first * b + i - before;
  const int64_t kept =
      place < n ? std::min((n - place - 1) / b + 1, count - first) : 0;
  return {FillRun(first),
          {kept, place * stride, b * stride},
          FillRun(count - first - kept)};
}

OpStatus SpaceToBatch(const OpCall& call, Blocks blocks, Move* move) {
  if (OpStatus s = CheckBlocks(call, &blocks); !s.ok()) return s;
  const Shape& x = call.inputs[0].shape;
  move->y = call.inputs[0];
  Shape& y = move->y.shape;
  const size_t axes = blocks.sizes.size();
  bool fits = !__builtin_mul_overflow(y[0], blocks.product, &y[0]);
  for (size_t i = 0; i < axes && fits; ++i) {
    int64_t& extent = y[i + 1];
    fits = !__builtin_add_overflow(extent, blocks.edges[2 * i], &extent) &&
           !__builtin_add_overflow(extent, blocks.edges[2 * i + 1], &extent) &&
           extent % blocks.sizes[i] == 0;
    extent /= blocks.sizes[i];
  }
  if (!fits) {
    return OpError(call, blocks.argument, ToString(blocks.edges),
                   "padded extents that the blocks divide");
  }
  move->parts = blocks.product;
  const Shape out = y;
  move->part = [x, out, blocks](int64_t part, AxisMap* map) {
    const size_t count = blocks.sizes.size();
    IntList digits(count);
    for (size_t i = count; i-- > 0;) {
      digits[i] = part % blocks.sizes[i];
      part /= blocks.sizes[i];
    }
    const IntList strides = SafeStrides(x);
    map->Step(x[0], strides[0]);
    for (size_t i = 0; i < count; ++i) {
      map->Add(PlacesOfBlock(x[i + 1], blocks.sizes[i], digits[i],
                             blocks.edges[2 * i], out[i + 1], strides[i + 1]));
    }
    for (size_t d = count + 1; d < x.size(); ++d) map->Step(x[d], strides[d]);
  };
  return {};
}

OpStatus BatchToSpace(const OpCall& call, Blocks blocks, Move* move) {
  if (OpStatus s = CheckBlocks(call, &blocks); !s.ok()) return s;
  const Shape& x = call.inputs[0].shape;
  move->y = call.inputs[0];
  Shape& y = move->y.shape;
  const size_t axes = blocks.sizes.size();
  bool fits = x[0] % blocks.product == 0;
  y[0] /= blocks.product;
  for (size_t i = 0; i < axes && fits; ++i) {
    int64_t& extent = y[i + 1];
    fits = !__builtin_mul_overflow(extent, blocks.sizes[i], &extent) &&
           blocks.edges[2 * i] <= extent &&
           blocks.edges[2 * i + 1] <= extent - blocks.edges[2 * i];
    extent -= fits ? blocks.edges[2 * i] + blocks.edges[2 * i + 1] : 0;
  }
  if (!fits) {
    return OpError(call, blocks.argument, ToString(blocks.edges),
                   "crops within the blocks, whose product divides the batch");
  }
  if (move->y.count() <= 0) return {};
  const IntList strides = SafeStrides(x);
  move->map.Step(y[0], strides[0]);
  int64_t block_stride = blocks.product * y[0] * strides[0];
  for (size_t i = 0; i < axes; ++i) {
    const int64_t b = blocks.sizes[i];
    block_stride /= b;
    AxisRuns runs;
    int64_t at = blocks.edges[2 * i];
    const int64_t end = at + y[i + 1];
    while (at < end) {
      const int64_t here = std::min(b - at % b, end - at);
      runs.push_back({here, at / b * strides[i + 1] + at % b * block_stride,
                      block_stride});
      at += here;
    }
    move->map.Add(std::move(runs));
  }
  for (size_t d = axes + 1; d < x.size(); ++d) {
    move->map.Step(x[d], strides[d]);
  }
  return {};
}

using BlockMove = OpStatus (*)(const OpCall&, Blocks, Move*);

// Input 1 has the edges, attribute block_size the blocks of axes 1 and 2.
template <BlockMove move_blocks>
OpStatus PlanByInput(const OpCall& call, const Operands* operands, Move* move) {
  Blocks blocks{InputName(call, 1), {}, {}};
  int64_t b = 0;
  if (OpStatus s = BlockSize(call, &b); !s.ok()) return s;
  if (OpStatus s = ReadInts(call, 1, operands, &blocks.edges); !s.ok()) {
    return s;
  }
  blocks.sizes = {b, b};
  return move_blocks(call, std::move(blocks), move);
}

// The second attribute has the edges.
template <BlockMove move_blocks>
OpStatus PlanByAttr(const OpCall& call, const Operands*, Move* move) {
  const char* edges = call.op->attrs[1].name;
  Blocks blocks{AttrName(edges), {}, IntsAttr(call, edges)};
  int64_t b = 0;
  if (OpStatus s = BlockSize(call, &b); !s.ok()) return s;
  blocks.sizes = {b, b};
  return move_blocks(call, std::move(blocks), move);
}

template <BlockMove move_blocks>
OpStatus PlanNd(const OpCall& call, const Operands* operands, Move* move) {
  Blocks blocks{InputName(call, 2), {}, {}};
  OpStatus s = ReadInts(call, 1, operands, &blocks.sizes);
  if (s.ok()) s = ReadInts(call, 2, operands, &blocks.edges);
  return s.ok() ? move_blocks(call, std::move(blocks), move) : s;
}

template <BlockMove move_blocks>
OpStatus PlanNdd(const OpCall& call, const Operands*, Move* move) {
  const char* edges = call.op->attrs[1].name;
  Blocks blocks{AttrName(edges), IntsAttr(call, "block_shape"),
                IntsAttr(call, edges)};
  return move_blocks(call, std::move(blocks), move);
}

}  // namespace

MOVE(SpaceToBatch, PlanByInput<SpaceToBatch>, 1)
MOVE(SpaceToBatchD, PlanByAttr<SpaceToBatch>)
MOVE(SpaceToBatchND, PlanNd<SpaceToBatch>, 1, 2)
MOVE(SpaceToBatchNDD, PlanNdd<SpaceToBatch>)
MOVE(BatchToSpace, PlanByInput<BatchToSpace>, 1)
MOVE(BatchToSpaceD, PlanByAttr<BatchToSpace>)
MOVE(BatchToSpaceND, PlanNd<BatchToSpace>, 1, 2)
MOVE(BatchToSpaceNDD, PlanNdd<BatchToSpace>)

}  // namespace npuemu::kernels
