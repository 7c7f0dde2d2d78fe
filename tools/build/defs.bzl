"""Rules of this project: one place for shared options."""

# Tests spend their time in the code under test; theirs compiles faster so.
TEST_COPTS = ["-O0"]

# Operators are loops over elements; errno is nobody's business there.
OPERATOR_COPTS = [
    "-O3",
    "-fno-math-errno",
]

# Copts of a file that is compiled with a precompiled header, see pch.bzl.
# GCC 12 takes std::string from one for ours and warns of what it does (its PR
# 105651).
def _pch_copts(name):
    return ["-include", "$(BINDIR)/tools/build/%s.h" % name] + select({
        "//tools/build:clang": [],
        "//conditions:default": [
            "-Wno-array-bounds",
            "-Wno-restrict",
            "-Wno-stringop-overflow",
            "-Wno-stringop-overread",
            # Its garbage collector would walk the header again and again.
            "--param=ggc-min-heapsize=524288",
        ],
    })

_FOR_CODE = struct(
    deps = ["//tools/build:common"],
    copts = _pch_copts("common"),
)
_FOR_TESTS = struct(
    deps = ["//tools/build:common_for_tests"],
    copts = _pch_copts("common_for_tests") + TEST_COPTS,
)
_FOR_OPERATORS = struct(
    deps = ["//tools/build:common_for_operators"],
    copts = _pch_copts("common_for_operators") + OPERATOR_COPTS,
)
_NONE = struct(deps = [], copts = [])

def _options(srcs, testonly):
    package = native.package_name()
    if not srcs:
        return _NONE
    if package.startswith("kernels/ops"):
        return _FOR_OPERATORS
    if package.startswith("kernels"):
        return _NONE
    return _FOR_TESTS if testonly else _FOR_CODE

def npu_library(
        name,
        deps = [],
        copts = [],
        srcs = [],
        testonly = False,
        **kwargs):
    """A library; the package's default_visibility names who may use it."""
    options = _options(srcs, testonly)
    native.cc_library(
        name = name,
        srcs = srcs,
        testonly = testonly,
        deps = deps + options.deps,
        copts = copts + options.copts,
        **kwargs
    )

def npu_test(name, srcs = None, deps = [], copts = [], size = "small", **kwargs):
    """A GoogleTest; srcs default to name.cc."""

    # What is inlined into these tests is under test, as it is compiled.
    package = native.package_name()
    inlined = (package.startswith("kernels") and
               not package.startswith("kernels/ops"))
    options = _FOR_CODE if inlined else _FOR_TESTS
    native.cc_test(
        name = name,
        size = size,
        srcs = srcs or [name + ".cc"],
        deps = deps + ["@googletest//:gtest_main"] + options.deps,
        copts = copts + options.copts,
        **kwargs
    )
