"""Reads the reference table of aclnn operators."""

import collections
import csv
import re

# One operator: `name` without "aclnn", `first` and `second` the names of its
# phases, `params` of the first without the two that every operator has.
Op = collections.namedtuple(
    "Op", "name symbol header params second_const lib lib_8_1 deprecated")
Param = collections.namedtuple("Param", "type name")

_PROTOTYPE = re.compile(r"^aclnnStatus (\w+)GetWorkspaceSize\((.*)\)$")


# Written and read, though const by the prototype.
_READ_TOO = {
    "ApplyAdam": ("m", "v"),
    "ForeachNonFiniteCheckAndUnscale": ("scaledGrads", "foundInf"),
}
# Only read, though not const by the prototype.
_READ_ONLY = {"NLLLoss2dBackward": ("totalWeight",)}


class TableError(Exception):
  """The table does not say what it must."""


def params_of(text):
  """Returns the parameters of "const T *a, int64_t b"."""
  params = []
  for part in text.split(", "):
    match = re.match(r"^(.*?)(\w+)$", part)
    params.append(Param(match.group(1).strip(), match.group(2)))
  return params


def roles_of(op):
  """Returns what each parameter is: "in", "out", or "both".

  Those that are not const or are named so are written; else the first tensor
  of an in-place operator, or the last. gradOut is the gradient of an output,
  an input. Of what is written, in-place operands, references and running
  statistics are read, too.
  """
  params = op.params
  also = _READ_TOO.get(op.name, ())
  never = _READ_ONLY.get(op.name, ())
  written = [
      "aclTensor" in p.type and p.name not in never and
      (not p.type.startswith("const") or bool(
          re.search(r"^(?!gradOut).*([oO]ut(Optional|Ref)?|Ref)$", p.name) or
          p.name in also))
      for p in params
  ]
  if not any(written):
    tensors = [i for i, p in enumerate(params) if "aclTensor" in p.type]
    if tensors:
      written[tensors[0 if "Inplace" in op.name else -1]] = True
  first = True
  roles = []
  for param, writes in zip(params, written):
    both = writes and (param.name.endswith("Ref") or
                       param.name.startswith("running") or
                       param.name in _READ_TOO.get(op.name, ()) or
                       first and "Inplace" in op.name)
    roles.append("both" if both else "out" if writes else "in")
    first = first and not writes
  return roles


def read(path):
  """Returns (operators with two phases, prototypes of the other functions)."""
  ops = []
  helpers = []
  with open(path, encoding="utf-8", newline="") as f:
    for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
      match = _PROTOTYPE.match(row["get_workspace_proto"])
      if not match:
        helpers.append(row)
        continue
      params = params_of(match.group(2))
      if [p.type for p in params[-2:]] != ["uint64_t *", "aclOpExecutor **"]:
        raise TableError("%s: unexpected end of %s" %
                         (row["op"], row["get_workspace_proto"]))
      ops.append(
          Op(row["op"], match.group(1), row["header"], params[:-2],
             "const aclrtStream" in row["execute_proto"],
             row["lib_newest"], row["lib_8.1"], row["deprecated"] == "y"))
  ops.sort(key=lambda op: op.name)
  return ops, helpers


def names_of(path):
  """Returns (name, newest library, library of 8.1) of every function."""
  ops, helpers = read(path)
  names = []
  for op in ops:
    for name in (op.symbol + "GetWorkspaceSize", op.symbol):
      names.append((name, op.lib, op.lib_8_1))
  for row in helpers:
    names.append((row["symbol"], row["lib_newest"], row["lib_8.1"]))
  return sorted(names)
