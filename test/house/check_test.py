#!/usr/bin/env python3
"""Tests test/check.py on scratch build trees whose outcomes are known."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CHECK = os.path.join(HERE, "..", "check.py")
LIT = shutil.which("lit") or shutil.which("lit-22")
LIT_CONFIG = """
import lit.formats
config.name = "scratch"
config.test_format = lit.formats.ShTest(False)
config.suffixes = [".test"]
"""
LIT_FILES = {
    "passes": "RUN: true\n",
    "fails": "RUN: echo why-lit-failed && false\n",
    "unsupported": "REQUIRES: no-such-feature\nRUN: false\n",
    "expected": "XFAIL: *\nRUN: false\n",
    "unexpected": "XFAIL: *\nRUN: true\n",
    "empty": "no run line\n",
}
CTESTS = {
    "passes": 'add_test(passes "sh" "-c" "exit 0")',
    "fails": 'add_test(fails "sh" "-c" "echo why-ctest-failed; exit 1")',
    "crashes": 'add_test(crashes "sh" "-c" "kill -SEGV $$")',
    "missing": 'add_test(missing "no-such-program")',
    "skips": 'add_test(skips "sh" "-c" "exit 77")\nset_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 77)',
    "slow": 'add_test(slow "sleep" "30")\nset_tests_properties(slow PROPERTIES TIMEOUT 1)',
}


class CheckTest(unittest.TestCase):
    def run_check(self, lit=(), ctest=()):
        """The closing line, the exit status and everything printed for a tree with these tests."""
        with tempfile.TemporaryDirectory() as build:
            os.mkdir(os.path.join(build, "test"))
            files = {f"test/{name}.test": LIT_FILES[name] for name in lit}
            files["test/lit.cfg.py"] = LIT_CONFIG
            files["CMakeCache.txt"] = f"PA_LIT:FILEPATH={LIT}\n"
            files["CTestTestfile.cmake"] = "\n".join(CTESTS[name] for name in ctest) + "\n"
            for name, text in files.items():
                with open(os.path.join(build, name), "w") as file:
                    file.write(text)
            done = subprocess.run(
                [sys.executable, CHECK, "--build", build], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            return done.stdout.splitlines()[-1], done.returncode, done.stdout

    def test_all_pass(self):
        closing, status, _ = self.run_check(["passes"], ["passes"])
        self.assertEqual((closing, status), ("2 passed, 0 failed", 0))

    def test_skipped_is_said(self):
        closing, status, _ = self.run_check(["passes", "unsupported", "expected"], ["passes", "skips"])
        self.assertEqual((closing, status), ("3 passed, 0 failed, 2 skipped", 0))

    def test_lit_failures(self):
        for name in ("fails", "unexpected", "empty"):
            closing, status, _ = self.run_check(["passes", name], ["passes"])
            self.assertEqual((closing, status), ("2 passed, 1 failed", 1), name)

    def test_ctest_failures(self):
        for name in ("fails", "crashes", "missing", "slow"):
            closing, status, _ = self.run_check(["passes"], ["passes", name])
            self.assertEqual((closing, status), ("2 passed, 1 failed", 1), name)

    def test_output_of_failures_is_shown(self):
        output = self.run_check(["fails"], ["fails"])[2]
        self.assertIn("why-lit-failed", output)
        self.assertIn("why-ctest-failed", output)

    def test_nothing_is_a_failure(self):
        closing, status, _ = self.run_check([], [])
        self.assertNotEqual(status, 0)
        self.assertRegex(closing, r"^0 passed, \d+ failed$")

    def test_only_skipped_is_a_failure(self):
        closing, status, _ = self.run_check(["unsupported"], ["skips"])
        self.assertEqual((closing, status), ("0 passed, 0 failed, 2 skipped", 1))


if __name__ == "__main__":
    unittest.main()
