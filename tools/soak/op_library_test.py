"""A library of operators, built and used as docs/op_library.md says.

op_library_test.py RUNFILES
Plain ACL programs run its operators under every policy; libraries that cannot be
used are refused by the library, npuemu and atc."""

import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import matrix  # noqa: E402
import programs_test  # noqa: E402

OUTPUT = '''compiled, float: e165d945f27129fb, first c3770000
in place: e165d945f27129fb, first c3770000
executed, float16: 4fcf681c0109e80c, first bc003800
by a dynamic model: 333d726fc6170aa2, first c4004000
handle, two phases: d02573cc63689b0e, first c18d63c5
a type it lacks: 200001
  ScaleShift: input x: given int32, expected float, float16
no scale: 200001
  ScaleShift: attribute scale: given none, expected float
another attribute: 200001
  ScaleShift: attribute name: given slope, expected scale, shift
no elements: 200001
  SubtractMean: input x: given no elements, expected some
'''
WRONG = '''#include "npuemu/op_library.h"
static int Compute(const npuemu_op_call* call, int32_t phase, int64_t begin,
                   int64_t end) {
  (void)phase, (void)begin, (void)end;
  return npuemu_op_error(call, "no such luck");
}
static const int32_t kTypes[] = {0};
static const npuemu_param kParams[] = {{"x", 0, 0, kTypes}};
static const npuemu_op kOp = {
    .type = TYPE, .exactness = "exact", .dtype_count = 1,
    .input_count = INPUTS, .inputs = kParams, .output_count = 1,
    .outputs = kParams, .compute = Compute};
static const npuemu_op_library kLibrary = {VERSION, "wrong", 1, &kOp};
const npuemu_op_library* npuemu_op_library_entry(uint32_t version) {
  return version == 1 ? &kLibrary : NULL;
}
'''
EXECUTE = '''#include "acl/acl_op_compiler.h"
#include "check.h"
int main(int argc, char** argv) {
  Start(argc, argv);
  const aclTensorDesc* desc[] = {NewVector(ACL_FLOAT, 4)};
  aclDataBuffer* out[] = {aclCreateDataBuffer(NewDevice(64), 64)};
  const aclDataBuffer* in[] = {aclCreateDataBuffer(NewDevice(64), 64)};
  aclrtStream stream = NewStream();
  CHECK(aclopCompileAndExecute("Luck", 1, desc, in, 1, desc, out, NULL,
                               ACL_ENGINE_SYS, ACL_COMPILE_SYS, NULL, stream));
  Show("synchronize", aclrtSynchronizeStream(stream));
  return 0;
}
'''
INIT = '''#include <stdio.h>
#include "acl/acl.h"
int main(void) {
  const aclError code = aclInit(NULL);
  printf("%d %s", code, code == 0 ? "" : aclGetRecentErrMsg());
  return 0;
}
'''
failures = []


def expect(what, given, expected):
    if given != expected:
        failures.append('%s: given %r, expected %r' % (what, given, expected))


def expect_in(what, text, wanted):
    if wanted not in text:
        failures.append('%s: %r is not in %r' % (what, wanted, text))


class Library:
    """The bench, and the libraries beside its programs."""

    def __init__(self, bench):
        self.bench = bench
        self.folder = os.path.join(bench.testdata, 'op_library')
        self.sample = self.build(os.path.join(self.folder, 'sample_ops.c'),
                                 'libsample_ops.so')

    def path(self, name):
        return os.path.join(self.bench.work, name)

    def build(self, source, name, *flags):
        self.bench._tool([
            'gcc', '-std=c11', '-O2', '-ffp-contract=off', '-shared', '-fPIC',
            '-Wall', '-Wextra', '-Werror', source, *flags,
            '-I' + os.path.join(self.bench.toolkit, 'include'), '-o',
            self.path(name)])
        return self.path(name)

    def wrong(self, name, **macros):
        source = self.path('wrong.c')
        with open(source, 'w') as file:
            file.write(WRONG)
        words = {'TYPE': '"Luck"', 'INPUTS': '1', 'VERSION': '1', **macros}
        return self.build(source, name, *['-D%s=%s' % word
                                          for word in words.items()])

    def write(self, name, text):
        with open(self.path(name) + '.c', 'w') as file:
            file.write(text)
        self.bench.build(name, self.path(name))

    def call(self, command, library, **variables):
        """Exit code, standard output, standard error."""
        environment = {**self.bench._environment(), **variables}
        if library is not None:
            environment['NPUEMU_OP_LIBRARY'] = library
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, env=environment, cwd=self.bench.work,
            timeout=matrix.RUN_SECONDS, universal_newlines=True)
        return done.returncode, done.stdout, done.stderr

    def tool(self, name, *arguments, library=None):
        return self.call([os.path.join(self.bench.toolkit, 'bin', name),
                          *arguments], library)

    def atc(self, library):
        return self.tool('atc', '--output=' + self.bench.models,
                         '--soc_version=Ascend910B1', '--singleop=' +
                         os.path.join(self.folder, 'sample_ops.json'),
                         library=library)


def check_runs(library):
    """One output everywhere, one log for each policy, also without npuemu."""
    bench = library.bench
    bench.build('use_sample_ops', os.path.join(library.folder,
                                               'use_sample_ops'))
    program = [library.path('use_sample_ops'), bench.models]
    code, plain, errors = library.call(program, library.sample)
    expect('exit code', (code, errors), (0, ''))
    expect('output', plain, OUTPUT)
    for policy in matrix.POLICIES:
        logs = set()
        for threads in ('1', '2', '8'):
            log = library.path('log')
            code, text, errors = library.tool(
                'npuemu', 'run', '--op-library', library.sample, '--schedule',
                policy, '--threads', threads, '--timeline', log, '--', *program)
            expect(policy, (code, text, errors), (0, plain, ''))
            with open(log) as file:
                logs.add(file.read())
        expect('logs of ' + policy, len(logs), 1)
    # 2000 ns to start, and 2 * 56 cycles of 1850 MHz: its own cost counts.
    expect_in('log', logs.pop(), ' ScaleShift 2061 ')


def check_replay(library):
    """A trace knows the libraries of its run."""
    program = [library.path('use_sample_ops'), library.bench.models]
    trace = library.path('trace')
    code, recorded, _ = library.tool('npuemu', 'run', '--trace', trace, '--',
                                     *program, library=library.sample)
    expect('recorded', code, 0)
    code, text, errors = library.tool('npuemu', 'replay', trace, '--', *program)
    expect('replayed', (code, text), (0, recorded))
    expect_in('replayed', errors, 'events, all as recorded')


def check_race(library):
    library.bench.build('race', os.path.join(library.folder, 'race'))
    code, _, errors = library.tool(
        'npuemu', 'run', '--schedule', 'timed', '--fail-on', 'hazard', '--',
        library.path('race'), library.bench.models, library=library.sample)
    expect('exit code of a race', code, 66)
    expect_in('race', errors, 'writes y of ScaleShift, task ')
    expect_in('race', errors, 'reads x of ScaleShift, task ')


def check_listing(library):
    code, text, _ = library.tool('npuemu', 'ops', library=library.sample)
    expect('ops', code, 0)
    lines = text.partition('\naclnn: ')[0].splitlines()
    expect('order', lines[1:], sorted(lines[1:], key=lambda l: l.split()[0]))
    expect_in('ops', text, '\nScaleShift                          vector  '
              'library    float float16   (sample_ops)\n')
    code, text, _ = library.tool('npuemu', 'ops', '--op-library',
                                 library.sample, 'ScaleShift')
    expect('ops ScaleShift', (code, text), (0, '''\
ScaleShift on the vector engine
exactness: f32: one rounding each of product and sum; f16: in f32, then rounded
dtypes by library sample_ops; column i of each row belongs together:
input   x                  float    float16 \n\
output  y                  float    float16 \n\
attr    scale              float, required
attr    shift              float, default 0
'''))
    expect('without it', library.tool('npuemu', 'ops', 'ScaleShift')[0], 64)


def check_document(library, path):
    """The code of the document is a library that can be used."""
    with open(path) as file:
        code = re.search(r'```c\n(.*?)```', file.read(), re.DOTALL)[1]
    source = library.path('document.c')
    with open(source, 'w') as file:
        file.write(code)
    built = library.build(source, 'libdocument.so', '-Wno-unused-parameter')
    code, text, _ = library.tool('npuemu', 'ops', 'Amplify', library=built)
    expect('ops Amplify', code, 0)
    expect_in('ops Amplify', text, 'dtypes by library amplify; ')


def check_refused(library, path, sentence):
    """By aclInit, npuemu ops and atc."""
    sentence = sentence.replace('PATH', path)
    code, text, errors = library.call([library.path('init')], path)
    expect_in('aclInit', text, '100000 ')
    expect_in('aclInit', text, sentence)
    expect_in('standard error', errors, 'npuemu: ' + sentence)
    code, text, errors = library.tool('npuemu', 'ops', library=path)
    expect('npuemu ops', (code, text), (65, ''))
    expect_in('npuemu ops', errors, 'npuemu ops: ' + sentence)
    code, text, _ = library.atc(path)
    expect('atc', code, 1)
    expect_in('atc', text, sentence)


def check_wrong(library):
    library.write('init', INIT)
    gone = library.path('no_such_library.so')
    check_refused(library, gone,
                  'NPUEMU_OP_LIBRARY: library: given PATH, expected a shared '
                  'library that can be opened (PATH: cannot open')
    empty = library.path('empty.c')
    with open(empty, 'w') as file:
        file.write('int nothing;\n')
    check_refused(library, library.build(empty, 'libempty.so'),
                  'NPUEMU_OP_LIBRARY: library: given PATH, expected one that '
                  'exports npuemu_op_library_entry')
    check_refused(library, library.wrong('libversion.so', VERSION='2'),
                  'NPUEMU_OP_LIBRARY: PATH: version: given 2, expected 1, that '
                  'of this npuemu\'s npuemu/op_library.h')
    check_refused(library, library.wrong('libinputs.so', INPUTS='1000000'),
                  'NPUEMU_OP_LIBRARY: PATH: Luck: input count: given 1000000, '
                  'expected 0 to 64')
    check_refused(library, library.wrong('libadd.so', TYPE='"Add"'),
                  'NPUEMU_OP_LIBRARY: PATH: operator type: given Add, which '
                  'npuemu has, expected a new one')
    code, text, _ = library.call([library.path('init')],
                                 library.sample + ':' + library.sample)
    expect_in('twice', text, 'given ScaleShift, which sample_ops has')


def check_device_exception(library):
    """An error of compute is that of our own operators: 507035 of a stream."""
    luck = library.wrong('libluck.so')
    library.write('execute', EXECUTE)
    _, text, _ = library.call([library.path('execute')],
                              library.sample + ':' + luck)
    expect('exception', text, 'synchronize: 507035\n')
    _, text, _ = library.call([library.path('execute')], luck,
                              ASCEND_LOG_PRINT_TO_STDOUT='1')
    expect_in('log', text, ': Luck: no such luck\n')


def main(root):
    with tempfile.TemporaryDirectory() as work:
        prefix = os.path.join(work, 'toolkit')
        programs_test.make_tree(os.path.abspath(root), prefix)
        bench = matrix.Bench(prefix, os.path.abspath(
            os.path.join(root, 'testdata')), work)
        library = Library(bench)
        code, text, _ = library.atc(None)
        expect('atc without the library', code, 1)
        expect_in('atc without the library', text, 'E14001')
        expect('atc', library.atc(library.sample)[0], 0)
        for check in (check_runs, check_replay, check_race, check_listing,
                      check_wrong, check_device_exception):
            check(library)
        check_document(library, os.path.join(root, 'docs', 'op_library.md'))
    for failure in failures:
        print('FAILED: ' + failure)
    print('op_library_test: %d failures' % len(failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
