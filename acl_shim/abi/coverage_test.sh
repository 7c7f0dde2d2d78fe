#!/bin/sh
# COVERAGE.md is what api.def says; acl_shim/abi/update.sh renews it.
diff -u "$1" "$2" && exit 0
echo "COVERAGE.md is out of date: run acl_shim/abi/update.sh"
exit 1
