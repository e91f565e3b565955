#!/usr/bin/env python3
"""Runs the shell commands of README.md, docs/*.md and the READMEs of folders.

A block that starts with ```sh run is executed (bash -euo pipefail), all blocks of a page in one scratch folder that
holds links to what is in the repository's root, with the build tree as build/ and its tools in PATH. A block ```sh make
holds nothing but `make` and `.ci/run` lines: their targets have to exist. Any other ```sh block is an error.
"""

import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```sh *([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages(root):
    found = glob.glob(os.path.join(root, "*.md")) + glob.glob(os.path.join(root, "*", "*.md"))
    return sorted(p for p in found if not os.path.relpath(p, root).startswith("build"))


def blocks(page):
    with open(page) as file:
        text = file.read()
    for match in BLOCK.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1).strip(), match.group(2)


def scratch_links(root, build, scratch):
    for name in os.listdir(root):
        if name not in (".git",) and not name.startswith("build"):
            os.symlink(os.path.join(root, name), os.path.join(scratch, name))
    os.symlink(build, os.path.join(scratch, "build"))


def run(commands, scratch, build):
    environment = dict(os.environ, PATH=os.path.join(build, "bin") + os.pathsep + os.environ["PATH"])
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=scratch,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def check_make(commands, root):
    """What is wrong with lines that only call make or .ci/run."""
    for line in filter(None, (re.sub(r"#.*", "", c).strip() for c in commands.splitlines())):
        words = line.split()
        if words == [".ci/run"]:
            continue
        if words[0] != "make" or len(words) > 2:
            yield f"'{line}' is neither make nor .ci/run"
        elif subprocess.run(["make", "-n", *words[1:]], cwd=root, capture_output=True).returncode:
            yield f"'{line}': make has no such target"


def check_page(page, root, build):
    ran = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch_links(root, build, scratch)
        for line, tag, commands in blocks(page):
            where = f"{os.path.relpath(page, root)}:{line}"
            if tag == "make":
                yield from (f"{where}: {problem}" for problem in check_make(commands, root))
            elif tag == "run":
                done = run(commands, scratch, build)
                if done.returncode:
                    yield f"{where}: exit status {done.returncode}\n{commands}\n{done.stdout}"
            else:
                yield f"{where}: a sh block needs the tag 'run' or 'make', got '{tag}'"
            ran += 1
    print(f"{os.path.relpath(page, root)}: {ran} blocks")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("--build", required=True)
    args = parser.parse_args()
    root, build = os.path.abspath(args.root), os.path.abspath(args.build)
    problems = [p for page in pages(root) for p in check_page(page, root, build)]
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
