// Versions and attributes of the simulated installation.

#include <cstdio>
#include <cstring>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "acl/acl.h"
#include "acl_shim/core/api_call.h"

namespace npuemu::shim {
namespace {

// The CANN release whose interface this library has; ACL itself is 1.17.0.
constexpr int kCannMajor = 9;
constexpr int kCannMinor = 1;
constexpr int kCannPatch = 0;
constexpr char kCannVersion[] = "9.1.0";
// aclsysGetVersionNum: two digits each, then three for pre-releases.
constexpr int kCannVersionNumber =
    kCannMajor * 10000000 + kCannMinor * 100000 + kCannPatch * 1000;

// By aclCANNPackageName. The driver, the last one, is not part of the
// simulated installation.
constexpr const char* kPackages[] = {"cann",    "runtime", "compiler", "hccl",
                                     "toolkit", "opp",     "opp_kernel"};

absl::Status CheckPackage(const char* name) {
  RETURN_IF_NULL(name);
  for (const char* package : kPackages) {
    if (std::strcmp(name, package) == 0) return absl::OkStatus();
  }
  return InvalidValue(Fault::kInvalidParam, "pkgName",
                      absl::StrCat("\"", name, "\""),
                      "cann, runtime, compiler, hccl, toolkit, opp or "
                      "opp_kernel");
}

template <size_t size>
void Fill(char (&out)[size], const std::string& text) {
  std::snprintf(out, size, "%s", text.c_str());
}

struct Attribute {
  aclCannAttr id;
  int32_t value;
};

// A2/A3 compute with infinities, NaN and bf16. No operator is compiled while
// the program runs: the kernels are those of this library.
constexpr Attribute kAttributes[] = {
    {ACL_CANN_ATTR_INF_NAN, 1},
    {ACL_CANN_ATTR_BF16, 1},
    {ACL_CANN_ATTR_JIT_COMPILE, 0},
};

constexpr aclCannAttr kSupported[] = {ACL_CANN_ATTR_INF_NAN,
                                      ACL_CANN_ATTR_BF16};

absl::Status DescribePackage(aclCANNPackageName name,
                             aclCANNPackageVersion* version) {
  RETURN_IF_NULL(version);
  if (name < 0 || static_cast<size_t>(name) >= std::size(kPackages)) {
    return InvalidValue(Fault::kInvalidParam, "name", absl::StrCat(name),
                        "[0, 6]; a simulated node has no driver package");
  }
  *version = {};
  Fill(version->version, kCannVersion);
  Fill(version->majorVersion, absl::StrCat(kCannMajor));
  Fill(version->minorVersion, absl::StrCat(kCannMinor));
  Fill(version->patchVersion, absl::StrCat(kCannPatch));
  return absl::OkStatus();
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtGetVersion(int32_t* majorVersion, int32_t* minorVersion,
                         int32_t* patchVersion) {
  return ApiCall("aclrtGetVersion", [&]() -> absl::Status {
    RETURN_IF_NULL(majorVersion);
    RETURN_IF_NULL(minorVersion);
    RETURN_IF_NULL(patchVersion);
    *majorVersion = ACL_MAJOR_VERSION;
    *minorVersion = ACL_MINOR_VERSION;
    *patchVersion = ACL_PATCH_VERSION;
    return absl::OkStatus();
  });
}

aclError aclsysGetCANNVersion(aclCANNPackageName name,
                              aclCANNPackageVersion* version) {
  return ApiCall("aclsysGetCANNVersion",
                 [&] { return DescribePackage(name, version); });
}

// versionStr has room for ACL_PKG_VERSION_MAX_SIZE bytes.
aclError aclsysGetVersionStr(char* pkgName, char* versionStr) {
  return ApiCall("aclsysGetVersionStr", [&]() -> absl::Status {
    RETURN_IF_NULL(versionStr);
    RETURN_IF_ERROR(CheckPackage(pkgName));
    std::memcpy(versionStr, kCannVersion, sizeof(kCannVersion));
    return absl::OkStatus();
  });
}

aclError aclsysGetVersionNum(char* pkgName, int32_t* versionNum) {
  return ApiCall("aclsysGetVersionNum", [&]() -> absl::Status {
    RETURN_IF_NULL(versionNum);
    RETURN_IF_ERROR(CheckPackage(pkgName));
    *versionNum = kCannVersionNumber;
    return absl::OkStatus();
  });
}

aclError aclGetCannAttribute(aclCannAttr cannAttr, int32_t* value) {
  return ApiCall("aclGetCannAttribute", [&]() -> absl::Status {
    RETURN_IF_NULL(value);
    for (const Attribute& attribute : kAttributes) {
      if (attribute.id != cannAttr) continue;
      *value = attribute.value;
      return absl::OkStatus();
    }
    return InvalidValue(Fault::kInvalidParam, "cannAttr",
                        absl::StrCat(cannAttr), "[0, 2]");
  });
}

aclError aclGetCannAttributeList(const aclCannAttr** cannAttrList,
                                 size_t* num) {
  return ApiCall("aclGetCannAttributeList", [&]() -> absl::Status {
    RETURN_IF_NULL(cannAttrList);
    RETURN_IF_NULL(num);
    *cannAttrList = kSupported;
    *num = std::size(kSupported);
    return absl::OkStatus();
  });
}
