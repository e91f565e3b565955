#!/usr/bin/env python3
"""Compares the table of docs/abi.md with the argument block of runtime/include/pa/abi.h, as a C compiler lays it out."""

import argparse
import os
import re
import subprocess
import sys
import tempfile

ROW = re.compile(r"^\| (\d+) \| `(\w+)` \| `(\w+)` \| ([^|]*)\|", re.MULTILINE)
FIELD = re.compile(r"^  (u?int\d+_t|float|double) (\w+)(?:\[\d+\])?;", re.MULTILINE)


def table(root):
    with open(os.path.join(root, "docs", "abi.md")) as file:
        return ROW.findall(file.read())


def fields(root):
    with open(os.path.join(root, "runtime", "include", "pa", "abi.h")) as file:
        return FIELD.findall(file.read())


def c_program(rows):
    size = next(meaning.strip() for _, _, name, meaning in rows if name == "struct_size")
    version = next(meaning.strip() for _, _, name, meaning in rows if name == "abi_version")
    lines = ["#include <stddef.h>", '#include "pa/abi.h"']
    for offset, _, name, _ in rows:
        lines.append(f'_Static_assert(offsetof(pa_decode_args, {name}) == {offset}, "offset of {name}");')
    lines.append(f'_Static_assert(sizeof(pa_decode_args) == {size}, "struct_size");')
    lines.append(f'_Static_assert(PA_DECODE_ABI_VERSION == {version}, "abi_version");')
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("--compiler", required=True)
    args = parser.parse_args()
    rows = table(args.root)
    documented, real = [(t, n) for _, t, n, _ in rows], fields(args.root)
    if not real or documented != real:
        sys.exit(f"fields differ\ndocs/abi.md: {documented}\nabi.h: {real}")
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "offsets.c")
        with open(source, "w") as file:
            file.write(c_program(rows))
        include = os.path.join(args.root, "runtime", "include")
        sys.exit(subprocess.run([args.compiler, "-std=c11", "-fsyntax-only", "-I", include, source]).returncode)


if __name__ == "__main__":
    main()
