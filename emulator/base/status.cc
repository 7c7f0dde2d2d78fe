#include "emulator/base/status.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "absl/strings/cord.h"
#include "emulator/base/check.h"

namespace npuemu {
namespace {

constexpr std::string_view kFaultUrl = "npuemu/fault";
constexpr std::string_view kMessageIdUrl = "npuemu/message_id";
constexpr std::string_view kHazardUrl = "npuemu/hazard";

// The number in a payload; `fallback` if there is none.
int32_t NumberOf(const absl::Status& status, std::string_view url,
                 int32_t fallback) {
  const auto payload = status.GetPayload(url.data());
  if (!payload) return fallback;
  const std::string text(*payload);
  std::from_chars(text.data(), text.data() + text.size(), fallback);
  return fallback;
}

constexpr FaultInfo kRows[] = {
#define FAULT(name, code, message_id, title) \
  {Fault::name, #name, message_id, title},
#include "emulator/base/fault.def"
#undef FAULT
};

}  // namespace

const FaultInfo& InfoOf(Fault fault) {
  const auto* row = std::lower_bound(
      std::begin(kRows), std::end(kRows), fault,
      [](const FaultInfo& a, Fault b) { return a.fault < b; });
  if (row != std::end(kRows) && row->fault == fault) return *row;
  static constexpr FaultInfo kUnknown = {Fault::kInternalError, "kUnknown",
                                         "EEXXXX", "Internal_Error"};
  return kUnknown;
}

absl::Status FaultError(Fault fault, std::string_view text) {
  NPUEMU_CHECK(fault != Fault::kNone);
  absl::Status status(absl::StatusCode::kUnknown,
                      absl::string_view(text.data(), text.size()));
  status.SetPayload(kFaultUrl.data(), absl::Cord(std::to_string(
                                          static_cast<int32_t>(fault))));
  return status;
}

absl::Status FaultError(Fault fault, std::string_view text,
                        std::string_view message_id) {
  absl::Status status = FaultError(fault, text);
  status.SetPayload(kMessageIdUrl.data(), absl::Cord(std::string(message_id)));
  return status;
}

Fault FaultOf(const absl::Status& status) {
  if (status.ok()) return Fault::kNone;
  return static_cast<Fault>(
      NumberOf(status, kFaultUrl,
               static_cast<int32_t>(Fault::kInternalError)));
}

absl::Status WithHazard(absl::Status status, int hazard) {
  status.SetPayload(kHazardUrl.data(), absl::Cord(std::to_string(hazard)));
  return status;
}

int HazardOf(const absl::Status& status) {
  return NumberOf(status, kHazardUrl, 0);
}

std::string MessageIdOf(const absl::Status& status) {
  if (auto payload = status.GetPayload(kMessageIdUrl.data())) {
    return std::string(*payload);
  }
  return InfoOf(FaultOf(status)).message_id;
}

}  // namespace npuemu
