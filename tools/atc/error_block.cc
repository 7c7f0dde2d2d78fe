#include "tools/atc/error_block.h"

#include "absl/strings/str_cat.h"
#include "emulator/base/status.h"

namespace npuemu::atc {
namespace {

struct Advice {
  const char* id;
  const char* cause;
  const char* solution;
};

constexpr Advice kAdvice[] = {
    {"E10001", "The parameter does not fit the others.",
     "Remove it, or give it a value that --singleop allows."},
    {"E10003", "The parameter is misspelled or incomplete.",
     "Try 'atc --help' for the list of parameters."},
    {"E10007", "The value is not one of those the parameter takes.",
     "Use one of the values named above."},
    {"E10023", "The path is empty.", "Give --singleop the path of a file."},
    {"E10024", "The file does not exist or cannot be read.",
     "Check the path given to --singleop and its permissions."},
    {"E10025", "The file is damaged or not written as JSON.",
     "Correct the place that the reason names."},
    {"E10026", "An operator has an empty 'op'.",
     "Give every operator its type, for example \"op\": \"Add\"."},
    {"E10027",
     "The word is unknown, or only one of type and format is that "
     "of an absent tensor.",
     "Use a documented data type and format; an absent optional input has "
     "format RESERVED and type UNDEFINED."},
    {"E10029", "An attribute has an empty 'name'.", "Name the attribute."},
    {"E10030", "The value does not fit the type of the attribute.",
     "Correct 'value'."},
    {"E10032", "A required key is missing or a value has the wrong type.",
     "Compare the file with the format of single-operator JSON files."},
    {"E10054", "The parameter was not given.", "Add the parameter."},
    {"E13006", "The attribute type is unknown.", "Use one of the types named."},
    {"E13014", "The value contradicts the shape or the operator's prototype.",
     "Correct the value that the message names."},
    {"E14001", "The operator type is misspelled or not implemented.",
     "'npuemu ops' lists the operators."},
    {"EZ3003",
     "No kernel takes this combination of data types, formats and "
     "attributes.",
     "'npuemu ops NAME' shows what the operator takes."},
};

}  // namespace

std::string ErrorBlock(const absl::Status& status) {
  const std::string id = MessageIdOf(status);
  std::string block = absl::StrCat(id, ": ", status.message(), "\n");
  for (const Advice& advice : kAdvice) {
    if (id != advice.id) continue;
    absl::StrAppend(&block, "        Possible Cause: ", advice.cause, "\n",
                    "        Solution: ", advice.solution, "\n");
  }
  return block + "        TraceBack (most recent call last):\n";
}

}  // namespace npuemu::atc
