#!/usr/bin/env python3
"""Compile time: a whole pa-compile process, from .mlir to code object, against llc alone on the LLVM IR of that kernel.

The bar is 3 times llc plus 0.3 s: parsing, our passes, LLVM's IR pipeline and the link may take no more than that
together. Medians of several runs; exit status 1 if a kernel is over the bar.
"""

import argparse
import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

FACTOR, FIXED = 3.0, 0.3


def seconds(command, runs):
    """The median of `runs` runs, after one that warms the page cache."""
    times = []
    for _ in range(runs + 1):
        start = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.monotonic() - start)
    return statistics.median(times[1:])


def measure(source, chip, runs):
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "out.hsaco")
        compile_command = ["pa-compile", source, "--chip", chip, "-o", output]
        subprocess.run([*compile_command, f"--save-stages={folder}"], check=True)
        ir = glob.glob(os.path.join(folder, chip, "*-optimized.ll"))[0]
        llc_command = ["llc", "-O3", f"-mcpu={chip}", "-filetype=obj", ir, "-o", os.path.join(folder, "out.o")]
        whole, llc = seconds(compile_command, runs), seconds(llc_command, runs)
    bar = FACTOR * llc + FIXED
    name = os.path.splitext(os.path.basename(source))[0]
    return {"kernel": name, "chip": chip, "pa_compile_s": whole, "llc_s": llc, "ratio": whole / llc, "bar_s": bar}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", help=".mlir files")
    parser.add_argument("--chips", default="gfx942,gfx950")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", help="also write the figures to this file")
    args = parser.parse_args()
    print(f"{'kernel':24} {'chip':8} {'pa-compile':>11} {'llc':>8} {'ratio':>6} {'bar':>8}")
    rows = []
    for source in args.sources:
        for chip in args.chips.split(","):
            row = measure(source, chip, args.runs)
            rows.append(row)
            over = "" if row["pa_compile_s"] <= row["bar_s"] else "  over the bar"
            print(
                f"{row['kernel']:24} {chip:8} {row['pa_compile_s']:9.3f} s {row['llc_s']:6.3f} s"
                f" {row['ratio']:6.2f} {row['bar_s']:6.3f} s{over}",
                flush=True,
            )
    if args.json:
        with open(args.json, "w") as file:
            json.dump(rows, file, indent=1)
    sys.exit(any(row["pa_compile_s"] > row["bar_s"] for row in rows))


if __name__ == "__main__":
    main()
