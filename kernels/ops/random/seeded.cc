// RandomUniform, RandomStandardNormal, TruncatedNormal: the first call of
// TensorFlow's seeded operators (RandomUniformInt: stateless.cc, beside the
// others of integers). Shapes are inputs; any shape, ND. In f32, one cast
// (docs/random.md).

#include "kernels/ops/random/random.h"

namespace npuemu::kernels {
namespace {

constexpr RandomRule kUniform{.shape = ShapeInts,
                              .stream = SeedAttrs,
                              .floats = Uniform,
                              .typed = "dtype"};
constexpr RandomRule kNormal{.shape = ShapeInts,
                             .stream = SeedAttrs,
                             .floats = Normal,
                             .typed = "dtype"};
constexpr RandomRule kTruncated{.shape = ShapeInts,
                                .stream = SeedAttrs,
                                .floats = Truncated,
                                .typed = "dtype"};

}  // namespace

RANDOM(RandomUniform, kUniform, 0)
RANDOM(RandomStandardNormal, kNormal, 0)
RANDOM(TruncatedNormal, kTruncated, 0)

}  // namespace npuemu::kernels
