// Benchmarks of the kernels, each beside a named peer of the same run and
// cores, as a table of medians of ratios:
//   Mmad                      peer: OpenBLAS sgemm of the same extents
//   element-wise f16, casts   peer: an f32 add of the same bytes; memcpy
//   exp f32                   peer: glibc's vector expf (libmvec), AVX-512
//                             and AVX2
//   softmax, layer norm f16   peer: a float softmax by Eigen
//   Conv2D                    peer: Mmad of the same products
// OpenBLAS and libmvec are opened at run time; without one its rows are left
// out. Each pair is run in turns, so that both see the same machine.
//
// bazel run -c opt //tools/bench:kernels -- [--threads=N] [--isa=avx2]
//   [--filter=TEXT] [--seconds=S]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/gemm/mmad.h"
#include "kernels/numeric/half_arithmetic.h"
#include "kernels/numeric/isa.h"
#include "kernels/op/parallel.h"
#include "kernels/ops/matmul/matmul.h"
#include "kernels/ops/registry.h"
#include "tools/bench/peers.h"

namespace npuemu {
namespace {

using kernels::Attrs;
using kernels::DataType;
using kernels::Shape;

struct Options {
  int threads = 1;
  double seconds = 0.3;  // per row
  std::string filter;
};

// Makes what is run, with its memory.
using Maker = std::function<std::function<void()>()>;

struct Row {
  std::string name;
  std::string peer;
  Maker ours;
  Maker theirs;
  double work;  // per run of ours, in the unit of the table
  const char* unit;
  double goal;
  double their_work = 0;  // 0: the same
};

double Now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double TimeOf(const std::function<void()>& fn, int runs) {
  const double start = Now();
  for (int i = 0; i < runs; ++i) fn();
  return (Now() - start) / runs;
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2,
                   values.end());
  return values[values.size() / 2];
}

void Measure(const Row& row, const Options& options) {
  if (row.name.find(options.filter) == std::string::npos) return;
  const auto run = row.ours();
  const auto peer = row.theirs();
  if (!peer) {
    std::printf("%-34s   (no peer: %s)\n", row.name.c_str(), row.peer.c_str());
    return;
  }
  run();
  peer();
  const double once = TimeOf(run, 1) + TimeOf(peer, 1);
  const int rounds = 15;
  const int runs = std::clamp(
      static_cast<int>(options.seconds / rounds / std::max(once, 1e-9)), 1,
      100000);
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratios;
  const double their_work = row.their_work == 0 ? row.work : row.their_work;
  for (int k = 0; k < rounds; ++k) {
    ours.push_back(row.work / TimeOf(run, runs));
    theirs.push_back(their_work / TimeOf(peer, runs));
    ratios.push_back(ours.back() / theirs.back());
  }
  const double ratio = Median(ratios);
  std::printf("%-34s %9.2f %9.2f %-9s %5.2fx  goal %.2fx %s  %s\n",
              row.name.c_str(), Median(ours), Median(theirs), row.unit, ratio,
              row.goal, ratio >= row.goal ? "met   " : "NOT   ",
              row.peer.c_str());
  std::fflush(stdout);
}

// A call of an operator with its memory.
class Call {
 public:
  Call(const kernels::OpDef* op,
       const std::vector<std::pair<DataType, Shape>>& inputs,
       const Attrs& attrs) {
    call_.op = op;
    if (call_.op == nullptr) Stop("unknown operator");
    call_.attrs = attrs;
    for (const auto& [dtype, shape] : inputs) {
      call_.inputs.push_back({dtype, kernels::Format::kNd, shape});
      memory_.push_back(peers::Values(dtype, kernels::ElementCount(shape)));
    }
    kernels::OpStatus status = call_.op->infer(call_, &call_.outputs);
    if (status.ok()) status = kernels::CheckCall(&call_);
    if (!status.ok()) Stop(status.message);
    for (size_t i = 0; i < call_.inputs.size(); ++i) {
      operands_.inputs.push_back({memory_[i].data(), call_.inputs[i].bytes()});
    }
    for (const auto& y : call_.outputs)
      memory_.push_back(peers::Zeros(y.bytes()));
    for (size_t i = 0; i < call_.outputs.size(); ++i) {
      operands_.outputs.push_back(
          {memory_[call_.inputs.size() + i].data(), call_.outputs[i].bytes()});
    }
    if (call_.op->workspace != nullptr) {
      constexpr size_t kAlignment = 512;  // of device memory
      const size_t bytes = call_.op->workspace(call_);
      size_t room = bytes + kAlignment;
      workspace_.resize(room);
      void* start = workspace_.data();
      std::align(kAlignment, bytes, start, room);
      operands_.workspace = {static_cast<std::byte*>(start), bytes};
    }
  }
  void Run() {
    const kernels::OpStatus status = kernels::RunParallel(call_, operands_);
    if (!status.ok()) Stop(status.message);
  }

 private:
  [[noreturn]] static void Stop(const std::string& why) {
    std::fprintf(stderr, "kernels: %s\n", why.c_str());
    std::exit(70);
  }

  kernels::OpCall call_;
  kernels::Operands operands_;
  std::vector<peers::Bytes> memory_;
  std::vector<std::byte> workspace_;
};

Maker Ours(const kernels::OpDef* op,
           std::vector<std::pair<DataType, Shape>> inputs, Attrs attrs = {}) {
  return [=]() -> std::function<void()> {
    auto call = std::make_shared<Call>(op, inputs, attrs);
    return [call] { call->Run(); };
  };
}

Maker Ours(const char* type, std::vector<std::pair<DataType, Shape>> inputs,
           Attrs attrs = {}) {
  return Ours(kernels::FindOp(type), std::move(inputs), std::move(attrs));
}

// MatMulV2 of f32 whose operands are rounded to HF32 first.
kernels::OpStatus MakeHf32(const kernels::OpCall& call,
                           kernels::Matmul* matmul) {
  const kernels::OpStatus status = kernels::MakeMatmul(call, {2, 2}, matmul);
  matmul->kind = kernels::MmadKind::kHf32;
  return status;
}

const kernels::OpDef* Hf32MatMul() {
  static const auto& op = *new kernels::OpDef(
      kernels::BiasedOp<MakeHf32>(*kernels::FindOp("MatMulV2")));
  return &op;
}

constexpr auto kF16 = DataType::kFloat16;
constexpr auto kBf16 = DataType::kBf16;
constexpr auto kF32 = DataType::kFloat;

void AddMatmuls(std::vector<Row>* rows, int threads) {
  for (int64_t n : {1024, 2048, 4096}) {
    const double flops = 2e-9 * static_cast<double>(n) *
                         static_cast<double>(n) * static_cast<double>(n);
    const kernels::OpDef* const matmul = kernels::FindOp("MatMulV2");
    const auto add = [&](const char* name, const kernels::OpDef* op,
                         DataType dtype, double goal) {
      rows->push_back({std::string("Mmad ") + name + " " + std::to_string(n),
                       "OpenBLAS sgemm (" + peers::BlasCore() + ")",
                       Ours(op, {{dtype, {n, n}}, {dtype, {n, n}}}),
                       [=] { return peers::Sgemm(n, threads); }, flops,
                       "GFLOP/s", goal});
    };
    add("f16", matmul, kF16, 0.42);
    add("bf16", matmul, kBf16, 0.42);
    add("f32", matmul, kF32, 0.32);
    add("hf32", Hf32MatMul(), kF32, 0.38);
    add("s8", matmul, DataType::kInt8, 1.5);
  }
}

void AddElementwise(std::vector<Row>* rows) {
  for (int64_t bytes :
       {int64_t{8} << 10, int64_t{1} << 20, int64_t{64} << 20}) {
    const Shape halves = {bytes / 2};
    const Shape floats = {bytes / 4};
    const double gigabytes = static_cast<double>(bytes) * 1e-9;
    const std::string size = bytes < (1 << 20)
                                 ? std::to_string(bytes >> 10) + " KiB"
                                 : std::to_string(bytes >> 20) + " MiB";
    const double goal = bytes < (1 << 20) ? 0.3 : 0.7;
    rows->push_back({"f16 Add " + size, "f32 add, same bytes",
                     Ours("Add", {{kF16, halves}, {kF16, halves}}),
                     [=] { return peers::AddFloats(bytes / 4); }, 3 * gigabytes,
                     "GB/s", goal});
    rows->push_back(
        {"Cast f32 to f16 " + size, "f32 add, same bytes",
         Ours("Cast", {{kF32, floats}}, Attrs{{"dst_type", int64_t{1}}}),
         [=] { return peers::AddFloats(bytes / 4); }, 1.5 * gigabytes, "GB/s",
         goal, 3 * gigabytes});
    rows->push_back(
        {"Cast f16 to f32 " + size, "f32 add, same bytes",
         Ours("Cast", {{kF16, floats}}, Attrs{{"dst_type", int64_t{0}}}),
         [=] { return peers::AddFloats(bytes / 4); }, 1.5 * gigabytes, "GB/s",
         goal, 3 * gigabytes});
    if (bytes < (64 << 20)) continue;
    rows->push_back({"f16 Add " + size + " (memory)", "memcpy",
                     Ours("Add", {{kF16, halves}, {kF16, halves}}),
                     [=] { return peers::Copy(bytes); }, 3 * gigabytes, "GB/s",
                     1.0, 2 * gigabytes});
    rows->push_back(
        {"Cast f32 to f16 " + size + " (memory)", "memcpy",
         Ours("Cast", {{kF32, floats}}, Attrs{{"dst_type", int64_t{1}}}),
         [=] { return peers::Copy(bytes); }, 1.5 * gigabytes, "GB/s", 1.0,
         2 * gigabytes});
  }
}

void AddRows(std::vector<Row>* rows) {
  const int64_t count = 1 << 16;
  for (const bool avx512 : {true, false}) {
    const char* width = avx512 ? "AVX-512" : "AVX2";
    rows->push_back({std::string("Exp f32, peer by ") + width,
                     std::string("libmvec expf (") + width + ")",
                     Ours("Exp", {{kF32, {count}}}),
                     [=] { return peers::VectorExp(count, avx512); },
                     static_cast<double>(count) * 1e-6, "Mel/s", 0.6});
  }
  for (int64_t n : {1024, 4096, 8192}) {
    const int64_t height = (1 << 20) / n;
    const double elements = 1.048576;
    rows->push_back(
        {"SoftmaxV2 f16 rows of " + std::to_string(n), "Eigen float softmax",
         Ours("SoftmaxV2", {{kF16, {height, n}}}),
         [=] { return peers::Softmax(height, n); }, elements, "Mel/s", 0.5});
    if (kernels::FindOp("LayerNormV3") == nullptr) continue;
    rows->push_back(
        {"LayerNormV3 f16 rows of " + std::to_string(n), "Eigen float softmax",
         Ours("LayerNormV3", {{kF16, {height, n}}, {kF16, {n}}, {kF16, {n}}},
              Attrs{{"begin_norm_axis", int64_t{1}},
                    {"begin_params_axis", int64_t{1}}}),
         [=] { return peers::Softmax(height, n); }, elements, "Mel/s", 0.5});
  }
}

// 3 x 3, ResNet-50.
void AddConvolutions(std::vector<Row>* rows) {
  if (kernels::FindOp("Conv2D") == nullptr) return;
  for (const auto& [channels, extent] :
       {std::pair<int64_t, int64_t>{64, 56}, {128, 28}, {256, 14}, {512, 7}}) {
    const int64_t m = extent * extent;
    const int64_t k = channels * 9;
    const double flops = 2e-9 * static_cast<double>(m) *
                         static_cast<double>(k) * static_cast<double>(channels);
    rows->push_back({"Conv2D f16 " + std::to_string(channels) + " x " +
                         std::to_string(extent) + "^2",
                     "MatMulV2 f16 of the same products",
                     Ours("Conv2D",
                          {{kF16, {1, channels, extent, extent}},
                           {kF16, {channels, channels, 3, 3}}},
                          Attrs{{"strides", std::vector<int64_t>{1, 1, 1, 1}},
                                {"pads", std::vector<int64_t>{1, 1, 1, 1}},
                                {"data_format", std::string("NCHW")}}),
                     Ours("MatMulV2", {{kF16, {m, k}}, {kF16, {k, channels}}}),
                     flops, "GFLOP/s", 0.6});
  }
}

// Nothing wider than AVX2, or no vectors but the baseline's; OpenBLAS too.
void Limit(bool avx2) {
  kernels::LimitIsa(avx2 ? kernels::Isa::kAvx2 : kernels::Isa::kPlain);
  kernels::SetMmadIsa(avx2 ? kernels::MmadIsa::kAvx2
                           : kernels::MmadIsa::kPlain);
  kernels::SetHalfVersion(avx2 ? 1 : 0);
  setenv("OPENBLAS_CORETYPE", avx2 ? "Haswell" : "Nehalem", 1);
}

int Main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&](const char* name) -> const char* {
      const size_t length = std::strlen(name);
      return argument.compare(0, length, name) == 0 ? argv[i] + length
                                                    : nullptr;
    };
    if (const char* threads = value("--threads=")) {
      options.threads = std::atoi(threads);
    } else if (const char* seconds = value("--seconds=")) {
      options.seconds = std::atof(seconds);
    } else if (const char* filter = value("--filter=")) {
      options.filter = filter;
    } else if (argument == "--isa=avx2" || argument == "--isa=plain") {
      Limit(argument == "--isa=avx2");
    } else {
      std::fprintf(stderr,
                   "usage: kernels [--threads=N] [--isa=avx2|plain] "
                   "[--filter=TEXT] [--seconds=S]\n");
      return argument == "--help" ? 0 : 64;
    }
  }
  kernels::SetKernelThreads(options.threads);
  std::printf("%s, %d thread(s); medians, ours beside the peer's\n",
              peers::Machine().c_str(), options.threads);
  std::vector<Row> rows;
  AddElementwise(&rows);
  AddRows(&rows);
  AddConvolutions(&rows);
  AddMatmuls(&rows, options.threads);
  for (const Row& row : rows) Measure(row, options);
  return 0;
}

}  // namespace
}  // namespace npuemu

int main(int argc, char** argv) { return npuemu::Main(argc, argv); }
