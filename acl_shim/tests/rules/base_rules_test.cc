// R103, R104, R143: data types, descriptors, data buffers, versions.

#include <bit>
#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstring>
#include <limits>

#include "acl_shim/abi/unlisted.h"
#include "acl_shim/tests/rules/rule_macros.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace npuemu::rules {
namespace {

TEST(DataType, R103_Sizes) {
  EXPECT_EQ(aclDataTypeSize(ACL_DT_UNDEFINED), 0u);
  EXPECT_EQ(aclDataTypeSize(ACL_STRING), 0u);
  EXPECT_EQ(aclDataTypeSize(ACL_INT4), 1u);
  EXPECT_EQ(aclDataTypeSize(ACL_UINT1), 1u);
  EXPECT_EQ(aclDataTypeSize(ACL_COMPLEX32), 4u);
  EXPECT_EQ(aclDataTypeSize(ACL_COMPLEX64), 8u);
  EXPECT_EQ(aclDataTypeSize(ACL_COMPLEX128), 16u);
  EXPECT_EQ(aclDataTypeSize(ACL_BOOL), 1u);
  EXPECT_EQ(aclDataTypeSize(ACL_FLOAT16), 2u);
  EXPECT_EQ(aclDataTypeSize(ACL_BF16), 2u);
  EXPECT_EQ(aclDataTypeSize(ACL_FLOAT), 4u);
  EXPECT_EQ(aclDataTypeSize(ACL_DOUBLE), 8u);
  EXPECT_EQ(aclDataTypeSize(ACL_FLOAT8_E8M0), 1u);
  EXPECT_EQ(aclDataTypeSize(static_cast<aclDataType>(5)), 0u);
}

// The value of a half whose largest exponent is that of finite values.
double ExactHalf(uint32_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31);
  const int mantissa = static_cast<int>(bits & 1023);
  const double magnitude = exponent == 0
                               ? std::ldexp(mantissa, -24)
                               : std::ldexp(1024 + mantissa, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

TEST(Float16, R104_ToFloatIsExactForAllBitsWithoutSpecials) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = aclFloat16ToFloat(static_cast<aclFloat16>(bits));
    ASSERT_EQ(static_cast<double>(value), ExactHalf(bits)) << bits;
    ASSERT_EQ(std::signbit(value), (bits & 0x8000) != 0) << bits;
  }
  EXPECT_EQ(aclFloat16ToFloat(0x7c00), 65536.0f);
  EXPECT_EQ(aclFloat16ToFloat(0xfc00), -65536.0f);
  EXPECT_EQ(aclFloat16ToFloat(0x7e00), 98304.0f);
}

TEST(Float16, R104_FiniteHalvesComeBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    if ((bits & 0x7c00) == 0x7c00) continue;
    const float value = aclFloat16ToFloat(static_cast<aclFloat16>(bits));
    ASSERT_EQ(aclFloatToFloat16(value), bits);
  }
}

// Each tie between two neighbours goes to the even one; what lies next to it
// on either side to the nearer one.
TEST(Float16, R104_RoundsToNearestEven) {
  for (uint32_t low = 0; low < 0x7bff; ++low) {
    const auto tie =
        static_cast<float>((ExactHalf(low) + ExactHalf(low + 1)) / 2);
    const float below = std::nextafter(tie, 0.0f);
    const float above = std::nextafter(tie, 1e30f);
    const uint32_t even = low % 2 == 0 ? low : low + 1;
    ASSERT_EQ(aclFloatToFloat16(tie), even) << low;
    ASSERT_EQ(aclFloatToFloat16(below), low) << low;
    ASSERT_EQ(aclFloatToFloat16(above), low + 1) << low;
    ASSERT_EQ(aclFloatToFloat16(-above), (low + 1) | 0x8000) << low;
  }
}

TEST(Float16, R104_OverflowInfinityAndNanSaturateBySign) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float value : {65520.0f, 1e30f, infinity, nan}) {
    EXPECT_EQ(aclFloatToFloat16(value), 0x7bff) << value;
    EXPECT_EQ(aclFloatToFloat16(std::copysign(value, -1.0f)), 0xfbff) << value;
  }
  EXPECT_EQ(aclFloatToFloat16(std::nextafter(65520.0f, 0.0f)), 0x7bff);
}

class Desc : public testing::Test {
 protected:
  void SetUp() override {
    const int64_t dims[] = {2, 3, 4, 5};
    desc_ = aclCreateTensorDesc(ACL_FLOAT16, 4, dims, ACL_FORMAT_NCHW);
    ASSERT_NE(desc_, nullptr);
  }
  void TearDown() override { aclDestroyTensorDesc(desc_); }

  aclTensorDesc* desc_ = nullptr;
};

TEST_F(Desc, R143_CreationRefusesNegativeRankAndMissingDims) {
  const int64_t dims[] = {1};
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, -1, dims, ACL_FORMAT_ND), nullptr);
  EXPECT_NE(RecentMessage().find("numDims"), std::string::npos);
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, 1, nullptr, ACL_FORMAT_ND),
            nullptr);
  aclTensorDesc* scalar =
      aclCreateTensorDesc(ACL_FLOAT, 0, nullptr, ACL_FORMAT_ND);
  ASSERT_NE(scalar, nullptr);
  EXPECT_EQ(aclGetTensorDescNumDims(scalar), 0u);
  EXPECT_EQ(aclGetTensorDescSize(scalar), 4u);
  aclDestroyTensorDesc(scalar);
}

TEST_F(Desc, R143_SizeIsCountTimesTypeAndZeroForNegativeDims) {
  EXPECT_EQ(aclGetTensorDescElementCount(desc_), 120u);
  EXPECT_EQ(aclGetTensorDescSize(desc_), 240u);
  const int64_t unknown[] = {2, -1};
  ASSERT_ACL(aclSetTensorOriginShape(desc_, 2, unknown));
  EXPECT_EQ(aclGetTensorDescSize(desc_), 0u);
  EXPECT_EQ(aclGetTensorDescElementCount(desc_), 0u);
}

TEST_F(Desc, R143_GettersSayWhatCreationSaid) {
  EXPECT_EQ(aclGetTensorDescType(desc_), ACL_FLOAT16);
  EXPECT_EQ(aclGetTensorDescFormat(desc_), ACL_FORMAT_NCHW);
  EXPECT_EQ(aclGetTensorDescNumDims(desc_), 4u);
  EXPECT_EQ(aclGetTensorDescDim(desc_, 3), 5);
  EXPECT_EQ(aclGetTensorDescDim(desc_, 4), -1);
  int64_t dim = 0;
  EXPECT_ACL(aclGetTensorDescDimV2(desc_, 1, &dim));
  EXPECT_EQ(dim, 3);
  EXPECT_EQ(aclGetTensorDescDimV2(desc_, 4, &dim), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclGetTensorDescDimV2(desc_, 0, nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Desc, UnknownRank) {
  const int64_t rank[] = {-2};
  ASSERT_ACL(aclSetTensorOriginShape(desc_, 1, rank));
  EXPECT_EQ(aclGetTensorDescNumDims(desc_), ACL_UNKNOWN_RANK);
}

TEST_F(Desc, Names) {
  EXPECT_STREQ(aclGetTensorDescName(desc_), "");
  aclSetTensorDescName(desc_, "x");
  EXPECT_STREQ(aclGetTensorDescName(desc_), "x");
  aclSetTensorDescName(desc_, nullptr);
  EXPECT_STREQ(aclGetTensorDescName(desc_), "");
}

TEST_F(Desc, StorageDoesNotChangeWhatGettersSay) {
  const int64_t storage[] = {2, 1, 4, 5, 16};
  EXPECT_ACL(aclSetTensorFormat(desc_, ACL_FORMAT_NC1HWC0));
  EXPECT_ACL(aclSetTensorShape(desc_, 5, storage));
  EXPECT_ACL(aclSetTensorStorageFormat(desc_, ACL_FORMAT_NC1HWC0));
  EXPECT_ACL(aclSetTensorStorageShape(desc_, 5, storage));
  EXPECT_EQ(aclGetTensorDescFormat(desc_), ACL_FORMAT_NCHW);
  EXPECT_EQ(aclGetTensorDescNumDims(desc_), 4u);
  EXPECT_EQ(aclSetTensorShape(desc_, 1, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorStorageShape(desc_, -1, storage),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorFormat(nullptr, ACL_FORMAT_ND),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorStorageFormat(nullptr, ACL_FORMAT_ND),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(Desc, OriginReplacesWhatCreationSaid) {
  EXPECT_ACL(aclSetTensorOriginFormat(desc_, ACL_FORMAT_NHWC));
  EXPECT_EQ(aclGetTensorDescFormat(desc_), ACL_FORMAT_NHWC);
  const int64_t dims[] = {7};
  EXPECT_ACL(aclSetTensorOriginShape(desc_, 1, dims));
  EXPECT_EQ(aclGetTensorDescDim(desc_, 0), 7);
}

TEST_F(Desc, ShapeRanges) {
  int64_t range[2] = {0, 0};
  EXPECT_ACL(aclGetTensorDescDimRange(desc_, 1, 2, range));
  EXPECT_EQ(range[0], 3);
  EXPECT_EQ(range[1], 3);
  int64_t ranges[2][2] = {{1, 8}, {2, -1}};
  EXPECT_ACL(aclSetTensorShapeRange(desc_, 2, ranges));
  EXPECT_ACL(aclGetTensorDescDimRange(desc_, 1, 2, range));
  EXPECT_EQ(range[0], 2);
  EXPECT_EQ(range[1], -1);
  EXPECT_EQ(aclGetTensorDescDimRange(desc_, 1, 1, range),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclGetTensorDescDimRange(desc_, 9, 2, range),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorShapeRange(desc_, 2, nullptr),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_ACL(aclSetTensorValueRange(desc_, 2, ranges));
  EXPECT_EQ(aclSetTensorValueRange(desc_, 2, nullptr),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(Desc, ConstantsAreCopied) {
  EXPECT_EQ(aclGetTensorDescAddress(desc_), nullptr);
  int32_t value = 42;
  ASSERT_ACL(aclSetTensorConst(desc_, &value, sizeof(value)));
  value = 0;
  const void* copy = aclGetTensorDescAddress(desc_);
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(*static_cast<const int32_t*>(copy), 42);
  EXPECT_EQ(aclSetTensorConst(desc_, nullptr, 4), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorConst(desc_, &value, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorConst(desc_, &value, SIZE_MAX),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(Desc, PlacementAndDynamicInputAreChecked) {
  EXPECT_ACL(aclSetTensorPlaceMent(desc_, ACL_MEMTYPE_HOST));
  EXPECT_EQ(aclSetTensorPlaceMent(desc_, static_cast<aclMemType>(3)),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_ACL(aclSetTensorDynamicInput(desc_, "x"));
  EXPECT_EQ(aclSetTensorDynamicInput(desc_, nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Desc, ByIndexKnowsOnlyZero) {
  EXPECT_EQ(aclGetTensorDescByIndex(desc_, 0), desc_);
  EXPECT_EQ(aclGetTensorDescByIndex(desc_, 1), nullptr);
}

TEST_F(Desc, FormatsAreTransformed) {
  aclTensorDesc* result = nullptr;
  ASSERT_ACL(aclTransTensorDescFormat(desc_, ACL_FORMAT_NHWC, &result));
  EXPECT_EQ(aclGetTensorDescFormat(result), ACL_FORMAT_NHWC);
  EXPECT_EQ(aclGetTensorDescDim(result, 3), 3);
  EXPECT_EQ(aclGetTensorDescDim(result, 1), 4);
  aclDestroyTensorDesc(result);
  ASSERT_ACL(aclTransTensorDescFormat(desc_, ACL_FORMAT_NC1HWC0, &result));
  EXPECT_EQ(aclGetTensorDescNumDims(result), 5u);
  EXPECT_EQ(aclGetTensorDescDim(result, 1), 1);
  EXPECT_EQ(aclGetTensorDescDim(result, 4), 16);
  aclDestroyTensorDesc(result);
  EXPECT_EQ(aclTransTensorDescFormat(desc_, ACL_FORMAT_FRACTAL_Z, &result),
            ACL_ERROR_FORMAT_NOT_MATCH);
}

TEST_F(Desc, R28_UseAfterDestroyAndWrongKindAreErrors) {
  aclTensorDesc* gone =
      aclCreateTensorDesc(ACL_FLOAT, 0, nullptr, ACL_FORMAT_ND);
  aclDestroyTensorDesc(gone);
  RecentMessage();
  EXPECT_EQ(aclGetTensorDescType(gone), ACL_DT_UNDEFINED);
  EXPECT_NE(RecentMessage().find("has been destroyed"), std::string::npos);
  aclDataBuffer* buffer = aclCreateDataBuffer(nullptr, 0);
  EXPECT_EQ(aclSetTensorFormat(reinterpret_cast<aclTensorDesc*>(buffer),
                               ACL_FORMAT_ND),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(RecentMessage().find("data buffer"), std::string::npos);
  EXPECT_ACL(aclDestroyDataBuffer(buffer));
}

TEST(DataBuffer, KeepsAddressAndSize) {
  int value = 0;
  const size_t large = (size_t{1} << 32) + 5;
  aclDataBuffer* buffer = aclCreateDataBuffer(&value, large);
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(aclGetDataBufferAddr(buffer), &value);
  EXPECT_EQ(aclGetDataBufferSizeV2(buffer), large);
  EXPECT_EQ(aclGetDataBufferSize(buffer), 5u);
  EXPECT_ACL(aclUpdateDataBuffer(buffer, nullptr, 7));
  EXPECT_EQ(aclGetDataBufferAddr(buffer), nullptr);
  EXPECT_EQ(aclGetDataBufferSizeV2(buffer), 7u);
  EXPECT_ACL(aclDestroyDataBuffer(buffer));
  EXPECT_EQ(aclDestroyDataBuffer(buffer), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclDestroyDataBuffer(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclUpdateDataBuffer(buffer, nullptr, 0), ACL_ERROR_INVALID_PARAM);
}

TEST(Version, AclAndCann) {
  int32_t major = 0;
  int32_t minor = 0;
  int32_t patch = -1;
  EXPECT_ACL(aclrtGetVersion(&major, &minor, &patch));
  EXPECT_EQ(major, 1);
  EXPECT_EQ(minor, 17);
  EXPECT_EQ(patch, 0);
  EXPECT_EQ(aclrtGetVersion(nullptr, &minor, &patch), ACL_ERROR_INVALID_PARAM);
  aclCANNPackageVersion version;
  EXPECT_ACL(aclsysGetCANNVersion(ACL_PKG_NAME_RUNTIME, &version));
  EXPECT_STREQ(version.version, "9.1.0");
  EXPECT_STREQ(version.majorVersion, "9");
  EXPECT_EQ(aclsysGetCANNVersion(ACL_PKG_NAME_DRIVER, &version),
            ACL_ERROR_INVALID_PARAM);
  char package[] = "runtime";
  char text[ACL_PKG_VERSION_MAX_SIZE] = "";
  EXPECT_ACL(aclsysGetVersionStr(package, text));
  EXPECT_STREQ(text, "9.1.0");
  int32_t number = 0;
  EXPECT_ACL(aclsysGetVersionNum(package, &number));
  EXPECT_EQ(number, 90100000);
  char unknown[] = "nothing";
  EXPECT_EQ(aclsysGetVersionNum(unknown, &number), ACL_ERROR_INVALID_PARAM);
}

TEST(CannAttribute, ListAndValues) {
  const aclCannAttr* list = nullptr;
  size_t count = 0;
  ASSERT_ACL(aclGetCannAttributeList(&list, &count));
  ASSERT_EQ(count, 2u);
  for (size_t i = 0; i < count; ++i) {
    int32_t value = 0;
    EXPECT_ACL(aclGetCannAttribute(list[i], &value));
    EXPECT_EQ(value, 1);
  }
  int32_t value = -1;
  EXPECT_ACL(aclGetCannAttribute(ACL_CANN_ATTR_JIT_COMPILE, &value));
  EXPECT_EQ(value, 0);
  EXPECT_EQ(aclGetCannAttribute(ACL_CANN_ATTR_UNDEFINED, &value),
            ACL_ERROR_INVALID_PARAM);
}

void LogArguments(const char* format, ...) {
  va_list args;
  va_start(args, format);
  aclAppLogWithArgs(ACL_ERROR, "f", "a/b.cc", 7, format, args);
  va_end(args);
}

// The level is ERROR and the lines go to standard output, by this target's
// environment.
TEST(AppLog, R187_LinesGoToStandardOutput) {
  testing::internal::CaptureStdout();
  aclAppLog(ACL_ERROR, "f", "a/b.cc", 7, "value %d", 5);
  aclAppLog(ACL_INFO, "f", "a/b.cc", 7, "hidden");
  LogArguments("text %s", "t");
  const std::string out = testing::internal::GetCapturedStdout();
  EXPECT_NE(out.find("[ERROR]"), std::string::npos) << out;
  EXPECT_NE(out.find("[b.cc:7]f: value 5"), std::string::npos) << out;
  EXPECT_NE(out.find("[b.cc:7]f: text t"), std::string::npos) << out;
  EXPECT_EQ(out.find("hidden"), std::string::npos) << out;
}

}  // namespace
}  // namespace npuemu::rules
