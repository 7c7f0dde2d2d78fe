#include "emulator/task/soc.h"

namespace npuemu {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kGiB = uint64_t{1} << 30;

constexpr SocProfile kSocs[] = {
#define SOC(soc, family, cubes, vectors, megahertz, memory, l2) \
  {.name = soc,                                                 \
   .short_name = family,                                        \
   .cube_cores = cubes,                                         \
   .vector_cores = vectors,                                     \
   .mhz = megahertz,                                            \
   .memory_bytes = memory * kGiB,                               \
   .l2_bytes = l2 * kMiB},
#include "emulator/task/soc.def"
#undef SOC
};

}  // namespace

std::span<const SocProfile> AllSocs() { return kSocs; }

const SocProfile* FindSoc(std::string_view name) {
  for (const SocProfile& soc : kSocs) {
    if (name == soc.name) return &soc;
  }
  return nullptr;
}

std::string SocNames() {
  std::string names;
  for (const SocProfile& soc : kSocs) {
    if (!names.empty()) names += ", ";
    names += soc.name;
  }
  return names;
}

}  // namespace npuemu
