// Functions of three or four numbers, element by element, with broadcasting
// (arithmetic.md 7.2; composites: docs/sequences.md).

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

using TakesFour = Takes<T, T, T, T>;

constexpr const char* kTwoRoundings =
    "each step rounded to the operands' type (7.2: no fused multiply-add)";
constexpr const char* kSteps =
    "floats: the steps of docs/sequences.md in f32, one cast back; integers "
    "wrap";

}  // namespace

TERNARY(ClipByValue, Numbers, Steps(kVadd, kVadd).Selects(), Min(Max(x, y), z))
TERNARY(ClipByValueV2, Numbers, Steps(kVadd, kVadd).Selects(),
        Min(Max(x, y), z))
TERNARY(FusedMulAdd, Numbers, Steps(kVmul, kVadd).Says(kTwoRoundings),
        Plus(StepOf(Times(x, y), a), z))
ELEMENTWISE(FusedMulAddAdd, Numbers, TakesFour,
            Steps(kVmul, kVadd, kVadd).Says(kTwoRoundings),
            [](auto x1, auto x2, auto x3, auto x4, const Scalars& a) {
              return Plus(StepOf(Plus(StepOf(Times(x1, x2), a), x3), a), x4);
            })
ELEMENTWISE(Addcmul, Numbers, TakesFour,
            Steps(kVmul, kVmul, kVadd).Wide().Says(kSteps),
            [](auto x, auto x1, auto x2, auto value) {
              return Plus(x, Times(Times(x1, x2), value));
            })
ELEMENTWISE(Addcdiv, Numbers, TakesFour,
            Steps(kVdiv, kVmul, kVadd).Wide().Says(kSteps),
            [](auto x, auto x1, auto x2, auto value) {
              return Plus(x, Times(Quotient(x1, x2), value));
            })
TERNARY(Lerp, Floats, Steps(kVadd, kVmul, kVadd).Sequence(), x + z * (y - x))

}  // namespace npuemu::kernels
