#!/usr/bin/env python3
"""Links and `path/to/file` mentions in the Markdown pages lead to files that exist."""

import argparse
import os
import re
import sys

from commands import pages

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# `folder/file` in backquotes, for the folders of the root; a trailing :line, * or <name> is not a path.
MENTION = re.compile(r"`((?:bench|cmake|compiler|dialects|docs|examples|passes|runtime|test)/[\w./-]*)`")


def check_page(page, root):
    with open(page) as file:
        text = re.sub(r"^```.*?^```$", "", file.read(), flags=re.MULTILINE | re.DOTALL)
    targets = [(m, os.path.dirname(page)) for m in LINK.findall(text) if "://" not in m]
    targets += [(m, root) for m in MENTION.findall(text)]
    for target, base in targets:
        if not os.path.exists(os.path.join(base, target)):
            yield f"{os.path.relpath(page, root)}: '{target}' does not exist"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True)
    args = parser.parse_args()
    found = pages(args.root)
    problems = [p for page in found for p in check_page(page, args.root)]
    print(f"{len(found)} pages")
    print("\n".join(problems))
    sys.exit(1 if problems or not found else 0)


if __name__ == "__main__":
    main()
