#!/bin/sh
# Renews COVERAGE.md from acl_shim/api.def.
set -e
cd "$(dirname "$0")/../.."
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 acl_shim/abi/gen_abi.py \
  --api acl_shim/api.def --functions testdata/reference/functions.tsv \
  coverage > COVERAGE.md.new
mv COVERAGE.md.new COVERAGE.md
