#!/bin/bash
# The determinism matrix of testdata/programs; --help tells the options. Makes
# an install tree first, unless --prefix names one.

set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 70
. tools/setup.sh

given=
for argument; do
  case $argument in
    --prefix | --prefix=* | -h | --help) given=yes ;;
  esac
done
soak=(/usr/bin/python3 -B tools/soak/soak.py)
[[ -n $given ]] && exec "${soak[@]}" "$@"

setup_main || exit 70
work=$(mktemp -d) || exit 70
trap 'rm -rf "$work"' EXIT
tools/install.sh "$work/npuemu" || exit 70
"${soak[@]}" --prefix "$work/npuemu" "$@"
