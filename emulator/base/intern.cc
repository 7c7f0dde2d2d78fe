#include "emulator/base/intern.h"

#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <string>

namespace npuemu {

const char* Intern(std::string_view text) {
  constexpr size_t kMost = 10000;
  static auto& mutex = *new std::mutex();
  static auto& texts = *new std::set<std::string, std::less<>>();
  const std::lock_guard<std::mutex> guard(mutex);
  const auto found = texts.find(text);
  if (found != texts.end()) return found->c_str();
  if (texts.size() >= kMost) return "(too many different texts)";
  return texts.emplace(text).first->c_str();
}

}  // namespace npuemu
