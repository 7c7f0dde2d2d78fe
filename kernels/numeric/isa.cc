#include "kernels/numeric/isa.h"

#include <cpuid.h>

#include <atomic>

namespace npuemu::kernels {
namespace {

std::atomic<Isa> g_widest{Isa::kAvx512};

// clang 14 knows no "f16c" in __builtin_cpu_supports; "avx2" includes that the
// system saves the registers.
bool HasAvx2() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C) != 0;
}

bool HasAvx512() {
  return HasAvx2() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

Isa Widest() {
  if (HasAvx512()) return Isa::kAvx512;
  return HasAvx2() ? Isa::kAvx2 : Isa::kPlain;
}

}  // namespace

bool Has(Isa isa) {
  static const Isa widest = Widest();
  return isa <= widest;
}

void LimitIsa(Isa widest) { g_widest.store(widest); }

bool CanUse(Isa isa) {
  return Has(isa) && isa <= g_widest.load(std::memory_order_relaxed);
}

}  // namespace npuemu::kernels
