// Functions of two numbers, element by element, with broadcasting
// (arithmetic.md 7.2; composites: docs/sequences.md).

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {

BINARY(Add, NumbersAndBool, Steps(kVadd), Plus(x, y))
BINARY(Sub, NumbersAndBool, Steps(kVadd), Minus(x, y))
BINARY(Mul, NumbersAndBool, Steps(kVmul), Times(x, y))
BINARY(RealDiv, Numbers, Steps(kVdiv), Quotient(x, y))
BINARY(Maximum, Numbers, Steps(kVadd).Selects(), Max(x, y))
BINARY(Minimum, Numbers, Steps(kVadd).Selects(), Min(x, y))

}  // namespace npuemu::kernels
