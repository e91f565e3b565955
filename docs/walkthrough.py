#!/usr/bin/env python3
"""Fills the IR blocks of a page from what pa-compile --save-stages writes, or checks that they are up to date.

A block is a comment and the fenced block after it:

    <!-- stage: pa-tile-mfma from="scf.for" to="scf.yield" -->
    ```mlir
    ...
    ```

The stage is a file's name without number and extension, or `report`: what pa-inspect says of the code object.

    from, to       regular expressions: from the first line that matches `from` to the next one that matches `to`
    drop           leaves out the lines that match
    lines          at most so many lines
    source, chip   another file or chip than the page's

Blank lines at both ends, the common indentation and what is beyond 150 columns are cut.
"""

import argparse
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap

BLOCK = re.compile(r"(<!-- stage: ([^\n]*?) -->\n```\w*\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)
WIDTH = 150


def read(path):
    with open(path) as file:
        return file.read()


def compile_stages(source, chip):
    """Stage name -> text, for one compilation."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "kernel.hsaco")
        subprocess.run(["pa-compile", source, "--chip", chip, "-o", output, f"--save-stages={folder}"], check=True)
        found = {}
        for path in sorted(glob.glob(os.path.join(folder, chip, "*"))):
            name, extension = os.path.splitext(os.path.basename(path))
            if extension in (".mlir", ".ll", ".s"):
                found[name.split("-", 1)[1]] = read(path)
        inspected = subprocess.run(["pa-inspect", output], check=True, capture_output=True, text=True).stdout
        found["report"] = inspected.replace(folder + os.sep, "")
        return found


def first(lines, pattern, start):
    for i in range(start, len(lines)):
        if re.search(pattern, lines[i]):
            return i
    raise ValueError(f"no line matches '{pattern}'")


def excerpt(text, options):
    lines = text.expandtabs(4).splitlines()
    start = first(lines, options["from"], 0) if "from" in options else 0
    end = first(lines, options["to"], start) + 1 if "to" in options else len(lines)
    kept = [l.rstrip() for l in lines[start:end] if "drop" not in options or not re.search(options["drop"], l)]
    most = int(options.get("lines", len(kept)))
    kept, cut = kept[:most], len(kept) > most
    kept = textwrap.dedent("\n".join(kept)).strip("\n").splitlines() + ["..."] * cut
    return "".join((l if len(l) <= WIDTH else l[: WIDTH - 4] + " ...") + "\n" for l in kept)


class Page:
    def __init__(self, source, chip):
        self.source, self.chip, self.compiled = source, chip, {}

    def stage(self, name, options):
        key = options.get("source", self.source), options.get("chip", self.chip)
        if key not in self.compiled:
            self.compiled[key] = compile_stages(*key)
        if name not in self.compiled[key]:
            raise ValueError(f"no such stage, there are: {', '.join(self.compiled[key])}")
        return self.compiled[key][name]

    def block(self, match):
        name, *words = shlex.split(match.group(2))
        options = dict(w.split("=", 1) for w in words)
        try:
            return match.group(1) + excerpt(self.stage(name, options), options) + match.group(4)
        except ValueError as error:
            raise ValueError(f"stage '{name}': {error}") from error

    def fill(self, text):
        return BLOCK.sub(self.block, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page")
    parser.add_argument("--source", required=True, help="the .mlir file that is compiled, from the current folder")
    parser.add_argument("--chip", default="gfx942")
    parser.add_argument("--update", action="store_true", help="rewrite the page instead of checking it")
    args = parser.parse_args()
    old = read(args.page)
    try:
        new = Page(args.source, args.chip).fill(old)
    except ValueError as error:
        sys.exit(f"{args.page}: {error}")
    if args.update and new != old:
        with open(args.page, "w") as file:
            file.write(new)
    elif new != old:
        sys.exit(f"{args.page}: the IR shown is not what the compiler makes; `make docs` brings it up to date")
    print(f"{args.page}: {len(BLOCK.findall(new))} blocks up to date")


if __name__ == "__main__":
    main()
