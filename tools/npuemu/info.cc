// npuemu info: the node that a program would see, and the SoC profiles.

#include <cstdlib>
#include <iomanip>

#include "acl/acl.h"
#include "emulator/task/soc.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/options.h"
#include "tools/npuemu/toolkit.h"

namespace npuemu::cli {
namespace {

constexpr char kUsage[] = "usage: npuemu info [options]\n";

void PrintNode(const Config& config, std::ostream& out) {
  const SocProfile& soc = *FindSoc(config.soc);
  const std::string folder = ToolkitLibraryFolder();
  out << "npuemu    " << kVersion << ", AscendCL " << ACL_MAJOR_VERSION << "."
      << ACL_MINOR_VERSION << "." << ACL_PATCH_VERSION << "\n"
      << "library   "
      << (folder.empty() ? "not installed (tools/install.sh PREFIX)"
                         : folder + "/libascendcl.so")
      << "\n"
      << "node      " << config.devices << " x " << soc.name << ", schedule "
      << config.schedule << ", seed " << config.seed << "\n"
      << "device    " << soc.cube_cores << " cube cores, " << soc.vector_cores
      << " vector cores, " << soc.ai_cpus << " AI CPUs, " << soc.mhz
      << " MHz\n"
      << "memory    " << (soc.memory_bytes >> 30) << " GiB HBM and "
      << (soc.l2_bytes >> 20) << " MiB L2 per device; at most "
      << (config.host_memory >> 20) << " MiB committed on this machine\n";
}

void PrintProfiles(const std::string& chosen, std::ostream& out) {
  out << "\n  SoC             cube  vector   MHz  HBM GiB  L2 MiB\n";
  for (const SocProfile& soc : AllSocs()) {
    out << (chosen == soc.name ? "* " : "  ") << std::left << std::setw(16)
        << soc.name << std::right << std::setw(4) << soc.cube_cores
        << std::setw(8) << soc.vector_cores << std::setw(6) << soc.mhz
        << std::setw(9) << (soc.memory_bytes >> 30) << std::setw(8)
        << (soc.l2_bytes >> 20) << "\n";
  }
}

}  // namespace

int Info(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  auto options = ParseOptions(arguments, std::getenv);
  if (!options.ok()) {
    err << "npuemu info: " << options.status().message() << "\n" << kUsage;
    return kExitUsage;
  }
  if (options->help) {
    out << kUsage << "Shows the node that `npuemu run` with the same options "
        << "would give.\n\n";
    PrintOptions(out);
    return kExitOk;
  }
  if (options->used < arguments.size()) {
    err << "npuemu info: unexpected argument \"" << arguments[options->used]
        << "\"\n" << kUsage;
    return kExitUsage;
  }
  PrintNode(options->config, out);
  PrintProfiles(options->config.soc, out);
  return kExitOk;
}

}  // namespace npuemu::cli
