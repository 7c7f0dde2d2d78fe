"""Recorded runs replay: same exit code, same output, event by event.

replay_test.py RUNFILES [--rotate=TEXT] [--programs=GLOB]
Programs with one thread, and those with several under --control-threads, must
replay. With free threads those of FREE must: their calls do not depend on an
order that nobody records. The others may stop with 68, but not hang."""

import concurrent.futures
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import matrix  # noqa: E402
import programs_test  # noqa: E402

FREE = ('mt_devices', 'mt_exit_no_reset', 'mt_own_streams',
        'mt_unlocked_stream')
OTHERS = ('mt_locked_stream',)

# The same calls twice, but for one that `changed` replaces.
CHANGING = '''#include "check.h"
int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  void* x = NewNumbers(1, 1);
  aclopHandle* add = NewBinary("Add");
  for (int i = 0; i < 5; ++i) Run(add, x, x, x, stream);
  %s;
  for (int i = 0; i < 5; ++i) Run(add, x, x, x, stream);
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("x", x, kBytes);
  return Finish();
}
'''
ORIGINAL = 'CHECK(aclrtMemsetAsync(x, 64, 1, 64, stream))'
# (the changed line, what the report must name)
CHANGES = (
    ('CHECK(aclrtMemsetAsync(x, 64, 1, 32, stream))', 'aclrtMemsetAsync'),
    ('CHECK(aclrtMemsetAsync(x, 64, 2, 64, stream))', 'aclrtMemsetAsync'),
    ('CHECK(aclrtMemsetAsync(x, 64, 1, 64, NULL))', 'aclrtMemsetAsync'),
    ('CHECK(aclrtMemset(x, 64, 1, 64))', 'aclrtMemset'),
    ('CHECK(aclrtSynchronizeStream(stream))', 'aclrtSynchronizeStream'),
    ('(void)0', 'aclopExecWithHandle'),
)
KILLED = '''#include <signal.h>
#include "check.h"
int main(int argc, char** argv) {
  Start(argc, argv);
  void* x = NewNumbers(1, 1);
  ShowDevice("x", x, kBytes);
  fflush(stdout);
  raise(SIGKILL);
}
'''


def cells_of(program, index, seed):
    policy = matrix.POLICIES[index % len(matrix.POLICIES)]
    if program.threads == 'single':
        return [matrix.Cell(policy, seed, 2, False)]
    cells = [matrix.Cell(policy, seed, 2, True),
             matrix.Cell('random', seed, 2, True)]
    if program.name in FREE + OTHERS:
        cells.append(matrix.Cell(policy, seed, 2, False))
    return cells


def check(bench, program, index, seed):
    bench.build(program.name)
    problems = []
    for number, cell in enumerate(cells_of(program, index, seed)):
        trace = os.path.join(bench.work, '%s.%d.trace' % (program.name, number))
        code, output, errors = bench.record(program.name, cell, trace)
        if code != program.code:
            problems.append('%s: run: exit code %d\n%s' % (
                matrix.cell_text(cell), code, errors))
            continue
        again, replayed, report = bench.replay(program.name, trace)
        os.remove(trace)
        stopped = not cell.controlled and program.name in OTHERS
        if stopped and again == matrix.DIFFERS:
            continue
        if (again, replayed) != (code, output):
            problems.append('%s: replay: exit code %d\n%s' % (
                matrix.cell_text(cell), again, report))
    for problem in problems:
        print('FAILED: %s: %s' % (program.name, problem), flush=True)
    return len(problems)


def build_text(bench, name, text):
    source = os.path.join(bench.work, name + '_source')
    with open(source + '.c', 'w') as file:
        file.write(text)
    bench.build(name, source)


def check_changes(bench):
    """A changed program differs at the first changed call."""
    trace = os.path.join(bench.work, 'changing.trace')
    build_text(bench, 'changing', CHANGING % ORIGINAL)
    bench.record('changing', matrix.Cell('timed', 1, 1, False), trace)
    failures = 0
    for line, name in CHANGES:
        build_text(bench, 'changing', CHANGING % line)
        code, _, report = bench.replay('changing', trace)
        now = report.partition('now:')[2].partition('\n')[0]
        if code != matrix.DIFFERS or name not in now:
            print('FAILED: "%s" instead: exit code %d, now:%s\n%s' % (
                line, code, now, report))
            failures += 1
    return failures


def check_killed(bench):
    """What a killed process recorded replays up to there."""
    trace = os.path.join(bench.work, 'killed.trace')
    build_text(bench, 'killed', KILLED)
    code, output, _ = bench.record('killed', matrix.Cell('fifo', 1, 1, False),
                                   trace)
    again, replayed, report = bench.replay('killed', trace)
    good = code == again == 137 and output == replayed and output
    if not good:
        print('FAILED: killed: exit codes %d, %d\n%s' % (code, again, report))
    return not good


def main():
    options = programs_test.parse()
    seed = matrix.seeds_of(options.rotate, 1)[0]
    with programs_test.prepared(options) as (bench, programs):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            failures = sum(pool.map(
                lambda pair: check(bench, pair[1], pair[0] + seed, seed),
                enumerate(programs)))
        failures += check_changes(bench) + check_killed(bench)
    print('%d programs replayed, seed %d: %d failures' % (
        len(programs), seed, failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
