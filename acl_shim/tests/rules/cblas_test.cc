// aclblas*: operator GEMM through its documented arguments.

#include "acl/ops/acl_cblas.h"

#include "acl_shim/tests/rules/op_testing.h"

namespace npuemu::shim {
namespace {

class Cblas : public OpTest {
 protected:
  static aclError LoadGemm(int64_t m, int64_t n, int64_t k,
                           aclDataType factor, aclDataType result,
                           bool trans_a = false, const Dims& scalar = {}) {
    om::SingleOpModel model;
    model.op_type = "GEMM";
    model.inputs = {ModelTensor(factor, trans_a ? Dims{k, m} : Dims{m, k}),
                    ModelTensor(factor, {k, n}), ModelTensor(result, {m, n}),
                    ModelTensor(result, scalar), ModelTensor(result, scalar)};
    model.outputs = {ModelTensor(result, {m, n})};
    model.attrs = {{"transpose_a", trans_a}, {"transpose_b", false}};
    return Load(model);
  }

  template <typename T>
  std::vector<T> Synchronized(const void* device, size_t count) {
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    return Download<T>(device, count);
  }
};

constexpr auto N = ACL_TRANS_N;
constexpr auto kHigh = ACL_COMPUTE_HIGH_PRECISION;

TEST_F(Cblas, S8GemmIsExact) {
  const std::vector<int8_t> a = {1, 2, 3, 4, 5, 6};     // 2x3
  const std::vector<int8_t> b = {1, 0, 0, 1, -1, 100};  // 3x2
  const int32_t alpha = 2;
  const int32_t beta = -3;
  auto* da = reinterpret_cast<int8_t*>(Upload(a));
  auto* db = reinterpret_cast<int8_t*>(Upload(b));
  auto* c = reinterpret_cast<int32_t*>(
      Upload(std::vector<int32_t>{1, 2, 3, 4}));
  auto run = [&](const int32_t* first, int lda, aclTransType trans_c) {
    return aclblasS8gemm(N, N, trans_c, 2, 2, 3, first, da, lda, db, -1, &beta,
                         c, -1, kHigh, stream_);
  };
  EXPECT_EQ(run(&alpha, -1, N), ACL_ERROR_OP_NOT_FOUND);
  ASSERT_EQ(LoadGemm(2, 2, 3, ACL_INT8, ACL_INT32), ACL_SUCCESS);
  EXPECT_EQ(run(&alpha, 3, N), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(run(&alpha, -1, ACL_TRANS_T), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(run(nullptr, -1, N), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(run(&alpha, -1, N), ACL_SUCCESS) << Message();
  // a*b = {-2, 302, -2, 605}.
  const std::vector<int32_t> expected = {-7, 598, -13, 1198};
  EXPECT_EQ(Synchronized<int32_t>(c, 4), expected);
  // alpha in device memory gives the same as in host memory.
  auto* device_alpha = reinterpret_cast<int32_t*>(
      Upload(std::vector<int32_t>{1}));
  ASSERT_EQ(run(device_alpha, -1, N), ACL_SUCCESS) << Message();
  EXPECT_EQ(Synchronized<int32_t>(c, 4),
            (std::vector<int32_t>{19, -1492, 37, -2989}));
}

TEST_F(Cblas, GemmExChecksTypesAndExtents) {
  float scalar = 1;
  std::byte* memory = MakeDevice(64);
  auto run = [&](int m, aclDataType a, aclDataType c) {
    return aclblasGemmEx(N, N, N, m, 2, 2, &scalar, memory, -1, a, memory, -1,
                         a, &scalar, memory, -1, c, kHigh, stream_);
  };
  EXPECT_EQ(run(0, ACL_FLOAT16, ACL_FLOAT16), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(run(2, ACL_FLOAT, ACL_FLOAT), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(run(2, ACL_FLOAT16, ACL_INT32), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(run(2, ACL_FLOAT16, ACL_FLOAT16), ACL_ERROR_OP_NOT_FOUND);
}

TEST_F(Cblas, GemmExTransposesA) {
  ASSERT_EQ(LoadGemm(3, 1, 2, ACL_FLOAT16, ACL_FLOAT, true), ACL_SUCCESS);
  // A is stored 2x3; op(A) = {{1,2},{2,1},{3,4}}.
  std::byte* a = Upload(std::vector<uint16_t>{kOne, kTwo, kThree, kTwo, kOne,
                                              kFour});
  std::byte* b = Upload(std::vector<uint16_t>{kOne, kTwo});
  std::byte* c = Upload(std::vector<float>{10, 20, 30});
  const float one = 1;
  const float half = 0.5f;
  ASSERT_EQ(aclblasGemmEx(ACL_TRANS_T, N, N, 3, 1, 2, &one, a, -1, ACL_FLOAT16,
                          b, -1, ACL_FLOAT16, &half, c, -1, ACL_FLOAT, kHigh,
                          stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Synchronized<float>(c, 3), (std::vector<float>{10, 14, 26}));
  // The same as a vector.
  ASSERT_EQ(aclblasGemvEx(ACL_TRANS_T, 3, 2, &one, a, -1, ACL_FLOAT16, b, -1,
                          ACL_FLOAT16, &half, c, -1, ACL_FLOAT, kHigh,
                          stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Synchronized<float>(c, 3), (std::vector<float>{10, 11, 24}));
}

TEST_F(Cblas, HalfForms) {
  ASSERT_EQ(LoadGemm(2, 1, 2, ACL_FLOAT16, ACL_FLOAT16, false, {1}),
            ACL_SUCCESS);
  auto* a = reinterpret_cast<uint16_t*>(
      Upload(std::vector<uint16_t>{kOne, kTwo, kThree, kOne}));
  auto* x = reinterpret_cast<uint16_t*>(
      Upload(std::vector<uint16_t>{kOne, kOne}));
  auto* y = reinterpret_cast<uint16_t*>(
      Upload(std::vector<uint16_t>{kFive, kFive}));
  const uint16_t one = kOne;
  const uint16_t zero = 0;
  ASSERT_EQ(aclblasHgemm(N, N, N, 2, 1, 2, &one, a, -1, x, -1, &zero, y, -1,
                         kHigh, stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Synchronized<uint16_t>(y, 2),
            (std::vector<uint16_t>{kThree, kFour}));
  ASSERT_EQ(aclblasHgemv(N, 2, 2, &one, a, -1, x, -1, &one, y, -1, kHigh,
                         stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Synchronized<uint16_t>(y, 2),
            (std::vector<uint16_t>{0x4600, 0x4800}));  // 6, 8
}

TEST_F(Cblas, S8GemvIsOneColumn) {
  ASSERT_EQ(LoadGemm(2, 1, 3, ACL_INT8, ACL_INT32), ACL_SUCCESS);
  auto* a = reinterpret_cast<int8_t*>(
      Upload(std::vector<int8_t>{1, 2, 3, -1, 0, 1}));
  auto* x = reinterpret_cast<int8_t*>(Upload(std::vector<int8_t>{1, 1, 2}));
  auto* y = reinterpret_cast<int32_t*>(Upload(std::vector<int32_t>{7, 8}));
  const int32_t one = 1;
  ASSERT_EQ(aclblasS8gemv(N, 2, 3, &one, a, -1, x, -1, &one, y, -1, kHigh,
                          stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Synchronized<int32_t>(y, 2), (std::vector<int32_t>{16, 9}));
}

// Every handle function gives a handle that computes.
TEST_F(Cblas, HandlesTakeFiveDeviceBuffers) {
  ASSERT_EQ(LoadGemm(1, 1, 4, ACL_FLOAT16, ACL_FLOAT16), ACL_SUCCESS);
  ASSERT_EQ(LoadGemm(1, 1, 4, ACL_INT8, ACL_INT32), ACL_SUCCESS);
  std::vector<aclopHandle*> half(4, nullptr);
  std::vector<aclopHandle*> bytes(2, nullptr);
  ASSERT_EQ(aclblasCreateHandleForGemmEx(N, N, N, 1, 1, 4, ACL_FLOAT16,
                                         ACL_FLOAT16, ACL_FLOAT16, kHigh,
                                         &half[0]),
            ACL_SUCCESS);
  ASSERT_EQ(aclblasCreateHandleForGemvEx(N, 1, 4, ACL_FLOAT16, ACL_FLOAT16,
                                         ACL_FLOAT16, kHigh, &half[1]),
            ACL_SUCCESS);
  ASSERT_EQ(aclblasCreateHandleForHgemm(N, N, N, 1, 1, 4, kHigh, &half[2]),
            ACL_SUCCESS);
  ASSERT_EQ(aclblasCreateHandleForHgemv(N, 1, 4, kHigh, &half[3]),
            ACL_SUCCESS);
  ASSERT_EQ(aclblasCreateHandleForS8gemm(N, N, N, 1, 1, 4, kHigh, &bytes[0]),
            ACL_SUCCESS);
  ASSERT_EQ(aclblasCreateHandleForS8gemv(N, 1, 4, kHigh, &bytes[1]),
            ACL_SUCCESS);
  for (aclopHandle* handle : half) {
    aclDataBuffer* y = Half(1, kFive);
    ASSERT_EQ(Exec(handle, {Half(4, kOne), Half(4, kOne), y, Half(1, kOne),
                            Half(1, kOne)},
                   {y}, stream_),
              ACL_SUCCESS)
        << Message();
    EXPECT_EQ(Result(y), All(1, 0x4880));  // 4 + 5
  }
  for (aclopHandle* handle : bytes) {
    aclDataBuffer* factor = Buffer(Upload(std::vector<int8_t>(4, 3)), 4);
    aclDataBuffer* one = Buffer(Upload(std::vector<int32_t>{1}), 4);
    std::byte* y = Upload(std::vector<int32_t>{5});
    ASSERT_EQ(Exec(handle, {factor, factor, Buffer(y, 4), one, one},
                   {Buffer(y, 4)}, stream_),
              ACL_SUCCESS)
        << Message();
    EXPECT_EQ(Synchronized<int32_t>(y, 1), std::vector<int32_t>{41});
  }
}

}  // namespace
}  // namespace npuemu::shim
