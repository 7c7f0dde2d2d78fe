// What one launch of a tiny operator costs the host, everything included:
// aclopExecWithHandle of Add on 8 float16, executed in the call (fifo).

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

#include "acl/acl.h"
#include "acl_shim/om/single_op_model.h"

namespace npuemu::shim {
namespace {

void Require(aclError result) {
  if (result != ACL_SUCCESS) std::abort();
}

om::SingleOpModel AddModel(int64_t count) {
  om::OmTensor tensor;
  tensor.spec = {kernels::DataType::kFloat16, kernels::Format::kNd, {count}};
  om::SingleOpModel model;
  model.op_type = "Add";
  model.inputs = {tensor, tensor};
  model.outputs = {tensor};
  return model;
}

struct Setup {
  explicit Setup(int64_t count) {
    Require(aclrtSetDevice(0));
    Require(aclrtCreateStream(&stream));
    const std::vector<std::byte> bytes = om::Encode(AddModel(count));
    Require(aclopLoad(bytes.data(), bytes.size()));
    desc = aclCreateTensorDesc(ACL_FLOAT16, 1, &count, ACL_FORMAT_ND);
    void* memory = nullptr;
    const auto size = static_cast<size_t>(count) * 2;
    Require(aclrtMalloc(&memory, size, ACL_MEM_MALLOC_HUGE_FIRST));
    buffer = aclCreateDataBuffer(memory, size);
  }
  aclrtStream stream = nullptr;
  aclTensorDesc* desc = nullptr;
  aclDataBuffer* buffer = nullptr;
};

void BM_ExecWithHandle(benchmark::State& state) {
  Setup setup(state.range(0));
  const aclTensorDesc* in[] = {setup.desc, setup.desc};
  const aclDataBuffer* data[] = {setup.buffer, setup.buffer};
  aclopHandle* handle = nullptr;
  Require(aclopCreateHandle("Add", 2, in, 1, in, nullptr, &handle));
  for (auto unused : state) {
    Require(aclopExecWithHandle(handle, 2, data, 1, &setup.buffer,
                                setup.stream));
  }
}
BENCHMARK(BM_ExecWithHandle)->Arg(8)->Arg(4096);

void BM_ExecuteV2(benchmark::State& state) {
  Setup setup(state.range(0));
  aclTensorDesc* in[] = {setup.desc, setup.desc};
  aclDataBuffer* data[] = {setup.buffer, setup.buffer};
  for (auto unused : state) {
    Require(aclopExecuteV2("Add", 2, in, data, 1, in, &setup.buffer, nullptr,
                           setup.stream));
  }
}
BENCHMARK(BM_ExecuteV2)->Arg(8);

}  // namespace
}  // namespace npuemu::shim

BENCHMARK_MAIN();
