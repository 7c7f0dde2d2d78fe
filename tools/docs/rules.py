#!/usr/bin/python3
"""Writes docs/rules.md: for every rule of the ACL semantics that this version
covers, the tests that are named after it, or the reason why there is none.

usage: tools/docs/rules.py          prints the page
       tools/docs/rules.py --check  exit code 1 if docs/rules.md differs or a
                                    rule has neither a test nor a reason
"""

import glob
import os
import re
import sys

# The rules in force: ranges of numbers, both ends included.
RANGES = [(1, 96), (103, 104), (105, 114), (119, 143), (158, 170),
          (177, 188)]
TESTS = ["acl_shim/**/*_test.cc", "emulator/**/*_test.cc"]
REASONS = "docs/rules.d/*.tsv"
PAGE = "docs/rules.md"


def tests(root):
    """Rule number -> names of its tests, sorted."""
    found = {}
    for pattern in TESTS:
        for path in sorted(glob.glob(os.path.join(root, pattern),
                                     recursive=True)):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            for suite, name in re.findall(
                    r"\bTEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)", text):
                for number in re.findall(r"(?:^|_)R(\d+)(?=_|$)", name):
                    found.setdefault(int(number), set()).add(
                        "%s.%s" % (suite, name))
    return {number: sorted(names) for number, names in found.items()}


def reasons(root):
    """Rule number -> why no test names it."""
    found = {}
    for path in sorted(glob.glob(os.path.join(root, REASONS))):
        with open(path, encoding="utf-8") as file:
            for line in file:
                row = re.match(r"R(\d+)\t(\S.*)", line)
                if row:
                    found[int(row.group(1))] = row.group(2).strip()
    return found


def page(root):
    """The text of the page and the rules that have nothing."""
    proven, excused = tests(root), reasons(root)
    lines = [
        "# Rules of the ACL semantics and their proof",
        "",
        "Made by `tools/update` from test names and `docs/rules.d`. A rule has",
        "the tests that are named after it, or the reason why there is none.",
        "",
        "| rule | tests, or the reason |",
        "| --- | --- |",
    ]
    missing = []
    for first, last in RANGES:
        for number in range(first, last + 1):
            cells = ["`%s`" % name for name in proven.get(number, [])]
            if number in excused:
                cells.append(excused[number])
            if not cells:
                missing.append(number)
                cells.append("**nothing yet**")
            lines.append("| R%d | %s |" % (number, "<br>".join(cells)))
    return "\n".join(lines) + "\n", missing


def main(arguments):
    root = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    text, missing = page(root)
    if arguments != ["--check"]:
        sys.stdout.write(text)
        return 0
    path = os.path.join(root, PAGE)
    committed = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            committed = file.read()
    if committed != text:
        print("%s is out of date; run tools/update" % PAGE)
    for number in missing:
        print("R%d has neither a test nor a reason" % number)
    return 1 if missing or committed != text else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
