// npuemu om: what a .om file holds.

#include "tools/npuemu/command.h"
#include "tools/om_describe/om_describe.h"

namespace npuemu::cli {

int Om(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  constexpr char kUsage[] = "usage: npuemu om FILE\n";
  if (arguments.size() == 1 && arguments[0] == "--help") {
    out << kUsage << "Describes a .om file: partitions, operators, tensor "
        << "descriptions, attributes.\nExit code 65 if it is no readable "
        << ".om file.\n";
    return kExitOk;
  }
  if (arguments.size() != 1 || arguments[0].compare(0, 1, "-") == 0) {
    err << "npuemu om: " << arguments.size()
        << " arguments given, expected one FILE\n"
        << kUsage;
    return kExitUsage;
  }
  const absl::Status status = om::Describe(arguments[0], out);
  if (status.ok()) return kExitOk;
  out.flush();
  err << "npuemu om: " << arguments[0] << ": " << status.message() << "\n";
  return kExitBadFile;
}

}  // namespace npuemu::cli
