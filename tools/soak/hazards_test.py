"""Each program is told of the hazards it has, and of no others.

hazards_test.py RUNFILES [--rotate=TEXT] [--programs=GLOB]
Under every policy, threads controlled. The column "finds" of programs.tsv names
the rules; "H5?" may be found, where an order of threads decides."""

import concurrent.futures
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import matrix  # noqa: E402
import programs_test  # noqa: E402

FOUND = re.compile(r'^npuemu: (H[0-9]+): ', re.MULTILINE)


def check(bench, program, seeds):
    bench.build(program.name)
    expected = program.finds.split(',') if program.finds != '-' else []
    must = {rule for rule in expected if not rule.endswith('?')}
    may = {rule.rstrip('?') for rule in expected}
    failures = 0
    if program.cost == 'big':
        seeds = seeds[:1]
    for policy, seed in matrix.runs_of(seeds):
        code, _, errors = bench.check(
            program.name, matrix.Cell(policy, seed, 2, True))
        found = set(FOUND.findall(errors))
        if code == program.code and must <= found <= may:
            continue
        print('FAILED: %s: %s %d: exit code %d, expected %d; found %s, '
              'expected %s\n%s' % (
                  program.name, policy, seed, code, program.code,
                  sorted(found), program.finds, errors), flush=True)
        failures += 1
    return failures


def main():
    options = programs_test.parse()
    seeds = matrix.seeds_of(options.rotate, 2)
    with programs_test.prepared(options) as (bench, programs):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            failures = sum(pool.map(
                lambda program: check(bench, program, seeds), programs))
    print('%d programs checked, seeds %s: %d failures' % (
        len(programs), seeds, failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
