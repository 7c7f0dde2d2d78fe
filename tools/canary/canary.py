#!/usr/bin/python3
"""Proves that no exported function returns success without doing its work.

Builds the rule tests with a seeded bug (acl_shim/core/canary.h), then for
every function of api.def in state kFull or kPartial lets that one function
skip its work and runs the tests that use it: one of them must fail. Prints
the survivors; exit code 1 if there are any.

usage: tools/canary/canary.py [FUNCTION ...]
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

TESTS = "kind(cc_test, //acl_shim/tests/...)"
TEST_SECONDS = 30

# Functions whose only work cannot be told from success, with the reason.
EXCEPTIONS = {}


def run(arguments, **options):
    return subprocess.run(arguments, check=True, text=True,
                          stdout=subprocess.PIPE, **options).stdout


def table(root):
    """Names of the implemented functions, in the order of api.def."""
    names = []
    with open(os.path.join(root, "acl_shim/api.def"), encoding="utf-8") as file:
        for line in file:
            row = re.match(r'API\((\w+), .*, (kFull|kPartial), "', line)
            if row:
                names.append(row.group(1))
    return names


def tests(root):
    """(label, binary, environment) of every rule test, built with the bug."""
    print("building the rule tests with the seeded bug ...", flush=True)
    rules = run(["bazel", "query", TESTS, "--output=build"], cwd=root,
                stderr=subprocess.DEVNULL)
    found = []
    for block in rules.split("\n\n"):
        where = re.search(r"^# \S*?/(acl_shim/tests\S*)/BUILD\.bazel", block,
                          re.M)
        name = re.search(r'^  name = "(\w+)"', block, re.M)
        if not where or not name:
            continue
        env = re.search(r"^  env = \{([^}]*)\}", block, re.M)
        pairs = re.findall(r'"([^"]*)": "([^"]*)"', env.group(1)) if env else []
        found.append((where.group(1), name.group(1), dict(pairs)))
    labels = ["//%s:%s" % (folder, name) for folder, name, _ in found]
    subprocess.run(["bazel", "build", "--config=canary"] + labels, cwd=root,
                   check=True, stderr=subprocess.DEVNULL)
    binaries = run(["bazel", "info", "--config=canary", "bazel-bin"], cwd=root,
                   stderr=subprocess.DEVNULL).strip()
    return [("//%s:%s" % (folder, name), os.path.join(binaries, folder, name),
             env) for folder, name, env in found]


def execute(test, extra):
    """True if the test passes."""
    _, binary, env = test
    environment = dict(os.environ)
    environment.update(env)
    environment.update(extra)
    with tempfile.TemporaryDirectory() as scratch:
        environment["TEST_TMPDIR"] = scratch
        try:
            done = subprocess.run([binary, "--gtest_brief=1"],
                                  cwd=binary + ".runfiles/npuemu",
                                  env=environment, timeout=TEST_SECONDS,
                                  stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def used_functions(test):
    """The functions a test calls; it must pass without a victim."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as file:
        if not execute(test, {"NPUEMU_CANARY_USED": file.name}):
            sys.exit("canary: %s fails without a seeded bug" % test[0])
        return set(file.read().split())


def survives(function, users):
    return all(execute(test, {"NPUEMU_CANARY": function}) for test in users)


def main(arguments):
    root = os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
    functions = [name for name in table(root)
                 if not arguments or name in arguments]
    all_tests = tests(root)
    uses = {test[0]: used_functions(test) for test in all_tests}
    survivors = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {}
        for name in functions:
            users = [test for test in all_tests if name in uses[test[0]]]
            jobs[name] = pool.submit(survives, name, users)
        for done, (name, job) in enumerate(jobs.items(), 1):
            if job.result() and name not in EXCEPTIONS:
                survivors.append(name)
            if done % 25 == 0:
                print("%d of %d functions" % (done, len(jobs)), flush=True)
    print("functions with a seeded bug: %d, survivors: %d" %
          (len(functions), len(survivors)))
    for name in survivors:
        print("  survivor: %s" % name)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
