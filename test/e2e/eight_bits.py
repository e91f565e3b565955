"""Kernels over FP8 caches: each compiles without a spill, is verified, and keeps what must hold to the bit.

usage: eight_bits.py --chip gfx942
"""

import argparse
import json
import os
import sys
import tempfile

from check import check_registers, run

OWN_FORMAT = {"gfx942": "fp8_e4m3fnuz", "gfx950": "fp8_e4m3fn"}
BASE = {"products": "fp8", "head_size": 128, "q_heads": 16, "kv_heads": 2, "page_size": 16, "layout": "shuffled",
        "lse": True}
CASES = [
    {},
    {"layout": "nhd", "page_size": 1},
    {"layout": "classic", "head_size": 64, "q_heads": 8, "query_tokens": 4},
    {"scales": "token"},
    {"scales": "page"},
    {"products": "wide"},
    {"products": "wide", "scales": "token"},
    {"products": "wide", "scales": "page"},
    {"head_size": 64, "scales": "token"},
    {"layout": "hnd", "page_size": 64, "scales": "page"},
    {"q_heads": 64, "scales": "head"},
    {"p": "split"},
    {"layout": "nhd", "head_size": 64, "p": "split", "scales": "token"},
    {"head_size": 192, "value_head_size": 128},
    {"soft_cap": True, "sinks": True, "alibi": True, "lse": False},
    {"head_size": 80, "layout": "nhd", "query_type": "f16", "window": 100},
]
# Of head size 128 and 16 rows: from memory to operands, or nearly so.
IN_FLIGHT_CASES = CASES[:2] + CASES[3:8]
LEAST_IN_FLIGHT = 128 * 1024
# Weights are in f16, whatever the queries are.
WIDE_RATIO = 1.05


def check(case, chip, folder):
    variant = {**BASE, "cache_type": OWN_FORMAT[chip], **case}
    source, compiled = os.path.join(folder, "variant.json"), os.path.join(folder, "kernel.hsaco")
    with open(source, "w") as file:
        json.dump(variant, file)
    done = run(["pa-compile", source, "--chip", chip, "-o", compiled])
    if done.returncode != 0:
        return ["does not compile: " + done.stderr.strip()]
    kernel = json.loads(run(["pa-inspect", compiled, "--json"]).stdout)["kernels"][0]
    bad = check_registers(kernel)
    flight = kernel["kv_loop"]["least_in_flight_bytes_per_cu"]
    if case in IN_FLIGHT_CASES and flight < LEAST_IN_FLIGHT:
        bad.append(f"{flight} bytes in flight per CU, at least {LEAST_IN_FLIGHT} wanted")
    ran = run(["pa-run", compiled, "--contexts", "0,1,63,130,600", "--exactness", "--json", "-"])
    if ran.returncode != 0:
        return bad + ["not verified:\n" + ran.stdout + ran.stderr]
    report = json.loads(ran.stdout)
    if conflicts := report["counters"]["ldsConflicts"]:
        bad.append(f"{conflicts} cycles of LDS bank conflicts")
    ratio = report["errors"]["ratio_to_best"]
    if variant["products"] == "wide" and ratio > WIDE_RATIO:
        bad.append(f"relative L2 is {ratio} times the best possible, at most {WIDE_RATIO} wanted")
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chip", required=True)
    chip = parser.parse_args().chip
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            bad = check(case, chip, folder)
            failed += bool(bad)
            print(f"{'bad' if bad else 'ok '} {chip} {json.dumps(case)}", flush=True)
            for line in bad:
                print("    " + line)
    print(f"{len(CASES) - failed} of {len(CASES)} kernels hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
