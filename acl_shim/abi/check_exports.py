"""Compares what the toolkit libraries export and need with the tables.

  check_exports.py API_DEF ACLNN_TSV LIBRARY...
"""

import os
import re
import subprocess
import sys

import abi_tables

# What libascendcl.so may need. Another entry means another package in every
# user's process: think first (design 3.2), then add it here.
_ALLOWED_NEEDED = re.compile(
    r"lib(stdc\+\+|gcc_s|c|m|pthread|dl|unwind|tbb|absl_\w+)\.so[.\d]*$"
    r"|ld-linux-x86-64\.so\.2$")
# Of the sanitizer configurations only.
_SANITIZER = re.compile(r"lib(asan|tsan|ubsan)\.so")
_SECUREC = "libc_sec.so"
_SECUREC_NAMES = sorted([
    "memcpy_s", "memmove_s", "memset_s", "snprintf_s", "snprintf_truncated_s",
    "sprintf_s", "sscanf_s", "strcat_s", "strcpy_s", "strncat_s", "strncpy_s",
    "strtok_s", "vsnprintf_s", "vsnprintf_truncated_s", "vsprintf_s",
    "vsscanf_s",
])


def _run(*command):
  return subprocess.run(command, stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL, text=True,
                        check=True).stdout


def exported(path):
  """Returns every dynamic symbol that a library defines, sorted."""
  lines = _run("nm", "-D", "--defined-only", path).splitlines()
  return sorted(line.split()[-1] for line in lines)


def dynamic(path):
  """Returns {tag: [values]} of the dynamic section."""
  tags = {}
  pattern = re.compile(r"\((\w+)\)\s+[^\[]*\[(.*)\]")
  for tag, value in pattern.findall(_run("readelf", "-d", "-W", path)):
    tags.setdefault(tag, []).append(value)
  return tags


def check(rows, path):
  """Returns what is wrong with one library, one sentence each."""
  name, tags, wrong = os.path.basename(path), dynamic(path), []
  expected = (_SECUREC_NAMES if name == _SECUREC
              else abi_tables.names_of(rows, name))
  actual = exported(path)
  for symbol in sorted(set(expected) - set(actual)):
    wrong.append("%s does not export %s" % (name, symbol))
  for symbol in sorted(set(actual) - set(expected)):
    wrong.append("%s exports %s, which is not in its table" % (name, symbol))
  if len(actual) != len(set(actual)):
    wrong.append("%s exports a name twice" % name)
  if tags.get("SONAME") != [name]:
    wrong.append("%s: soname %s" % (name, tags.get("SONAME")))
  needed = [other for other in tags.get("NEEDED", [])
            if not _SANITIZER.match(other)]
  if name in (abi_tables.REAL_LIBRARY, _SECUREC):
    wrong += ["%s needs %s" % (name, other) for other in needed
              if not _ALLOWED_NEEDED.match(other)]
    if "FILTER" in tags:
      wrong.append("%s is a filter" % name)
    return wrong
  if tags.get("FILTER") != [abi_tables.REAL_LIBRARY]:
    wrong.append("%s: filter of %s" % (name, tags.get("FILTER")))
  if tags.get("RUNPATH") != ["$ORIGIN"]:
    wrong.append("%s: run path %s" % (name, tags.get("RUNPATH")))
  if needed:
    wrong.append("%s needs %s" % (name, needed))
  return wrong


def main(argv):
  rows = abi_tables.read_api(argv[0]) + abi_tables.aclnn_rows(argv[1])
  paths = {os.path.basename(path): path for path in argv[2:]}
  wrong = []
  for name in abi_tables.library_names(rows):
    if name not in paths:
      wrong.append("no library %s: see libraries.bzl" % name)
  for name in sorted(paths):
    found = check(rows, paths[name])
    print("%-28s %4d names %s" % (name, len(exported(paths[name])),
                                  "FAILED" if found else "ok"))
    wrong += found
  print("\n".join(wrong[:50]))
  return 1 if wrong else 0


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
