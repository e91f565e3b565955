"""What each optional pass is worth: bytes in flight, KV bytes read and instructions, with it and without.

usage: passes.py [--bin DIR] [--contexts N,...] KERNEL.mlir...

Each kernel is compiled with all passes, with one left out at a time, and with none; figures come from the code object
(pa-inspect) and from counting its run on the emulated device (pa-run), never from a clock.
"""

import argparse
import json
import os
import subprocess
import tempfile

PASSES = ["shuffle", "split", "share-queries", "peel", "prefetch", "double-buffer", "nontemporal"]
CHIPS = ["gfx942", "gfx950"]


def measure(arguments, kernel, chip, options, directory):
    objectfile = os.path.join(directory, "k.hsaco")
    tool = lambda name: os.path.join(arguments.bin, name)
    subprocess.run([tool("pa-compile"), kernel, "--chip", chip, "-o", objectfile, f"--pa-options={options}"], check=True)
    inspected = subprocess.run([tool("pa-inspect"), objectfile, "--json"], check=True, capture_output=True)
    loop = json.loads(inspected.stdout)["kernels"][0]["kv_loop"]
    ran = subprocess.run([tool("pa-run"), objectfile, "--contexts", arguments.contexts, "--json", "-"], check=True,
                         capture_output=True)
    report = json.loads(ran.stdout)
    return {
        "in flight per CU, KiB": f"{loop['least_in_flight_bytes_per_cu'] / 1024:.0f}",
        "KV bytes / needed": f"{report['kv_traffic']['loaded_over_needed']:.4f}",
        "nt loads": f"{100 * report['kv_traffic']['nontemporal_share']:.0f} %",
        "instructions": f"{report['counters']['instructions']}",
        "loop": f"{loop['instructions']}",
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/bin")
    parser.add_argument("--contexts", default="1024,1000")
    parser.add_argument("kernels", nargs="+")
    arguments = parser.parse_args()
    cases = [("all passes", "")] + [(f"without {name}", f"{name}=false") for name in PASSES]
    cases.append(("none", " ".join(f"{name}=false" for name in PASSES)))
    with tempfile.TemporaryDirectory() as directory:
        for kernel in arguments.kernels:
            for chip in CHIPS:
                print(f"\n{os.path.basename(kernel)}, {chip}, contexts {arguments.contexts}")
                for label, options in cases:
                    row = measure(arguments, kernel, chip, options, directory)
                    if label == cases[0][0]:
                        print(" " * 22 + " ".join(f"{name:>22}" for name in row))
                    print(f"{label:22}" + " ".join(f"{value:>22}" for value in row.values()), flush=True)


if __name__ == "__main__":
    main()
