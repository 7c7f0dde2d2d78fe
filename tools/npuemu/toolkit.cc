#include "tools/npuemu/toolkit.h"

#include <filesystem>
#include <system_error>

namespace npuemu::cli {

std::string ToolkitLibraryFolder() {
  std::error_code error;
  const std::filesystem::path binary =
      std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "";
  const std::filesystem::path folder =
      binary.parent_path().parent_path() / "lib64";
  if (!std::filesystem::exists(folder / "libascendcl.so", error)) return "";
  return folder.string();
}

}  // namespace npuemu::cli
