#include "kernels/ops/conv/gather.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>

#include "kernels/gemm/pack.h"
#include "kernels/numeric/element.h"
#include "kernels/op/lanes.h"

namespace npuemu::kernels {
namespace {

// Where one line reads one run: elements first[j * step] for j in [low, high),
// nothing elsewhere.
template <typename E>
struct Line {
  const E* first = nullptr;
  int64_t low = 0;
  int64_t high = 0;
};

// How an operand is walked.
struct Walk {
  const Product& p;
  bool is_b;
  bool windowed;  // places outside may not be read
  bool moves;     // along a run, in the window tensor
  bool expands;
  int64_t step;  // elements between steps of a run
};

int64_t DivideUp(int64_t a, int64_t b) {  // b > 0
  return a > 0 ? (a + b - 1) / b : -(-a / b);
}

// The same for every line of a run: where it begins without the line.
struct RunStart {
  int64_t offset;
  Space at;
};

RunStart StartOf(const Walk& walk, const StepRun& run) {
  RunStart start{walk.is_b ? run.b : run.a, run.at};
  for (size_t d = 0; d < 3; ++d) start.at[d] += walk.p.at[d];
  return start;
}

// The element where the line's run starts, and which steps of it exist.
// `start` may lie outside if the first step does not exist.
inline bool FindLine(const Walk& walk, const Place& line, const RunStart& run,
                     int64_t length, int64_t* start, int64_t* low,
                     int64_t* high) {
  const Product& p = walk.p;
  *start = line.offset + run.offset;
  *low = 0;
  *high = length;
  if (!walk.windowed) return true;
  for (size_t d = p.first_dimension; d < 3; ++d) {
    int64_t at = line.at[d] + run.at[d];
    if (walk.moves && d == 2) {  // expand is 1
      const int64_t move = p.channel.at[2];
      *low = std::clamp<int64_t>(DivideUp(-at, move), 0, length);
      *high = std::clamp<int64_t>(DivideUp(p.size[2] - at, move), *low, length);
    } else if (!walk.expands) {
      if (at < 0 || at >= p.size[d]) return false;
    } else {
      if (at < 0 || at >= p.size[d] * p.expand[d]) return false;
      if (at % p.expand[d] != 0) return false;
      at /= p.expand[d];
    }
    *start += at * p.stride[d];
  }
  return *low < *high;
}

// to[j][i] of a run for the lines of one panel.
template <typename E>
void GatherRun(const Walk& walk, const E* data, const Place* lines,
               int64_t count, const StepRun& run, E fill, E* to) {
  const E* first[kPanelRows];
  bool whole = count == kPanelRows;
  int64_t start[kPanelRows] = {};
  int64_t low[kPanelRows] = {};
  int64_t high[kPanelRows] = {};
  const RunStart from = StartOf(walk, run);
  for (int64_t i = 0; i < count; ++i) {
    if (!FindLine(walk, lines[i], from, run.length, &start[i], &low[i],
                  &high[i])) {
      low[i] = high[i] = 0;
    }
    whole = whole && low[i] == 0 && high[i] == run.length;
    first[i] = data + (low[i] == 0 && high[i] > 0 ? start[i] : 0);
  }
  const int64_t step = walk.step;
  if (whole) {
    bool adjacent = true;
    for (int64_t i = 1; i < kPanelRows; ++i) {
      adjacent = adjacent && first[i] == first[0] + i;
    }
    for (int64_t j = 0; j < run.length; ++j) {
      E* line = to + j * kPanelRows;
      if (adjacent) {
        std::copy_n(first[0] + j * step, kPanelRows, line);
      } else {
        for (int64_t i = 0; i < kPanelRows; ++i) line[i] = first[i][j * step];
      }
    }
    return;
  }
  std::fill_n(to, run.length * kPanelRows, fill);
  for (int64_t i = 0; i < count; ++i) {
    // Elements by number: the first one may lie before the tensor.
    for (int64_t j = low[i]; j < high[i]; ++j) {
      to[j * kPanelRows + i] = data[start[i] + j * step];
    }
  }
}

// What `steps` gathered steps of a panel become in packed form.
struct Packing {
  MmadKind kind;
  PackOptions options;

  void operator()(int8_t* panel, int64_t k, std::byte* packed) const {
    PackPanels(kind, options, {panel, kPanelRows, k, 1, kPanelRows}, 0, 1,
               packed);
  }
  // As PackPanels, whose layout the panel has already; LoadLanes is quicker.
  template <typename T>
  void operator()(T* panel, int64_t k, std::byte* packed) const {
    const int64_t count = k * kPanelRows;
    if (options.saturate) {
      for (int64_t i = 0; i < count; ++i) panel[i] = SaturatedInput(panel[i]);
    }
    if constexpr (std::is_same_v<T, float>) {
      for (int64_t i = 0; kind == MmadKind::kHf32 && i < count; ++i) {
        panel[i] = std::bit_cast<float>(
            RoundToHf32(std::bit_cast<uint32_t>(panel[i])));
      }
    }
    LoadLanes(Element<T>::kType, Lane::kFloat,
              reinterpret_cast<const std::byte*>(panel), 0, count, 1, packed);
  }

  template <typename T>
  static T SaturatedInput(T x) {
    if constexpr (std::is_same_v<T, float>) {
      constexpr float kMax = std::numeric_limits<float>::max();
      return x != x ? 0.0f : std::clamp(x, -kMax, kMax);
    } else {
      return Saturated(x, true);
    }
  }
};

template <typename E>
void Pack(const Walk& walk, const PackOptions& options, const std::byte* data,
          const std::vector<Place>& lines, const std::vector<StepRun>& runs,
          int64_t k, std::byte* packed) {
  const Packing packing{walk.p.kind, options};
  const size_t panel_bytes = PanelBytes(walk.p.kind, k);
  std::vector<E> panel(static_cast<size_t>(k * kPanelRows));
  const auto total = static_cast<int64_t>(lines.size());
  // What is outside counts as 0 after the offset is taken away.
  E fill{};
  if constexpr (std::is_same_v<E, int8_t>) {
    fill = static_cast<E>(options.offset);
  }
  for (int64_t i = 0; i < total; i += kPanelRows) {
    const int64_t count = std::min(kPanelRows, total - i);
    E* to = panel.data();
    for (const StepRun& run : runs) {
      GatherRun<E>(walk, reinterpret_cast<const E*>(data), lines.data() + i,
                   count, run, fill, to);
      to += run.length * kPanelRows;
    }
    packing(panel.data(), k, packed);
    packed += panel_bytes;
  }
}

}  // namespace

void PackGathered(const Product& p, bool is_b, bool saturate,
                  const std::byte* data, const std::vector<Place>& lines,
                  const std::vector<StepRun>& runs, int64_t k,
                  std::byte* packed) {
  const bool windowed = is_b == p.window_is_b;
  const int64_t moved = windowed ? p.channel.at[2] * p.stride[2] : 0;
  const Walk walk{p,
                  is_b,
                  windowed,
                  p.channel.at[2] != 0,
                  p.expand != Space{1, 1, 1},
                  (is_b ? p.channel.b : p.channel.a) + moved};
  const PackOptions options{saturate, is_b ? 0 : p.offset_a};
  switch (p.kind) {
    case MmadKind::kFloat16:
      return Pack<Float16>(walk, options, data, lines, runs, k, packed);
    case MmadKind::kBfloat16:
      return Pack<BFloat16>(walk, options, data, lines, runs, k, packed);
    case MmadKind::kInt8:
      return Pack<int8_t>(walk, options, data, lines, runs, k, packed);
    default:
      return Pack<float>(walk, options, data, lines, runs, k, packed);
  }
}

}  // namespace npuemu::kernels
