#!/bin/bash
# 2000 random programs under one policy, 1000 more in four threads; under one that may reorder, a canary:
# the same programs with their waits forgotten must differ from the oracle.
#   sim_test.sh SIM POLICY
set -u
export NPUEMU_SCHEDULE=$2
"$1" 1 2000 || exit 1
"$1" 5000 1000 4 || exit 1
[ "$2" = fifo ] && exit 0
if "$1" 1 2000 --forget-waits > /dev/null 2>&1; then
  echo "FAILED: forgotten waits were not found under $2"
  exit 1
fi
