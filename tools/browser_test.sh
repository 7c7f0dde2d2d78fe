#!/bin/bash
# The HTML report in a browser: installs Chromium with apt if it is missing
# (some 400 MB, so it is no part of test.sh), builds the toolkit into a
# temporary folder, and drives the page.
#   tools/browser_test.sh [SCREENSHOTS]   a folder for pictures

set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 70
. tools/setup.sh
setup_packages+=(chromium chromium-driver python3-selenium gcc)
setup_main || exit 70
work=$(mktemp -d) || exit 70
trap 'rm -rf "$work"' EXIT
tools/install.sh "$work/prefix" || exit 70
LD_LIBRARY_PATH=$work/prefix/lib64 /usr/bin/python3 -B \
  tools/npuemu/browser_test.py "$work/prefix" testdata "$@"
