// Benchmarks of the library through its public C API, each beside a named peer
// of the same run:
//   launch, launch + sync, event hop   peer: a thread and a locked queue per
//                                      stream (what a simple mock does)
//   both phases of aclnnAdd            peer: the launch of aclop
//   copies                             peer: memcpy of the C library
//   process start to first launch      peer: /bin/true
//   recording                          peer: the same without
//   controlled threads, one switch     peer: condition variables on one core
//
// bazel run -c opt //tools/bench

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "acl/acl.h"
#include "acl_shim/om/single_op_model.h"
#include "aclnnop/aclnn_add.h"
#include "tools/bench/processes.h"
#include "tools/bench/thread_queue.h"

namespace npuemu {
namespace {

constexpr int64_t kElements = 16;
const char* g_program = "";

void Check(aclError error, const char* what) {
  if (error == ACL_SUCCESS) return;
  const char* text = aclGetRecentErrMsg();
  std::fprintf(stderr, "%s returned %d\n%s\n", what, error,
               text == nullptr ? "" : text);
  std::exit(70);
}
#define CHECK_ACL(call) Check(call, #call)

// Add of two float16 [elements] on device 0, through one handle.
class AddOp {
 public:
  explicit AddOp(int64_t elements) {
    CHECK_ACL(aclrtSetDevice(0));
    Load(elements);
    const size_t bytes = static_cast<size_t>(elements) * 2;
    aclTensorDesc* desc =
        aclCreateTensorDesc(ACL_FLOAT16, 1, &elements, ACL_FORMAT_ND);
    const aclTensorDesc* inputs[] = {desc, desc};
    const aclTensorDesc* outputs[] = {desc};
    CHECK_ACL(
        aclopCreateHandle("Add", 2, inputs, 1, outputs, nullptr, &handle_));
    aclDestroyTensorDesc(desc);
    for (aclDataBuffer*& buffer : buffers_) {
      void* memory = nullptr;
      CHECK_ACL(aclrtMalloc(&memory, bytes, ACL_MEM_MALLOC_HUGE_FIRST));
      CHECK_ACL(aclrtMemset(memory, bytes, 0, bytes));
      buffer = aclCreateDataBuffer(memory, bytes);
    }
    CHECK_ACL(aclrtCreateStream(&stream));
    CHECK_ACL(aclrtCreateStream(&other));
    CHECK_ACL(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
  }

  void Launch() {
    const aclDataBuffer* inputs[] = {buffers_[0], buffers_[1]};
    aclDataBuffer* outputs[] = {buffers_[2]};
    CHECK_ACL(aclopExecWithHandle(handle_, 2, inputs, 1, outputs, stream));
  }

  aclrtStream stream = nullptr;
  aclrtStream other = nullptr;
  aclrtEvent event = nullptr;

 private:
  static void Load(int64_t elements) {
    om::SingleOpModel model;
    model.op_type = "Add";
    model.name = "Add";
    om::OmTensor tensor;
    tensor.spec = {
        kernels::DataType::kFloat16, kernels::Format::kNd, {elements}};
    model.inputs = {tensor, tensor};
    model.outputs = {tensor};
    const std::vector<std::byte> bytes = om::Encode(model);
    CHECK_ACL(aclopLoad(bytes.data(), bytes.size()));
  }

  aclopHandle* handle_ = nullptr;
  aclDataBuffer* buffers_[3] = {};
};

AddOp& Op() {
  static auto* op = new AddOp(kElements);
  return *op;
}

// 1 MiB tensors, awaited.
void RunBig() {
  static auto* op = new AddOp(512 << 10);
  op->Launch();
  CHECK_ACL(aclrtSynchronizeStream(op->stream));
}

void BM_TinyLaunch(benchmark::State& state) {
  AddOp& op = Op();
  for (auto _ : state) op.Launch();
  CHECK_ACL(aclrtSynchronizeStream(op.stream));
}
BENCHMARK(BM_TinyLaunch)->Iterations(100000);

void BM_TinyLaunchPeerThreadQueue(benchmark::State& state) {
  bench::ThreadQueue queue;
  std::vector<uint16_t> data(3 * kElements);
  for (auto _ : state) {
    queue.Push([&data] {
      for (int64_t i = 0; i < kElements; ++i) {
        data[2 * kElements + i] =
            static_cast<uint16_t>(data[i] + data[kElements + i]);
      }
    });
  }
  queue.Wait();
}
BENCHMARK(BM_TinyLaunchPeerThreadQueue)->Iterations(100000);

void BM_LaunchAndSync(benchmark::State& state) {
  AddOp& op = Op();
  for (auto _ : state) {
    op.Launch();
    CHECK_ACL(aclrtSynchronizeStream(op.stream));
  }
}
BENCHMARK(BM_LaunchAndSync);

void BM_LaunchAndSyncPeerThreadQueue(benchmark::State& state) {
  bench::ThreadQueue queue;
  for (auto _ : state) {
    queue.Push([] {});
    queue.Wait();
  }
}
BENCHMARK(BM_LaunchAndSyncPeerThreadQueue);

void BM_EventHop(benchmark::State& state) {
  AddOp& op = Op();
  for (auto _ : state) {
    CHECK_ACL(aclrtRecordEvent(op.event, op.stream));
    CHECK_ACL(aclrtStreamWaitEvent(op.other, op.event));
    std::swap(op.stream, op.other);
  }
  CHECK_ACL(aclrtSynchronizeStream(op.stream));
}
BENCHMARK(BM_EventHop);

// aclnnAdd of the same elements.
class NnAdd {
 public:
  NnAdd() {
    Op();  // sets the device
    CHECK_ACL(aclrtCreateStream(&stream));
    for (void*& memory : memory_) {
      CHECK_ACL(aclrtMalloc(&memory, kBytes, ACL_MEM_MALLOC_HUGE_FIRST));
      CHECK_ACL(aclrtMemset(memory, kBytes, 0, kBytes));
    }
    MakeTensors();
  }

  void MakeTensors() {
    float one = 1;
    alpha_ = aclCreateScalar(&one, ACL_FLOAT);
    const int64_t stride = 1;
    for (int i = 0; i < 3; ++i) {
      tensors_[i] = aclCreateTensor(&kElements, 1, ACL_FLOAT16, &stride, 0,
                                    ACL_FORMAT_ND, &kElements, 1, memory_[i]);
    }
  }
  void DestroyTensors() {
    for (aclTensor* tensor : tensors_) aclDestroyTensor(tensor);
    aclDestroyScalar(alpha_);
  }

  void Run() {
    uint64_t bytes = 0;
    aclOpExecutor* executor = nullptr;
    CHECK_ACL(aclnnAddGetWorkspaceSize(tensors_[0], tensors_[1], alpha_,
                                       tensors_[2], &bytes, &executor));
    CHECK_ACL(aclnnAdd(nullptr, bytes, executor, stream));
  }

  aclrtStream stream = nullptr;

 private:
  static constexpr size_t kBytes = kElements * 2;
  void* memory_[3] = {};
  aclTensor* tensors_[3] = {};
  aclScalar* alpha_ = nullptr;
};

NnAdd& TwoPhases() {
  static auto* add = new NnAdd;
  return *add;
}

void BM_TwoPhases(benchmark::State& state) {
  NnAdd& add = TwoPhases();
  for (auto _ : state) add.Run();
  CHECK_ACL(aclrtSynchronizeStream(add.stream));
}
BENCHMARK(BM_TwoPhases)->Iterations(100000);

// With new descriptions of the tensors each time, as most programs do.
void BM_TwoPhasesAndTensors(benchmark::State& state) {
  NnAdd& add = TwoPhases();
  for (auto _ : state) {
    add.DestroyTensors();
    add.MakeTensors();
    add.Run();
  }
  CHECK_ACL(aclrtSynchronizeStream(add.stream));
}
BENCHMARK(BM_TwoPhasesAndTensors)->Iterations(100000);

// state.range(0) bytes; range(1): 1 host to device, 2 device to host.
void BM_Copy(benchmark::State& state) {
  Op();
  const auto bytes = static_cast<size_t>(state.range(0));
  const bool to_device = state.range(1) == 1;
  void* host = nullptr;
  void* device = nullptr;
  CHECK_ACL(aclrtMallocHost(&host, bytes));
  CHECK_ACL(aclrtMalloc(&device, bytes, ACL_MEM_MALLOC_HUGE_FIRST));
  std::memset(host, 1, bytes);
  CHECK_ACL(aclrtMemset(device, bytes, 2, bytes));
  for (auto _ : state) {
    if (to_device) {
      aclrtMemcpy(device, bytes, host, bytes, ACL_MEMCPY_HOST_TO_DEVICE);
    } else {
      aclrtMemcpy(host, bytes, device, bytes, ACL_MEMCPY_DEVICE_TO_HOST);
    }
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
  CHECK_ACL(aclrtFree(device));
  CHECK_ACL(aclrtFreeHost(host));
}

void BM_CopyPeerMemcpy(benchmark::State& state) {
  Op();
  const auto bytes = static_cast<size_t>(state.range(0));
  // The same kind of memory: pinned blocks have huge pages as well.
  void* from = nullptr;
  void* to = nullptr;
  CHECK_ACL(aclrtMallocHost(&from, bytes));
  CHECK_ACL(aclrtMallocHost(&to, bytes));
  std::memset(from, 1, bytes);
  std::memset(to, 2, bytes);
  for (auto _ : state) {
    std::memcpy(to, from, bytes);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
  CHECK_ACL(aclrtFreeHost(from));
  CHECK_ACL(aclrtFreeHost(to));
}

constexpr int64_t kMiB = 1 << 20;
BENCHMARK(BM_Copy)->ArgsProduct(
    {{kMiB, 4 * kMiB, 16 * kMiB, 64 * kMiB, 256 * kMiB}, {1, 2}});
BENCHMARK(BM_CopyPeerMemcpy)
    ->Arg(kMiB)
    ->Arg(4 * kMiB)
    ->Arg(16 * kMiB)
    ->Arg(64 * kMiB)
    ->Arg(256 * kMiB);

// 16 MiB to the device, on the stream.
void CopyOnce() {
  constexpr size_t kBytes = 16 << 20;
  static const auto memory = [] {
    Op();  // sets the device
    std::pair<void*, void*> made;
    CHECK_ACL(aclrtMallocHost(&made.first, kBytes));
    CHECK_ACL(aclrtMalloc(&made.second, kBytes, ACL_MEM_MALLOC_HUGE_FIRST));
    std::memset(made.first, 1, kBytes);
    return made;
  }();
  CHECK_ACL(aclrtMemcpyAsync(memory.second, kBytes, memory.first, kBytes,
                             ACL_MEMCPY_HOST_TO_DEVICE, Op().stream));
}

// A fresh process of this program that launches one operator and ends.
void BM_ProcessStartToFirstLaunch(benchmark::State& state) {
  const std::string command = std::string(g_program) + " --first-launch";
  for (auto _ : state) {
    if (std::system(command.c_str()) != 0) std::exit(70);
  }
}
BENCHMARK(BM_ProcessStartToFirstLaunch)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void BM_ProcessStartPeerTrue(benchmark::State& state) {
  for (auto _ : state) {
    if (std::system("true") != 0) std::exit(70);
  }
}
BENCHMARK(BM_ProcessStartPeerTrue)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace npuemu

int main(int argc, char** argv) {
  npuemu::g_program = argv[0];
  if (argc == 2 && std::string(argv[1]) == "--first-launch") {
    npuemu::Op().Launch();
    return 0;
  }
  if (npuemu::bench::RunChildWork(
          argc, argv,
          {[] { npuemu::Op().Launch(); }, npuemu::RunBig, npuemu::CopyOnce})) {
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  npuemu::bench::RegisterProcesses(argv[0]);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
