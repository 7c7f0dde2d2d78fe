"""The programs of testdata/programs: their table, building and running them,
and what of a run is compared."""

import collections
import csv
import fnmatch
import hashlib
import os
import subprocess

POLICIES = ('fifo', 'timed', 'late', 'random', 'pct')
DRAWING = ('random', 'pct')  # the others do not look at the seed
CLASSES = ('fixed', 'policy', 'free')
LIBRARIES = ('-lascendcl', '-lacl_cblas', '-lacl_op_compiler', '-pthread')
DIFFERS = 68  # exit code of a replay that is not what was recorded
RUN_SECONDS = 120  # a run that takes longer hangs

# name; threads: single or multi; cost: small or big; code: of the exit;
# kind: fixed (one output), policy (depends on policy and seed) or free (depends
# on the order of threads, unless that is controlled); finds: rules of hazards
# that the checks tell, or "-"; what: for readers.
Program = collections.namedtuple('Program',
                                 'name threads cost code kind finds what')

# One way to run a program. threads: worker threads of kernels.
Cell = collections.namedtuple('Cell', 'policy seed threads controlled')

# code: of the exit; output and trace: hashes of standard output and event log;
# text: what was printed, for readers. Standard error names the process.
Result = collections.namedtuple('Result', 'code output trace text')


def load(path, pattern='*'):
    """The programs whose names match, in the order of the table."""
    with open(path, newline='') as file:
        lines = [line for line in file if not line.startswith('#')]
    programs = []
    for row in csv.reader(lines, delimiter='\t', quoting=csv.QUOTE_NONE):
        program = Program(*row)._replace(code=int(row[3]))
        if (program.threads not in ('single', 'multi') or
                program.cost not in ('small', 'big') or
                program.kind not in CLASSES):
            raise ValueError('%s: a wrong row: %s' % (path, row))
        programs.append(program)
    return [program for program in programs
            if fnmatch.fnmatch(program.name, pattern)]


def hash_of(data):
    return hashlib.sha256(data).hexdigest()[:16]


class Bench:
    """A toolkit tree, the models and the built programs in one folder."""

    def __init__(self, toolkit, testdata, work):
        self.toolkit = toolkit
        self.testdata = testdata
        self.work = work
        self.models = os.path.join(work, 'models')

    def _tool(self, command):
        done = subprocess.run(command, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              env=self._environment(), cwd=self.work)
        if done.returncode:
            raise RuntimeError('%s: exit code %d\n%s' % (
                ' '.join(command), done.returncode,
                done.stdout.decode(errors='replace')))

    def _environment(self):
        """Only what is given here decides: no NPUEMU_* of the caller's."""
        kept = {key: value for key, value in os.environ.items()
                if not key.startswith(('NPUEMU_', 'ASCEND_'))}
        kept['LD_LIBRARY_PATH'] = os.path.join(self.toolkit, 'lib64')
        kept['HOME'] = self.work
        return kept

    def make_models(self):
        for name in ('singleop/programs.json', 'iris/pipeline.json'):
            self._tool([os.path.join(self.toolkit, 'bin', 'atc'),
                        '--singleop=' + os.path.join(self.testdata, name),
                        '--output=' + self.models,
                        '--soc_version=Ascend910B1'])

    def build(self, name, source=None, flags=(), compilers=('gcc', 'g++')):
        """Builds a program as a user would: installed headers, -lascendcl."""
        base = source or os.path.join(self.testdata, 'programs', name)
        if os.path.exists(base + '.cc'):
            compiler = [compilers[1], '-std=c++17', base + '.cc']
        else:
            compiler = [compilers[0], '-std=c11', '-D_GNU_SOURCE', base + '.c']
        self._tool(compiler + [
            *flags, '-O1', '-Wall', '-Wextra', '-Werror',
            '-I' + os.path.join(self.toolkit, 'include'),
            '-I' + os.path.join(self.testdata, 'programs'),
            '-L' + os.path.join(self.toolkit, 'lib64'),
            '-o', os.path.join(self.work, name), *LIBRARIES])

    def trace_hash(self, trace):
        """The hash of what one run wrote as its event log."""
        with open(trace, 'rb') as file:
            return hash_of(file.read())

    def run(self, name, cell, number=0):
        """Runs a built program; number: tells runs at the same time apart."""
        trace = os.path.join(self.work, '%s.%d.trace' % (name, number))
        options = ['--schedule', cell.policy, '--seed', str(cell.seed),
                   '--threads', str(cell.threads), '--timeline', trace]
        if cell.controlled:
            options.append('--control-threads')
        command = [os.path.join(self.toolkit, 'bin', 'npuemu'), 'run',
                   *options, '--', os.path.join(self.work, name), self.models,
                   os.path.join(self.testdata, 'iris')]
        try:
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL, env=self._environment(),
                cwd=self.work, timeout=RUN_SECONDS)
            code, output, errors = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired as error:
            code, output = -1, error.stdout or b''
            errors = b'killed after %d s\n' % RUN_SECONDS
        found = self.trace_hash(trace) if os.path.exists(trace) else 'no trace'
        if os.path.exists(trace):
            os.remove(trace)
        text = (output + errors).decode(errors='replace')
        return Result(code, hash_of(output), found, text)


    def _start(self, name, command, environment):
        """Exit code, standard output, standard error of the program, started
        by the words of `command`."""
        done = subprocess.run(
            [*command, os.path.join(self.work, name), self.models,
             os.path.join(self.testdata, 'iris')],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, env=environment, cwd=self.work,
            timeout=RUN_SECONDS)
        return done.returncode, done.stdout, done.stderr.decode(errors='replace')

    def _npuemu(self, name, arguments):
        command = [os.path.join(self.toolkit, 'bin', 'npuemu'), *arguments, '--']
        return self._start(name, command, self._environment())

    def run_alone(self, name, policy):
        """Runs it as it is, without npuemu run."""
        return self._start(name, [], {**self._environment(),
                                      'NPUEMU_SCHEDULE': policy})

    def record(self, name, cell, trace):
        options = ['--schedule', cell.policy, '--seed', str(cell.seed),
                   '--threads', str(cell.threads), '--trace', trace,
                   '--hang-timeout', '3']
        if cell.controlled:
            options.append('--control-threads')
        return self._npuemu(name, ['run', *options])

    def check(self, name, cell):
        """Runs it with the checks on."""
        return self._npuemu(name, [
            'run', '--check', 'all', '--schedule', cell.policy, '--seed',
            str(cell.seed), '--control-threads'])

    def replay(self, name, trace):
        return self._npuemu(name, ['replay', trace])


class Verdict:
    """Compares the runs of one program. `scope` is what a result may depend on:
    runs of one scope must agree, in output and, where the threads' order is
    fixed, in the event log."""

    def __init__(self, program):
        self.program = program
        self.runs = 0
        self.problems = []
        self.seen = {}  # scope -> {observation: first cell}

    def _scope(self, cell):
        program = self.program
        ordered = program.threads == 'single' or cell.controlled
        if program.kind == 'free' and not ordered:
            return None, ordered
        return (cell.policy, cell.seed), ordered

    def add(self, cell, result):
        self.runs += 1
        if result.code != self.program.code:
            self._problem(cell, 'exit code %d, expected %d' % (
                result.code, self.program.code), result)
            return
        scope, ordered = self._scope(cell)
        if scope is None:
            return
        if self.program.kind == 'fixed':
            self._compare('output everywhere', cell, result.output, result)
        else:
            self._compare(('output',) + scope, cell, result.output, result)
        if ordered:
            self._compare(('event log',) + scope, cell, result.trace, result)

    def _compare(self, key, cell, observation, result):
        seen = self.seen.setdefault(key, {})
        if observation in seen:
            return
        if seen:
            what = key if isinstance(key, str) else key[0]
            self._problem(cell, '%s differs from %s' % (
                what, cell_text(next(iter(seen.values())))), result)
        seen[observation] = cell

    def _problem(self, cell, text, result):
        self.problems.append((cell, text, result.text))

    def distinct(self, policy):
        """The largest number of different observations of one seed."""
        counts = [len(seen) for key, seen in self.seen.items()
                  if not isinstance(key, str) and key[1] == policy]
        return max(counts, default=0)


def cell_text(cell):
    return '%s seed %d, %d threads%s' % (
        cell.policy, cell.seed, cell.threads,
        ', controlled' if cell.controlled else '')


def seeds_of(rotate, count):
    """Seeds that a text (a commit's hash) chooses; the same for one text. The
    first eight are parts of one digest."""
    seeds = []
    digest = hashlib.sha256(rotate.encode()).digest()
    while len(seeds) < count:
        seeds += [int.from_bytes(digest[at:at + 4], 'big')
                  for at in range(0, len(digest), 4)]
        digest = hashlib.sha256(digest).digest()
    return seeds[:count]


def runs_of(seeds):
    """(policy, seed) of all runs that may differ."""
    return [(policy, seed) for policy in POLICIES
            for seed in (seeds if policy in DRAWING else seeds[:1])]
