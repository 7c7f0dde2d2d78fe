// A host with Abseil flags of its own, one of them called --seed: the library
// must claim none.

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "acl_shim/tests/hosts/host_program.h"

ABSL_FLAG(int, seed, 1, "the host's own seed");

namespace npuemu {
namespace {

TEST(HostFlagsTest, TheHostOwnsItsFlags) {
  EXPECT_EQ(RoundTrip(7), 7);
  std::string program = "host";
  std::string flag = "--seed=42";
  std::vector<char*> arguments = {program.data(), flag.data()};
  absl::ParseCommandLine(static_cast<int>(arguments.size()),
                         arguments.data());
  EXPECT_EQ(absl::GetFlag(FLAGS_seed), 42);
  for (const char* name : {"schedule", "devices", "trace", "soc"}) {
    EXPECT_EQ(absl::FindCommandLineFlag(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace npuemu
