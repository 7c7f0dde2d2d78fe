#include "kernels/testing/op_harness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "kernels/op/parallel.h"
#include "kernels/ops/registry.h"

namespace npuemu::kernels {
namespace {

OpCall MakeCall(const std::string& type, const std::vector<TestTensor>& inputs,
                const Attrs& attrs, bool const_values) {
  OpCall call;
  call.op = FindOp(type);
  call.attrs = attrs;
  for (const TestTensor& x : inputs) call.inputs.push_back(x.spec);
  call.const_inputs.resize(inputs.size());
  if (call.op == nullptr || !const_values) return call;
  for (size_t i : ValueInputs(*call.op, inputs.size())) {
    if (!inputs[i].spec.absent()) call.const_inputs[i] = inputs[i].data;
  }
  return call;
}

// Infers and checks.
OpStatus Prepare(OpCall* call) {
  if (call->op == nullptr) return {"unknown operator"};
  OpStatus status = call->op->infer(*call, &call->outputs);
  if (status.ok()) status = CheckCall(call);
  if (status.ok()) status = CheckOutputs(*call);
  return status;
}

struct Memory {
  std::vector<TestTensor> inputs;
  std::vector<TestTensor> outputs;
  std::vector<std::byte> workspace;
  Operands operands;

  Memory(const OpCall& call, const std::vector<TestTensor>& given,
         bool saturate)
      : inputs(given) {
    for (const TensorSpec& y : call.outputs) {
      outputs.push_back(MakeTensor(y.dtype, y.shape));
      std::fill(outputs.back().data.begin(), outputs.back().data.end(),
                std::byte{0xa5});
    }
    if (call.op->workspace != nullptr) {
      workspace.assign(call.op->workspace(call), std::byte{0x5a});
    }
    for (TestTensor& x : inputs) {
      operands.inputs.push_back({x.data.data(), x.data.size()});
    }
    for (TestTensor& y : outputs) {
      operands.outputs.push_back({y.data.data(), y.data.size()});
    }
    operands.workspace = workspace;
    operands.saturate = saturate;
  }
};

// Each phase in up to nine random pieces, in random order.
OpStatus RunInPieces(const OpCall& call, Operands operands, Prng* prng) {
  AppendUpdated(call, &operands);
  const int phases = call.op->phases == nullptr ? 1 : call.op->phases(call);
  for (int phase = 0; phase < phases; ++phase) {
    const int64_t items = call.op->items(call, phase);
    if (items <= 0) continue;
    std::vector<int64_t> cuts = {0, items};
    for (int i = 0; i < 8; ++i) {
      cuts.push_back(
          static_cast<int64_t>(prng->Below(static_cast<uint64_t>(items))));
    }
    std::sort(cuts.begin(), cuts.end());
    std::vector<size_t> order;
    for (size_t i = 0; i + 1 < cuts.size(); ++i) {
      order.insert(
          order.begin() + static_cast<std::ptrdiff_t>(prng->Below(i + 1)), i);
    }
    for (size_t i : order) {
      if (cuts[i] == cuts[i + 1]) continue;
      OpStatus status =
          call.op->compute(call, operands, phase, cuts[i], cuts[i + 1]);
      if (!status.ok()) return status;
    }
  }
  return {};
}

constexpr uint64_t kSpecial16[] = {
    0,      0x8000, 1,      0x8001, 0x3ff,  0x400,  0x3c00, 0xbc00, 0x3bff,
    0x3c01, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e00, 0x7c01, 0xfe37, 0x4200};
constexpr uint64_t kSpecialBf16[] = {
    0,      0x8000, 1,      0x8001, 0x7f,   0x80,   0x3f80, 0xbf80, 0x3f7f,
    0x3f81, 0x7f7f, 0xff7f, 0x7f80, 0xff80, 0x7fc0, 0x7f81, 0xffc3, 0x4040};
constexpr uint64_t kSpecial32[] = {
    0,          0x80000000, 1,          0x80000001, 0x007fffff, 0x00800000,
    0x3f800000, 0xbf800000, 0x3f7fffff, 0x3f800001, 0x7f7fffff, 0xff7fffff,
    0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0xffc12345, 0x477ff000,
    0x4f000000, 0xcf000000, 0x5f000000, 0x3f000000, 0x3fc00000, 0x42b17218};

template <size_t N>
uint64_t Pick(const uint64_t (&from)[N], Prng* prng) {
  return from[prng->Below(N)];
}

}  // namespace

uint64_t TestTensor::Get(int64_t i) const {
  const auto width = static_cast<size_t>(BitsOf(spec.dtype)) / 8;
  uint64_t bits = 0;
  std::memcpy(&bits, data.data() + static_cast<size_t>(i) * width, width);
  return bits;
}

void TestTensor::Set(int64_t i, uint64_t bits) {
  const auto width = static_cast<size_t>(BitsOf(spec.dtype)) / 8;
  std::memcpy(data.data() + static_cast<size_t>(i) * width, &bits, width);
}

TestTensor MakeTensor(DataType dtype, Shape shape) {
  TestTensor tensor;
  tensor.spec = {dtype, Format::kNd, std::move(shape)};
  // One spare byte: the memory of an empty tensor is not null either.
  tensor.data.reserve(tensor.spec.bytes() + 1);
  tensor.data.resize(tensor.spec.bytes());
  return tensor;
}

uint64_t RandomBits(DataType dtype, Prng* prng) {
  const uint64_t bits = prng->Next();
  const uint64_t kind = prng->Below(4);
  const auto width = static_cast<unsigned>(BitsOf(dtype));
  if (dtype == DataType::kBool) return bits & 1;
  const uint64_t mask = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
  const bool is_float = dtype == DataType::kFloat16 ||
                        dtype == DataType::kBf16 || dtype == DataType::kFloat;
  if (!is_float) {
    if (kind == 0) return (bits % 5 - 2) & mask;
    if (kind == 1) return ((uint64_t{1} << (width - 1)) - bits % 3) & mask;
    return bits & mask;
  }
  if (kind == 0) {
    if (dtype == DataType::kFloat16) return Pick(kSpecial16, prng);
    if (dtype == DataType::kBf16) return Pick(kSpecialBf16, prng);
    return Pick(kSpecial32, prng);
  }
  if (kind == 1) return bits & mask;
  // Near one: exponents within three of it, so that sums meet.
  const unsigned fraction = dtype == DataType::kFloat16 ? 10
                            : dtype == DataType::kBf16  ? 7
                                                        : 23;
  const uint64_t bias = dtype == DataType::kFloat16 ? 15 : 127;
  const uint64_t low = bits & ((uint64_t{1} << fraction) - 1);
  const uint64_t sign = (bits >> 40 & 1) << (width - 1);
  return sign | (bias - 3 + (bits >> 48) % 7) << fraction | low;
}

TestTensor RandomTensor(DataType dtype, Shape shape, Prng* prng) {
  TestTensor tensor = MakeTensor(dtype, std::move(shape));
  for (int64_t i = 0; i < tensor.spec.count(); ++i) {
    tensor.Set(i, RandomBits(dtype, prng));
  }
  return tensor;
}

TestTensor IntTensor(DataType dtype, const std::vector<int64_t>& values) {
  TestTensor tensor = MakeTensor(dtype, {static_cast<int64_t>(values.size())});
  for (size_t i = 0; i < values.size(); ++i) {
    tensor.Set(static_cast<int64_t>(i), static_cast<uint64_t>(values[i]));
  }
  return tensor;
}

uint64_t TestSeed() {
  const int flag = testing::GTEST_FLAG(random_seed);
  const uint64_t seed = flag > 0 ? static_cast<uint64_t>(flag) : 1;
  testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

reference::Type ReferenceType(DataType dtype) {
  using reference::Type;
  switch (dtype) {
    case DataType::kFloat16:
      return Type::kF16;
    case DataType::kBf16:
      return Type::kBf16;
    case DataType::kFloat:
      return Type::kF32;
    case DataType::kBool:
      return Type::kBool;
    case DataType::kInt8:
      return Type::kS8;
    case DataType::kUint8:
      return Type::kU8;
    case DataType::kInt16:
      return Type::kS16;
    case DataType::kUint16:
      return Type::kU16;
    case DataType::kInt32:
      return Type::kS32;
    case DataType::kUint32:
      return Type::kU32;
    case DataType::kInt64:
      return Type::kS64;
    default:
      return Type::kU64;
  }
}

std::vector<TestTensor> RunOp(const std::string& type,
                              const std::vector<TestTensor>& inputs,
                              const Attrs& attrs, const TestOptions& options) {
  OpCall call = MakeCall(type, inputs, attrs, true);
  call.outputs = options.declared;
  const OpStatus prepared = Prepare(&call);
  EXPECT_EQ(prepared.message, "");
  if (!prepared.ok()) return {};
  if (!options.const_values) call.const_inputs.clear();
  Memory serial(call, inputs, options.saturate);
  Memory pieces(call, inputs, options.saturate);
  Memory threads(call, inputs, options.saturate);
  EXPECT_EQ(RunSerially(call, serial.operands).message, "");
  Prng prng(TestSeed());
  EXPECT_EQ(RunInPieces(call, pieces.operands, &prng).message, "");
  SetKernelThreads(4);
  EXPECT_EQ(RunParallel(call, threads.operands).message, "");
  for (size_t i = 0; i < serial.outputs.size(); ++i) {
    EXPECT_EQ(serial.outputs[i].data, pieces.outputs[i].data)
        << type << ": depends on the split, seed " << TestSeed();
    EXPECT_EQ(serial.outputs[i].data, threads.outputs[i].data)
        << type << ": depends on threads";
  }
  std::vector<bool> updated(inputs.size(), false);
  for (int index : call.op->updated_inputs) {
    updated[static_cast<size_t>(index)] = true;
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_EQ(serial.inputs[i].data, pieces.inputs[i].data) << type;
    EXPECT_EQ(serial.inputs[i].data, threads.inputs[i].data) << type;
    if (updated[i]) {
      if (options.updated != nullptr) {
        options.updated->push_back(serial.inputs[i]);
      }
      continue;
    }
    EXPECT_EQ(serial.inputs[i].data, inputs[i].data) << type << ": wrote input";
  }
  return serial.outputs;
}

std::string Refusal(const std::string& type,
                    const std::vector<TestTensor>& inputs, const Attrs& attrs) {
  OpCall call = MakeCall(type, inputs, attrs, true);
  if (call.op != nullptr) {
    // As a caller does who has declared outputs: dtype of the first input.
    call.outputs.assign(call.op->outputs.size(),
                        inputs.empty() ? TensorSpec() : inputs[0].spec);
    OpCall copy = call;
    if (OpStatus s = CheckCall(&copy); !s.ok()) return s.message;
  }
  return Prepare(&call).message;
}

std::string InferError(const std::string& type,
                       const std::vector<TestTensor>& inputs,
                       const Attrs& attrs) {
  OpCall call;
  call.op = FindOp(type);
  call.attrs = attrs;
  for (const TestTensor& x : inputs) {
    call.inputs.push_back(x.spec);
    call.const_inputs.emplace_back(x.data);
  }
  return call.op->infer(call, &call.outputs).message;
}

std::string Exception(const std::string& type, std::vector<TestTensor> inputs,
                      const Attrs& attrs) {
  OpCall call;
  call.op = FindOp(type);
  call.attrs = attrs;
  Operands operands;
  for (TestTensor& x : inputs) {
    call.inputs.push_back(x.spec);
    operands.inputs.push_back({x.data.data(), x.data.size()});
  }
  call.const_inputs.resize(inputs.size());
  for (int index : call.op->value_inputs) {
    const auto i = static_cast<size_t>(index);
    call.const_inputs[i] = inputs[i].data;
  }
  OpStatus status = call.op->infer(call, &call.outputs);
  if (status.ok()) status = CheckCall(&call);
  if (!status.ok()) return status.message;
  std::vector<TestTensor> outputs;
  for (const TensorSpec& y : call.outputs) {
    outputs.push_back(MakeTensor(y.dtype, y.shape));
  }
  for (TestTensor& y : outputs) {
    operands.outputs.push_back({y.data.data(), y.data.size()});
  }
  std::vector<std::byte> workspace(
      call.op->workspace == nullptr ? 0 : call.op->workspace(call));
  operands.workspace = workspace;
  return RunSerially(call, operands).message;
}

}  // namespace npuemu::kernels
