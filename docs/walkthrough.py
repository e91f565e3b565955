#!/usr/bin/env python3
"""Fills the IR blocks of a page from what pa-compile --save-stages writes, or checks that they are up to date.

A block is a comment and the fenced block after it:

    <!-- stage: pa-tile-mfma from="scf.for" to="scf.yield" -->
    ```mlir
    ...
    ```

The stage is a file's name without number and extension. `from` and `to` are regular expressions: the excerpt starts at
the first line that matches `from` and ends at the next that matches `to`; both may be left out. `drop` leaves out the
lines that match it. Blank lines at both ends, the common indentation and what is beyond `width` columns are cut.
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
WIDTH = 160


def read(path):
    with open(path) as file:
        return file.read()


def stages(compiler, source, chip, folder):
    """Stage name -> text, for one compilation."""
    output = os.path.join(folder, "out.hsaco")
    subprocess.run([compiler, source, "--chip", chip, "-o", output, f"--save-stages={folder}"], check=True)
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, chip, "*"))):
        name, extension = os.path.splitext(os.path.basename(path))
        if extension in (".mlir", ".ll", ".s"):
            found[name.split("-", 1)[1]] = read(path)
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
    kept = textwrap.dedent("\n".join(kept)).strip("\n").splitlines()
    return "".join((l if len(l) <= WIDTH else l[: WIDTH - 4] + " ...") + "\n" for l in kept)


def fill(page, found):
    def block(match):
        name, *words = shlex.split(match.group(2))
        if name not in found:
            raise ValueError(f"no stage '{name}', there are: {', '.join(found)}")
        try:
            return match.group(1) + excerpt(found[name], dict(w.split("=", 1) for w in words)) + match.group(4)
        except ValueError as error:
            raise ValueError(f"stage '{name}': {error}") from error

    return BLOCK.sub(block, page)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page")
    parser.add_argument("--compiler", default="pa-compile")
    parser.add_argument("--source", required=True, help="the .mlir file that is compiled")
    parser.add_argument("--chip", default="gfx942")
    parser.add_argument("--update", action="store_true", help="rewrite the page instead of checking it")
    args = parser.parse_args()
    old = read(args.page)
    with tempfile.TemporaryDirectory() as folder:
        try:
            new = fill(old, stages(args.compiler, args.source, args.chip, folder))
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
