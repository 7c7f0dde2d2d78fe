// File: toolkit.h
// Where the installed toolkit lies: npuemu is PREFIX/bin/npuemu.

#ifndef TOOLS_NPUEMU_TOOLKIT_H_
#define TOOLS_NPUEMU_TOOLKIT_H_

#include <string>

namespace npuemu::cli {

// PREFIX/lib64 if this binary lies in PREFIX/bin beside it and it holds
// libascendcl.so; empty otherwise (a binary that is not installed).
std::string ToolkitLibraryFolder();

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_TOOLKIT_H_
