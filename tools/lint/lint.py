#!/usr/bin/python3
"""Checks the tree against the rules of tools/lint/tables.py.

usage: lint.py [PATH...]   all files, or the problems of those paths only
Prints file:line: message [rule]; the exit code is 1 if there is a problem.
"""

import os
import sys

import rules

SKIPPED_FOLDERS = ('.git', '__pycache__', 'testdata/reference')
TEXT = ('.h', '.cc', '.c', '.inc', '.def', '.py', '.sh', '.md', '.bzl',
        '.bazel', '.tsv', '.json', '.BUILD', '.txt')
TEXT_NAMES = ('WORKSPACE', '.bazelrc', 'run', 'update')


def read_tree(root):
    files = {}
    for folder, folders, names in os.walk(root):
        below = os.path.relpath(folder, root)
        folders[:] = sorted(
            name for name in folders
            if not name.startswith('bazel-') and name not in SKIPPED_FOLDERS
            and os.path.normpath(os.path.join(below, name))
            not in SKIPPED_FOLDERS)
        for name in names:
            if not name.endswith(TEXT) and name not in TEXT_NAMES:
                continue
            path = os.path.normpath(os.path.join(below, name))
            with open(os.path.join(root, path), encoding='utf-8',
                      errors='replace') as stream:
                files[path] = rules.File(path, stream.read())
    return files


def main(arguments):
    root = os.path.normpath(os.path.join(os.path.dirname(
        os.path.abspath(__file__)), '..', '..'))
    files = read_tree(root)
    problems = rules.check(files)
    if arguments:
        wanted = tuple(path.rstrip('/') for path in arguments)
        problems = [problem for problem in problems
                    if problem.path.startswith(wanted)]
    for problem in problems:
        print(problem)
    print('lint: %d files, %d problems' % (len(files), len(problems)))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
