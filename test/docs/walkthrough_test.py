#!/usr/bin/env python3
"""Tests docs/walkthrough.py with a compiler that only pretends: stale pages, unknown stages and lost lines are noticed."""

import os
import stat
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "walkthrough.py")
COMPILER = """#!/bin/sh
for argument; do case $argument in --save-stages=*) folder=${argument#*=}/$3;; esac; done
mkdir -p "$folder"
printf 'func {\\n  for {\\n    body\\n    noise\\n  }\\n}\\n' > "$folder/00-input.mlir"
printf '%s for %s\\n' $1 $3 > "$folder/01-from.mlir"
printf 'binary' > "$folder/02-object.hsaco"
"""
INSPECT = """#!/bin/sh
echo "$1: 3 registers"
"""
BLOCK = '<!-- stage: {} -->\n```mlir\n{}```\n'


class WalkthroughTest(unittest.TestCase):
    def run_script(self, page, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("pa-compile", COMPILER), ("pa-inspect", INSPECT), ("page.md", page)):
                with open(os.path.join(folder, name), "w") as file:
                    file.write(text)
                os.chmod(os.path.join(folder, name), stat.S_IRWXU)
            path = os.path.join(folder, "page.md")
            done = subprocess.run(
                [sys.executable, SCRIPT, path, "--source", "in.mlir", *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=dict(os.environ, PATH=folder + os.pathsep + os.environ["PATH"]),
            )
            with open(path) as file:
                return done.returncode, file.read(), done.stdout

    def test_update_fills_and_then_the_check_passes(self):
        marker = 'input from="for" to="}" drop="noise"'
        status, page, _ = self.run_script("text\n" + BLOCK.format(marker, "old\n") + "more\n", "--update")
        self.assertEqual((status, page), (0, "text\n" + BLOCK.format(marker, "for {\n  body\n}\n") + "more\n"))
        self.assertEqual(self.run_script(page)[0], 0)

    def test_other_sources_reports_and_cuts(self):
        for marker, expected in (
            ("from", "in.mlir for gfx942\n"),
            ('from source="b.mlir" chip="gfx950"', "b.mlir for gfx950\n"),
            ("report", "kernel.hsaco: 3 registers\n"),
            ('input lines="2"', "func {\n  for {\n...\n"),
        ):
            self.assertEqual(self.run_script(BLOCK.format(marker, ""), "--update")[1], BLOCK.format(marker, expected))

    def test_stale_page_fails_and_stays(self):
        page = BLOCK.format("input", "old\n")
        status, after, output = self.run_script(page)
        self.assertEqual((status, after), (1, page))
        self.assertIn("make docs", output)

    def test_unknown_stage_and_line(self):
        for marker, message in (("tiles", "stage 'tiles': no such stage, there are: input, from, report"), ('input from="x"', "matches 'x'")):
            status, _, output = self.run_script(BLOCK.format(marker, ""), "--update")
            self.assertEqual(status, 1)
            self.assertIn(message, output)


if __name__ == "__main__":
    unittest.main()
