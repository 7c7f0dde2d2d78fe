#!/bin/bash
# npuemu as a user calls it. usage: cli_test.sh NPUEMU
set -u
npuemu=$PWD/$1
[[ -x $npuemu ]] || { echo "FAIL: no program $npuemu"; exit 1; }
failures=0
expect() {  # expect NAME GIVEN EXPECTED
  [[ $2 == "$3" ]] && return
  echo "FAIL: $1"$'\n'"  given:    $2"$'\n'"  expected: $3"
  failures=$((failures + 1))
}
expect_code() {  # expect_code CODE ARG...: exit code of npuemu ARG...
  local code=$1
  shift
  "$npuemu" "$@" >"$work/out" 2>"$work/err"
  expect "exit code of npuemu $*" $? "$code"
}
has() {  # has FILE TEXT
  grep -qF -- "$2" "$work/$1" && return
  echo "FAIL: \"$2\" is not in $1:"; cat "$work/$1"
  failures=$((failures + 1))
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset LD_LIBRARY_PATH ${!NPUEMU_@}

# Usage.
expect_code 64; has err "usage: npuemu COMMAND"
expect_code 64 fly; has err 'unknown command "fly"'
expect_code 0 --help; has out "npuemu run [options] -- PROGRAM [ARG...]"
expect_code 0 --version
expect_code 64 run; has err "no PROGRAM given"
expect_code 64 run --devices 17 -- true; has err "expected: 1..16"
expect_code 64 run --nonsense -- true; has err "unknown option --nonsense"
expect_code 64 run -- ./no-such-program; has err "No such file"
expect_code 64 run -- "$work"; has err "Permission denied"
expect_code 0 run --help; has out "NPUEMU_HANG_TIMEOUT"
expect_code 64 om; expect_code 65 om ./no-such-file
expect_code 64 ops NoSuchOp; has err 'unknown operator "NoSuchOp"'
expect_code 64 info extra

expect_code 64 replay; has err "expected a TRACE"
expect_code 64 replay x true; has err "usage: npuemu replay"
expect_code 65 replay ./no-such-file -- true; has err "No such file"
expect_code 65 replay "$npuemu" -- true; has err "no trace of npuemu"
expect_code 0 replay --help; has out "68 for a difference"
expect_code 64 report; expect_code 65 report "$npuemu"

# ops and info.
expect_code 0 ops; has out "MatMulV2"
expect_code 0 ops Add; has out "exactness:"
expect_code 0 info --soc Ascend910B4 --devices 3
has out "node      3 x Ascend910B4, schedule fifo, seed 0"
has out "* Ascend910B4       20"
expect_code 64 info --soc Ascend310
NPUEMU_DEVICES=many "$npuemu" info 2>"$work/err" >&2; has err NPUEMU_DEVICES
expect "full disk" "$("$npuemu" info 2>&1 >/dev/full; echo $?)" \
  "npuemu: cannot write to standard output"$'\n'70

# run: environment, arguments, exit codes.
expect "environment" "$(NPUEMU_SEED=5 NPUEMU_DEVICES=4 "$npuemu" run --seed 7 \
  --poison -- sh -c 'echo $NPUEMU_SEED $NPUEMU_DEVICES $NPUEMU_POISON $*' \
  name a --b)" "7 4 true a --b"
expect "no dashes" "$("$npuemu" run --seed 7 echo --seed 8)" "--seed 8"
expect "stdin" "$(echo text | "$npuemu" run -- cat)" text
expect_code 0 run -- true
expect_code 7 run -- sh -c 'exit 7'
expect_code 139 run -- sh -c 'kill -SEGV $$'
expect_code 137 run -- sh -c 'kill -KILL $$'
expect "ignored SIGCHLD" \
  "$(bash -c 'trap "" CHLD; "$0" run -- sh -c "exit 9"; echo $?' "$npuemu")" 9
expect "own mask" "$("$npuemu" run -- grep SigBlk /proc/self/status)" \
  "$(grep SigBlk /proc/self/status)"

# run: signals go to the program, which decides. By sigwait: bash can run a trap
# amid its parsing of the next command, fail in that and go on.
for signal in TERM INT HUP USR1; do
  rm -f "$work/ready"; mkfifo "$work/ready"
  (trap - INT; exec "$npuemu" run -- /usr/bin/python3 -c '
import signal, sys
wanted = {getattr(signal, "SIG" + sys.argv[2])}
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
with open(sys.argv[1], "w") as ready: ready.write("up\n")
signal.sigwait(wanted)
sys.exit(21)' "$work/ready" $signal) &
  read -r -t 20 _ <>"$work/ready"  # <>: the open does not block
  kill -$signal $!
  wait $!
  expect "forwarded SIG$signal" $? 21
done

# An installed npuemu finds its library folder.
mkdir -p "$work/kit/bin" "$work/kit/lib64"
cp "$npuemu" "$work/kit/bin/npuemu"
touch "$work/kit/lib64/libascendcl.so"
expect "library path" "$(LD_LIBRARY_PATH=x "$work/kit/bin/npuemu" run -- \
  printenv LD_LIBRARY_PATH)" "$work/kit/lib64:x"
ln -s "$work/kit/bin/npuemu" "$work/link"
expect "by a link" "$("$work/link" run -- printenv LD_LIBRARY_PATH)" \
  "$work/kit/lib64"
expect "not installed" "$("$npuemu" run -- printenv LD_LIBRARY_PATH)" ""

((failures == 0)) && echo "cli_test: all passed"
exit $((failures != 0))
