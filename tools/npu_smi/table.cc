#include "tools/npu_smi/table.h"

#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "emulator/base/check.h"
#include "emulator/task/soc.h"

namespace npuemu::smi {
namespace {

constexpr char kVersion[] = "24.1.rc3";  // the driver whose layout this is
constexpr int kWidths[] = {27, 15, 52};  // of the three columns
constexpr int kInner = 96;               // between the outer bars

std::string Rule(char line, bool columns) {
  if (!columns) return "+" + std::string(kInner, line) + "+\n";
  std::string text = "+";
  for (int width : kWidths) text += std::string(width, line) + "+";
  return text + "\n";
}

std::string Wide(const std::string& text) {
  return absl::StrFormat("| %-95s|\n", text);
}

std::string Row(const std::string& a, const std::string& b,
                const std::string& c) {
  return absl::StrFormat("| %-26s| %-14s| %-51s|\n", a, b, c);
}

std::string Two(const std::string& a, const std::string& b) {
  return absl::StrFormat("%-6s%s", a, b);
}

std::string Three(const std::string& a, const std::string& b,
                  const std::string& c) {
  return absl::StrFormat("%-12s%-18s%s", a, b, c);
}

struct Place {
  int npu;
  int chip;
  bool is_pair;  // two chips to an NPU: Phy-ID is shown
};

Place PlaceOf(const SocProfile& soc, int device) {
  if (std::string_view(soc.short_name) != "Ascend910_93") {
    return {device, 0, false};
  }
  return {device / 2, device % 2, true};
}

// "910B1"; the chips of the A3 hide which one they are.
std::string ChipOf(const SocProfile& soc) {
  constexpr std::string_view kBrand = "Ascend";
  if (std::string_view(soc.short_name) == "Ascend910_93") return "Ascend910";
  return std::string(std::string_view(soc.name).substr(kBrand.size()));
}

void PrintDevice(const SocProfile& soc, int device, std::ostream& out) {
  const Place place = PlaceOf(soc, device);
  const std::string memory = std::to_string(soc.memory_bytes >> 20);
  const std::string chip = std::to_string(place.chip);
  out << Row(Two(std::to_string(place.npu), ChipOf(soc)), "OK",
             Three("NA", "NA", "0    / 0"))
      << Row(place.is_pair ? Two(chip, std::to_string(device)) : chip,
             absl::StrFormat("0000:%02X:00.0", device + 1),
             Three("0", "0    / 0", "0    / " + memory));
}

}  // namespace

void PrintInfo(const Config& config, std::ostream& out) {
  const SocProfile* soc = FindSoc(config.soc);
  NPUEMU_CHECK(soc != nullptr);
  const bool is_pair = PlaceOf(*soc, 0).is_pair;
  out << Rule('-', false)
      << Wide(absl::StrFormat("npu-smi %-24s Version: %s", kVersion, kVersion))
      << Rule('-', true)
      << Row(Two("NPU", "Name"), "Health",
             Three("Power(W)", "Temp(C)", "Hugepages-Usage(page)"))
      << Row(is_pair ? Two("Chip", "Phy-ID") : "Chip", "Bus-Id",
             Three("AICore(%)", "Memory-Usage(MB)", "HBM-Usage(MB)"))
      << Rule('=', true);
  for (int device = 0; device < config.devices; ++device) {
    PrintDevice(*soc, device, out);
    out << Rule('=', true);
  }
  out << Rule('-', true)
      << absl::StrFormat("| %-26s| %-14s| %-25s| %-24s|\n", "NPU     Chip",
                         "Process id", "Process name", "Process memory(MB)")
      << Rule('=', true);
  const int npus = is_pair ? (config.devices + 1) / 2 : config.devices;
  for (int npu = 0; npu < npus; ++npu) {
    out << Wide(absl::StrFormat("No running processes found in NPU %d", npu))
        << Rule('=', true);
  }
}

}  // namespace npuemu::smi
