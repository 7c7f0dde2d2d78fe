// Fake quantisation: values are moved to the grid that num_bits leave between
// min and max, and stay floats (TensorFlow's definition; docs/sequences.md).

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// The grid whose zero is one of its points.
struct Grid {
  float scale;
  float low;
  float high;
};

Grid GridOf(float low, float high, float bits, bool narrow) {
  float levels = 1;
  for (float k = 0; k < bits && k < 24; ++k) levels = levels * 2.0f;
  const float first = narrow ? 1.0f : 0.0f;
  const float last = levels - 1.0f;
  const float scale = (high - low) / (last - first);
  const float zero = Min(Max(Rint(first - low / scale), first), last);
  return {scale, (first - zero) * scale, (last - zero) * scale};
}

float OnGrid(float x, const Grid& grid) {
  const float c = Min(Max(x, grid.low), grid.high) - grid.low;
  return Floor(c / grid.scale + 0.5f) * grid.scale + grid.low;
}

const ElementwiseRule kQuant =
    Steps(kVadd, kVadd, kVadds, kVmuls, kVadds, kVconv, kVmuls, kVadds);

// num_bits must be 2 to 16.
OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const auto bits = AttrOr<int64_t>(call.attrs, "num_bits", 8);
  if (bits < 2 || bits > 16) {
    return OpError(call, "attribute num_bits", std::to_string(bits), "2 to 16");
  }
  return InferElementwise(call, outputs);
}

}  // namespace

UNARY(FakeQuantWithMinMaxArgs, Floats, kQuant.Sequence().Infer(Infer),
      OnGrid(x, GridOf(a[0], a[1], a[2], a[3] != 0)))
BINARY(FakeQuantWithMinMaxArgsGradient, Floats, kQuant.Sequence().Infer(Infer),
       y >= GridOf(a[0], a[1], a[2], a[3] != 0).low &&
               y <= GridOf(a[0], a[1], a[2], a[3] != 0).high
           ? x
           : 0.0f)
TERNARY(FakeQuantWithMinMaxVars, Floats, kQuant.Sequence().Infer(Infer),
        OnGrid(x, GridOf(y, z, a[0], a[1] != 0)))
TERNARY(FakeQuantWithMinMaxVarsPerChannel, Floats,
        kQuant.Sequence().Infer(Infer),
        OnGrid(x, GridOf(y, z, a[0], a[1] != 0)))

}  // namespace npuemu::kernels
