#!/bin/bash
# npu-smi as scripts call it. usage: npu_smi_test.sh NPU_SMI
set -u
npu_smi=$1
failures=0
expect() {  # expect NAME GIVEN EXPECTED
  [[ $2 == "$3" ]] && return
  echo "FAIL: $1: given \"$2\", expected \"$3\""
  failures=$((failures + 1))
}
unset ${!NPUEMU_@}
expect "chip" "$("$npu_smi" info | awk 'NR == 7 { print $3 }')" 910B1
expect "soc" "$(NPUEMU_SOC=Ascend910B3 "$npu_smi" info |
  awk 'NR == 7 { print $3 }')" 910B3
expect "devices" "$(NPUEMU_DEVICES=3 "$npu_smi" info | grep -c ' 910B1 ')" 3
"$npu_smi" info -t board >/dev/null 2>&1
expect "options of info" $? 64
"$npu_smi" upgrade >/dev/null 2>&1
expect "other command" $? 64
"$npu_smi" >/dev/null 2>&1
expect "no command" $? 64
NPUEMU_SOC=Ascend310 "$npu_smi" info >/dev/null 2>&1
expect "unknown soc" $? 64
"$npu_smi" --help >/dev/null
expect "help" $? 0
exit $((failures != 0))
