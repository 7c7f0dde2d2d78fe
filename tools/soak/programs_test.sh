#!/bin/bash
# programs_test.sh [--rotate=TEXT]: see programs_test.py.
exec /usr/bin/python3 -B tools/soak/programs_test.py . "$@"
