#!/bin/bash
# replay_test.sh [--rotate=TEXT]: see replay_test.py.
exec /usr/bin/python3 -B tools/soak/replay_test.py . "$@"
