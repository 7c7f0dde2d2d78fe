#!/bin/sh
# Bazel has no py_test here: runs a Python script of this project as a test.
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$@"
