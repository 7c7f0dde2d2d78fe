"""Tests of the rules: one process each, by the public functions."""

load("//tools/build:defs.bzl", "npu_library")

def rule_test(name, src = None, policies = [], deps = [], env = {}, **kwargs):
    """src (name.cc) under fifo, and again under each policy as name_<policy>.

    The file is compiled once and linked for each.
    """
    npu_library(
        name = name + "_cases",
        testonly = True,
        srcs = [src or name + ".cc"],
        alwayslink = True,
        # The headers that a test may look into, besides the public ones.
        deps = deps + [
            "//acl_shim/abi:all_headers",
            "//acl_shim/base",
            "//acl_shim/core",
            "//acl_shim/include:acl_headers",
            "//acl_shim/tests/rules:rule_testing",
            "@googletest//:gtest",
        ],
    )
    variants = [(name, env)]
    for policy in policies:
        own = dict(env)
        own["NPUEMU_SCHEDULE"] = policy
        variants.append((name + "_" + policy, own))
    for variant, variant_env in variants:
        native.cc_test(
            name = variant,
            size = "small",
            env = variant_env,
            deps = [
                ":%s_cases" % name,
                "//acl_shim/core:canary",
                "@googletest//:gtest_main",
            ],
            **kwargs
        )
