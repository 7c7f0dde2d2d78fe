#include "emulator/host/thread_plan.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <cstdio>

namespace npuemu {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// The next word of *text, which loses it; empty at the end.
std::string_view NextWord(std::string_view* text) {
  const size_t begin = text->find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return *text = {};
  text->remove_prefix(begin);
  const std::string_view word = text->substr(0, text->find_first_of(kSpace));
  text->remove_prefix(word.size());
  return word;
}

bool ParseNumber(std::string_view text, int low, int* number) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() &&
         *number >= low;
}

bool ParseStep(std::string_view word, ThreadStep* step) {
  step->text = word;
  const size_t colon = word.find(':');
  if (!ParseNumber(word.substr(0, colon), 0, &step->thread)) return false;
  if (colon == std::string_view::npos) return true;
  std::string_view label = word.substr(colon + 1);
  const size_t times = label.rfind('x');
  // Names of functions may hold an x too ("mutex"): only digits count.
  if (times != std::string_view::npos &&
      ParseNumber(label.substr(times + 1), 1, &step->count)) {
    label = label.substr(0, times);
  } else {
    step->count = 1;
  }
  step->label = label;
  return !label.empty();
}

std::string Bad(std::string_view word, const char* expected) {
  std::string text = "\"";
  text += word;
  text += "\": expected ";
  return text + expected;
}

}  // namespace

std::optional<std::vector<ThreadStep>> ParseThreadScript(std::string_view text,
                                                         std::string* error) {
  std::vector<ThreadStep> steps;
  while (true) {
    const std::string_view word = NextWord(&text);
    if (word.empty()) return steps;
    ThreadStep step;
    if (!ParseStep(word, &step)) {
      *error = Bad(word, "thread[:label[xN]]");
      return std::nullopt;
    }
    steps.push_back(std::move(step));
  }
}

std::optional<std::vector<int>> ParseThreadPicks(std::string_view text,
                                                 std::string* error) {
  std::vector<int> picks;
  while (true) {
    const std::string_view word = NextWord(&text);
    if (word.empty()) return picks;
    const size_t star = word.find('*');
    int id = 0;
    int count = 1;
    if (!ParseNumber(word.substr(0, star), 0, &id) ||
        (star != std::string_view::npos &&
         !ParseNumber(word.substr(star + 1), 1, &count))) {
      *error = Bad(word, "id or id*count");
      return std::nullopt;
    }
    picks.insert(picks.end(), static_cast<size_t>(count), id);
  }
}

std::optional<std::string> TextOrFile(const std::string& text,
                                      std::string* error) {
  if (text.empty() || text[0] != '@') return text;
  FILE* file = std::fopen(text.c_str() + 1, "re");
  if (file == nullptr) {
    *error = text.substr(1);
    *error += ": ";
    *error += std::strerror(errno);
    return std::nullopt;
  }
  std::string content;
  char block[4096];
  size_t size;
  while ((size = std::fread(block, 1, sizeof(block), file)) > 0) {
    content.append(block, size);
  }
  std::fclose(file);
  return content;
}

}  // namespace npuemu
