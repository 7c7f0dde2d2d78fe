"""What is generated from the reference table of aclnn operators."""

_TABLE = "//testdata/reference:aclnn.tsv"
_TOOL = "//acl_shim/abi:gen_aclnn.py"
_MODULE = "//acl_shim/abi:aclnn_table.py"

ENTRY_PARTS = 8

def aclnn_genrule(name, outs, what):
    """Runs gen_aclnn.py WHAT; with one output into it."""
    native.genrule(
        name = name,
        srcs = [_TABLE, _TOOL, _MODULE],
        outs = outs,
        cmd = ("PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 $(location %s) " +
               "$(location %s) %s") % (_TOOL, _TABLE, what),
    )

def aclnn_entries():
    """The entry points, in parts that compile beside each other."""
    for part in range(ENTRY_PARTS):
        aclnn_genrule(
            "entries_%d" % part,
            ["entries_%d.cc" % part],
            "entries %d %d > $@" % (part, ENTRY_PARTS),
        )
