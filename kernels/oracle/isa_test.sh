#!/bin/bash
# The golden hashes by lesser instructions: as an option says, and on processors
# that have no others (qemu-x86_64), where an instruction that leaked into code
# for all of them is an illegal one.
#   isa_test.sh PRIMITIVES_TEST OPERATORS_TEST
set -u
primitives=$1 operators=$2
failures=0

# check NAME COMMAND...: it ends with 0 and says how many hashes it compared.
check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1) && grep -q '^hashes compared: [1-9]' <<<"$output"; then
    echo "$name: $(grep '^hashes' <<<"$output")"
    return
  fi
  echo "FAILED: $name"
  tail -n 40 <<<"$output"
  failures=$((failures + 1))
}

command -v qemu-x86_64 >/dev/null || {
  echo "there is no qemu-x86_64: run tools/setup.sh clang"
  exit 1
}

check "operators, plain" "$operators" --isa=plain
check "operators, avx2" "$operators" --isa=avx2
# Nehalem has SSE4.2, Haswell AVX2 and FMA.
check "primitives, Nehalem" qemu-x86_64 -cpu Nehalem "$primitives" \
  --gtest_filter='*.EveryInstructionSet'
check "primitives, Haswell" qemu-x86_64 -cpu Haswell "$primitives" \
  --gtest_filter='*.EveryInstructionSet'
check "operators, Nehalem" qemu-x86_64 -cpu Nehalem "$operators" --threads=2
exit "$failures"
