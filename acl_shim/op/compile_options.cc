// aclSetCompileopt, aclGetCompileopt, aclGetCompileoptSize,
// aclopSetCompileFlag. Of the options only ACL_OP_JIT_COMPILE changes what the
// emulator does; the others choose between device kernels of equal meaning.

#include "acl_shim/op/compile_options.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "acl/acl_op_compiler.h"
#include "acl_shim/core/api_call.h"

namespace npuemu::shim {
namespace {

constexpr size_t kOptions = ACL_OP_DEBUG_OPTION + 1;

std::atomic<bool> g_fuzzy{false};
std::atomic<bool> g_jit{false};  // disabled on A2/A3 (R126)

struct Options {
  std::mutex mutex;
  std::array<std::string, kOptions> values;  // "" where nothing was set
};

Options& Values() {
  static auto& options = *[] {
    auto* made = new Options();
    made->values[ACL_OP_JIT_COMPILE] = "disable";
    return made;
  }();
  return options;
}

absl::Status CheckOption(aclCompileOpt option) {
  if (static_cast<size_t>(option) < kOptions) return absl::OkStatus();
  return InvalidValue(Fault::kInvalidParam, "opt",
                      absl::StrCat(static_cast<int>(option)),
                      absl::StrCat("[0, ", kOptions, ")"));
}

absl::Status SetOption(aclCompileOpt option, const char* value) {
  RETURN_IF_NULL(value);
  RETURN_IF_ERROR(CheckOption(option));
  const std::string text = value;
  if (option == ACL_OP_JIT_COMPILE) {
    if (text != "enable" && text != "disable") {
      return InvalidValue(Fault::kInvalidParam, "value",
                          absl::StrCat("\"", text, "\""),
                          "enable or disable");
    }
    g_jit = text == "enable";
  }
  const std::lock_guard<std::mutex> guard(Values().mutex);
  Values().values[option] = text;
  return absl::OkStatus();
}

// `length` is of the buffer, the final NUL included.
absl::Status GetOption(aclCompileOpt option, char* value, size_t length) {
  RETURN_IF_NULL(value);
  RETURN_IF_ERROR(CheckOption(option));
  const std::lock_guard<std::mutex> guard(Values().mutex);
  const std::string& text = Values().values[option];
  if (length <= text.size()) {
    return InvalidValue(Fault::kInvalidParam, "length", absl::StrCat(length),
                        absl::StrCat("at least ", text.size() + 1));
  }
  std::memcpy(value, text.c_str(), text.size() + 1);
  return absl::OkStatus();
}

}  // namespace

bool FuzzyCompile() { return g_fuzzy; }

SearchOrder CurrentSearchOrder() {
  return g_jit && !g_fuzzy ? SearchOrder::kStaticFirst
                           : SearchOrder::kDynamicFirst;
}

}  // namespace npuemu::shim

using npuemu::shim::ApiCall;

extern "C" {

aclError aclSetCompileopt(aclCompileOpt opt, const char* value) {
  return ApiCall("aclSetCompileopt",
                 [&] { return npuemu::shim::SetOption(opt, value); });
}

size_t aclGetCompileoptSize(aclCompileOpt opt) {
  size_t size = 0;
  ApiCall("aclGetCompileoptSize", [&]() -> absl::Status {
    RETURN_IF_ERROR(npuemu::shim::CheckOption(opt));
    auto& options = npuemu::shim::Values();
    const std::lock_guard<std::mutex> guard(options.mutex);
    size = options.values[opt].size() + 1;
    return absl::OkStatus();
  });
  return size;
}

aclError aclGetCompileopt(aclCompileOpt opt, char* value, size_t length) {
  return ApiCall("aclGetCompileopt",
                 [&] { return npuemu::shim::GetOption(opt, value, length); });
}

aclError aclopSetCompileFlag(aclOpCompileFlag flag) {
  return ApiCall("aclopSetCompileFlag", [&]() -> absl::Status {
    if (flag != ACL_OP_COMPILE_DEFAULT && flag != ACL_OP_COMPILE_FUZZ) {
      return npuemu::shim::InvalidValue(
          npuemu::Fault::kInvalidParam, "flag",
          absl::StrCat(static_cast<int>(flag)), "0 (default) or 1 (fuzz)");
    }
    npuemu::shim::g_fuzzy = flag == ACL_OP_COMPILE_FUZZ;
    return absl::OkStatus();
  });
}

}  // extern "C"
