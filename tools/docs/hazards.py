#!/usr/bin/python3
"""Writes docs/hazards.md: its head, the catalogue of emulator/hazard/hazards.def
and the rows that the twins test gives.

usage: tools/docs/hazards.py ROWS    prints the page; ROWS: twins_test --table
       tools/docs/hazards.py --check exit code 1 if the catalogue of
                                     docs/hazards.md differs, or a hazard that
                                     is found has no pair of programs
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
TABLE = 'emulator/hazard/hazards.def'
PAGE = 'docs/hazards.md'
TWINS = '''
## Twins

Each row is a program of `testdata/programs/hazards` that is built twice: as it stands, with the hazard, and with
`-DFIXED`. Under every policy and three seeds (threads controlled, `--check all`) the first is told of its rule, the
second of nothing. "also found" are other hazards that come with it; "fails" are the policies under which its own assertion
failed: where `fifo` is not among them, the bug is latent in a plain run.

| program | rule | also found | fails |
| --- | --- | --- | --- |
'''


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return file.read()


def catalogue():
    """(number, check, severity, title, how) of each row."""
    rows = []
    for row in re.findall(r'^HAZARD\((.*?)\)$', read(TABLE),
                          re.MULTILINE | re.DOTALL):
        number, check, severity = re.match(
            r'(\d+), k(\w+), k(\w+),', row).groups()
        rest = row[row.index('"'):]
        texts = re.findall(r'((?:"(?:[^"\\]|\\.)*"\s*)+)(?:,|$)', rest)
        title, how = (''.join(re.findall(r'"([^"]*)"', text))
                      for text in texts)
        rows.append((int(number), check.lower(), severity.lower(), title, how))
    return rows


def head():
    lines = ['| H | check | severity | what | found by |',
             '| --- | --- | --- | --- | --- |']
    for number, check, severity, title, how in catalogue():
        lines.append('| H%d | %s | %s | %s | %s |' % (
            number, check, severity, title, how))
    return read('tools/docs/hazards_head.md') + '\n'.join(lines) + '\n' + TWINS


def check():
    page = read(PAGE)
    if not page.startswith(head()):
        print('docs/hazards.md: the catalogue differs; run tools/update')
        return 1
    told = set(re.findall(r'H\d+', ' '.join(
        line.split('|')[2] for line in page.split(TWINS)[1].splitlines())))
    missing = ['H%d' % row[0] for row in catalogue()
               if not row[4].startswith('none yet') and
               'H%d' % row[0] not in told]
    if missing:
        print('docs/hazards.md: no pair of programs for', *missing)
    return 1 if missing else 0


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == '--check':
        sys.exit(check())
    with open(sys.argv[1], encoding='utf-8') as rows:
        sys.stdout.write(head() + rows.read())


if __name__ == '__main__':
    main()
