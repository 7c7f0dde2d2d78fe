#!/bin/bash
# The demo gives the same bytes and the same virtual times in every run: 100
# runs, 1/2/8 worker threads, one core with a busy loop beside it; and the same
# timeline as the committed one, which other compilers compare with as well.
#   determinism_test.sh ATC PIPELINE PIPELINE_JSON TIMELINE
set -u
atc=$1 pipeline=$2 json=$3 timeline=$4
iris=$(dirname "$json")
work=${TEST_TMPDIR:?}
export HOME=$work

"$atc" --singleop="$json" --output="$work/models" --soc_version=Ascend910B1 \
  > "$work/atc.log" || { cat "$work/atc.log"; exit 1; }

failures=0
runs=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# run NAME EXPECTED_EXIT [ARGUMENT]: runs the demo, keeps output and timeline.
run() {
  runs=$((runs + 1))
  NPUEMU_TIMELINE="$work/$1.trace" "$pipeline" "$work/models" "$iris" ${3:-} \
    > "$work/$1.out" 2>&1
  local code=$?
  [ "$code" = "$2" ] || fail "$1: exit code $code, expected $2: $(cat "$work/$1.out")"
}

# same NAME REFERENCE: output and timeline are equal.
same() {
  cmp -s "$work/$1.out" "$work/$2.out" || fail "$1: output differs from $2"
  cmp -s "$work/$1.trace" "$work/$2.trace" || fail "$1: timeline differs from $2"
}

run first 0
cmp "$work/first.trace" "$timeline" || {
  fail "the timeline is not the committed one (tools/update rewrites it)"
  diff "$work/first.trace" "$timeline" | head -10
}
for i in $(seq 2 100); do run again 0; same again first; done
for threads in 1 2 8; do
  NPUEMU_THREADS=$threads run threads 0
  same threads first
done

# One core, shared with a busy loop.
if command -v taskset > /dev/null; then
  core=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
  taskset -c "$core" bash -c 'while :; do :; done' &
  busy=$!
  taskset -cp "$core" $$ > /dev/null
  run loaded 0
  kill "$busy"
  same loaded first
fi

# The race: late gives other bytes, the same ones each time.
export NPUEMU_SCHEDULE=late
run raced 1 --no-event
for i in $(seq 2 100); do run raced_again 1 --no-event; same raced_again raced; done
run late 0
cmp -s "$work/late.out" "$work/first.out" || fail "late changes a correct program"

[ "$failures" = 0 ] && echo "determinism: $runs runs agree"
exit "$failures"
