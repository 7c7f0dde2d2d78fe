// npu-smi: the table of the real tool for the emulated devices. Scripts read
// the chip from it: line 7, third column.

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "tools/npu_smi/table.h"
#include "tools/npuemu/options.h"

namespace npuemu::smi {
namespace {

constexpr int kUsageError = 64;
constexpr char kUsage[] =
    "usage: npu-smi info\n"
    "Shows the devices that a program started in this environment would see\n"
    "(NPUEMU_SOC, NPUEMU_DEVICES). Other subcommands and the options of info\n"
    "ask for a driver, which a simulated node has not.\n";

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 &&
      (arguments[0] == "-h" || arguments[0] == "--help")) {
    std::cout << kUsage;
    return 0;
  }
  if (arguments.empty() || arguments[0] != "info" || arguments.size() > 1) {
    std::cerr << "npu-smi: ";
    if (arguments.empty()) {
      std::cerr << "no command given\n";
    } else {
      std::cerr << "\"" << arguments.back()
                << "\" is not available on a simulated node\n";
    }
    std::cerr << kUsage;
    return kUsageError;
  }
  auto options = cli::ParseOptions({}, std::getenv);
  if (!options.ok()) {
    std::cerr << "npu-smi: " << options.status().message() << "\n";
    return kUsageError;
  }
  PrintInfo(options->config, std::cout);
  return 0;
}

}  // namespace
}  // namespace npuemu::smi

int main(int argc, char** argv) {
  return npuemu::smi::Main({argv + 1, argv + argc});
}
