// File: symbols.h
// Function, file and line of an address in a module, by its DWARF and its
// symbols (libdw). The program that ran needs neither.
//
// Thread safety: none.

#ifndef TOOLS_NPUEMU_SYMBOLS_H_
#define TOOLS_NPUEMU_SYMBOLS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace npuemu::cli {

struct CodeLine {
  std::string function;  // "" where it is not known
  std::string file;
  int line = 0;          // 0: not known
};

class Symbols {
 public:
  Symbols();
  ~Symbols();
  // `offset`: a return address as the module's file counts. What cannot be
  // read, or holds no such address, gives an empty one.
  CodeLine Find(const std::string& module, uint64_t offset);

 private:
  class Module;
  std::map<std::string, std::unique_ptr<Module>> modules_;
};

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_SYMBOLS_H_
