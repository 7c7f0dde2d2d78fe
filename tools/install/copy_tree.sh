# Copies a toolkit tree to its place; tools/install.sh builds what it copies.
# Sourced. Every function prints its own error and returns 1 then.

tree_mark=.npuemu-files  # the list of installed files, below the prefix

tree_fail() {
  echo "install: $*" >&2
  return 1
}

# tree_check_prefix PREFIX: prints it as an absolute path, or refuses it.
tree_check_prefix() {
  local prefix=$1 path
  case $prefix in
    "") tree_fail "PREFIX is empty"; return ;;
    -*) tree_fail "PREFIX \"$prefix\" looks like an option"; return ;;
    *:* | *$'\n'*)
      tree_fail "PREFIX \"$prefix\" holds a colon or a line break, which" \
        "LD_LIBRARY_PATH cannot carry"
      return ;;
  esac
  path=$(realpath -m -- "$prefix") || return
  case $path in
    / | /bin | /boot | /dev | /dev/* | /etc | /home | /lib | /lib64 | /opt | \
      /proc | /proc/* | /root | /sbin | /sys | /sys/* | /usr | /var)
      tree_fail "PREFIX \"$path\" is a system folder; give a folder of its" \
        "own, for example $path/npuemu"
      return ;;
  esac
  if [[ -e $path && ! -d $path ]]; then
    tree_fail "PREFIX \"$path\" exists and is no folder"
  elif [[ -e $path/WORKSPACE ]]; then
    tree_fail "PREFIX \"$path\" is a source tree"
  elif [[ ! -e $path/$tree_mark && -e $path/lib64/libascendcl.so ]]; then
    tree_fail "PREFIX \"$path\" holds another toolkit (lib64/libascendcl.so)"
  else
    echo "$path"
  fi
}

# tree_set_env PREFIX: the text of set_env.sh, for sh and bash.
tree_set_env() {
  local quoted=${1//\'/\'\\\'\'}
  cat <<TEXT
# Source this file: programs then find the npuemu toolkit as they would CANN.
export ASCEND_TOOLKIT_HOME='$quoted'
export ASCEND_HOME_PATH="\$ASCEND_TOOLKIT_HOME"
export ASCEND_INSTALL_PATH="\$ASCEND_TOOLKIT_HOME"
export ASCEND_CANN_PACKAGE_PATH="\$ASCEND_TOOLKIT_HOME"
export ASCEND_OPP_PATH="\$ASCEND_TOOLKIT_HOME/opp"
case ":\${LD_LIBRARY_PATH:-}:" in
  *":\$ASCEND_TOOLKIT_HOME/lib64:"*) ;;
  *) export LD_LIBRARY_PATH="\$ASCEND_TOOLKIT_HOME/lib64\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" ;;
esac
case ":\$PATH:" in
  *":\$ASCEND_TOOLKIT_HOME/bin:"*) ;;
  *) export PATH="\$ASCEND_TOOLKIT_HOME/bin:\$PATH" ;;
esac
TEXT
}

# tree_copy MANIFEST PREFIX: copies every file of the manifest (source, tab,
# place below PREFIX), writes set_env.sh, and removes what an earlier
# installation put there and this one does not have.
tree_copy() {
  local manifest=$1 prefix=$2 source place mode
  mkdir -p -- "$prefix" || return
  [[ -w $prefix ]] || { tree_fail "\"$prefix\" is not writable"; return; }
  while IFS=$'\t' read -r source place; do
    mode=644
    [[ $place == include/* ]] || mode=755
    # Written beside and renamed: a running program keeps its old library.
    mkdir -p -- "$prefix/${place%/*}" &&
      install -m $mode -- "$source" "$prefix/$place.new" &&
      mv -f -- "$prefix/$place.new" "$prefix/$place" ||
      { tree_fail "cannot install $place"; return; }
  done <"$manifest"
  tree_set_env "$prefix" >"$prefix/set_env.sh" || return
  if [[ -e $prefix/$tree_mark ]]; then
    comm -23 "$prefix/$tree_mark" <(cut -f2 "$manifest" | LC_ALL=C sort) |
      while read -r place; do
        rm -f -- "$prefix/$place"
      done
  fi
  cut -f2 "$manifest" | LC_ALL=C sort >"$prefix/$tree_mark"
}
