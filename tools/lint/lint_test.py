"""Seeded violations: each must be found at its line, its twin must not."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cpp_text  # noqa: E402
import rules  # noqa: E402
import tables  # noqa: E402


def found(path, text, extra=None):
    """'rule:line' of every problem of one file in an otherwise empty tree."""
    files = {path: rules.File(path, text)}
    for other, content in (extra or {}).items():
        files[other] = rules.File(other, content)
    problems = []
    for rule in rules.PER_FILE:
        problems.extend(rule(files[path]))
    problems.extend(rules.unordered_iteration(files[path], files))
    return ['%s:%d' % (problem.rule, problem.line) for problem in problems]


def body(count):
    return '  f();\n' * count


class CanaryTest(unittest.TestCase):
    # (path, text, expected)
    CASES = [
        ('emulator/base/a.cc', 'int x = rand();\n', ['random:1']),
        ('emulator/base/a.cc', 'int x = operand(1);\n', []),
        ('emulator/base/a.cc', '// rand()\nauto s = "rand()";\n', []),
        ('emulator/base/a.cc', '\nabsl::BitGen gen;\n', ['random:2']),
        ('emulator/base/a.cc', 'std::normal_distribution<float> d;\n',
         ['random:1']),
        ('emulator/base/a.cc', 'std::random_device d;\n', ['random:1']),
        ('emulator/base/a.cc', 'auto t = std::chrono::steady_clock::now();\n',
         ['clock:1']),
        ('tools/x/a.cc', 'auto t = std::chrono::steady_clock::now();\n', []),
        ('emulator/base/a_test.cc', 'auto t = time(nullptr);\n', []),
        ('emulator/base/a.cc', 'auto t = time(nullptr);\n', ['clock:1']),
        ('emulator/base/a.cc', 'gettimeofday(&t, nullptr);\n', ['clock:1']),
        ('emulator/base/a.cc', 'auto t = virtual_time(0);\n', []),
        ('emulator/base/a_test.cc', 'usleep(5);\n', ['sleep:1']),
        ('emulator/base/a.cc', 'std::this_thread::sleep_for(x);\n',
         ['sleep:1']),
        ('kernels/op/a.cc', 'tbb::parallel_reduce(r, b);\n', ['tbb:1']),
        ('kernels/op/a.cc', 'parallel_deterministic_reduce(r, b);\n', []),
        ('emulator/base/a.h', 'std::map<const Task*, int> m;\n',
         ['pointer-key:1']),
        ('emulator/base/a.h', 'std::map<int, const Task*> m;\n', []),
        ('x/BUILD.bazel', 'copts = ["-march=' 'native"]\n', ['flags:1']),
        ('.bazelrc', 'build --copt=-ffast' '-math\n', ['flags:1']),
        ('docs/a.md', '# A\n\n```\n# shell\n```\n', []),
        ('docs/a.md', '# A\n\n# B\n', ['title:3']),
        ('docs/a.md', 'text\n', ['title:1']),
        ('tools/a.sh', 'cd /wo' 'rk/main\n', ['machine-path:1']),
        ('tools/a.sh', 'f=/t' 'mp/x\n', ['machine-path:1']),
        ('tools/a.sh', 'f=$HOME/t' 'mp/x\n', []),
        ('kernels/op/a.h', '// TO' 'DO: later\n', ['todo:1']),
        ('kernels/op/a.h', '// EEXX' 'XX is an id\n', []),
        ('kernels/op/a.h', '// ' + 'x' * 78 + '\n', ['columns:1']),
        ('kernels/op/a.h', '// ' + 'x' * 77 + '\n', []),
    ]

    def test_cases(self):
        for path, text, expected in self.CASES:
            with self.subTest(path=path, text=text):
                self.assertEqual(found(path, text), expected)

    def test_file_sizes(self):
        for path, limit in (('a/BUILD.bazel', 150), ('README.md', 150),
                            ('ARCHITECTURE.md', 200), ('a/b.h', 250),
                            ('a/b.cc', 500), ('a/b_test.cc', 500),
                            ('kernels/ops/math/b.cc', 250)):
            title = '# T\n' if path.endswith('.md') else '\n'
            text = title + '\n' * (limit - 1)
            self.assertEqual(found(path, text), [], path)
            self.assertEqual(found(path, text + '\n'),
                             ['file-size:%d' % (limit + 1)], path)

    def test_layering(self):
        def include(path, target):
            return found(path, '#include "%s"\n' % target)
        refused = ['layering:1']
        self.assertEqual(include('emulator/base/a.h', 'kernels/op/b.h'),
                         refused)
        self.assertEqual(include('kernels/op/a.h', 'emulator/base/b.h'),
                         refused)
        self.assertEqual(include('emulator/device/a.h', 'acl_shim/b.h'),
                         refused)
        self.assertEqual(include('emulator/task/a.h', 'emulator/sched/b.h'),
                         refused)
        self.assertEqual(include('emulator/sched/a.h', 'emulator/task/b.h'),
                         [])
        self.assertEqual(include('kernels/op/a_test.cc', 'kernels/testing/b.h'),
                         [])
        self.assertEqual(include('kernels/op/a.cc', 'kernels/testing/b.h'),
                         refused)
        self.assertEqual(include('emulator/base/a_test.cc',
                                 'kernels/testing/b.h'), refused)
        self.assertEqual(include('acl_shim/core/a.h', 'emulator/base/b.h'),
                         [])
        self.assertEqual(include('acl_shim/core/a.h', 'tools/base/b.h'),
                         refused)
        self.assertEqual(include('kernels/ops/a.cc', 'absl/status/status.h'),
                         refused)
        self.assertEqual(include('kernels/op/a.cc', 'absl/status/status.h'),
                         [])


class FunctionTest(unittest.TestCase):
    def test_long_functions_are_found_wherever_they_stand(self):
        for before, after in (
                ('void F() {\n', '}\n'),
                ('namespace a {\nint G(int x,\n  int y) {\n', '}\n}\n'),
                ('class A {\n public:\n  int M() const {\n', '  }\n};\n'),
                ('TEST(Suite, Case) {\n', '}\n'),
                ('A::A(int x) : a_{x}, b_(2) {\n', '}\n'),
                ('extern "C" {\nvoid F() {\n', '}\n}\n')):
            long_text = before + body(59) + after
            short_text = before + body(50) + after
            self.assertEqual(len(found('emulator/base/a.cc', long_text)), 1,
                             before)
            self.assertEqual(found('emulator/base/a.cc', short_text), [],
                             before)

    def test_tables_and_classes_are_no_functions(self):
        rows = '  {F(1), 2},\n' * 80
        self.assertEqual(found('kernels/op/a.cc',
                               'const Row kRows[] = {\n' + rows + '};\n'), [])
        members = '  int F();\n' * 80
        self.assertEqual(found('kernels/op/a.h',
                               'class A : public B {\n' + members + '};\n'),
                         [])

    def test_entry_points_are_shorter(self):
        text = 'aclError aclrtX(int a) {\n' + body(14) + '}\n'
        self.assertEqual(found('acl_shim/rt/x.cc', text), ['function-size:1'])
        self.assertEqual(found('emulator/base/x.cc', text), [])
        self.assertEqual(
            found('acl_shim/rt/x.cc', 'namespace {\n' + text + '}\n'), [])
        self.assertEqual(found('acl_shim/rt/x.cc', text.replace(
            body(14), body(13))), [])

    def test_names_and_lines(self):
        first, second = cpp_text.functions(
            'int A() {\n  if (x) {\n  }\n}\n\nvoid B::C(char c = \'{\') {\n}\n')
        self.assertEqual((first.name, first.first, first.last), ('A', 1, 4))
        self.assertEqual((second.name, second.first, second.last),
                         ('B::C', 6, 7))


class UnorderedTest(unittest.TestCase):
    MAP = 'absl::flat_hash_map<int, std::vector<int>> map_;\n'

    def test_iteration_is_found(self):
        for loop in ('for (auto& [k, v] : map_) {}\n',
                     'auto i = map_.begin();\n'):
            self.assertEqual(found('emulator/base/a.cc', self.MAP + loop),
                             ['unordered:2'], loop)
            self.assertEqual(
                found('emulator/base/a.cc', loop,
                      {'emulator/base/a.h': self.MAP}), ['unordered:1'], loop)

    def test_lookup_is_fine(self):
        self.assertEqual(found('emulator/base/a.cc', self.MAP +
                               'map_.find(1) == map_.end();\n'
                               'for (int x : other_) {}\n'), [])


class OwnerTest(unittest.TestCase):
    def problems(self, paths, table):
        files = {path: rules.File(path, '') for path in paths}
        files[tables.OWNERS_FILE] = rules.File(tables.OWNERS_FILE, table)
        return ['%s:%d' % (p.path, p.line) for p in rules.owners(files)]

    def test_test_beside_or_row(self):
        self.assertEqual(self.problems(['a/b.cc', 'a/b_test.cc'], ''), [])
        self.assertEqual(self.problems(['a/b.cc'], ''), ['a/b.cc:1'])
        self.assertEqual(
            self.problems(['a/b.cc', 'a/c_test.cc'],
                          'a/b.cc\ta/c_test.cc\tc tests b\n'), [])

    def test_rows_that_age_are_found(self):
        table = tables.OWNERS_FILE
        self.assertEqual(self.problems(['a/b.cc', 'a/b_test.cc'],
                                       'a/b.cc\t-\treason\n'), [table + ':1'])
        self.assertEqual(self.problems(['a/b.cc'],
                                       'a/b.cc\ta/gone_test.cc\treason\n'),
                         [table + ':1'])
        self.assertEqual(self.problems(['a/b.cc'], 'a/b.cc\t-\n'),
                         [table + ':1'])

    def test_a_type_has_one_definition(self):
        def lines(second):
            texts = {'a.h': 'namespace n {\nstruct Run {};\n}\n', 'b.h': second}
            return [str(p).split()[0] for p in rules.one_definition(
                {path: rules.File(path, text) for path, text in texts.items()})]
        self.assertEqual(lines('namespace n {\n\nclass Run final : X {};\n}\n'),
                         ['b.h:3:'])
        self.assertEqual(lines('namespace n {\nint f() { return 0; }\n'
                               'enum class Run { kA };\n}\n'), ['b.h:3:'])
        for twin in ('namespace m {\nstruct Run {};\n}\n',
                     'namespace n {\nnamespace {\nstruct Run {};\n}\n}\n',
                     'namespace n {\nstruct Run;\n}\n',
                     'namespace n {\nvoid f() {\nstruct Run {};\n}\n}\n',
                     'namespace n {\nstruct Other::Run {};\n}\n'):
            self.assertEqual(lines(twin), [])

    def test_stale_allowance_is_a_problem(self):
        problem = rules.Problem('a.cc', 1, 'clock', 'x')
        allowed = [('a.cc', 'clock', 'reason')]
        self.assertEqual(rules.apply_allowances([problem], allowed), [])
        kept = rules.apply_allowances([], allowed)
        self.assertEqual([p.rule for p in kept], ['stale'])


if __name__ == '__main__':
    unittest.main()
