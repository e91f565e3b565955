#!/usr/bin/env python3
"""How fast the emulated device is, with matrix products summed exactly and fast, counting what a launch does and not.

usage: emulator.py LEVELS EXAMPLE.mlir...

LEVELS are those that the emulator is built for, with commas: v1,v3,v4; those that the host lacks are left out.

First millions of instructions of waves a second on one core, at each level, of each example; of three runs the fastest
counts. Then seconds of the whole case at the host's best level on all its cores, two at most: bf16 decode, batch 64,
8 KV heads, context 4096, head size 128 (the last example).
"""

import json
import os
import subprocess
import sys
import tempfile

ARGUMENTS = "--check none --sanitize off --json -".split()
# Without one of its flags the host does not have the level.
LEVELS = {"v1": set(), "v3": {"avx2", "fma", "f16c", "bmi2"}, "v4": {"avx512f", "avx512bw", "avx512dq", "avx512vl"}}
CHIPS = ("gfx942", "gfx950")
SUMS = ("exact", "fast")


def levelsOf(built):
    with open("/proc/cpuinfo") as info:
        flags = next(set(line.split(":")[1].split()) for line in info if line.startswith("flags"))
    return [level for level in built.split(",") if LEVELS[level] <= flags]


def compiled(source, chip, folder):
    objectfile = os.path.join(folder, f"{chip}.hsaco")
    subprocess.run(["pa-compile", source, "--chip", chip, "-o", objectfile], check=True)
    return objectfile


def best(objectfile, level, cores, *options):
    """Instructions and seconds of the fastest of three runs."""
    runs = []
    for _ in range(3):
        done = subprocess.run(["pa-run", objectfile, *ARGUMENTS, "--threads", str(len(cores)), *options], check=True,
                              capture_output=True, text=True, env={**os.environ, "PA_EMU_LEVEL": level},
                              preexec_fn=lambda: os.sched_setaffinity(0, cores))
        counters = json.loads(done.stdout)["counters"]
        runs.append((counters["hostSeconds"], counters["instructions"]))
    seconds, instructions = min(runs)
    return instructions, seconds


def rates(source, objectfile, chip, level, core):
    for counted in ("on", "off"):
        figures = []
        for mfma in SUMS:
            instructions, seconds = best(objectfile, level, core, "--batch", "8", "--contexts", "4096", "--mfma", mfma,
                                         "--counters", counted)
            figures.append(f"{instructions / seconds * 1e-6:.1f} {mfma}")
        print(f"{os.path.basename(source)} {chip} x86-64-{level}, counters {counted}: million instructions a second: "
              f"{', '.join(figures)}", flush=True)


def wholeCase(source, objectfile, chip, level, cores):
    figures = []
    for mfma in SUMS:
        instructions, seconds = best(objectfile, level, cores, "--batch", "64", "--contexts", "4096", "--mfma", mfma)
        figures.append(f"{seconds:.2f} s {mfma}")
    print(f"batch 64, context 4096, {chip} x86-64-{level}, {len(cores)} cores: {instructions * 1e-6:.1f} million "
          f"instructions, {', '.join(figures)}", flush=True)


def main():
    levels, sources = levelsOf(sys.argv[1]), sys.argv[2:]
    cores = sorted(os.sched_getaffinity(0))[:2]
    with tempfile.TemporaryDirectory() as folder:
        for source in sources:
            for chip in CHIPS:
                objectfile = compiled(source, chip, folder)
                for level in levels:
                    rates(source, objectfile, chip, level, cores[:1])
        for chip in CHIPS:
            wholeCase(sources[-1], compiled(sources[-1], chip, folder), chip, levels[-1], cores)


if __name__ == "__main__":
    main()
