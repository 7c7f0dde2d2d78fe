"""Tests of the rules: one process each, by the public functions."""

load("//tools/build:defs.bzl", "npu_test")

def rule_test(name, policies = [], deps = [], **kwargs):
    """name.cc under fifo, and once more under each policy as name_<policy>."""
    deps = deps + ["//acl_shim/tests/rules:rule_testing"]
    npu_test(name = name, deps = deps, **kwargs)
    for policy in policies:
        npu_test(
            name = name + "_" + policy,
            srcs = [name + ".cc"],
            env = {"NPUEMU_SCHEDULE": policy},
            deps = deps,
            **kwargs
        )
