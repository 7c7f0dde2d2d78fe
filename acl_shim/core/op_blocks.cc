#include "acl_shim/core/op_blocks.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "emulator/task/cost_model.h"
#include "kernels/numeric/float_env.h"

namespace npuemu::shim {
namespace {

// What a block moves: several tiles fit into a core's UB (192 KiB), so that
// their copies and computation overlap. Decision.
constexpr uint64_t kTileBytes = 16 << 10;
constexpr uint64_t kMostBlocks = 256;
// Each block looks at all outputs twice; beyond this there are fewer blocks.
constexpr uint64_t kMostScanned = uint64_t{2} << 30;

// Bytes that a block will write.
struct Piece {
  std::byte* to;
  std::vector<std::byte> bytes;
};

// Calls add(begin, end) for each run of indices for which pick(i) holds.
template <typename Pick, typename Add>
void ForEachRun(size_t size, Pick pick, Add add) {
  for (size_t i = 0; i < size;) {
    if (!pick(i)) {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < size && pick(i)) ++i;
    add(begin, i);
  }
}

// What all steps of a launch share.
class BlockedLaunch {
 public:
  BlockedLaunch(std::shared_ptr<const PreparedOp> op,
                const kernels::Operands& operands)
      : op_(std::move(op)), real_(operands) {
    kernels::AppendUpdated(op_->call, &real_);
    shadow_ = real_;
    for (size_t i = 0; i < real_.outputs.size(); ++i) {
      const size_t bytes =
          real_.outputs[i].data == nullptr ? 0 : real_.outputs[i].bytes;
      zeros_.emplace_back(bytes, std::byte{0});
      ones_.emplace_back(bytes, std::byte{0xff});
    }
    workspace_.resize(real_.workspace.size());
    shadow_.workspace = workspace_;
  }

  const kernels::OpCall& call() const { return op_->call; }
  uint64_t OutputBytes() const {
    uint64_t bytes = workspace_.size();
    for (const auto& output : zeros_) bytes += output.size();
    return bytes;
  }

  // Reads and computes items [begin, end) of the phase; what it writes goes to
  // *pieces.
  Fault CopyIn(int phase, int64_t begin, int64_t end,
               std::vector<Piece>* pieces) {
    if (!Compute(&zeros_, phase, begin, end) ||
        !Compute(&ones_, phase, begin, end)) {
      return op_->exception;
    }
    for (size_t i = 0; i < zeros_.size(); ++i) {
      std::vector<std::byte>& zeros = zeros_[i];
      std::vector<std::byte>& ones = ones_[i];
      std::byte* to = real_.outputs[i].data;
      ForEachRun(
          zeros.size(), [&](size_t at) { return zeros[at] == ones[at]; },
          [&](size_t from, size_t until) {
            pieces->push_back({to + from, {&zeros[from], &zeros[until]}});
            std::memset(&zeros[from], 0, until - from);
            std::memset(&ones[from], 0xff, until - from);
          });
    }
    ForEachRun(
        workspace_.size(),
        [&](size_t at) { return workspace_[at] != real_.workspace[at]; },
        [&](size_t from, size_t until) {
          pieces->push_back({&real_.workspace[from],
                             {&workspace_[from], &workspace_[until]}});
        });
    return Fault::kNone;
  }

  static Fault CopyOut(std::vector<Piece>* pieces) {
    for (const Piece& piece : *pieces) {
      std::memcpy(piece.to, piece.bytes.data(), piece.bytes.size());
    }
    pieces->clear();
    return Fault::kNone;
  }

 private:
  bool Compute(std::vector<std::vector<std::byte>>* outputs, int phase,
               int64_t begin, int64_t end) {
    for (size_t i = 0; i < outputs->size(); ++i) {
      if ((*outputs)[i].empty()) continue;
      shadow_.outputs[i].data = (*outputs)[i].data();
    }
    std::copy(real_.workspace.begin(), real_.workspace.end(),
              workspace_.begin());
    const kernels::DefaultFloatEnv env;
    return op_->call.op->compute(op_->call, shadow_, phase, begin, end).ok();
  }

  const std::shared_ptr<const PreparedOp> op_;
  kernels::Operands real_;
  kernels::Operands shadow_;
  std::vector<std::vector<std::byte>> zeros_;
  std::vector<std::vector<std::byte>> ones_;
  std::vector<std::byte> workspace_;
};

// The steps of one phase, which lasts from `from` to `until`.
void DescribePhase(const std::shared_ptr<BlockedLaunch>& launch, int phase,
                   uint64_t moved, SimDuration from, SimDuration until,
                   BlockPlan* plan) {
  const kernels::OpCall& call = launch->call();
  const int64_t items = call.op->items(call, phase);
  if (items <= 0) return;
  uint64_t count = CountBlocks(moved, plan->cores, items);
  const uint64_t scanned = 2 * launch->OutputBytes();
  if (scanned > 0) {
    count = std::clamp<uint64_t>(kMostScanned / scanned, 1, count);
  }
  const auto bound = [&](uint64_t block) {
    return static_cast<int64_t>(static_cast<unsigned __int128>(items) * block /
                                count);
  };
  std::vector<Block> blocks;
  for (uint64_t block = 0; block < count; ++block) {
    const auto pieces = std::make_shared<std::vector<Piece>>();
    blocks.push_back(
        {[=, begin = bound(block), end = bound(block + 1)] {
           return launch->CopyIn(phase, begin, end, pieces.get());
         },
         [launch, pieces] { return BlockedLaunch::CopyOut(pieces.get()); }});
  }
  AddWaves(std::move(blocks), from, until, plan);
}

}  // namespace

uint64_t CountBlocks(uint64_t bytes, uint32_t cores, int64_t items) {
  const uint64_t blocks = std::clamp<uint64_t>(
      bytes / kTileBytes, cores, std::max<uint64_t>(kMostBlocks, cores));
  return std::min(blocks, static_cast<uint64_t>(items));
}

void AddWaves(std::vector<Block> blocks, SimDuration from, SimDuration until,
              BlockPlan* plan) {
  const uint64_t cores = plan->cores;
  const uint64_t waves = (blocks.size() + cores - 1) / cores;
  const auto when = [&](uint64_t wave) {
    return from + (until - from) * static_cast<int64_t>(wave) /
                      static_cast<int64_t>(waves);
  };
  for (uint64_t wave = 0; wave < waves; ++wave) {
    const auto first = wave * cores;
    const auto last = std::min<uint64_t>(blocks.size(), first + cores);
    for (uint64_t block = first; block < last; ++block) {
      plan->steps.push_back({when(wave), std::move(blocks[block].in)});
    }
    for (uint64_t block = first; block < last; ++block) {
      plan->steps.push_back({when(wave + 1), std::move(blocks[block].out)});
    }
  }
}

void DescribeBlocks(std::shared_ptr<const PreparedOp> op,
                    const kernels::Operands& operands, BlockPlan* plan) {
  const uint64_t moved = op->work.bytes();
  const auto launch = std::make_shared<BlockedLaunch>(std::move(op), operands);
  const kernels::OpCall& call = launch->call();
  const int phases = call.op->phases == nullptr ? 1 : call.op->phases(call);
  const SimDuration begun = std::min(CostModel::kKernelStart, plan->cost);
  const SimDuration whole = plan->cost - begun;
  for (int phase = 0; phase < phases; ++phase) {
    DescribePhase(launch, phase, moved, begun + whole * phase / phases,
                  begun + whole * (phase + 1) / phases, plan);
  }
}

}  // namespace npuemu::shim
