"""Compiles every combination of the axes below and holds each code object to the bars, without running it.

usage: bars.py --chip gfx942 --head-size 128

What a loop over tiles may cost (check.py has the bars): no spill, no scratch, KV loads of 16 bytes, and at head size 128
the bytes in flight. Exits with status 1 if any variant misses one.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile

import check
import variant

TYPES = ("bf16", "f16")
PROBABILITIES = ("single", "split")
PLACES = (("shuffled", 16), ("shuffled", 64), ("classic", 1), ("classic", 16), ("classic", 64), ("nhd", 1), ("nhd", 16),
          ("nhd", 64))
ROWS = ((8, 1), (10, 3), (12, 4), (16, 4))  # heads a KV head, query tokens: 16, 32, 48 and 64 rows


def compile_report(text, chip, directory, name="kernel.mlir"):
    """The report on the kernel of a module (or, named .json, of a description), and an error's text."""
    source = os.path.join(directory, name)
    with open(source, "w") as file:
        file.write(text)
    command = ["pa-compile", source, "--chip", chip, "-o", os.path.join(directory, "kernel.hsaco"), "--json-report=-"]
    compiled = subprocess.run(command, capture_output=True, text=True)
    if compiled.returncode != 0:
        return None, compiled.stderr.strip()
    return json.loads(compiled.stdout)["objects"][0]["kernels"][0], ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chip", required=True)
    parser.add_argument("--head-size", type=int, required=True)
    arguments = parser.parse_args()
    tried = missed = 0
    with tempfile.TemporaryDirectory() as directory:
        for type_, p, (layout, page), (group, tokens) in itertools.product(TYPES, PROBABILITIES, PLACES, ROWS):
            v = dict(variant.DEFAULTS, type=type_, p=p, layout=layout, page=page, group=group, query_tokens=tokens,
                     head_size=arguments.head_size, lse=1)
            kernel, error = compile_report(variant.ir(v), arguments.chip, directory)
            bad = [error] if error else check.check_registers(kernel) + check.check_loads(kernel)
            if kernel and arguments.head_size == 128:
                bad += check.check_flight(kernel, (group * tokens + 15) // 16 * 16)
            tried += 1
            missed += bool(bad)
            for line in bad:
                print(f"{type_} p={p} {layout} page={page} {group}x{tokens}: {line}", flush=True)
    print(f"{arguments.chip}, head size {arguments.head_size}: {tried - missed} of {tried} variants hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
