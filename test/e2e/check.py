"""Compiles a variant, holds its code object to the bars, runs it and verifies it.

usage: check.py --chip gfx942 [--pa-options=...] [--exactness] [--bars=registers,flight,loads] -- key=value ...

A variant is written as in variant.py; several, separated by '/', are checked one after another. Prints a line each and
exits with status 1 if any of them is not what it should be.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import variant

CONTEXTS = "0,1,3,16,63,64,65,130,257,700"


def run(command):
    return subprocess.run(command, capture_output=True, text=True)


def check_registers(kernel):
    keys = ("vgpr_spills", "sgpr_spills", "scratch_bytes_per_lane", "scratch_accesses")
    return [f"{key} is {kernel[key]}" for key in keys if kernel[key] != 0]


def check_flight(kernel, rows):
    loop = kernel["kv_loop"]
    want = (128 if rows <= 16 else 64) * 1024
    bad = []
    if loop["least_in_flight_bytes_per_cu"] < want:
        bad.append(f"{loop['least_in_flight_bytes_per_cu']} bytes in flight per CU, at least {want} wanted")
    if loop["least_vmcnt"] == 0:
        bad.append("the KV loop waits for vmcnt(0)")
    return bad + [f"{key} is {loop[key]}" for key in ("loaded_register_copies", "scratch_accesses") if loop[key] != 0]


def check_loads(kernel):
    """Every KV load is 16 bytes a lane and non-temporal."""
    loop = kernel["kv_loop"]
    if loop["kv_loads_nontemporal"] == loop["kv_loads"] == loop["loads_by_bytes_per_lane"].get("16"):
        return []
    return [f"{loop['kv_loads']} KV loads, {loop['kv_loads_nontemporal']} non-temporal, by width "
            f"{loop['loads_by_bytes_per_lane']}"]


def check(words, arguments, directory):
    v = variant.parse(words)
    source = os.path.join(directory, "kernel.mlir")
    objectfile = os.path.join(directory, "kernel.hsaco")
    with open(source, "w") as file:
        file.write(variant.ir(v))
    compiled = run(["pa-compile", source, "--chip", arguments.chip, "-o", objectfile,
                    f"--pa-options={arguments.pa_options}"])
    if compiled.returncode != 0:
        return ["does not compile: " + compiled.stderr.strip()]
    bad = []
    inspected = run(["pa-inspect", objectfile, "--json"])
    kernel = json.loads(inspected.stdout)["kernels"][0]
    rows = (v["group"] * v["query_tokens"] + 15) // 16 * 16
    if "registers" in arguments.bars:
        bad += check_registers(kernel)
    if "flight" in arguments.bars:
        bad += check_flight(kernel, rows)
    if "loads" in arguments.bars:
        bad += check_loads(kernel)
    command = ["pa-run", objectfile, "--contexts", arguments.contexts, "--scale", str(arguments.scale)]
    if arguments.exactness:
        command.append("--exactness")
    ran = run(command)
    if ran.returncode != 0:
        bad.append("not verified:\n" + ran.stdout + ran.stderr)
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chip", required=True)
    parser.add_argument("--pa-options", default="")
    parser.add_argument("--contexts", default=CONTEXTS)
    parser.add_argument("--scale", type=float, default=0.0884)
    parser.add_argument("--exactness", action="store_true")
    parser.add_argument("--bars", default="registers", type=lambda text: text.split(","))
    parser.add_argument("variants", nargs="+")
    arguments = parser.parse_args()
    groups = " ".join(arguments.variants).split("/")
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        for group in groups:
            bad = check(group.split(), arguments, directory)
            failed += bool(bad)
            print(f"{'bad' if bad else 'ok '} {arguments.chip} {group.strip()} {arguments.pa_options}", flush=True)
            for line in bad:
                print("    " + line)
    print(f"{len(groups) - failed} of {len(groups)} variants hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
