#!/bin/bash
# Everything that must hold: lint, the tests built by GCC, most by clang (with
# layering_check) too, with AddressSanitizer or as they are used, the fuzz
# targets for a fixed number of inputs, and the canary. The last line is
# "N passed, N failed".

set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 70
. tools/setup.sh

all_parts=(lint gcc demo sim clang asan fuzz canary)
asan_packages=(
  //acl_shim/base/... //acl_shim/core/... //acl_shim/om/... //acl_shim/op_library/...
  //acl_shim/tests/rules/...
  //acl_shim/tests/interleavings:random_interleaving_test
  //kernels/op/... //kernels/ops:all_ops_test //kernels/ops:rows_rules_test
  //kernels/oracle:operators_golden_test
  //emulator/...
  //tools/atc/... //tools/npu_smi/... //tools/npuemu/... //tools/om_describe/...
)
policies=(fifo timed late random pct)
sim_programs=5000
fuzz_runs=20000
fuzz_seconds=300  # only a stop for a target that hangs
passed=0
failed=0
failures=()

usage() {
  cat <<TEXT
usage: tools/test.sh [PART...]
Runs the named parts in order; all of them without an argument.
  lint   tools/lint/lint.py over the tree, and the proof of every rule
  gcc    bazel test //... but for the unit tests of part asan beneath the
         entry points
  demo   tools/demo.sh, as a user runs it
  sim    random programs, the determinism matrix and replays, the commit as seed
  clang  bazel test --config=clang of gemm, numeric, golden hashes
         (layering_check, as asan)
  asan   bazel test --config=asan of everything else that it can run
  fuzz   every target tagged fuzz: $fuzz_runs inputs from its corpus (its data)
  canary every implemented function once without its work: a test must fail
Only by its name, before a release:
  clang_all   bazel test --config=clang //...
  ubsan       bazel test --config=ubsan //...
The last line is "N passed, N failed"; the exit code is 1 if N failed > 0.
TEXT
}

count() {  # count 0|1 NAME: one more that passed (0) or failed
  if (($1 == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$2")
  fi
}

part_lint() {
  /usr/bin/python3 -B tools/lint/lint.py
  count $? lint
  /usr/bin/python3 -B tools/docs/rules.py --check
  count $? "docs/rules.md"
  /usr/bin/python3 -B tools/docs/hazards.py --check
  count $? "docs/hazards.md"
}

# run_bazel PART ARG...: bazel test with one count per test target. A failure
# without a failed test (a library that does not build) counts as one.
run_bazel() {
  local part=$1 log code name status before=$failed
  shift
  log=$work/$part.log
  bazel test --keep_going --noshow_progress --color=no --test_summary=short \
    "$@" 2>&1 | tee "$log" |
    grep -v -e '^INFO: ' -e '^Loading:' -e '^Analyzing:' -e ' PASSED in '
  code=${PIPESTATUS[0]}
  while read -r name status; do
    [[ $status == PASSED* || $status == "(cached) PASSED"* ]]
    count $? "$part $name"
  done < <(sed -n -E 's/^(\/\/[^ ]+) +((\(cached\) )?(PASSED|FLAKY|FAILED|TIMEOUT|NO STATUS|INCOMPLETE).*)$/\1 \2/p' "$log")
  if ((code != 0 && failed == before)); then
    count 1 "$part (bazel exit code $code)"
  fi
}

# What is tested beneath the entry points is so by part asan alone: GCC's build
# of it runs in every program of the tests above.
part_gcc() {
  run_bazel gcc --test_tag_filters=-rotated -- //... \
    -//emulator/... //emulator/host/... -//acl_shim/om/... -//tools/atc/...
}
part_demo() {
  tools/demo.sh >"$work/demo.log" 2>&1
  local code=$?
  tail -n $((code == 0 ? 1 : 60)) "$work/demo.log"
  count $code demo
}
# A new commit is a new seed: over time the seeds cover more than any list.
part_sim() {
  local seed policy sim
  local -A pids
  seed=$((16#$(git rev-parse --short=12 HEAD 2>/dev/null || echo 1)))
  bazel build --noshow_progress --color=no //acl_shim/tests/sim \
    >"$work/sim_build.log" 2>&1 || cat "$work/sim_build.log"
  sim=$(bazel info bazel-bin 2>/dev/null)/acl_shim/tests/sim/sim
  for policy in "${policies[@]}"; do
    NPUEMU_SCHEDULE=$policy "$sim" "$seed" "$sim_programs" 2 \
      >"$work/sim.$policy" 2>&1 &
    pids[$policy]=$!
  done
  for policy in "${policies[@]}"; do
    wait "${pids[$policy]}"
    local code=$?
    sed "s/^/$policy: /" "$work/sim.$policy"
    # No program of the simulation has a hazard: none may be told.
    ((code == 0)) && ! grep -q '^npuemu: H' "$work/sim.$policy"
    count $? "sim $policy"
  done
  run_bazel sim "--test_arg=--rotate=$seed" --test_tag_filters=rotated \
    --test_timeout=900 //tools/soak/...
}
# By clang once: the loops that are written for a processor, whose bits must be
# those of GCC, as they are used; all else with AddressSanitizer.
part_clang() {
  run_bazel clang --config=clang //kernels/gemm/... //kernels/numeric/... \
    //kernels/oracle:primitives_golden_test \
    //emulator/host/preload/... //acl_shim/abi:abi_test
}
part_clang_all() {
  run_bazel clang_all --config=clang \
    --test_tag_filters=-rotated,-both_compilers //...
}
# The tests of tools/soak link programs by a gcc that knows no UBSan.
part_ubsan() {
  run_bazel ubsan --config=ubsan --build_tests_only \
    --test_tag_filters=-noasan -- //... -//tools/soak/...
}
part_asan() {
  run_bazel asan --config=asan --build_tests_only \
    --test_tag_filters=-noasan "${asan_packages[@]}"
}

part_canary() {
  run_bazel canary --test_output=all \
    //acl_shim/tests/rules:canary_test
}

# hex_to_bytes DIR: seeds that are committed as text become what they mean.
hex_to_bytes() {
  /usr/bin/python3 - "$1" <<'CODE'
import pathlib, re, sys
for path in pathlib.Path(sys.argv[1]).glob("*.hex"):
    text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
    path.write_bytes(bytes.fromhex("".join(text.split())))
CODE
}

# run_fuzz LABEL BIN_DIR: the corpus is what the target's data attribute holds,
# made flat: libFuzzer writes what it finds into its first folder.
run_fuzz() {
  local label=$1 binary corpus file
  binary=${label#//}
  binary=$2/${binary/:/\/}
  corpus=$work/corpus/${label##*:}
  mkdir -p "$corpus"
  while read -r file; do
    cp -L "$file" "$corpus/$(cksum <"$file" | tr ' ' _)"
  done < <(find -L "$binary.runfiles" -type f ! -name MANIFEST \
    ! -path "*/${binary##*/}")
  hex_to_bytes "$corpus"
  if [[ -z $(ls "$corpus") ]]; then
    echo "fuzz: $label has no corpus (its data attribute names none)"
    count 1 "fuzz $label"
    return
  fi
  # Debian's libraries are not instrumented, hence no container checks.
  ASAN_OPTIONS=detect_container_overflow=0 "$binary" -seed=1 \
    -runs=$fuzz_runs -max_total_time=$fuzz_seconds -timeout=20 \
    -artifact_prefix="$work/" "$corpus" >"$work/fuzz.log" 2>&1
  local code=$?
  if ((code == 0)); then
    echo "fuzz: $label $(grep -a '^Done ' "$work/fuzz.log")"
  else
    echo "fuzz: $label failed with exit code $code"
    tail -n 60 "$work/fuzz.log"
    base64 "$work"/{crash,leak,timeout,oom}-* 2>/dev/null | head -n 60
  fi
  count $code "fuzz $label"
}

part_fuzz() {
  local labels bin label
  mapfile -t labels < <(bazel query --noshow_progress \
    "attr(tags, '[\[ ]fuzz[,\]]', kind(cc_binary, //...))" 2>/dev/null)
  if ((${#labels[@]} == 0)); then
    echo "fuzz: no target has the tag fuzz"
    count 1 "fuzz (no target)"
    return
  fi
  if ! bazel build --noshow_progress --color=no --config=fuzz \
    "${labels[@]}" >"$work/fuzz_build.log" 2>&1; then
    cat "$work/fuzz_build.log"
    count 1 "fuzz (build)"
    return
  fi
  bin=$(bazel info --config=fuzz bazel-bin 2>/dev/null)
  for label in "${labels[@]}"; do
    run_fuzz "$label" "$bin"
  done
}

parts=()
for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit 0 ;;
    lint | gcc | demo | sim | clang | asan | fuzz | canary | clang_all | ubsan) parts+=("$argument") ;;
    *) echo "test.sh: unknown part \"$argument\"" >&2; usage >&2; exit 64 ;;
  esac
done
((${#parts[@]})) || parts=("${all_parts[@]}")

setup_main clang || exit 70
work=$(mktemp -d) || exit 70
trap 'rm -rf "$work"' EXIT
for part in "${parts[@]}"; do
  start=$SECONDS
  echo "== $part"
  "part_$part"
  echo "== $part: $((SECONDS - start)) s, $passed passed, $failed failed so far"
done
for failure in "${failures[@]+"${failures[@]}"}"; do
  echo "FAILED: $failure"
done
echo "$passed passed, $failed failed"
((failed == 0))
