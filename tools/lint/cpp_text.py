"""C++ as far as the lint needs it: code without comments, and functions."""

import re

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<delim>[^\s()\\]{0,16})\(.*?\)(?P=delim)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])*'", re.S)


def blank(text):
    """The text with comments and literals blanked; line breaks stay."""
    def replace(match):
        token = match.group(0)
        inner = re.sub(r'[^\n]', ' ', token)
        if token[0] in '"R':
            return '"' + inner[1:-1] + '"'
        return inner
    return _TOKEN.sub(replace, text)


def without_directives(code):
    """Blanks preprocessor lines (with their continuations)."""
    out, inside = [], False
    for line in code.split('\n'):
        directive = inside or line.lstrip().startswith('#')
        inside = directive and line.endswith('\\')
        out.append('' if directive else line)
    return '\n'.join(out)


class Function:
    """One function definition: name, lines, and what encloses it."""

    def __init__(self, name, first, last, scopes):
        self.name = name
        self.first = first
        self.last = last
        self.scopes = scopes  # heads of the enclosing braces, outermost first

    @property
    def lines(self):
        return self.last - self.first + 1

    @property
    def in_anonymous_namespace(self):
        return any(re.search(r'\bnamespace$', head) for head in self.scopes)


_CONTAINER = re.compile(
    r'^(?:inline\s+)?namespace\b|^extern\s*$|^extern\s+"'
    r'|(?:^|>\s*|\btypedef\s+)(?:class|struct|union|enum)\b[^()=]*$'
    r'|(?:^|>\s*)(?:class|struct|union)\s+(?:\w+\(.*?\)\s*|alignas\(.*?\)\s*)'
    r'\w+[^()=]*$', re.S)


def _is_function(head):
    if '(' not in head:
        return False
    before = head[:head.index('(')]
    return '=' not in before.replace('operator==', '').replace('operator=', '')


def _name_of(head):
    match = re.search(r'([~\w:]+|operator\s*\S+?)\s*\(', head)
    if not match:
        return '?'
    name = match.group(1)
    if name in ('TEST', 'TEST_F', 'TEST_P', 'TYPED_TEST'):
        arguments = head[match.end():].split(')')[0]
        return '.'.join(part.strip() for part in arguments.split(','))
    return name


class _Scanner:
    """Walks over code once and keeps a stack of open braces."""

    def __init__(self, code):
        self.code = code
        self.functions = []
        self.stack = []  # (kind, head, line where the head starts)
        self.head = ''
        self.head_line = 0

    def _open(self, line, previous):
        head = self.head.strip()
        inner = bool(self.stack) and self.stack[-1][0] in ('function', 'other')
        if inner:
            kind = 'other'
        elif _CONTAINER.search(head):
            kind = 'container'
        elif re.match(r'[\w>\])]', previous) and not re.search(
                r'\)\s*(?:const|noexcept|override|final)?$', head):
            kind = 'initializer'  # a_{1}: the head goes on
        elif _is_function(head):
            kind = 'function'
        else:
            kind = 'other'
        self.stack.append((kind, head, self.head_line or line))
        if kind != 'initializer':
            self.head, self.head_line = '', 0

    def _close(self, line):
        if not self.stack:
            return
        kind, head, first = self.stack.pop()
        if kind == 'function':
            scopes = [entry[1] for entry in self.stack]
            self.functions.append(Function(_name_of(head), first, line, scopes))
        if kind != 'initializer':
            self.head, self.head_line = '', 0

    def run(self):
        line, previous = 1, ' '
        for char in self.code:
            if char == '{':
                self._open(line, previous)
            elif char == '}':
                self._close(line)
            elif char == ';' and not self._in_initializer():
                self.head, self.head_line = '', 0
            elif not self._in_initializer():
                if char.strip() and not self.head_line:
                    self.head_line = line
                self.head += char
            if char == '\n':
                line += 1
            previous = char
        return self.functions

    def _in_initializer(self):
        return bool(self.stack) and self.stack[-1][0] == 'initializer'


def functions(text):
    """The function definitions of a C++ file (rough, by braces)."""
    return _Scanner(without_directives(blank(text))).run()


_OPENING = re.compile(
    r'\bnamespace\s*(?P<namespace>[\w:]*)\s*\{'
    r'|\b(?:struct|class|union|enum(?:\s+class)?)\s+(?P<type>[\w:]+)'
    r'[^;{}()=]*\{'
    r'|[{}]')


def types(text):
    """(line, name) of the types in named namespaces, with those."""
    code = without_directives(blank(text))
    scopes = []  # names of namespaces, None for any other brace
    for match in _OPENING.finditer(code):
        if match.group(0) == '}':
            scopes[-1:] = []
            continue
        name = match.group('type')
        if name and all(scopes):
            yield (code.count('\n', 0, match.start()) + 1,
                   '::'.join([*scopes, name]))
        scopes.append(match.group('namespace'))
