#!/usr/bin/python3
"""Proves that no exported function returns success without doing its work.

The rule tests link a seeded bug (acl_shim/core/canary.h). For every
function of api.def in state kFull or kPartial that one function skips its work
and the tests that use it run: one of them must fail. Prints the survivors;
exit code 1 if there are any. Run by `tools/test.sh canary`.

usage: canary.py TESTS API_DEF [FUNCTION ...]
TESTS has a line per test: its binary, then NAME=VALUE of its environment.
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import time

# A test without a seeded bug; one with it that takes much longer hangs.
TEST_SECONDS = 30


def hang_seconds(clean):
    return min(TEST_SECONDS, 5 + 10 * clean)


# Functions whose work cannot be told from success by a caller, and why.
EXCEPTIONS = {
    "aclrtDestroyStreamConfigHandle":
        "frees a plain struct of the public header; only a leak would show",
}


def table(path):
    """Names of the implemented functions, in the order of api.def."""
    with open(path, encoding="utf-8") as file:
        return re.findall(r'^API\((\w+), .*, (?:kFull|kPartial), "',
                          file.read(), re.M)


def read_tests(path):
    """(binary, environment) of every rule test."""
    with open(path, encoding="utf-8") as file:
        rows = [line.split() for line in file]
    return [(os.path.abspath(row[0]), dict(word.split("=", 1)
                                           for word in row[1:]))
            for row in rows]


def execute(test, extra, seconds=TEST_SECONDS):
    """True if the test passes in time."""
    binary, env = test
    environment = dict(os.environ)
    environment.update(env)
    environment.update(extra)
    with tempfile.TemporaryDirectory() as scratch:
        environment["TEST_TMPDIR"] = scratch
        try:
            done = subprocess.run([binary, "--gtest_brief=1"],
                                  env=environment, timeout=seconds,
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
    return all(execute(test, {"NPUEMU_CANARY": function}, hang_seconds(clean))
               for clean, test in users)


def main(arguments):
    functions = table(arguments[1])
    if len(arguments) > 2:
        functions = [name for name in functions if name in arguments[2:]]
    tests = read_tests(arguments[0])
    # The quickest tests first: most functions are missed by many.
    uses = []
    for test in tests:
        begun = time.monotonic()
        used = used_functions(test)
        uses.append((time.monotonic() - begun, test, used))
    uses.sort(key=lambda use: use[0])
    survivors = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {}
        for name in functions:
            users = [(clean, test) for clean, test, used in uses
                     if name in used]
            jobs[name] = pool.submit(survives, name, users)
        for done, (name, job) in enumerate(jobs.items(), 1):
            if job.result() and name not in EXCEPTIONS:
                survivors.append(name)
            if done % 50 == 0:
                print("%d of %d functions" % (done, len(jobs)), flush=True)
    print("functions with a seeded bug: %d, survivors: %d" %
          (len(functions), len(survivors)))
    for name in survivors:
        print("  survivor: %s" % name)
    return 1 if survivors or not functions else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
