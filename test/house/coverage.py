#!/usr/bin/env python3
"""What has to be documented and tested is: read from the .td files and the C++ sources, and looked for in lit files.

- every op has a summary and a description with an example of it, and occurs in a lit file
- every pass has a summary, a description, and a lit file that runs it by name
- every error that a verifier or a pass gives is expected by a lit file: the longest string literal of the error's
  statement occurs in it (in a statement with a choice, any)
"""

import argparse
import json
import os
import re
import subprocess
import sys

ERROR = re.compile(r"\bemit(?:Op)?Error\((?:[\w>.\-()]*, )?(.*?);", re.DOTALL)
LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"')


def records(tblgen, root, include, td):
    command = [tblgen, "--dump-json", "-I", root, "-I", include, "-I", os.path.dirname(td), td]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def lit_files(root):
    for folder, _, names in os.walk(os.path.join(root, "test")):
        for name in names:
            if name.endswith((".mlir", ".test")):
                with open(os.path.join(folder, name)) as file:
                    yield os.path.relpath(os.path.join(folder, name), root), file.read()


def check_ops(dialect, files):
    for name in dialect["!instanceof"]["Op"]:
        op = dialect[name]
        if op["opDialect"]["def"] != "Pa_Dialect":
            continue
        word = re.compile(r"\bpa\." + op["opName"] + r"\b")
        if not op["summary"]:
            yield f"pa.{op['opName']} has no summary"
        if not any(word.search(e) for e in re.findall(r"```mlir(.*?)```", op["description"], re.DOTALL)):
            yield f"pa.{op['opName']} has no example in its description"
        if not any(word.search(text) for text in files.values()):
            yield f"pa.{op['opName']} is in no lit file"


def check_passes(passes, files):
    for name in passes["!instanceof"]["PassBase"]:
        one = passes[name]
        runs = re.compile(r"RUN:.*\bpa-opt\b.*[-(,]" + re.escape(one["argument"]) + r"\b(?!-)")
        if not (one["summary"] and one["description"].strip()):
            yield f"pass {one['argument']} has no summary or no description"
        if not any(runs.search(text) for text in files.values()):
            yield f"pass {one['argument']} is run by name in no lit file"


def errors(root, folders):
    """(place, texts): one of the texts has to be expected."""
    for folder in folders:
        for where, _, names in os.walk(os.path.join(root, folder)):
            for name in sorted(n for n in names if n.endswith((".cpp", ".h"))):
                path = os.path.join(where, name)
                with open(path) as file:
                    text = file.read()
                for match in ERROR.finditer(text):
                    # Pieces of one literal that stand on lines of their own are one.
                    statement = re.sub(r'"\s*\n\s*"', "", match.group(1))
                    found = [l.replace('\\"', '"') for l in LITERAL.findall(statement) if len(l) > 2]
                    if found:
                        place = f"{os.path.relpath(path, root)}:{text.count(chr(10), 0, match.start()) + 1}"
                        yield place, found if "?" in statement else [max(found, key=len)]


def check_errors(root, folders, files):
    lines = [l for text in files.values() for l in text.splitlines() if re.search(r"expected-error|CHECK|error", l)]
    for place, texts in errors(root, folders):
        if not any(text.strip() in line for text in texts for line in lines):
            yield f"{place}: no lit file expects '{texts[0]}'"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", required=True)
    parser.add_argument("--tblgen", required=True)
    parser.add_argument("--mlir-include", required=True)
    args = parser.parse_args()
    files = dict(lit_files(args.root))
    dialect = records(args.tblgen, args.root, args.mlir_include, os.path.join(args.root, "dialects", "pa", "PaOps.td"))
    passes = records(args.tblgen, args.root, args.mlir_include, os.path.join(args.root, "passes", "Passes.td"))
    problems = [*check_ops(dialect, files), *check_passes(passes, files)]
    problems += check_errors(args.root, ("dialects", "passes"), files)
    print("\n".join(problems) if problems else f"{len(files)} lit files")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
