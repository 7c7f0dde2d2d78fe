"""The rules: each takes a File (or all of them) and yields problems."""

import fnmatch
import os
import re

import cpp_text
import tables


class Problem:
    def __init__(self, path, line, rule, message):
        self.path = path
        self.line = line
        self.rule = rule
        self.message = message

    def __str__(self):
        return '%s:%d: %s [%s]' % (self.path, self.line, self.message,
                                   self.rule)


class File:
    """A text file of the tree; derived forms are made once."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split('\n')
        if self.lines and self.lines[-1] == '':
            self.lines.pop()
        self.is_cpp = path.endswith(('.cc', '.h', '.c', '.inc'))
        self.code = cpp_text.blank(text) if self.is_cpp else text

    @property
    def is_test(self):
        return bool(re.search(r'_test\.(cc|c|py|sh)$', self.path))

    def problem(self, line, rule, message):
        return Problem(self.path, line, rule, message)

    def matches(self, pattern, text):
        """(line, match) for each match of the pattern."""
        for match in re.finditer(pattern, text):
            yield text.count('\n', 0, match.start()) + 1, match


def file_size(file):
    for pattern, limit in tables.FILE_LIMITS:
        if re.search(pattern, file.path):
            if len(file.lines) > limit:
                yield file.problem(limit + 1, 'file-size', '%d lines, at most '
                                   '%d' % (len(file.lines), limit))
            return


def columns(file):
    if not file.path.endswith(('.cc', '.h', '.c')):
        return
    for number, line in enumerate(file.lines, 1):
        free = line.lstrip().startswith('#include') or 'http' in line
        if len(line) > tables.COLUMNS and not free:
            yield file.problem(number, 'columns', '%d columns, at most %d' %
                               (len(line), tables.COLUMNS))


def function_size(file):
    if not file.path.endswith(('.cc', '.h')):
        return
    shim = file.path.startswith('acl_shim/') and not file.is_test
    for function in cpp_text.functions(file.text):
        limit = tables.FUNCTION_LIMIT
        kind = 'function'
        if (shim and not function.in_anonymous_namespace and
                re.match(r'(acl|Acl|hi_)[A-Za-z_0-9]*$', function.name)):
            limit, kind = tables.ENTRY_POINT_LIMIT, 'entry point'
        if function.lines > limit:
            yield file.problem(function.first, 'function-size',
                               '%s %s has %d lines, at most %d' %
                               (kind, function.name, function.lines, limit))


def banned_calls(file):
    if not file.is_cpp:
        return
    for rule, pattern, why in tables.BANNED:
        exempt = tables.EXEMPT.get(rule, [])
        if any(fnmatch.fnmatch(file.path, entry) for entry in exempt):
            continue
        for line, match in file.matches(pattern, file.code):
            yield file.problem(line, rule, '"%s" is banned: %s' %
                               (match.group(0).strip(), why))


def banned_flags(file):
    if not re.search(tables.BUILD_FILES, file.path):
        return
    for line, match in file.matches(tables.BANNED_FLAGS, file.text):
        yield file.problem(line, 'flags', '"%s" changes results' %
                           match.group(0))


_UNORDERED = re.compile(r'\b(?:flat_hash|node_hash|unordered|unordered_multi)'
                        r'_?(?:map|set)\s*<')


def unordered_names(code):
    """Names of variables declared with an unordered container type."""
    for match in _UNORDERED.finditer(code):
        depth, position = 1, match.end()
        while depth and position < len(code):
            depth += {'<': 1, '>': -1}.get(code[position], 0)
            position += 1
        name = re.match(r'[\s&*]*(\w+)\s*[;={(,)A-Z]', code[position:])
        if name:
            yield name.group(1)


def unordered_iteration(file, files):
    if not file.path.endswith(('.cc', '.h')):
        return
    names = set(unordered_names(file.code))
    own_header = files.get(re.sub(r'\.cc$', '.h', file.path))
    if own_header:
        names.update(unordered_names(own_header.code))
    for name in sorted(names):
        loop = (r'for\s*\([^;{}]*?:\s*\*?(?:this->)?%s\s*\)'
                r'|\b%s(?:\.|->)c?begin\s*\(' % (name, name))
        for line, _ in file.matches(loop, file.code):
            yield file.problem(line, 'unordered', 'iterates over the unordered '
                               'container %s: the order differs by run' % name)


def includes(file):
    if not file.is_cpp or not file.path.startswith(tables.LAYERS):
        return
    prefix, allowed = next((key, value) for key, value
                           in tables.INCLUDES.items()
                           if file.path.startswith(key))
    for line, match in file.matches(r'(?m)^\s*#\s*include\s+["<]([^">]+)[">]',
                                    file.text):
        target = match.group(1)
        if (file.is_test and file.path.startswith('kernels/') and
                target.startswith(tables.TEST_ONLY)):
            continue
        if (target.startswith(tables.LAYERS) and
                not target.startswith((prefix, *allowed))):
            yield file.problem(line, 'layering', '%s may not include %s' %
                               (prefix, target))
        if (file.path.startswith('kernels/ops/') and not file.is_test and
                re.match(tables.HEAVY_HEADERS, target)):
            yield file.problem(line, 'layering', 'operator files include the '
                               'standard library only, not %s' % target)


def machine_paths(file):
    for line, match in file.matches(tables.MACHINE_PATH, file.text):
        yield file.problem(line, 'machine-path', '"%s" names a place of one '
                           'machine' % match.group(0))


def leftovers(file):
    for line, match in file.matches(tables.LEFTOVER, file.text):
        yield file.problem(line, 'todo', '"%s": finish it or open an issue' %
                           match.group(0))


def one_title(file):
    if not file.path.endswith('.md'):
        return
    titles, fenced = [], False
    for number, line in enumerate(file.lines, 1):
        if line.startswith('```'):
            fenced = not fenced
        elif not fenced and line.startswith('# '):
            titles.append(number)
    if len(titles) != 1:
        yield file.problem(titles[1] if titles else 1, 'title',
                           '%d titles (# ...), expected one' % len(titles))


class Owners:
    """owners.tsv: pattern, test, reason. '-' as the test: none, see reason."""

    def __init__(self, file):
        self.file = file
        self.rows = []  # [line, pattern, test, reason, used]
        for number, line in enumerate(file.lines if file else [], 1):
            if line and not line.startswith('#'):
                cells = (line.split('\t') + ['', ''])[:3]
                self.rows.append([number, *cells, False])

    def covers(self, path):
        covered = False
        for row in self.rows:
            if fnmatch.fnmatch(path, row[1]):
                row[4] = covered = True
        return covered

    def problems(self, files):
        for number, pattern, test, reason, used in self.rows:
            if not used:
                yield self.file.problem(number, 'owner', 'no .cc without a '
                                        'test of its own matches ' + pattern)
            if test != '-' and test not in files:
                yield self.file.problem(number, 'owner', 'there is no ' + test)
            if not reason:
                yield self.file.problem(number, 'owner', 'a reason is missing')


def owners(files):
    table = Owners(files.get(tables.OWNERS_FILE))
    for path in sorted(files):
        if not path.endswith('.cc') or path.endswith('_test.cc'):
            continue
        if os.path.splitext(path)[0] + '_test.cc' in files:
            continue
        if not table.covers(path):
            yield files[path].problem(
                1, 'owner', 'no %s_test.cc beside it; add one, or a row to %s' %
                (os.path.basename(path)[:-3], tables.OWNERS_FILE))
    yield from table.problems(files)


def one_definition(files):
    """Two types of one name give the linker one set of member functions."""
    first = {}
    for path in sorted(files):
        if not path.endswith(('.cc', '.h')):
            continue
        for line, name in cpp_text.types(files[path].text):
            if '::' not in name:
                continue  # C
            other = first.setdefault(name, path)
            if other != path:
                yield files[path].problem(line, 'one-definition',
                                          '%s is defined in %s too' %
                                          (name, other))


PER_FILE = [file_size, columns, function_size, banned_calls, banned_flags,
            includes, machine_paths, leftovers, one_title]


def check(files):
    """All problems of {path: File} after the ALLOWED table, in order."""
    problems = []
    for path in sorted(files):
        for rule in PER_FILE:
            problems.extend(rule(files[path]))
        problems.extend(unordered_iteration(files[path], files))
    problems.extend(owners(files))
    problems.extend(one_definition(files))
    return apply_allowances(problems, tables.ALLOWED)


def apply_allowances(problems, allowed):
    used = set()
    kept = []
    for problem in problems:
        hits = [entry for entry in allowed if entry[1] == problem.rule and
                fnmatch.fnmatch(problem.path, entry[0])]
        used.update(hits)
        if not hits:
            kept.append(problem)
    for entry in allowed:
        if entry not in used:
            kept.append(Problem('tools/lint/tables.py', 1, 'stale',
                                'ALLOWED entry lets nothing pass: %s %s' %
                                entry[:2]))
    return kept
