"""Programs compiled with -fsanitize=thread, by GCC and by clang.

tsan_test.py RUNFILES [--programs=GLOB] [--all]
A host thread that races with a copy is a report of ThreadSanitizer, whose other
stack ends in the line that submitted the copy; the fixed twins and the programs
without such a race are silent: those with several threads and copies, or
--all."""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import matrix  # noqa: E402
import programs_test  # noqa: E402

COMPILERS = (('gcc', 'g++'), ('clang', 'clang++'))
# Bug programs, and the call whose line must be in the second stack.
TWINS = (
    ('h06_source_refilled', 'aclrtMemcpyAsync'),
    ('f01_input_pipeline', 'aclrtMemcpyAsync'),
    ('f03_logits_read_early', 'aclrtMemcpyAsync'),
    ('h15_early_read', 'aclrtMemcpyAsync'),
)
REPORT = 'WARNING: ThreadSanitizer'
# What TSan looks at: rules whose two sides are host threads, or one and a copy.
SEEN_BY_TSAN = {'H2', 'H3', 'H4', 'H6', 'H15', 'H21'}


def is_silent(program):
    """No thread of it races, on the host or with a copy."""
    found = {rule.rstrip('?') for rule in program.finds.split(',')}
    return not found & SEEN_BY_TSAN


def build(bench, compilers, name, source=None, flags=()):
    """The binary's name."""
    binary = '%s.%s' % (name, compilers[0])
    bench.build(binary, source or os.path.join(
        bench.testdata, 'programs', name),
                ['-fsanitize=thread', '-g', *flags], compilers)
    return binary


def has_report(errors):
    return REPORT in errors


def lines_of(source, call):
    """Numbers of the lines that make the call."""
    with open(source + '.c') as file:
        return [number for number, line in enumerate(file, 1) if call in line]


def with_lines(errors, binary):
    """clang's runtime leaves lines to llvm-symbolizer, which is not everywhere:
    frames of the program as binutils see them."""
    offsets = re.findall(r'\(%s\+0x([0-9a-f]+)\)' % re.escape(
        os.path.basename(binary)), errors)
    if not offsets:
        return errors
    done = subprocess.run(
        ['addr2line', '-e', binary,
         *('%x' % (int(offset, 16) - 1) for offset in offsets)],
        stdout=subprocess.PIPE, text=True, check=True)
    return errors + done.stdout


def names_enqueue(errors, source, call):
    """Whether a stack ends, or goes on, in a line that makes the call."""
    name = os.path.basename(source) + '.c'
    return any(re.search(r'%s:%d\b' % (re.escape(name), number), errors)
               for number in lines_of(source, call))


def check_twin(bench, compilers, twin):
    name, call = twin
    source = os.path.join(bench.testdata, 'programs', 'hazards', name)
    failures = []
    bug = build(bench, compilers, name + '.bug', source)
    fixed = build(bench, compilers, name + '.fixed', source, ['-DFIXED'])
    for policy in ('fifo', 'late'):
        code, _, errors = bench.run_alone(bug, policy)
        if not has_report(errors):
            failures.append((bug, policy, 'no report, exit code %d' % code,
                             errors))
        elif not names_enqueue(with_lines(errors, os.path.join(
                bench.work, bug)), source, call):
            failures.append((bug, policy, 'the enqueue is not named', errors))
        code, _, errors = bench.run_alone(fixed, policy)
        if code or has_report(errors):
            failures.append((fixed, policy, 'exit code %d' % code, errors))
    # Two that interpose threads do not go together: refused, with the way out.
    code, _, errors = bench.check(bug, matrix.Cell('fifo', 0, 2, False))
    if code != 64 or 'start it without npuemu run' not in errors:
        failures.append((bug, 'npuemu run', 'exit code %d' % code, errors))
    return failures


def check_silent(bench, compilers, program):
    binary = build(bench, compilers, program.name)
    policy = 'late'
    code, _, errors = bench.run_alone(binary, policy)
    if code == program.code and not has_report(errors):
        return []
    return [(binary, policy, 'exit code %d' % code, errors)]


def main():
    parser = programs_test.make_parser()
    parser.add_argument('--all', action='store_true')
    options = parser.parse_args()
    failures = []
    with programs_test.prepared(options) as (bench, programs):
        silent = [p for p in programs
                  if is_silent(p) and (options.all or p.threads == 'multi' or
                                       p.name.startswith('copy_'))]
        for compilers in COMPILERS:
            if shutil.which(compilers[0]) is None:
                print('%s is not installed: not checked' % compilers[0])
                continue
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                for found in [
                        *pool.map(lambda t: check_twin(bench, compilers, t),
                                  TWINS),
                        *pool.map(lambda p: check_silent(bench, compilers, p),
                                  silent)]:
                    failures += found
    for binary, policy, text, errors in failures:
        print('FAILED: %s, %s: %s\n%s' % (binary, policy, text, errors[:6000]))
    print('%d pairs and %d programs without a race: %d failures' % (
        len(TWINS), len(silent), len(failures)))
    return 1 if failures or not silent else 0


if __name__ == '__main__':
    sys.exit(main())
