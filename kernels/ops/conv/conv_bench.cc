// GFLOP/s of Conv2D on one thread beside Mmad of the same extents, for shapes
// of ResNet-50: bazel run -c opt //kernels/ops/conv:conv_bench

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "kernels/gemm/mmad.h"
#include "kernels/ops/registry.h"

namespace npuemu::kernels {
namespace {

// Input and output channels, image, window, stride.
struct Layer {
  int64_t in;
  int64_t out;
  int64_t image;
  int64_t window;
  int64_t stride;
};
constexpr Layer kLayers[] = {{64, 64, 56, 3, 1},   {128, 128, 28, 3, 1},
                             {256, 256, 14, 3, 1}, {512, 512, 7, 3, 1},
                             {128, 128, 56, 3, 2}, {64, 256, 56, 1, 1},
                             {3, 64, 224, 7, 2}};

std::vector<uint16_t> Halves(int64_t count) {
  std::vector<uint16_t> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<uint16_t>(0x3c00 | (i * 2654435761u >> 22));
  }
  return values;
}

int64_t Places(const Layer& layer) {
  return (layer.image + layer.window / 2 * 2 - layer.window) / layer.stride + 1;
}

void Report(benchmark::State& state, const Layer& l) {
  const int64_t places = Places(l);
  const double flops = 2.0 * static_cast<double>(places * places) *
                       static_cast<double>(l.window * l.window * l.in) *
                       static_cast<double>(l.out);
  state.counters["GFLOP/s"] = benchmark::Counter(
      flops * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

void Run(benchmark::State& state, const Layer& l, bool last, bool depthwise) {
  OpCall call;
  call.op = FindOp(depthwise ? "DepthwiseConv2D" : "Conv2D");
  const int64_t i = l.image;
  const int64_t w = l.window;
  const auto spec = [](Shape shape) {
    return TensorSpec{DataType::kFloat16, Format::kNd, std::move(shape)};
  };
  if (last) {
    call.inputs = {spec({1, i, i, l.in}), spec({w, w, l.in, l.out})};
  } else {
    call.inputs = {spec({1, l.in, i, i}),
                   spec({l.out, depthwise ? 1 : l.in, w, w})};
  }
  using List = std::vector<int64_t>;
  const int64_t s = l.stride;
  call.attrs = {{"strides", last ? List{1, s, s, 1} : List{1, 1, s, s}},
                {"pads", List(4, w / 2)},
                {"data_format", std::string(last ? "NHWC" : "NCHW")}};
  if (!call.op->infer(call, &call.outputs).ok()) return;
  if (!CheckCall(&call).ok()) return;
  auto x = Halves(call.inputs[0].count());
  auto f = Halves(call.inputs[1].count());
  auto y = Halves(call.outputs[0].count());
  Operands operands;
  operands.inputs = {{reinterpret_cast<std::byte*>(x.data()), x.size() * 2},
                     {reinterpret_cast<std::byte*>(f.data()), f.size() * 2}};
  operands.outputs = {{reinterpret_cast<std::byte*>(y.data()), y.size() * 2}};
  for (auto _ : state) {
    if (!RunSerially(call, operands).ok()) state.SkipWithError("failed");
    benchmark::DoNotOptimize(y.data());
  }
  Report(state, l);
}

void BM_Conv2D(benchmark::State& state) {
  Run(state, kLayers[state.range(0)], state.range(1) != 0, false);
}
BENCHMARK(BM_Conv2D)
    ->ArgNames({"layer", "nhwc"})
    ->ArgsProduct({{0, 1, 2, 3, 4, 5, 6}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

// GFLOP/s as if it were not depthwise.
void BM_Depthwise(benchmark::State& state) {
  Run(state, {64, 64, 56, 3, 1}, false, true);
}
BENCHMARK(BM_Depthwise)->Unit(benchmark::kMillisecond);

// The multiplication alone: operands are packed already.
void BM_Mmad(benchmark::State& state) {
  const Layer& l = kLayers[state.range(0)];
  const int64_t m = Places(l) * Places(l);
  const int64_t n = l.out;
  const int64_t k = l.window * l.window * l.in;
  const MmadKind kind = MmadKind::kFloat16;
  const auto a = Halves(m * k);
  std::vector<std::byte> rows(PackedBytes(kind, m, k));
  std::vector<std::byte> columns(PackedBytes(kind, n, k));
  PackPanels(kind, {}, {a.data(), m, k, k, 1}, 0, PanelCount(m), rows.data());
  PackPanels(kind, {}, {a.data(), std::min(m, n), k, k, 1}, 0,
             PanelCount(std::min(m, n)), columns.data());
  std::vector<float> acc(kMmadTile * kMmadTile);
  for (auto _ : state) {
    for (int64_t i = 0; i < m; i += kMmadTile) {
      for (int64_t j = 0; j < n; j += kMmadTile) {
        std::fill(acc.begin(), acc.end(), 0.0f);
        MmadFloat(
            {kind, false, k, rows.data(), columns.data()},
            {i, std::min(i + kMmadTile, m), j, std::min(j + kMmadTile, n)},
            acc.data(), kMmadTile);
        benchmark::DoNotOptimize(acc.data());
      }
    }
  }
  Report(state, l);
}
BENCHMARK(BM_Mmad)->ArgNames({"layer"})->DenseRange(0, 6)->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace npuemu::kernels

BENCHMARK_MAIN();
