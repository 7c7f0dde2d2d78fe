"""Rules of this project: one place for shared options."""

# See pch.bzl. Kernels include little; there it would cost more than it saves.
# GCC 12 takes std::string from a precompiled header for ours and warns of what
# it does (its PR 105651).
# clang's layering_check refuses one.
_PCH = select({
    "//tools/build:clang": [],
    "//conditions:default": ["//tools/build:common"],
})
_PCH_COPTS = select({
    "//tools/build:clang": [],
    "//conditions:default": [
        "-include",
        "$(BINDIR)/tools/build/common.h",
        "-Wno-array-bounds",
        "-Wno-restrict",
        "-Wno-stringop-overflow",
        "-Wno-stringop-overread",
    ],
})

def npu_library(name, deps = [], copts = [], srcs = [], **kwargs):
    """A library; the package's default_visibility names who may use it."""
    pch = srcs and not native.package_name().startswith("kernels")
    native.cc_library(
        name = name,
        srcs = srcs,
        deps = deps + (_PCH if pch else []),
        copts = copts + (_PCH_COPTS if pch else []),
        **kwargs
    )

def npu_test(name, srcs = None, deps = [], copts = [], size = "small", **kwargs):
    """A GoogleTest; srcs default to name.cc."""
    native.cc_test(
        name = name,
        size = size,
        srcs = srcs or [name + ".cc"],
        deps = deps + ["@googletest//:gtest_main"] + _PCH,
        copts = copts + _PCH_COPTS,
        **kwargs
    )
