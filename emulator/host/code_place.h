// File: code_place.h
// Where an address of code lies, as debuggers and DWARF count: the same in
// every run of a program.
//
// Thread safety: thread-safe. It takes no lock of the dynamic linker.

#ifndef EMULATOR_HOST_CODE_PLACE_H_
#define EMULATOR_HOST_CODE_PLACE_H_

#include <cstdint>

namespace npuemu {

struct CodePlace {
  const char* module = nullptr;  // path, lives on; null: in none
  uint64_t offset = 0;           // the address as the module's file has it
};

CodePlace PlaceOfCode(const void* address);

}  // namespace npuemu

#endif  // EMULATOR_HOST_CODE_PLACE_H_
