"""Findings as files: npuemu run --report-dir and --fail-on, npuemu report.

report_test.py RUNFILES
The bug program is built with and without debug information, stripped, killed in
the middle; SARIF is checked against the rules of its schema that it uses."""

import json
import os
import subprocess
import sys
import xml.dom.minidom

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import programs_test  # noqa: E402

PROGRAM = 'h05_missing_wait'
KILLED = '''#include <signal.h>
#define main Program
#include "hazards/h05_missing_wait.c"
#undef main
int main(int argc, char** argv) { return Program(argc, argv) + raise(SIGKILL); }
'''
failures = []


def expect(what, given, expected):
    if given != expected:
        failures.append('%s: given %r, expected %r' % (what, given, expected))


class Reports:
    def __init__(self, bench):
        self.bench = bench

    def run(self, name, *options):
        """Exit code, text and folder of a run with --report-dir."""
        folder = os.path.join(self.bench.work, 'report', name)
        code, _, errors = self.bench._npuemu(
            name, ['run', '--report-dir', folder, *options])
        return code, errors, folder

    def findings(self, folder):
        with open(os.path.join(folder, 'hazards.json')) as file:
            return json.load(file)


def check_sarif(path):
    with open(path) as file:
        log = json.load(file)
    expect('sarif version', log['version'], '2.1.0')
    for run in log['runs']:
        driver = run['tool']['driver']
        expect('driver', driver['name'], 'npuemu')
        ids = [rule['id'] for rule in driver['rules']]
        expect('unique ids', len(set(ids)), len(ids))
        for result in run['results']:
            expect('ruleIndex', ids[result['ruleIndex']], result['ruleId'])
            expect('level', result['level'] in ('error', 'warning'), True)
            expect('message', bool(result['message']['text']), True)
            for value in result['partialFingerprints'].values():
                expect('fingerprint', isinstance(value, str), True)
            for place in result['locations'] + result['relatedLocations']:
                physical = place['physicalLocation']
                expect('uri', bool(physical['artifactLocation']['uri']), True)
                line = physical.get('region', {}).get('startLine', 1)
                expect('startLine', line >= 1, True)
    return [result['ruleId'] for run in log['runs'] for result in run['results']]


def check_timeline(folder):
    """The page's script is in tools/browser_test.sh."""
    with open(os.path.join(folder, 'timeline.json')) as file:
        events = json.load(file)['traceEvents']
    spans = [event for event in events if event['ph'] == 'X']
    expect('spans', [span['name'] for span in spans], ['Mul', 'Add'])
    expect('streams', [span['tid'] for span in spans], [1, 2])
    expect('durations', all(span['dur'] > 0 for span in spans), True)
    starts = sum(event['ph'] == 's' for event in events)
    expect('flows', starts, sum(event['ph'] == 'f' for event in events))
    with open(os.path.join(folder, 'report.html')) as file:
        page = file.read()
    expect('data', '/*DATA*/null' in page, False)
    expect('one script', page.count('</script>'), 1)
    expect('no network', '://' in page, False)


def check_files(reports, name, with_lines):
    code, errors, folder = reports.run(name, '--fail-on', 'hazard')
    expect(name + ': exit code', code, 66)
    expect(name + ': told', 'npuemu: H5: ' in errors, True)
    report = reports.findings(folder)
    expect('version', report['version'], 1)
    expect('rules', [f['rule'] for f in report['findings']], ['H5'])
    finding = report['findings'][0]
    expect('deeds', [site['deed'] for site in finding['sites']],
           ['writes', 'reads'])
    expect('arguments', [site['argument'] for site in finding['sites']],
           ['y', 'x1'])
    for site in finding['sites']:
        expect('module', os.path.basename(site['place']['module']), name)
        expect('line', site['place'].get('line', 0) > 0, with_lines)
    expect('fix', 'make stream 2 wait' in finding['fix'], True)
    expect('sarif', check_sarif(os.path.join(folder, 'hazards.sarif')), ['H5'])
    suite = xml.dom.minidom.parse(
        os.path.join(folder, 'junit.xml')).documentElement
    expect('failures', suite.getAttribute('failures'), '1')
    expect('tests', suite.getAttribute('tests'), '45')
    check_timeline(folder)
    expect('again', reports.findings(reports.run(name)[2])['findings'],
           report['findings'])
    return finding['fingerprint']


# Two streams write the same numbers: the orders agree. And others: they do not.
BENIGN = '''#include "check.h"
int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream a = NewStream(), b = NewStream();
  void *x = NewNumbers(0, 0), *y = NewNumbers(0, 0);
  CHECK(aclrtMemsetAsync(x, kBytes, 7, kBytes, a));
  CHECK(aclrtMemsetAsync(x, kBytes, 7, kBytes, b));
  CHECK(aclrtMemsetAsync(y, kBytes, 7, kBytes, a));
  CHECK(aclrtMemsetAsync(y, kBytes, 9, kBytes, b));
  CHECK(aclrtSynchronizeStream(a));
  CHECK(aclrtSynchronizeStream(b));
  return Finish();
}
'''


def check_verified(reports):
    """Both orders, and the fix, whatever the policy of the first run."""
    for policy in ('fifo', 'late', 'random'):
        code, errors, folder = reports.run(
            'debug', '--verify-races', '--schedule', policy)
        [finding] = reports.findings(folder)['findings']
        text = finding['verified']
        expect('verified', '1024 of 1024 int32 differ' in text, True)
        expect('benign', finding['benign'], False)
        expect('the fix', 'the finding is gone' in text, True)
        expect('told', text in errors, True)
        first = text.splitlines()[1]
        expect('values', 'if task 1 runs first' in first and
               'if task 2 does' in first, True)
    bench = reports.bench
    source = os.path.join(bench.work, 'benign_source')
    with open(source + '.c', 'w') as file:
        file.write(BENIGN)
    bench.build('benign', source)
    _, _, folder = reports.run('benign', '--verify-races')
    differs, agrees = reports.findings(folder)['findings']
    expect('apart', [differs['benign'], agrees['benign']], [False, True])
    expect('agree: text', 'equal in both orders' in agrees['verified'], True)


def check_stacks(reports):
    _, errors, folder = reports.run('debug', '--stacks', 'full')
    [finding] = reports.findings(folder)['findings']
    callers = [[place.get('function') for place in site['callers']]
               for site in finding['sites']]
    expect('stacks', all('main' in names for names in callers), True)
    expect('told', errors.count('    called from ') >= 2, True)


def check_others(reports):
    bench = reports.bench
    source = os.path.join(bench.testdata, 'programs', 'hazards', PROGRAM)
    bench.build('fixed', source, ['-DFIXED'])
    code, _, folder = reports.run('fixed', '--fail-on', 'hazard')
    expect('fixed: exit code', code, 0)
    expect('fixed', reports.findings(folder)['findings'], [])

    # Without a folder the exit code needs a trace that nobody keeps.
    code, _, _ = bench._npuemu(PROGRAM, ['run', '--fail-on', 'hazard'])
    expect('--fail-on alone', code, 66)
    code, _, _ = bench._npuemu(PROGRAM, ['run', '--fail-on', 'hazard',
                                         '--check', 'sync'])
    expect('--check sync', code, 0)
    suppressed = os.path.join(bench.work, 'suppressions')
    with open(suppressed, 'w') as file:
        file.write('# known\nrace:aclopExec*\n')
    code, _, folder = reports.run(PROGRAM, '--fail-on', 'hazard',
                                  '--suppressions', suppressed)
    expect('suppressed: exit code', code, 0)
    expect('suppressed', reports.findings(folder)['suppressed'], 1)

    killed = os.path.join(bench.work, 'killed_source')
    with open(killed + '.c', 'w') as file:
        file.write(KILLED)
    bench.build('killed', killed)
    code, _, folder = reports.run('killed', '--fail-on', 'hazard')
    expect('killed: exit code', code, 128 + 9)
    report = reports.findings(folder)
    expect('killed', [f['rule'] for f in report['findings']], ['H5'])
    expect('killed: incomplete', 'in order' in report['incomplete'], True)

    # R178: the launch returns success, the synchronise tells the fault.
    for point, call, error in (
            ('task@1:507015', 'aclrtSynchronizeStream', 507015),
            ('timeout@1', 'aclrtSynchronizeStream', 507046),
            ('oom@1', 'aclrtMalloc', 207001)):
        code, _, errors = bench._npuemu('fixed', ['run', '--inject', point])
        expect(point + ': exit code', code, 2)
        expect(point + ': ' + errors, 'returned %d' % error in errors, True)
        expect(point + ': call', call in errors, True)
    code, _, errors = bench._npuemu('fixed', ['run', '--inject', 'task@x'])
    expect('a wrong point', code, 64)

    code, _, errors = bench._npuemu(PROGRAM, ['run', '--report-dir',
                                              '/dev/null/no'])
    expect('no folder: exit code', code, 64)
    expect('no folder: told', '--report-dir: cannot write to' in errors, True)


def main():
    options = programs_test.parse()
    with programs_test.prepared(options) as (bench, _):
        reports = Reports(bench)
        source = os.path.join(bench.testdata, 'programs', 'hazards', PROGRAM)
        bench.build('debug', source, ['-g'])
        bench.build(PROGRAM, source, ['-O2'])
        check_files(reports, 'debug', True)
        check_files(reports, PROGRAM, False)
        check_others(reports)
        check_verified(reports)
        check_stacks(reports)
        bench.build('stripped', source)
        subprocess.run(['strip', os.path.join(bench.work, 'stripped')],
                       check=True)
        check_files(reports, 'stripped', False)
    for failure in failures:
        print('FAILED: ' + failure)
    print('%d failures' % len(failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
