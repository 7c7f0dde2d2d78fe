// write_seeds DIR: writes the sample .om files of the tests as seeds for the
// fuzzer, so that no binary needs to be kept.

#include <fstream>
#include <iostream>
#include <string>

#include "acl_shim/om/testing/testing_om.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_seeds DIR\n";
    return 64;
  }
  int number = 0;
  for (const std::string& file : npuemu::om::SampleFiles()) {
    const std::string path =
        std::string(argv[1]) + "/seed" + std::to_string(number++) + ".om";
    std::ofstream(path, std::ios::binary) << file;
  }
}
