#!/usr/bin/env python3
"""What libpa adds to reading a cached kernel's file, to a launch, and to compiling in process. The GPU's part is stubbed
out. Every row is compared inside of one run, and given as a part of its bar: 3 ms over reading the file, 1 us over the
stubbed launch, 1.3 times compiling in process."""

import argparse
import json
import os
import statistics
import subprocess
import tempfile


def program(args, command, *rest, cache):
    environment = dict(os.environ, PA_LIBHIP_PATH=args.stub, PA_CACHE_DIR=cache)
    done = subprocess.run([args.program, command, args.example, *rest], env=environment, check=True, capture_output=True)
    return json.loads(done.stdout)


def compile_in_process(args, scratch):
    """Milliseconds of parsing, passes and codegen, as the compiler itself measures them."""
    report = os.path.join(scratch, "report.json")
    command = ["pa-compile", args.example, "--chip", "gfx942", "-o", os.path.join(scratch, "o"), "--json-report", report]
    subprocess.run(command, check=True)
    with open(report) as file:
        return sum(stage["ms"] for stage in json.load(file)["objects"][0]["compile_ms"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("program", "stub", "example"):
        parser.add_argument("--" + option, required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cold, inside = [], []
        for n in range(9):
            cold.append(program(args, "first", cache=os.path.join(scratch, f"cache{n}"))["request_ms"])
            inside.append(compile_in_process(args, scratch))
        warm = [program(args, "first", cache=os.path.join(scratch, "cache0")) for _ in range(31)]
        launch = program(args, "launches", args.stub, cache=os.path.join(scratch, "cache0"))
    request, read = (statistics.median(w[k] for w in warm) for k in ("request_ms", "read_ms"))
    cold, inside = statistics.median(cold), statistics.median(inside)
    over = launch["pa_decode_ns"] - launch["direct_ns"]
    of = lambda value, bar: f"{value / bar:.2f} of the bar"
    print(
        f"cached kernel, first request of a process  {request:.2f} ms, {request - read:.2f} ms over reading its file: "
        f"{of(request - read, 3)}"
    )
    print(
        f"launch                                     {over:.0f} ns over the stubbed call's {launch['direct_ns']:.0f} ns: "
        f"{of(over, 1000)}"
    )
    print(
        f"cold request                               {cold:.0f} ms, {cold / inside:.2f} times the {inside:.0f} ms in process: "
        f"{of(cold / inside, 1.3)}"
    )


main()
