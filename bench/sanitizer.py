#!/usr/bin/env python3
"""What the emulated device's sanitizer costs: seconds of the run with it over those without, counters on in both.

usage: sanitizer.py EXAMPLE.mlir...

Of three runs each the fastest counts.
"""

import json
import os
import subprocess
import sys
import tempfile

ARGUMENTS = ["--batch", "8", "--contexts", "4096", "--mfma", "fast", "--check", "none", "--json", "-"]


def find(tree, key):
    """The first value of that key anywhere in the tree."""
    if isinstance(tree, dict):
        if key in tree:
            return tree[key]
        found = (find(value, key) for value in tree.values())
        return next((value for value in found if value is not None), None)
    return None


def seconds(objectfile, sanitize):
    runs = []
    for _ in range(3):
        done = subprocess.run(["pa-run", objectfile, *ARGUMENTS, "--sanitize", sanitize], check=True,
                              capture_output=True, text=True)
        runs.append(find(json.loads(done.stdout), "hostSeconds"))
    return min(runs)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for source in sys.argv[1:]:
            for chip in ("gfx942", "gfx950"):
                objectfile = os.path.join(scratch, "kernel.hsaco")
                subprocess.run(["pa-compile", source, "--chip", chip, "-o", objectfile], check=True)
                plain, checked = seconds(objectfile, "off"), seconds(objectfile, "on")
                name = os.path.basename(source)
                print(f"{name} {chip}: {checked:.2f} s with, {plain:.2f} s without, {checked / plain:.2f} times")


if __name__ == "__main__":
    main()
