#!/bin/bash
# Builds the toolkit and installs it: PREFIX/{include,lib64,bin}, set_env.sh.

set -u -o pipefail
start_folder=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 70
. tools/setup.sh
. tools/install/copy_tree.sh

usage() {
  cat <<'TEXT'
usage: tools/install.sh PREFIX
Builds and installs the toolkit tree: PREFIX/include, PREFIX/lib64, PREFIX/bin
(npuemu, atc, npu-smi) and PREFIX/set_env.sh. Running it again updates it.
Exit codes: 0 installed, 64 wrong PREFIX, 70 the build or a copy failed.
TEXT
}

if [[ $# == 1 && ($1 == -h || $1 == --help) ]]; then
  usage
  exit 0
fi
if [[ $# != 1 ]]; then
  echo "install: $# arguments given, expected one: PREFIX" >&2
  usage >&2
  exit 64
fi
prefix=$(cd "$start_folder" && tree_check_prefix "$1") || exit 64

setup_main || exit 70
echo "install: building"
bazel build --color=no --curses=no --show_progress_rate_limit=30 \
  --ui_event_filters=-info --show_result=0 //tools/install:toolkit ||
  { echo "install: the build failed" >&2; exit 70; }
# Bazel gives generated files as bazel-out/..., sources below the clone.
bin=$(bazel info bazel-bin 2>/dev/null) || exit 70
out=$(bazel info output_path 2>/dev/null) || exit 70
manifest=$(mktemp) || exit 70
trap 'rm -f "$manifest"' EXIT
while IFS=$'\t' read -r source place; do
  case $source in
    bazel-out/*) source=$out/${source#bazel-out/} ;;
    *) source=$PWD/$source ;;
  esac
  printf '%s\t%s\n' "$source" "$place"
done <"$bin/tools/install/toolkit.tsv" >"$manifest"
tree_copy "$manifest" "$prefix" || exit 70
echo "install: $(wc -l <"$prefix/$tree_mark") files in $prefix;" \
  "source $prefix/set_env.sh to use them"
