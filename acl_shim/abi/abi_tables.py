"""Reads the tables of the public interface: api.def and the reference TSVs."""

import collections
import csv
import re

import aclnn_table

STATES = ("kStub", "kPartial", "kFull")
REAL_LIBRARY = "libascendcl.so"
# A link-time name of another library, see testdata/reference: same functions.
ALIASES = {"libacl_prof.so": "libmsprofiler.so"}

Row = collections.namedtuple("Row", "name family lib lib_8_1 state note")

_ROW = re.compile(
    r'^API\((\w+), "([a-z_]+/[a-z_-]+)", "([\w.-]+)", "([\w.-]+)", (\w+), '
    r'"((?:[^"\\]|\\.)*)"\)$')


class TableError(Exception):
  """A table does not say what it must; the message names file and line."""


def read_tsv(path):
  """Returns the rows of a reference table as dictionaries."""
  with open(path, encoding="utf-8", newline="") as f:
    return list(
        csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_api(path):
  """Returns the rows of api.def; raises TableError where one is malformed."""
  rows = []
  with open(path, encoding="utf-8") as f:
    for number, line in enumerate(f, 1):
      line = line.rstrip("\n")
      if not line or line.startswith("//"):
        continue
      where = "%s:%d" % (path, number)
      match = _ROW.match(line)
      if not match:
        raise TableError("%s: not an API(...) row: %s" % (where, line))
      row = Row(*match.groups())
      _check_row(where, row)
      rows.append(row)
  _check_order(path, rows)
  return rows


def aclnn_rows(path):
  """Returns a row for every function of operators of aclnn.

  Both phases of every operator are entry points: which of them work is told by
  the operators' own table.
  """
  rows = [
      Row(name, "aclnn/operators", lib, lib_8_1, "kFull", "")
      for name, lib, lib_8_1 in aclnn_table.names_of(path)
  ]
  helpers = {row["symbol"] for row in aclnn_table.read(path)[1]}
  return [
      row._replace(family="aclnn/helpers", state="kStub")
      if row.name in helpers else row for row in rows
  ]


def aclnn_functions(path):
  """Returns name and prototype of those without two phases."""
  return [{"name": row["symbol"], "prototype": row["execute_proto"]}
          for row in aclnn_table.read(path)[1]]


def _check_row(where, row):
  if row.state not in STATES:
    raise TableError("%s: %s: state %s, expected one of %s" %
                     (where, row.name, row.state, ", ".join(STATES)))
  if row.state == "kPartial" and not row.note:
    raise TableError("%s: %s is kPartial: its note must say what is missing" %
                     (where, row.name))


def _check_order(path, rows):
  keys = [(row.family, row.name) for row in rows]
  if keys != sorted(keys):
    bad = next(b for a, b in zip(keys, keys[1:]) if a > b)
    raise TableError("%s: %s is out of order: sort by family, then name" %
                     (path, bad[1]))
  names = collections.Counter(row.name for row in rows)
  twice = sorted(name for name, count in names.items() if count > 1)
  if twice:
    raise TableError("%s: twice in the table: %s" % (path, ", ".join(twice)))


def check_complete(rows, functions):
  """Every function of functions.tsv has its row, with the same libraries."""
  by_name = {row.name: row for row in rows}
  for function in functions:
    row = by_name.get(function["name"])
    if row is None:
      raise TableError("api.def: no row for %s" % function["name"])
    expected = (function["lib"], function["lib_8.1"])
    if (row.lib, row.lib_8_1) != expected:
      raise TableError("api.def: %s: libraries %s, expected %s" %
                       (row.name, (row.lib, row.lib_8_1), expected))


def names_of(rows, library):
  """Returns the names that a library exports, sorted."""
  if library == REAL_LIBRARY:
    return sorted(row.name for row in rows)
  library = ALIASES.get(library, library)
  return sorted(
      row.name for row in rows if library in (row.lib, row.lib_8_1))


def library_names(rows):
  """Returns every library of both layouts that some row names, sorted."""
  names = {row.lib for row in rows} | {row.lib_8_1 for row in rows}
  return sorted(names - {"-"})
