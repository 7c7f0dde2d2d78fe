"""The determinism matrix: every program many times under each policy, seed and
number of worker threads; all runs of one seed must agree.

Started by tools/soak.sh, which makes the install tree.
Exit codes: 0 all agree, 1 differences, 64 wrong usage, 70 nothing to run."""

import argparse
import concurrent.futures
import itertools
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import matrix  # noqa: E402
import twins_test  # noqa: E402

TESTDATA = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        '..', '..', 'testdata')
SHOWN_PROBLEMS = 3  # of each program


def numbers(text):
    try:
        return [int(part) for part in text.split(',')]
    except ValueError:
        raise argparse.ArgumentTypeError('"%s" is not a list of numbers' % text)


def policies(text):
    given = text.split(',')
    for policy in given:
        if policy not in matrix.POLICIES:
            raise argparse.ArgumentTypeError('"%s" is not one of %s' % (
                policy, ', '.join(matrix.POLICIES)))
    return given


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError('%d is not positive' % value)
    return value


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(64, 'soak: %s\n' % message)


def parse(arguments):
    parser = Parser(prog='tools/soak.sh', description=__doc__.split('\n\n')[0],
                    formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument('--prefix', metavar='DIR', help='an install tree; '
                        'without it one is made by tools/install.sh')
    parser.add_argument('--runs', type=positive, default=3,
                        help='of each program, policy, seed and thread count')
    parser.add_argument('--programs', default='*', metavar='GLOB')
    parser.add_argument('--policies', type=policies, metavar='LIST',
                        default=','.join(matrix.POLICIES))
    parser.add_argument('--seeds', type=numbers, metavar='LIST',
                        help='instead of those that --rotate chooses')
    parser.add_argument('--rotate', default='', metavar='TEXT',
                        help='chooses three seeds, say a commit\'s hash')
    parser.add_argument('--threads', type=numbers, default='1,2,8',
                        metavar='LIST', help='worker threads of kernels')
    parser.add_argument('--busy', type=int, default=0, metavar='N',
                        help='busy processes beside the runs')
    parser.add_argument('--control-threads', action='store_true',
                        help='fix the order of the programs\' threads too')
    parser.add_argument('--jobs', type=positive, default=2,
                        help='programs that run at the same time')
    parser.add_argument('--replays', type=positive, metavar='N',
                        help='instead: record N runs of each program under the '
                        'policies in turn, and replay them')
    parser.add_argument('--twins', type=positive, metavar='N',
                        help='instead: the pairs of testdata/programs/hazards '
                        'under each policy with N seeds')
    parser.add_argument('--hashes', metavar='FILE', help='hashes of each '
                        'program and seed: written if there is no such file, '
                        'else compared, for example with another compiler\'s')
    return parser.parse_args(arguments)


class Busy:
    """Processes that take the processors from the runs."""

    def __init__(self, count):
        self._processes = [
            subprocess.Popen([sys.executable, '-c', 'while True: pass'],
                             stdin=subprocess.DEVNULL) for _ in range(count)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()


def cells(options, seeds):
    return [matrix.Cell(policy, seed, threads, options.control_threads)
            for policy, seed, threads in itertools.product(
                options.policies, seeds, options.threads)]


def soak(bench, program, all_cells, runs):
    """Round after round over the cells, so that equal runs lie apart."""
    bench.build(program.name)
    verdict = matrix.Verdict(program)
    for _ in range(runs):
        for cell in all_cells:
            verdict.add(cell, bench.run(program.name, cell))
    return verdict


def print_problems(verdict):
    for cell, text, output in verdict.problems[:SHOWN_PROBLEMS]:
        print('%s: %s: %s\n%s' % (verdict.program.name, matrix.cell_text(cell),
                                  text, output), flush=True)
    more = len(verdict.problems) - SHOWN_PROBLEMS
    if more > 0:
        print('%s: %d more problems' % (verdict.program.name, more))


def print_table(verdicts, options, seeds, runs_per_policy):
    """hashes: the most different outcomes of one seed; 1 is right, and 0 means
    that nothing can be compared while the threads run freely."""
    print('\n%-26s %-6s %-7s %6s %6s %6s  %s' % (
        'program', 'threads', 'policy', 'seeds', 'runs', 'hashes', 'result'))
    for verdict in verdicts:
        for policy in options.policies:
            bad = any(cell.policy == policy
                      for cell, _, _ in verdict.problems)
            print('%-26s %-7s %-7s %6d %6d %6d  %s' % (
                verdict.program.name, verdict.program.threads, policy,
                len(seeds), runs_per_policy, verdict.distinct(policy),
                'FAIL' if bad else 'ok'))


def replay_one(bench, program, options, seeds):
    """[replayed, stopped with a difference, failed] of N recorded runs."""
    bench.build(program.name)
    trace = os.path.join(bench.work, program.name + '.trace')
    counts = [0, 0, 0]
    for number in range(options.replays):
        cell = matrix.Cell(options.policies[number % len(options.policies)],
                           seeds[number % len(seeds)] + number,
                           options.threads[number % len(options.threads)],
                           options.control_threads)
        code, output, _ = bench.record(program.name, cell, trace)
        again, replayed, report = bench.replay(program.name, trace)
        same = code == program.code and (code, output) == (again, replayed)
        kind = 0 if same else 1 if again == matrix.DIFFERS else 2
        counts[kind] += 1
        if kind == 2 or (kind == 1 and (options.control_threads or
                                        program.threads == 'single')):
            print('%s: %s: exit codes %d, %d\n%s' % (
                program.name, matrix.cell_text(cell), code, again, report),
                flush=True)
    return counts


def replay_all(bench, programs, options, seeds):
    """Prints a table; true if all that can be replayed were."""
    print('%-26s %-7s %8s %8s %8s' % ('program', 'threads', 'replayed',
                                      'stopped', 'failed'))
    good = True
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        rows = pool.map(lambda program: replay_one(bench, program, options,
                                                   seeds), programs)
        for program, counts in zip(programs, rows):
            print('%-26s %-7s %8d %8d %8d' % (
                program.name, program.threads, *counts), flush=True)
            fixed = options.control_threads or program.threads == 'single'
            good &= counts[2] == 0 and (counts[1] == 0 or not fixed)
    return good


def twins_all(bench, options):
    """Every bug program is told of its rule, every fixed one of nothing."""
    twins = twins_test.load(os.path.join(TESTDATA, 'programs', 'hazards'),
                            options.programs)
    seeds = options.seeds or matrix.seeds_of(options.rotate, options.twins)
    runs = failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        rows = pool.map(lambda twin: twins_test.check(bench, twin, seeds), twins)
        for number, row in enumerate(rows, 1):
            runs += row.runs
            failed += bool(row.problems)
            print('[%d/%d] %s: %d runs, %d problems' % (
                number, len(twins), row.twin.name, row.runs,
                len(row.problems)), flush=True)
            for cell, text, errors in row.problems[:SHOWN_PROBLEMS]:
                print('%s: %s\n%s' % (matrix.cell_text(cell), text, errors))
    print('soak: %d pairs, %d seeds, %d runs: %d pairs failed' % (
        len(twins), len(seeds), runs, failed))
    return failed == 0 and bool(twins)


def hash_lines(verdicts):
    lines = []
    for verdict in verdicts:
        for key, seen in verdict.seen.items():
            key = (key,) if isinstance(key, str) else key
            lines.append('\t'.join([verdict.program.name, *map(str, key),
                                    *sorted(seen)]))
    return sorted(lines)


def compare_hashes(path, verdicts):
    """False if the file has other hashes for something that ran here."""
    lines = hash_lines(verdicts)
    if not os.path.exists(path):
        with open(path, 'w') as file:
            file.write('\n'.join(lines) + '\n')
        print('soak: hashes written to %s' % path)
        return True
    with open(path) as file:
        known = dict(line.rstrip('\n').rsplit('\t', 1) for line in file)
    differing = [line for line in lines
                 if known.get(line.rsplit('\t', 1)[0],
                              line.rsplit('\t', 1)[1]) !=
                 line.rsplit('\t', 1)[1]]
    for line in differing:
        print('differs from %s: %s' % (path, line))
    return not differing


def run_all(bench, programs, all_cells, options):
    verdicts = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(soak, bench, program, all_cells, options.runs)
                   for program in programs]
        for number, future in enumerate(waiting, 1):
            verdict = future.result()
            verdicts.append(verdict)
            print('[%d/%d] %s: %d runs, %d problems' % (
                number, len(waiting), verdict.program.name, verdict.runs,
                len(verdict.problems)), flush=True)
            print_problems(verdict)
    return verdicts


def main(arguments):
    options = parse(arguments)
    if options.prefix is None:
        print('soak: no --prefix given', file=sys.stderr)
        return 64
    programs = matrix.load(
        os.path.join(TESTDATA, 'programs', 'programs.tsv'), options.programs)
    if not programs and not options.twins:
        print('soak: no program matches %s' % options.programs, file=sys.stderr)
        return 70
    seeds = options.seeds or matrix.seeds_of(options.rotate, 3)
    all_cells = cells(options, seeds)
    with tempfile.TemporaryDirectory() as work, Busy(options.busy):
        bench = matrix.Bench(os.path.abspath(options.prefix),
                             os.path.abspath(TESTDATA), work)
        bench.make_models()
        if options.twins:
            return 0 if twins_all(bench, options) else 1
        if options.replays:
            return 0 if replay_all(bench, programs, options, seeds) else 1
        verdicts = run_all(bench, programs, all_cells, options)
    print_table(verdicts, options, seeds,
                options.runs * len(seeds) * len(options.threads))
    failed = sum(bool(verdict.problems) for verdict in verdicts)
    equal = options.hashes is None or compare_hashes(options.hashes, verdicts)
    print('\nsoak: %d programs, %d runs, %d busy processes, threads %s: '
          '%d programs failed' % (
              len(verdicts), sum(verdict.runs for verdict in verdicts),
              options.busy, 'controlled' if options.control_threads else 'free',
              failed))
    return 1 if failed or not equal else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
