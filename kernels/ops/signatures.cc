#include "kernels/ops/signatures.h"

#include <cstdio>
#include <cstdlib>

#include "kernels/op/signature.h"

namespace npuemu::kernels {
namespace {

// Written by signatures.py.
constexpr SignatureText kSignatures[] = {
#include "kernels/ops/signatures.inc"
};

}  // namespace

OpDef Signature(std::string_view type) {
  for (const SignatureText& text : kSignatures) {
    if (type == text.type) return ParseSignature(text);
  }
  std::fprintf(stderr, "npuemu: no signature of operator %.*s\n",
               static_cast<int>(type.size()), type.data());
  std::abort();
}

}  // namespace npuemu::kernels
