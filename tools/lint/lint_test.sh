#!/bin/bash
# Bazel 4 has no Python rules here; -B: no bytecode beside the sources.
exec /usr/bin/python3 -B tools/lint/lint_test.py
