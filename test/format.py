#!/usr/bin/env python3
"""Checks that the C++ sources under the given folders are as clang-format (LLVM 22) leaves them; --fix rewrites them."""

import argparse
import os
import subprocess
import sys

SUFFIXES = (".h", ".hpp", ".c", ".cpp")


def sources(folders):
    for folder in folders:
        for where, _, names in os.walk(folder):
            yield from (os.path.join(where, n) for n in names if n.endswith(SUFFIXES))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clang-format", default="clang-format-22")
    parser.add_argument("--root", default=".", help="where the folders are")
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("folders", nargs="+")
    args = parser.parse_args()
    os.chdir(args.root)
    files = sorted(sources(args.folders))
    if not files:
        sys.exit("format.py: no sources found")
    mode = ["-i"] if args.fix else ["--dry-run", "-Werror"]
    print(f"{len(files)} files")
    sys.exit(subprocess.run([args.clang_format, *mode, *files]).returncode)


if __name__ == "__main__":
    main()
