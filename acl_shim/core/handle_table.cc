#include "acl_shim/core/handle_table.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace npuemu::shim {
namespace {

struct Words {
  const char* word;
  const char* maker;
};

constexpr Words kWords[] = {
#define X(id, word, maker) {word, maker},
    NPUEMU_HANDLE_KINDS(X)
#undef X
};

// H20, H27, H28, H35, H44.
int HazardOfStale(HandleKind kind) {
  switch (kind) {
    case HandleKind::kStream: return 27;
    case HandleKind::kEvent:
    case HandleKind::kNotify: return 20;
    case HandleKind::kOpExecutor: return 35;
    default: return 44;
  }
}

const Words& WordsOf(HandleKind kind) {
  return kWords[static_cast<size_t>(kind)];
}

}  // namespace

absl::Status NullHandle(HandleKind kind, const char* argument, Fault fault) {
  return FaultError(
      fault,
      absl::StrFormat("Value nullptr for parameter %s is invalid. Expected "
                      "value: a %s handle of %s",
                      argument, WordsOf(kind).word, WordsOf(kind).maker));
}

absl::Status BadHandle(HandleKind kind, uint64_t value, const char* argument,
                       Fault fault, BadValue why) {
  const Words& expected = WordsOf(kind);
  const uint64_t tag = value >> 48;
  const uint64_t other = tag & 0xff;
  std::string reason;
  if (why == BadValue::kStale) {
    reason = absl::StrFormat("The %s handle has been destroyed", expected.word);
  } else if (why == BadValue::kRevived) {
    reason = absl::StrFormat("The %s handle has been destroyed; another %s has "
                             "its place now", expected.word, expected.word);
  } else if (tag >> 8 == 0x0a && other < std::size(kWords)) {
    reason = absl::StrFormat("The handle type must be %s; it is a %s handle",
                             expected.word, kWords[other].word);
  } else {
    reason = absl::StrFormat("The value was not made by %s", expected.maker);
  }
  absl::Status status =
      FaultError(fault,
                 absl::StrFormat("Value 0x%x for parameter %s is invalid. "
                                 "Reason: %s",
                                 value, argument, reason),
                 "EE1017");
  if (why == BadValue::kForeign) return status;
  const bool revived =
      why == BadValue::kRevived && kind != HandleKind::kOpExecutor;
  return WithHazard(std::move(status), revived ? 28 : HazardOfStale(kind));
}

}  // namespace npuemu::shim
