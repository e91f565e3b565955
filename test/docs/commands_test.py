#!/usr/bin/env python3
"""Tests commands.py on scratch pages: what fails, what has no tag and what make does not know is noticed."""

import os
import tempfile
import unittest

import commands

MAKEFILE = "here:\n\ttrue\n"


class CommandsTest(unittest.TestCase):
    def problems(self, *blocks):
        with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as build:
            page = os.path.join(root, "page.md")
            for path, text in ((os.path.join(root, "Makefile"), MAKEFILE), (page, "text\n" + "\nmore\n".join(blocks))):
                with open(path, "w") as file:
                    file.write(text)
            self.assertEqual(commands.pages(root), [page])
            return list(commands.check_page(page, root, build))

    def test_good_blocks(self):
        make = "```sh make\nmake here  # why\n.ci/run\n```\n"
        run = "```sh run\ncat Makefile > copy\n```\n"
        again = "```sh run\ngrep here copy\ntest -d build\n```\n"
        self.assertEqual(self.problems(make, run, again, "```text\nsh run\n```\n"), [])

    def test_bad_blocks(self):
        for block, message in (
            ("```sh run\nfalse\ntrue\n```\n", "exit status 1"),
            ("```sh run\nfalse | true\n```\n", "exit status 1"),
            ("```sh\ntrue\n```\n", "needs the tag"),
            ("```sh make\nmake there\n```\n", "no such target"),
            ("```sh make\necho here\n```\n", "neither make nor"),
        ):
            good = "```sh run\ntrue\n```\n"
            found = self.problems(good, block, good)
            self.assertEqual(len(found), 1, block)
            self.assertIn(message, found[0])


if __name__ == "__main__":
    unittest.main()
