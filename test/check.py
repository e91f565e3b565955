#!/usr/bin/env python3
"""Runs every test of a build tree and closes with one line: N passed, N failed[, N skipped].

lit files and ctest cases (GoogleTest cases, scripts) count alike. The output of what failed is shown; the exit
status is 0 only if something passed and nothing failed.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import namedtuple

Result = namedtuple("Result", "name outcome seconds output")  # outcome: passed, failed or skipped

LIT_OUTCOMES = {
    "PASS": "passed",
    "FLAKYPASS": "passed",
    "XFAIL": "passed",
    "UNSUPPORTED": "skipped",
    "SKIPPED": "skipped",
    "EXCLUDED": "skipped",
}
CTEST_OUTCOMES = {"run": "passed", "fail": "failed", "notrun": "skipped", "disabled": "skipped"}


def cached(build, name):
    """The value of a CMake cache entry."""
    with open(os.path.join(build, "CMakeCache.txt")) as cache:
        for line in cache:
            if line.startswith(name + ":"):
                return line.split("=", 1)[1].strip()
    sys.exit(f"check.py: {name} is not in {build}/CMakeCache.txt")


def fresh(path):
    """`path`, with nothing there: an old report must not pass for this run's."""
    if os.path.exists(path):
        os.remove(path)
    return path


def run_lit(build):
    report = fresh(os.path.join(build, "lit.json"))
    command = [cached(build, "PA_LIT"), "-q", "--allow-empty-runs", "--no-progress-bar", "-o", report]
    status = subprocess.run(command + [os.path.join(build, "test")], stdout=subprocess.DEVNULL).returncode
    if not os.path.exists(report):
        return [Result("lit", "failed", 0.0, f"lit gave no report, exit status {status}")]
    with open(report) as file:
        tests = json.load(file)["tests"]
    return [
        Result(t["name"], LIT_OUTCOMES.get(t["code"], "failed"), t.get("elapsed") or 0.0, t.get("output", ""))
        for t in tests
    ]


def ctest_outcome(case):
    outcome = CTEST_OUTCOMES.get(case.get("status"), "failed")
    skipped = case.find("skipped")
    # A test whose program is missing is "notrun" as well: that is a failure, not a choice.
    if outcome == "skipped" and skipped is not None and "SKIP" not in skipped.get("message", "").upper():
        return "failed"
    return outcome


def run_ctest(build):
    report = fresh(os.path.join(build, "ctest.xml"))
    jobs = str(os.cpu_count() or 2)
    command = ["ctest", "--test-dir", build, "-j", jobs, "-Q", "--timeout", "600", "--output-junit", report]
    status = subprocess.run(command).returncode
    if not os.path.exists(report):
        return [Result("ctest", "failed", 0.0, f"ctest gave no report, exit status {status}")]
    results = []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        output = "".join(node.text or "" for node in case.findall("system-out"))
        results.append(Result(case.get("name"), ctest_outcome(case), float(case.get("time") or 0), output))
    return results


def show(results):
    for result in results:
        if result.outcome == "failed":
            print(f"\n{'=' * 20} FAILED: {result.name}\n{result.output.rstrip()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build", help="the build tree")
    parser.add_argument("--slowest", type=int, default=5, help="how many of the slowest tests to name")
    build = os.path.abspath(parser.parse_args().build)
    slowest = parser.parse_args().slowest

    everything = []
    for kind, run in (("lit", run_lit), ("ctest", run_ctest)):
        start = time.monotonic()
        results = run(build)
        print(f"{kind}: {len(results)} tests in {time.monotonic() - start:.1f} s", flush=True)
        show(results)
        everything += results

    for result in sorted(everything, key=lambda r: -r.seconds)[:slowest]:
        print(f"  {result.seconds:7.2f} s  {result.name}")
    count = {o: sum(r.outcome == o for r in everything) for o in ("passed", "failed", "skipped")}
    closing = f"{count['passed']} passed, {count['failed']} failed"
    print(closing + (f", {count['skipped']} skipped" if count["skipped"] else ""), flush=True)
    sys.exit(0 if count["passed"] and not count["failed"] else 1)


if __name__ == "__main__":
    main()
