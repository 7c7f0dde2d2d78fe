#include <iostream>
#include <string>
#include <vector>

#include "tools/atc/atc.h"
#include "tools/atc/op_check.h"

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  return npuemu::atc::RunAtc(
      args,
      {npuemu::atc::LoadUserOps, npuemu::atc::IsKnownOp, npuemu::atc::CheckOp},
      std::cout);
}
