#!/bin/bash
# hazards_test.sh [--rotate=TEXT]: see hazards_test.py.
exec /usr/bin/python3 -B tools/soak/hazards_test.py . "$@"
