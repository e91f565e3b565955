#!/usr/bin/env python3
"""Compares the tables of argument blocks in docs/ with the headers of runtime/include/pa, as a C compiler lays them out."""

import argparse
import os
import re
import subprocess
import sys
import tempfile

# The tables of a page in their order, with the header of each struct.
PAGES = {
    "abi.md": [("abi.h", "pa_decode_args")],
    "cache-kernels.md": [
        ("append_abi.h", "pa_cache"),
        ("append_abi.h", "pa_append_args"),
        ("append_abi.h", "pa_copy_pages_args"),
        ("merge_abi.h", "pa_merge_states_args"),
    ],
}
TABLE = re.compile(r"^\| offset \|.*\n\|.*\n((?:\|.*\n)+)", re.MULTILINE)
ROW = re.compile(r"^\| (\d+) \| `(\w+)` \| `(\w+)` \| ([^|]*)\|", re.MULTILINE)
FIELD = re.compile(r"^  (\w+) (\w+)(?:\[\d+\])?;", re.MULTILINE)


def tables(root, page):
    with open(os.path.join(root, "docs", page)) as file:
        return [ROW.findall(table) for table in TABLE.findall(file.read())]


def fields(root, header, struct):
    with open(os.path.join(root, "runtime", "include", "pa", header)) as file:
        body = re.search(rf"^typedef struct {struct} {{\n(.*?)^}} {struct};", file.read(), re.MULTILINE | re.DOTALL)
    return FIELD.findall(body.group(1)) if body else []


def c_program(header, struct, rows):
    lines = ["#include <stddef.h>", f'#include "pa/{header}"']
    for offset, _, name, meaning in rows:
        lines.append(f'_Static_assert(offsetof({struct}, {name}) == {offset}, "offset of {name}");')
        if name == "struct_size":
            lines.append(f'_Static_assert(sizeof({struct}) == {meaning.strip()}, "struct_size");')
        if name == "abi_version":
            macro = struct.upper().replace("_ARGS", "_ABI_VERSION")
            lines.append(f'_Static_assert({macro} == {meaning.strip()}, "abi_version");')
    return "\n".join(lines) + "\n"


def check(root, compiler, header, struct, rows):
    """What is wrong with a table, or None."""
    documented, real = [(t, n) for _, t, n, _ in rows], fields(root, header, struct)
    if not real or documented != real:
        return f"fields of {struct} differ\ndocs: {documented}\n{header}: {real}"
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "offsets.c")
        with open(source, "w") as file:
            file.write(c_program(header, struct, rows))
        include = os.path.join(root, "runtime", "include")
        done = subprocess.run([compiler, "-std=c11", "-fsyntax-only", "-I", include, source], stderr=subprocess.PIPE, text=True)
    return done.stderr if done.returncode else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    parser.add_argument("--compiler", required=True)
    args = parser.parse_args()
    for page, structs in PAGES.items():
        found = tables(args.root, page)
        if len(found) != len(structs):
            sys.exit(f"docs/{page}: {len(found)} tables of offsets, expected {len(structs)}")
        for (header, struct), rows in zip(structs, found):
            if wrong := check(args.root, args.compiler, header, struct, rows):
                sys.exit(f"docs/{page}: {wrong}")


if __name__ == "__main__":
    main()
