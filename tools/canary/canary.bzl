"""The canary over the rule tests of a package; call it last in its BUILD."""

def canary_test(name):
    """Tests with a seeded bug in one function at a time (canary.py).

    Each function runs all tests that use it: not part of //... .
    """
    tests = [
        rule
        for rule in native.existing_rules().values()
        if rule["kind"] == "cc_test"
    ]
    lines = []
    for test in tests:
        env = test.get("env") or {}
        words = ["%s=%s" % (key, env[key]) for key in sorted(env)]
        lines.append(" ".join([native.package_name() + "/" + test["name"]] +
                              words))
    native.genrule(
        name = name + "_list",
        testonly = True,
        outs = [name + "_list.txt"],
        cmd = "printf '%s\\n' " +
              " ".join(["'%s'" % line for line in lines]) + " > $@",
    )
    native.sh_test(
        name = name,
        timeout = "eternal",
        srcs = ["//tools/canary:canary.sh"],
        args = [
            "$(location //tools/canary:canary.py)",
            "$(location :%s_list)" % name,
            "$(location //acl_shim:api.def)",
        ],
        data = [
            ":%s_list" % name,
            "//acl_shim:api.def",
            "//tools/canary:canary.py",
        ] + [":" + test["name"] for test in tests],
        tags = ["manual"],
    )
