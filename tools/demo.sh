#!/bin/bash
# The main job on real input: classifies Fisher's irises with single-operator
# models on two streams, checks every output bit and shows the timeline; then
# the same program without the event between its streams, which is a race.

set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 70
. tools/setup.sh

if (($#)); then
  echo "usage: tools/demo.sh    (no arguments; exit code 0 if all is as shown)"
  [[ $1 == -h || $1 == --help ]] && exit 0
  exit 64
fi

fail() {
  echo "demo: $*" >&2
  exit 1
}

setup_main || exit 70
work=$(mktemp -d) || exit 70
trap 'rm -rf "$work"' EXIT
tools/install.sh "$work/npuemu" || exit 70
. "$work/npuemu/set_env.sh"
# Only what is shown here shall decide.
unset "${!NPUEMU_@}" ASCEND_RT_VISIBLE_DEVICES

step() { printf '\n$ %s\n' "$*"; }

# classify NAME EXPECTED_EXIT [run option...] [-- program argument...]: runs
# the program and keeps its standard output in $work/NAME.
classify() {
  local name=$1 expected=$2 options=() code
  shift 2
  while (($#)) && [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  (($#)) && shift
  step npuemu run "${options[@]}" -- ./pipeline models testdata/iris "$@"
  npuemu run "${options[@]}" -- "$work/pipeline" "$work/models" testdata/iris \
    "$@" | tee "$work/$name"
  code=${PIPESTATUS[0]}
  ((code == expected)) || fail "exit code $code, expected $expected"
}

step 'gcc pipeline.c -I$PREFIX/include -L$PREFIX/lib64 -lascendcl'
gcc -O2 -Wall testdata/programs/pipeline.c -o "$work/pipeline" \
  -I"$ASCEND_HOME_PATH/include" -L"$ASCEND_HOME_PATH/lib64" -lascendcl ||
  fail "the program does not build"
step atc --singleop=testdata/iris/pipeline.json --output=models \
  --soc_version=Ascend910B1
atc --singleop=testdata/iris/pipeline.json --output="$work/models" \
  --soc_version=Ascend910B1 || fail "atc failed"

classify right 0 --timeline "$work/timeline"
echo
echo "Timeline (virtual time, no performance prediction):"
grep -Ev '^(call|submit|wait|effect) ' "$work/timeline" || fail "no timeline was written"

echo
echo "The same without the event that stream b waits for: a race."
classify lucky 0 --schedule fifo -- --no-event
classify late_1 1 --schedule late -- --no-event
classify late_2 1 --schedule late -- --no-event
cmp -s "$work/right" "$work/lucky" || fail "fifo: other bytes than before"
cmp -s "$work/late_1" "$work/late_2" || fail "late: two runs differ"
cmp -s "$work/right" "$work/late_1" && fail "late: the race has no effect"
echo
echo "demo: every bit as expected; the race shows under late, the same each time"
