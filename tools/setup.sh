#!/bin/bash
# The one set-up step of demo.sh, test.sh and install.sh: installs with apt
# what is missing on Debian 12 (x86-64, root or sudo). Quiet and offline when
# nothing is missing.
#   tools/setup.sh          what a build needs
#   tools/setup.sh clang    that, and what test.sh needs beside: clang, and other
#                           processors (qemu-user) for the tests of kernels

setup_packages=(
  bazel-bootstrap g++ python3
  libabsl-dev libtbb-dev libeigen3-dev nlohmann-json3-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  libprotobuf-dev protobuf-compiler libmpfr-dev libdw-dev
  python3-numpy
)
setup_clang_packages=(clang libclang-rt-14-dev qemu-user)

setup_fail() {
  echo "setup: $*" >&2
  return 1
}

# Prints those of the packages "$@" that are not installed.
setup_missing() {
  local installed name
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" \
    2>/dev/null | sed -n 's/^installed //p')
  for name in "$@"; do
    grep -qxF -- "$name" <<<"$installed" || echo "$name"
  done
}

setup_check_system() {
  local id version
  id=$(. /etc/os-release 2>/dev/null && echo "${ID:-}")
  version=$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID:-}")
  if [[ $id != debian || $version != 12 || $(uname -m) != x86_64 ]]; then
    setup_fail "this is ${id:-unknown} ${version:-?} on $(uname -m);" \
      "npuemu is built on Debian 12, x86-64 (a debootstrap chroot or a" \
      "container of bookworm serves)"
  fi
}

setup_install() {
  local as_root=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null ||
      { setup_fail "missing packages: $*; run as root or install sudo"; return; }
    as_root=(sudo)
  fi
  [[ -e /proc/self/exe ]] ||
    { setup_fail "/proc is not mounted; Java's packages need it"; return; }
  echo "setup: installing $*"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install \
      -q -y --no-install-recommends "$@" ||
    setup_fail "apt-get failed; this step needs a Debian mirror"
}

# setup_main [clang]
setup_main() {
  local wanted=("${setup_packages[@]}") missing
  [[ ${1:-} == clang ]] && wanted+=("${setup_clang_packages[@]}")
  # Bazel's disk cache lies under ~ (see .bazelrc).
  [[ -n ${HOME:-} ]] || HOME=$(echo ~)
  export HOME
  setup_check_system || return
  mapfile -t missing < <(setup_missing "${wanted[@]}")
  ((${#missing[@]} == 0)) || setup_install "${missing[@]}"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  setup_main "$@"
fi
