#!/usr/bin/env python3
"""How fast the emulated device is: instructions of waves a second on one core, with matrix products summed exactly and
fast, at each of the host's vector levels. The verifier's counters are on, its sanitizer is off.

usage: emulator.py LEVELS EXAMPLE.mlir...

LEVELS are those that the emulator is built for, with commas: v1,v3,v4; those that the host lacks are left out.

Of three runs each the fastest counts.
"""

import json
import os
import subprocess
import sys
import tempfile

ARGUMENTS = "--batch 8 --contexts 4096 --check none --sanitize off --json -".split()
# Without one of its flags the host does not have the level.
LEVELS = {"v1": set(), "v3": {"avx2", "fma", "f16c", "bmi2"}, "v4": {"avx512f", "avx512bw", "avx512dq", "avx512vl"}}


def levelsOf(built):
    with open("/proc/cpuinfo") as info:
        flags = next(set(line.split(":")[1].split()) for line in info if line.startswith("flags"))
    return [level for level in built.split(",") if LEVELS[level] <= flags]


def rate(objectfile, level, mfma):
    core = {min(os.sched_getaffinity(0))}
    best = 0
    for _ in range(3):
        done = subprocess.run(["pa-run", objectfile, *ARGUMENTS, "--mfma", mfma], check=True, capture_output=True,
                              text=True, env={**os.environ, "PA_EMU_LEVEL": level},
                              preexec_fn=lambda: os.sched_setaffinity(0, core))
        counters = json.loads(done.stdout)["counters"]
        best = max(best, counters["instructions"] / counters["hostSeconds"])
    return best


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for source in sys.argv[2:]:
            for chip in ("gfx942", "gfx950"):
                objectfile = os.path.join(scratch, "kernel.hsaco")
                subprocess.run(["pa-compile", source, "--chip", chip, "-o", objectfile], check=True)
                for level in levelsOf(sys.argv[1]):
                    exact, fast = (rate(objectfile, level, mfma) * 1e-6 for mfma in ("exact", "fast"))
                    print(f"{os.path.basename(source)} {chip} x86-64-{level}: {exact:.2f} million instructions a second "
                          f"exact, {fast:.2f} fast", flush=True)


if __name__ == "__main__":
    main()
