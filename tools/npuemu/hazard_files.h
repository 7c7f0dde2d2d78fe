// File: hazard_files.h
// Findings as files: hazards.json (docs/hazards.md has its schema), SARIF 2.1.0
// and JUnit XML.

#ifndef TOOLS_NPUEMU_HAZARD_FILES_H_
#define TOOLS_NPUEMU_HAZARD_FILES_H_

#include <string>

#include "tools/npuemu/symbols.h"
#include "tools/npuemu/trace_findings.h"

namespace npuemu::cli {

std::string HazardsJson(const TraceFindings& findings, Symbols* symbols);
std::string HazardsSarif(const TraceFindings& findings, Symbols* symbols);
std::string HazardsJunit(const TraceFindings& findings, Symbols* symbols);

// The text of a finding, with files and lines where they are known.
std::string TextOf(Finding finding, Symbols* symbols);

// False, with the reason, if the file cannot be written whole.
bool WriteFile(const std::string& path, const std::string& text,
               std::string* error);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_HAZARD_FILES_H_
