#include "emulator/device/pair_spec.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace npuemu {

std::string PairSpec::ToText() const {
  return absl::StrCat(first, ",", second, ",", swap ? 1 : 0, ",", look, ",",
                      before ? 1 : 0, ",", device, ",", begin, ",", end, ",",
                      path);
}

absl::StatusOr<PairSpec> PairSpec::Parse(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(
      absl::string_view(text.data(), text.size()), absl::MaxSplits(',', 8));
  PairSpec spec;
  if (parts.size() == 9 && absl::SimpleAtoi(parts[0], &spec.first) &&
      absl::SimpleAtoi(parts[1], &spec.second) &&
      absl::SimpleAtob(parts[2], &spec.swap) &&
      absl::SimpleAtoi(parts[3], &spec.look) &&
      absl::SimpleAtob(parts[4], &spec.before) &&
      absl::SimpleAtoi(parts[5], &spec.device) &&
      absl::SimpleAtoi(parts[6], &spec.begin) &&
      absl::SimpleAtoi(parts[7], &spec.end) && 0 < spec.first &&
      spec.first < spec.second && spec.begin < spec.end &&
      (spec.look == spec.first || spec.look == spec.second)) {
    spec.path = parts[8];
    return spec;
  }
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat("--verify (NPUEMU_VERIFY) is \"",
                                 absl::string_view(text.data(), text.size()),
                                 "\"; npuemu run --verify-races sets it"));
}

}  // namespace npuemu
