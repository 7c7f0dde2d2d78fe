#!/bin/sh
# Renews COVERAGE.md from acl_shim/api.def and the operators.
set -e
cd "$(dirname "$0")/../.."
bazel build --noshow_progress --show_result=0 //acl_shim/abi:coverage
cp -f "$(bazel info bazel-bin 2>/dev/null)/acl_shim/abi/COVERAGE.md" COVERAGE.md
chmod 644 COVERAGE.md
