#!/bin/bash
# The parts of tools/install.sh that need no build.
set -u
. tools/install/copy_tree.sh
failures=0
expect() {  # expect NAME GIVEN EXPECTED
  [[ $2 == "$3" ]] && return
  echo "FAIL: $1: given \"$2\", expected \"$3\""
  failures=$((failures + 1))
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/file" && mkdir -p "$work/clone" "$work/other/lib64" "$work/a b"
touch "$work/clone/WORKSPACE" "$work/other/lib64/libascendcl.so"

for prefix in "" --help / /usr "$work/file" "$work/clone" "$work/other" a:b; do
  given=$(tree_check_prefix "$prefix" 2>/dev/null) && given="accepted $given"
  expect "prefix '$prefix'" "$given" ""
done
expect "new folder" "$(tree_check_prefix "$work/x/../y")" "$work/y"
expect "message" "$(tree_check_prefix /usr 2>&1 | grep -c 'system folder')" 1

prefix="$work/a b/it's"
printf 'one\n' >"$work/one"
printf '%s\tinclude/acl/one.h\n%s\tbin/one\n' "$work/one" "$work/one" \
  >"$work/first.tsv"
printf '%s\tbin/one\n' "$work/one" >"$work/second.tsv"
printf '%s\tbin/one\n' "$work/gone" >"$work/third.tsv"
tree_copy "$work/first.tsv" "$prefix"
expect "first copy" $? 0
expect "header" "$(cat "$prefix/include/acl/one.h")" one
expect "mode" "$(stat -c %a "$prefix/bin/one" "$prefix/include/acl/one.h" |
  tr '\n' ' ')" "755 644 "
expect "again" "$(tree_check_prefix "$prefix")" "$prefix"
tree_copy "$work/second.tsv" "$prefix"
expect "second copy" $? 0
expect "stale header" "$(ls "$prefix/include/acl")" ""
tree_copy "$work/third.tsv" "$prefix" 2>/dev/null
expect "missing source" $? 1

for shell in sh bash; do
  given=$(env -i PATH=/bin:/usr/bin LD_LIBRARY_PATH=x $shell -c \
    '. "$1"; . "$1"; echo "$LD_LIBRARY_PATH|$PATH|$ASCEND_OPP_PATH"' - \
    "$prefix/set_env.sh")
  expect "$shell" "$given" \
    "$prefix/lib64:x|$prefix/bin:/bin:/usr/bin|$prefix/opp"
  given=$(env -i PATH=/bin $shell -c \
    '. "$1"; env | grep -c "^ASCEND_[A-Z_]*=.*s"' - "$prefix/set_env.sh")
  expect "$shell variables" "$given" 5
done
((failures == 0)) && echo "install_test: all passed"
exit $((failures != 0))
