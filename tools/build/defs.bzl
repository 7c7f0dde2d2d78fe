"""Rules of this project: one place for shared options."""

def npu_library(name, **kwargs):
    """A library; the package's default_visibility names who may use it."""
    native.cc_library(name = name, **kwargs)

def npu_test(name, srcs = None, deps = [], size = "small", **kwargs):
    """A GoogleTest; srcs default to name.cc."""
    native.cc_test(
        name = name,
        size = size,
        srcs = srcs or [name + ".cc"],
        deps = deps + ["@googletest//:gtest_main"],
        **kwargs
    )
