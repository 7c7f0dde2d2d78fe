"""Each program gives one outcome under each policy and seed.

programs_test.py RUNFILES [--rotate=TEXT] [--programs=GLOB]
TEXT, for example a commit's hash, chooses the seeds. Without controlled threads
programs of kind "free" must only end."""

import argparse
import concurrent.futures
import contextlib
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import matrix  # noqa: E402

# A result that is never the same twice: the comparison must see it.
CANARY = matrix.Program('canary', 'single', 'small', 0, 'policy', '-', '')
CANARY_TEXT = '''#include <unistd.h>
#include "check.h"
int main(int argc, char** argv) {
  Start(argc, argv);
  printf("process %d\\n", (int)getpid());
  return Finish();
}
'''


def make_tree(root, prefix):
    """An install tree of what the build made, below the runfiles `root`."""
    for folder in ('lib64', 'bin'):
        os.makedirs(os.path.join(prefix, folder))
    shim = os.path.join(root, 'acl_shim')
    for name in sorted(os.listdir(shim)):
        if name.startswith('lib') and name.endswith('.so'):
            os.symlink(os.path.realpath(os.path.join(shim, name)),
                       os.path.join(prefix, 'lib64', name))
    # The observer of host threads, where it is among the runfiles.
    observer = os.path.join(root, 'emulator', 'host', 'preload',
                            'libnpuemu_host.so')
    if os.path.exists(observer):
        os.symlink(os.path.realpath(observer), os.path.join(
            prefix, 'lib64', os.path.basename(observer)))
    os.symlink(os.path.join(shim, 'include'), os.path.join(prefix, 'include'))
    for tool in ('atc/atc', 'npuemu/npuemu'):
        # A copy: npuemu finds its library beside itself.
        shutil.copy(os.path.realpath(os.path.join(root, 'tools', tool)),
                    os.path.join(prefix, 'bin'))


def cells_of(program, seeds):
    """Three runs a policy and seed, with other numbers of worker threads;
    several threads are controlled, and once free."""
    multi = program.threads == 'multi'
    if program.cost == 'big':
        seeds = seeds[:1]
    cells = [matrix.Cell(policy, seed, threads, multi)
             for policy, seed in matrix.runs_of(seeds)
             for threads in (1, 2, 8)]
    if multi:
        cells += [matrix.Cell(policy, seeds[0], 2, False)
                  for policy in matrix.POLICIES]
    return cells


def check(bench, program, seeds):
    bench.build(program.name)
    verdict = matrix.Verdict(program)
    for cell in cells_of(program, seeds):
        verdict.add(cell, bench.run(program.name, cell))
    return verdict


def report(verdict):
    for cell, text, output in verdict.problems:
        print('FAILED: %s: %s: %s\n%s' % (
            verdict.program.name, matrix.cell_text(cell), text, output))
    return bool(verdict.problems)


def check_canary(bench, seeds):
    source = os.path.join(bench.work, 'canary_source')
    with open(source + '.c', 'w') as file:
        file.write(CANARY_TEXT)
    bench.build(CANARY.name, source)
    verdict = matrix.Verdict(CANARY)
    for _ in range(2):
        cell = matrix.Cell('fifo', seeds[0], 1, False)
        verdict.add(cell, bench.run(CANARY.name, cell))
    if not verdict.problems:
        print('FAILED: two different outputs were taken for equal')
    return not verdict.problems


def check_sees_races(verdicts):
    """The races must show: policies give different outputs."""
    moved = [verdict for verdict in verdicts
             if verdict.program.name.startswith('race_') and
             len({observation for key, seen in verdict.seen.items()
                  if key[0] == 'output' for observation in seen}) > 1]
    if len(moved) < 3:
        print('FAILED: only %d races depend on the policy' % len(moved))
    return len(moved) < 3


def check_mixes(bench, seeds):
    """Blocks of a race take turns under a policy of virtual time."""
    result = bench.run('race_mixed_blocks',
                       matrix.Cell('timed', seeds[0], 2, False))
    found = re.search(r'holds (\d+) of (\d+)', result.text)
    mixed = bool(found) and 0 < int(found[1]) < int(found[2])
    if not mixed:
        print('FAILED: no mix of blocks: %s' % result.text)
    return not mixed


def make_parser():
    parser = argparse.ArgumentParser()
    parser.add_argument('root')
    parser.add_argument('--rotate', default='')
    parser.add_argument('--programs', default='*')
    return parser


def parse():
    return make_parser().parse_args()


@contextlib.contextmanager
def prepared(options):
    """(bench with models, programs) in a folder that goes afterwards."""
    root = os.path.abspath(options.root)
    with tempfile.TemporaryDirectory(dir=os.environ.get('TEST_TMPDIR')) as work:
        prefix = os.path.join(work, 'toolkit')
        make_tree(root, prefix)
        bench = matrix.Bench(prefix, os.path.join(root, 'testdata'), work)
        bench.make_models()
        yield bench, matrix.load(os.path.join(
            root, 'testdata', 'programs', 'programs.tsv'), options.programs)


def main():
    options = parse()
    seeds = matrix.seeds_of(options.rotate, 3)
    with prepared(options) as (bench, programs):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            verdicts = list(pool.map(
                lambda program: check(bench, program, seeds), programs))
        failures = sum([report(verdict) for verdict in verdicts])
        failures += check_canary(bench, seeds)
        if options.programs == '*':
            failures += check_sees_races(verdicts)
            failures += check_mixes(bench, seeds)
    print('%d programs, %d runs, seeds %s: %d failures' % (
        len(programs), sum(verdict.runs for verdict in verdicts),
        ' '.join(map(str, seeds)), failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
