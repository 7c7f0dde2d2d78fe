"""Writes signatures.inc: what the published tables say of each operator.

usage: signatures.py op_list.inc aclop_ops.tsv aclop_dtypes_910b.tsv dtypes.txt

Dtype columns are those of aclop_dtypes_910b.tsv, each once, less the columns
that name a type outside of kernels/. Where that has none, or other tensors than
the prototype, they are the prototype's types: tensors of one type list are of
one type, different lists combine freely.
dtypes.txt has the columns where that would be wrong.
"""

import itertools
import re
import sys

TAGS = ['f16', 'f32', 'bf16', 'bool', 'int8', 'uint8', 'int16', 'uint16',
        'int32', 'uint32', 'int64', 'uint64']
NUMBERS = ['f16', 'f32', 'bf16', 'int8', 'uint8', 'int16', 'uint16', 'int32',
           'uint32', 'int64', 'uint64']
WORDS = {
    'float': ['f32'], 'float32': ['f32'], 'float16': ['f16'],
    'bfloat16': ['bf16'], 'bf16': ['bf16'], 'b16': ['bf16'],
    'numbertype': NUMBERS, 'realnumbertype': NUMBERS, 'basictype': TAGS,
    'all': TAGS, 'ordinarytype': TAGS, 'indexnumbertype': ['int32', 'int64'],
    'unarydatatype': ['f32', 'f16', 'bf16'],
    'floatingdatatype': ['f16', 'f32', 'bf16'],
    'integerdatatype': [t for t in NUMBERS if 'f' not in t],
}
ATTR_KINDS = {
    'Int': 'int', 'Bool': 'bool', 'String': 'string', 'ListInt': 'list_int',
    'Float': 'float', 'Type': 'data_type', 'ListFloat': 'list_float',
    'ListType': 'list_data_type', 'ListListInt': 'list_list_int',
    'ListString': 'list_string', 'ListBool': 'list_bool',
}
TYPE_NUMBERS = {
    'DT_FLOAT': 0, 'DT_FLOAT16': 1, 'DT_INT8': 2, 'DT_INT32': 3, 'DT_UINT8': 4,
    'DT_INT16': 6, 'DT_UINT16': 7, 'DT_UINT32': 8, 'DT_INT64': 9,
    'DT_UINT64': 10, 'DT_DOUBLE': 11, 'DT_BOOL': 12, 'DT_STRING': 13,
    'DT_BF16': 27,
}
MOST_COLUMNS = 200


def fail(text):
    sys.exit('signatures.py: ' + text)


def rows(path):
    with open(path, encoding='utf-8') as file:
        for line in list(file)[1:]:
            yield line.rstrip('\n').split('\t')


def tags_of(words):
    """The tags of a prototype's type list, in its order."""
    found = []
    for word in words.split(','):
        word = re.sub(r'[^\w]', '', word.replace('ge::', ''))
        for tag in WORDS.get(word, [word]):
            if tag in TAGS and tag not in found:
                found.append(tag)
    return found


class Operator:
    """One row of aclop_ops.tsv."""

    def __init__(self, row):
        self.type = row[0]
        self.sides = [self.tensors(row[2]), self.tensors(row[3])]
        self.attrs = [part.strip() for part in row[4].split('; ')
                      if part.strip()]

    @staticmethod
    def tensors(text):
        """(name, mark, type words) of a side."""
        found = []
        for part in text.split(';'):
            if not part.strip():
                continue
            name, _, words = part.strip().partition(':')
            mark = name[-1] if name[-1] in '?*' else ''
            found.append((name.rstrip('?*'), mark, words))
        return found

    def columns_of_prototype(self):
        """[side][tensor] -> tags, one per combination."""
        lists = []
        for side in self.sides:
            for _, _, words in side:
                tags = tuple(tags_of(words))
                if not tags:
                    fail(self.type + ': no type of ours in ' + words)
                if tags not in lists:
                    lists.append(tags)
        picks = list(itertools.product(*lists))
        if len(picks) > MOST_COLUMNS:
            fail(self.type + ': needs a line in dtypes.txt')
        return [[[pick[lists.index(tuple(tags_of(words)))] for pick in picks]
                 for _, _, words in side] for side in self.sides]

    def places(self):
        """The places of the tensors in the dtype table; names may differ."""
        return ['%s%d' % (side, i)
                for side, tensors in zip(('input', 'output'), self.sides)
                for i in range(len(tensors))]

    def columns_of_table(self, table):
        tags = [table[place] for place in self.places()]
        inputs = len(self.sides[0])
        sides = [tags[:inputs], tags[inputs:]]
        count = len(sides[1][0])
        kept = [k for k in range(count)
                if all(tensor[k] in TAGS for side in sides for tensor in side)]
        # The formats of a column are not told apart here.
        first = {}
        for k in kept:
            column = tuple(tensor[k] for side in sides for tensor in side)
            first.setdefault(column, k)
        kept = list(first.values())
        if not kept:
            fail(self.type + ': no column of ours')
        return [[[tensor[k] for k in kept] for tensor in side]
                for side in sides]

    def columns_of_line(self, line):
        given = {}
        for word in line.split():
            names, _, tags = word.partition('=')
            for name in names.split('+'):
                given[name] = tags.split(',')
        return [[given[name] for name, _, _ in side] for side in self.sides]

    def text_of_attr(self, part):
        name, _, rest = part.partition(':')
        kind, _, value = rest.partition('=')
        kind = ATTR_KINDS.get(kind)
        if kind is None:
            fail(self.type + ': attribute ' + part)
        value = value.strip().strip('"')
        if kind.startswith('list'):
            value = value.strip('{}').replace(' ', '').replace('"', '')
            if kind == 'list_float':
                value = ','.join(str(number(word)) for word in
                                 value.split(',') if word)
            elif not re.match(r'^-?\w*(,-?\w+)*$', value):
                value = ''
        elif kind == 'float':
            value = str(number(value)) if value else '0'
        elif kind in ('int', 'data_type'):
            value = str(TYPE_NUMBERS.get(value, value or 0))
            if value == 'DT_UNDEFINED':
                value = '-1'
        elif kind == 'bool':
            value = value or 'false'
        return '%s:%s=%s' % (name, kind, value)


def number(word):
    """1.f / 4, 1e-5f, 2."""
    above, _, below = word.replace('f', '').partition('/')
    return float(above) / float(below or 1)


def main(op_list, ops, dtypes, overrides):
    with open(op_list, encoding='utf-8') as file:
        wanted = re.findall(r'^OP\((\w+)\)', file.read(), re.M)
    with open(overrides, encoding='utf-8') as file:
        lines = dict(line.split(':', 1) for line in file
                     if line.strip() and not line.startswith('#'))
    tables = {}
    for row in rows(dtypes):
        tables.setdefault(row[0], {})[row[1].split(':')[0]] = row[2].split(',')
    operators = {row[0]: Operator(row) for row in rows(ops)}
    for name in wanted:
        op = operators.get(name) or fail(name + ': not in ' + ops)
        table = tables.get(name, {'': ['-']})
        published = (all(tags != ['-'] for tags in table.values()) and
                     set(table) == set(op.places()))
        if published:
            columns = op.columns_of_table(table)
            if name in lines:  # what the AI CPU computes beside
                more = op.columns_of_line(lines[name])
                columns = [[a + b for a, b in zip(*pair)]
                           for pair in zip(columns, more)]
        elif name in lines:
            columns = op.columns_of_line(lines[name])
        else:
            columns = op.columns_of_prototype()
        sides = [';'.join('%s%s:%s' % (tensor, mark, ','.join(tags))
                          for (tensor, mark, _), tags in zip(side, tags_list))
                 for side, tags_list in zip(op.sides, columns)]
        attrs = ';'.join(op.text_of_attr(part) for part in op.attrs)
        print('{"%s", DtypeBasis::%s,\n "%s",\n "%s",\n "%s"},' % (
            name, 'kTable' if published else 'kPrototype', sides[0], sides[1],
            attrs.replace('"', '\\"')))


main(*sys.argv[1:])
