"""Twins of testdata/programs/hazards: the program with the hazard is told of its
rule, the fixed one (-DFIXED) of nothing, under every policy, all checks on.

twins_test.py RUNFILES [--rotate=TEXT] [--programs=GLOB] [--table=FILE]
A program's first line names its rule: "/* H5: ..."; "/* H10 or H5: ..." one of
two, as the order decides; "/* H26?: ..." is told only where the program fails:
its mistake is not made in every order of threads. --table writes the rows of
docs/hazards.md."""

import collections
import concurrent.futures
import fnmatch
import glob
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hazards_test  # noqa: E402
import matrix  # noqa: E402
import programs_test  # noqa: E402

HEADER = re.compile(r'/\* (H[0-9]+(?: or H[0-9]+)*)(\??): ')

# rules: one must be found; where_it_fails: only in runs that exit with 1.
Twin = collections.namedtuple('Twin', 'name rules where_it_fails')


def load(folder, pattern='*'):
    twins = []
    for path in sorted(glob.glob(os.path.join(folder, '*.c'))):
        name = os.path.splitext(os.path.basename(path))[0]
        with open(path) as file:
            header = HEADER.match(file.readline())
        if header is None:
            raise ValueError('%s: the first line names no rule' % path)
        if fnmatch.fnmatch(name, pattern):
            twins.append(Twin(name, header[1].split(' or '), header[2] == '?'))
    return twins


class Row:
    """What the runs of one pair gave."""

    def __init__(self, twin):
        self.twin = twin
        self.rules = collections.Counter()  # of the bug program, by run
        self.codes = collections.defaultdict(set)  # policy -> exit codes
        self.runs = 0
        self.problems = []

    def add_bug(self, cell, code, found, text):
        self.runs += 1
        self.codes[cell.policy].add(code)
        self.rules.update(found)
        silent = self.twin.where_it_fails and code == 0
        told = found & set(self.twin.rules)
        if code not in (0, 1) or not (told or silent):
            self.problems.append((cell, 'exit code %d, found %s, expected %s' % (
                code, sorted(found), ' or '.join(self.twin.rules)), text))

    def add_fixed(self, cell, code, found, text):
        self.runs += 1
        if code or found:
            self.problems.append((cell, 'fixed: exit code %d, found %s' % (
                code, sorted(found)), text))

    def text(self):
        others = sorted((rule for rule in self.rules
                         if rule not in self.twin.rules),
                        key=lambda rule: int(rule[1:]))
        fails = [policy for policy in matrix.POLICIES
                 if 1 in self.codes[policy]]
        return '| %s | %s | %s | %s |' % (
            self.twin.name, ' or '.join(self.twin.rules), ', '.join(others) or '-',
            ', '.join(fails) or 'never')


def check(bench, twin, seeds):
    row = Row(twin)
    source = os.path.join(bench.testdata, 'programs', 'hazards', twin.name)
    for name, add, flags in (
            (twin.name + '.bug', row.add_bug, []),
            (twin.name + '.fixed', row.add_fixed, ['-DFIXED'])):
        bench.build(name, source, flags)
        for policy, seed in matrix.runs_of(seeds):
            cell = matrix.Cell(policy, seed, 2, True)
            code, _, errors = bench.check(name, cell)
            add(cell, code, set(hazards_test.FOUND.findall(errors)), errors)
    return row


def compare(golden, rows):
    """1 if the document has not a program with its rule; what else is found, and
    where it fails, depends on seeds."""
    with open(golden) as file:
        known = {tuple(line.split(' | ')[:2]) for line in file}
    differ = [row.text() for row in rows
              if tuple(row.text().split(' | ')[:2]) not in known]
    for row in differ:
        print('FAILED: not in %s (tools/update writes it): %s' % (golden, row))
    return 1 if differ else 0


def main():
    parser = programs_test.make_parser()
    parser.add_argument('--table')
    parser.add_argument('--golden')
    parser.add_argument('--seeds', type=int, default=3)
    options = parser.parse_args()
    seeds = matrix.seeds_of(options.rotate, options.seeds)
    with programs_test.prepared(options) as (bench, _):
        twins = load(os.path.join(bench.testdata, 'programs', 'hazards'),
                     options.programs)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            rows = list(pool.map(lambda twin: check(bench, twin, seeds), twins))
    for row in rows:
        for cell, text, errors in row.problems[:100]:
            print('FAILED: %s: %s: %s\n%s' % (
                row.twin.name, matrix.cell_text(cell), text, errors))
    if options.table:
        with open(options.table, 'w') as file:
            file.write(''.join(row.text() + '\n' for row in rows))
    failures = sum(bool(row.problems) for row in rows)
    if options.golden:
        failures += compare(options.golden, rows)
    print('%d pairs, %d runs, seeds %s: %d failures' % (
        len(rows), sum(row.runs for row in rows), ' '.join(map(str, seeds)),
        failures))
    return 1 if failures or not rows else 0


if __name__ == '__main__':
    sys.exit(main())
