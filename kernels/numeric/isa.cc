#include "kernels/numeric/isa.h"

#include <atomic>

namespace npuemu::kernels {
namespace {

std::atomic<Isa> g_widest{Isa::kAvx512};

}  // namespace

void LimitIsa(Isa widest) { g_widest.store(widest); }

bool IsAllowed(Isa isa) {
  return isa <= g_widest.load(std::memory_order_relaxed);
}

}  // namespace npuemu::kernels
