// File: signature.h
// The published signature of an operator (names, kinds, dtype columns,
// attributes with their defaults) as text, and the OpDef made of it. The texts
// come from the tables below testdata/reference: kernels/ops/signatures.py.

#ifndef KERNELS_OP_SIGNATURE_H_
#define KERNELS_OP_SIGNATURE_H_

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

struct SignatureText {
  const char* type;
  DtypeBasis basis;
  const char* inputs;   // "x:f16,f32;mask?:bool,bool;list*:f32,f32"
  const char* outputs;  // the same
  const char* attrs;    // "axis!:int=0;pads:list_int=0,0"; "!" is required
};

// An OpDef without functions. A text that is malformed stops the process: it
// is ours. The names live as long as the process. Thread-safe.
OpDef ParseSignature(const SignatureText& text);

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_SIGNATURE_H_
