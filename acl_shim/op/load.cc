// aclopSetModelDir, aclopLoad, aclopSetMaxOpQueueNum (R119-R122).

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl/acl_op.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/log.h"
#include "acl_shim/op/model_store.h"

namespace npuemu::shim {
namespace {

namespace fs = std::filesystem;

constexpr int kLevels = 3;  // dir, dir/a, dir/a/b

// Regular files and folders only: links are skipped, as the real one does.
// In order of name: the order of readdir differs between machines, and the
// first registered model wins a match.
void Collect(const fs::path& folder, int levels,
             std::vector<std::string>* files) {
  std::vector<fs::directory_entry> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    entries.push_back(*it);
  }
  std::sort(entries.begin(), entries.end());
  for (const fs::directory_entry& entry : entries) {
    const fs::file_status status = entry.symlink_status(error);
    const std::string name = entry.path().filename().string();
    if (fs::is_regular_file(status)) {
      if (name.ends_with(".om")) files->push_back(entry.path().string());
    } else if (fs::is_directory(status) && levels > 1) {
      Collect(entry.path(), levels - 1, files);
    }
  }
}

absl::Status LoadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return ModelStore::Get().Load(std::as_bytes(std::span(text)));
}

absl::Status SetModelDir(const char* dir) {
  RETURN_IF_NULL(dir);
  static auto& mutex = *new std::mutex();
  static std::string* chosen = nullptr;
  const std::lock_guard<std::mutex> guard(mutex);
  if (chosen != nullptr) {
    return FaultError(Fault::kRepeatInitialize,
                      absl::StrCat("the model folder was set to \"", *chosen,
                                   "\" before; expected one aclopSetModelDir "
                                   "per process. Use aclopLoad for more"));
  }
  char* resolved = realpath(dir, nullptr);
  if (resolved == nullptr || !fs::is_directory(resolved)) {
    std::free(resolved);
    return FaultError(Fault::kReadModelFailure,
                      absl::StrCat("value \"", dir, "\" for parameter modelDir "
                                   "does not exist or cannot be read. Expected "
                                   "value: a folder of .om files"));
  }
  const std::string root = resolved;
  std::free(resolved);
  std::vector<std::string> files;
  Collect(root, kLevels, &files);
  for (const std::string& path : files) {
    const absl::Status status = LoadFile(path);
    if (status.ok() || !LogEnabled(LogLevel::kWarning)) continue;
    Log(LogLevel::kWarning, absl::StrCat("aclopSetModelDir skips ", path, ": ",
                                         status.message()));
  }
  chosen = new std::string(root);
  return absl::OkStatus();
}

absl::Status LoadModel(const void* model, size_t size) {
  RETURN_IF_NULL(model);
  if (size == 0) {
    return InvalidValue(Fault::kInvalidParam, "modelSize", "0",
                        "the bytes of a model");
  }
  return ModelStore::Get().Load({static_cast<const std::byte*>(model), size});
}

}  // namespace
}  // namespace npuemu::shim

using npuemu::shim::ApiCall;

extern "C" {

aclError aclopSetModelDir(const char* modelDir) {
  return ApiCall("aclopSetModelDir",
                 [&] { return npuemu::shim::SetModelDir(modelDir); });
}

aclError aclopLoad(const void* model, size_t modelSize) {
  return ApiCall("aclopLoad",
                 [&] { return npuemu::shim::LoadModel(model, modelSize); });
}

aclError aclopSetMaxOpQueueNum(uint64_t maxOpNum) {
  return ApiCall("aclopSetMaxOpQueueNum", [&]() -> absl::Status {
    if (maxOpNum == 0) {
      return npuemu::shim::InvalidValue(npuemu::Fault::kInvalidParam,
                                        "maxOpNum", "0", "1 or more");
    }
    npuemu::shim::ModelStore::Get().SetLimit(maxOpNum);
    return absl::OkStatus();
  });
}

}  // extern "C"
