"""Compiles each public header alone, silently, in every supported language.

  check_headers.py INCLUDE_FOLDER HEADER...

With -I INCLUDE_FOLDER, and (GCC) by full path without any -I, as programs with
other options see it.
"""

import os
import shutil
import subprocess
import sys
import tempfile

_LANGUAGES = (
    ("gcc", "c", ("c99", "c11")),
    ("g++", "c++", ("c++11", "c++17", "c++20")),
    ("clang", "c", ("c99",)),
    ("clang++", "c++", ("c++11", "c++20")),
)
_FLAGS = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only"]


def write_sources(folder, headers, extension):
  """Writes one file per header that includes it twice; returns the paths."""
  paths = []
  for number, header in enumerate(headers):
    path = os.path.join(folder, "header_%03d.%s" % (number, extension))
    with open(path, "w", encoding="utf-8") as f:
      f.write('#include "%s"\n' % header)
      f.write('#include "%s"\nint unused_%d;\n' % (header, number))
    paths.append(path)
  return paths


def compile_all(compiler, standard, flags, paths):
  """Returns the compiler's complaints about the files."""
  command = [compiler, "-std=" + standard, *_FLAGS, *flags, *paths]
  result = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
  return result.stdout if result.returncode or result.stdout else ""


def main(argv):
  include, headers = os.path.abspath(argv[0]), argv[1:]
  names = sorted(os.path.relpath(os.path.abspath(h), include) for h in headers)
  failures = 0
  for compiler, language, standards in _LANGUAGES:
    if shutil.which(compiler) is None:
      print("%s is not installed: not checked" % compiler)
      continue
    with tempfile.TemporaryDirectory() as folder:
      extension = "c" if language == "c" else "cc"
      by_name = write_sources(folder, names, extension)
      for standard in standards:
        output = compile_all(compiler, standard, ["-I" + include], by_name)
        print("%s -std=%s: %d headers %s" % (compiler, standard, len(names),
                                             "FAILED" if output else "ok"))
        print(output, end="")
        failures += bool(output)
      if "clang" in compiler:
        continue
      # Without any -I: the headers find each other.
      paths = [os.path.join(include, name) for name in names]
      output = compile_all(compiler, standards[0], [],
                           write_sources(folder, paths, extension))
      print(output, end="")
      failures += bool(output)
  return 1 if failures or not names else 0


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
