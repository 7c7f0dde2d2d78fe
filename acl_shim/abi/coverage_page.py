"""COVERAGE.md: how much of the interface works, from api.def."""

import collections

_HEAD = """# Coverage of the ACL interface

Generated from `acl_shim/api.def` by `acl_shim/abi/update.sh`: do not edit.

Every function below is exported under its name by `libascendcl.so` and by the
libraries of both CANN layouts (8.1 and newest).

- **full**: works as documented.
- **partial**: works, but for what its sentence says.
- **stub**: returns `ACL_ERROR_API_NOT_SUPPORT` (200001), or null or zero where
  the function returns no status, and logs one line with its name.

The operators behind `aclop*` stand at the end: engine, where the dtype
combinations come from (the published table of the 910B, or the prototype where
the table gives none), and dtypes. Behind them come the operators of aclnn that
are modelled; both phases of all others are exported too, and their first one
returns 200001.
"""
_STATES = (("full", "kFull"), ("partial", "kPartial"), ("stub", "kStub"))


def _counts(rows):
  counter = collections.Counter(row.state for row in rows)
  return [counter[state] for _, state in _STATES]


def _summary(rows):
  lines = ["| family | full | partial | stub | all |",
           "| --- | ---: | ---: | ---: | ---: |"]
  for family in sorted({row.family for row in rows}):
    own = [row for row in rows if row.family == family]
    lines.append("| %s | %d | %d | %d | %d |" %
                 (family, *_counts(own), len(own)))
  lines.append("| **all** | **%d** | **%d** | **%d** | **%d** |" %
               (*_counts(rows), len(rows)))
  return lines


def _partial(rows):
  lines = ["| function | family | what is missing |", "| --- | --- | --- |"]
  for row in rows:
    if row.state == "kPartial":
      lines.append("| `%s` | %s | %s |" %
                   (row.name, row.family, _text(row.note)))
  return lines if len(lines) > 2 else ["None."]


def _text(note):
  return note.replace('\\"', '"').replace("|", "\\|")


def _stubs(rows):
  """Stubs with a reason of their own, then the rest by family."""
  stubs = [row for row in rows if row.state == "kStub"]
  lines = ["| function | family | reason |", "| --- | --- | --- |"]
  lines += ["| `%s` | %s | %s |" % (row.name, row.family, _text(row.note))
            for row in stubs if row.note]
  lines += ["", "The others belong to parts that are not modelled yet:", "",
            "| family | functions |", "| --- | --- |"]
  for family in sorted({row.family for row in stubs}):
    names = ["`%s`" % row.name for row in stubs
             if row.family == family and not row.note]
    if names:
      lines.append("| %s (%d) | %s |" %
                   (family, len(names), " ".join(names)))
  return lines


def page(rows):
  """Returns the text of COVERAGE.md, less the operators' lists."""
  rows = [row for row in rows if row.family != "aclnn/operators"]
  parts = [_HEAD, "## Summary", ""] + _summary(rows)
  parts += ["", "## Partial", ""] + _partial(rows)
  parts += ["", "## Stubs", ""] + _stubs(rows)
  return "\n".join(parts) + "\n"
