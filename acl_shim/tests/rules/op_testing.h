// File: op_testing.h
// What the tests of single operators share: models made and loaded in memory,
// descriptors, buffers. Every test uses extents of its own, since models stay
// loaded for the life of the process. Not thread-safe.

#ifndef ACL_SHIM_TESTS_RULES_OP_TESTING_H_
#define ACL_SHIM_TESTS_RULES_OP_TESTING_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "acl/acl.h"
#include "acl/acl_op_compiler.h"
#include "acl_shim/om/single_op_model.h"
#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {

using Dims = std::vector<int64_t>;

// ACL_ERROR_GE_PARAM_INVALID, which the header declares unsigned.
constexpr aclError kGeParamInvalid = 145000;

// Values of float16.
constexpr uint16_t kOne = 0x3c00;
constexpr uint16_t kTwo = 0x4000;
constexpr uint16_t kThree = 0x4200;
constexpr uint16_t kFour = 0x4400;
constexpr uint16_t kFive = 0x4500;

// A tensor of a model.
inline om::OmTensor ModelTensor(aclDataType type, Dims dims,
                                aclFormat format = ACL_FORMAT_ND) {
  om::OmTensor tensor;
  tensor.spec = {static_cast<kernels::DataType>(type),
                 static_cast<kernels::Format>(format), std::move(dims)};
  return tensor;
}

// One of two inputs and one output of the same type and extents.
inline om::SingleOpModel BinaryModel(const std::string& op, const Dims& dims,
                                     aclDataType type = ACL_FLOAT16) {
  om::SingleOpModel model;
  model.op_type = op;
  model.inputs = {ModelTensor(type, dims), ModelTensor(type, dims)};
  model.outputs = {ModelTensor(type, dims)};
  return model;
}

// The same for every extent in its range.
inline om::SingleOpModel DynamicModel(
    const std::string& op, const std::vector<om::DimRange>& range) {
  om::SingleOpModel model = BinaryModel(op, Dims(range.size(), -1));
  for (om::OmTensor* tensor :
       {&model.inputs[0], &model.inputs[1], &model.outputs[0]}) {
    tensor->shape_range = range;
  }
  model.dynamic = true;
  return model;
}

inline aclError Load(const om::SingleOpModel& model) {
  const std::vector<std::byte> bytes = om::Encode(model);
  return aclopLoad(bytes.data(), bytes.size());
}

inline aclTensorDesc* Desc(const Dims& dims, aclDataType type = ACL_FLOAT16,
                           aclFormat format = ACL_FORMAT_ND) {
  return aclCreateTensorDesc(type, static_cast<int>(dims.size()),
                             dims.empty() ? nullptr : dims.data(), format);
}

inline aclTensorDesc* HostDesc(const Dims& dims,
                               aclDataType type = ACL_FLOAT16,
                               aclMemType place = ACL_MEMTYPE_HOST) {
  aclTensorDesc* desc = Desc(dims, type);
  EXPECT_EQ(aclSetTensorPlaceMent(desc, place), ACL_SUCCESS);
  return desc;
}

inline aclTensorDesc* UnusedDesc() {
  return aclCreateTensorDesc(ACL_DT_UNDEFINED, 0, nullptr,
                             ACL_FORMAT_UNDEFINED);
}

inline aclDataBuffer* Buffer(const void* data, size_t bytes) {
  return aclCreateDataBuffer(const_cast<void*>(data), bytes);
}

// Descriptors or buffers as the functions take them.
using DescList = std::vector<aclTensorDesc*>;
using BufferHandles = std::vector<aclDataBuffer*>;

inline aclError CreateHandle(const char* op, const DescList& in,
                             const DescList& out, aclopHandle** handle,
                             const aclopAttr* attr = nullptr) {
  return aclopCreateHandle(op, static_cast<int>(in.size()), in.data(),
                           static_cast<int>(out.size()), out.data(), attr,
                           handle);
}

inline aclError Exec(aclopHandle* handle, const BufferHandles& in,
                     const BufferHandles& out, aclrtStream stream) {
  return aclopExecWithHandle(handle, static_cast<int>(in.size()), in.data(),
                             static_cast<int>(out.size()), out.data(), stream);
}

inline aclError ExecV2(const char* op, DescList in_desc, BufferHandles in,
                       DescList out_desc, BufferHandles out, aclrtStream stream,
                       aclopAttr* attr = nullptr) {
  return aclopExecuteV2(op, static_cast<int>(in.size()), in_desc.data(),
                        in.data(), static_cast<int>(out.size()),
                        out_desc.data(), out.data(), attr, stream);
}

// The message of the last failed call of this thread.
inline std::string Message() {
  const char* message = aclGetRecentErrMsg();
  return message == nullptr ? "" : message;
}

class OpTest : public RuleTest {
 protected:
  void SetUp() override {
    RuleTest::SetUp();
    stream_ = MakeStream();
  }

  // Device memory that holds `values`.
  template <typename T>
  static std::byte* Upload(const std::vector<T>& values) {
    const size_t bytes = values.size() * sizeof(T);
    std::byte* device = MakeDevice(bytes);
    EXPECT_EQ(aclrtMemcpy(device, bytes, values.data(), bytes,
                          ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
    return device;
  }

  template <typename T>
  static std::vector<T> Download(const void* device, size_t count) {
    std::vector<T> values(count);
    const size_t bytes = count * sizeof(T);
    EXPECT_EQ(aclrtMemcpy(values.data(), bytes, device, bytes,
                          ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    return values;
  }

  // A buffer of device memory with `count` float16 of one value.
  static aclDataBuffer* Half(size_t count, uint16_t value) {
    return Buffer(Upload(std::vector<uint16_t>(count, value)), count * 2);
  }

  // After a synchronise of the stream: the float16 behind a buffer.
  std::vector<uint16_t> Result(const aclDataBuffer* buffer) {
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    return Download<uint16_t>(aclGetDataBufferAddr(buffer),
                              aclGetDataBufferSizeV2(buffer) / 2);
  }

  static std::vector<uint16_t> All(size_t count, uint16_t value) {
    return std::vector<uint16_t>(count, value);
  }

  // Loads a model of Add and makes a handle of it.
  static aclopHandle* AddHandle(const Dims& dims) {
    EXPECT_EQ(Load(BinaryModel("Add", dims)), ACL_SUCCESS);
    aclopHandle* handle = nullptr;
    EXPECT_EQ(CreateHandle("Add", {Desc(dims), Desc(dims)}, {Desc(dims)},
                           &handle),
              ACL_SUCCESS)
        << Message();
    return handle;
  }

  aclrtStream stream_ = nullptr;
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_TESTS_RULES_OP_TESTING_H_
