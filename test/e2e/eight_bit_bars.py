"""Compiles kernels over caches of 8 bits at head size 128 and holds each code object to the bars, without running it.

usage: eight_bit_bars.py --chip gfx942

As bars.py, for descriptions of variants: no spill, no scratch, KV loads of 16 bytes, and the bytes in flight (check.py).
Copies of loaded registers are not counted: codes are converted by vector instructions, which reach half of the registers,
and a copy where the codes are used waits for nothing that is not needed there. Exits with status 1 if a variant misses one.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile

import bars
import check

OWN, FOREIGN = {"gfx942": "fp8_e4m3fnuz", "gfx950": "fp8_e4m3fn"}, {"gfx942": "fp8_e4m3fn", "gfx950": "fp8_e4m3fnuz"}
PLACES = (("shuffled", 16), ("classic", 16), ("nhd", 16), ("nhd", 1), ("hnd", 64))
FEW_PLACES = (PLACES[0], PLACES[2])
ROWS = {16: (16, 1), 32: (32, 2), 48: (32, 3), 64: (32, 4)}  # query heads on 2 KV heads, query tokens


def cases(chip):
    """(description, rows)"""
    def some(places, scales, rows, **fields):
        for (layout, page), kind, count in itertools.product(places, scales, rows):
            heads, tokens = ROWS[count]
            yield {"head_size": 128, "kv_heads": 2, "q_heads": heads, "query_tokens": tokens, "layout": layout,
                   "page_size": page, "scales": kind, **fields}, count

    yield from some(PLACES, ("none", "token"), ROWS, cache_type=OWN[chip])
    yield from some(FEW_PLACES, ("page",), ROWS, cache_type=OWN[chip])
    yield from some(FEW_PLACES, ("none", "token", "page"), (16, 32), cache_type=OWN[chip], products="fp8")
    for other in (FOREIGN[chip], "int8"):
        yield from some(FEW_PLACES, ("none", "token"), (16,), cache_type=other)
    yield from some(FEW_PLACES, ("none", "token"), (16, 64), cache_type=OWN[chip], p="split")
    yield from some(FEW_PLACES, ("none",), (16,), cache_type=OWN[chip], window=100)
    yield from some(FEW_PLACES, ("none", "token"), (16,), cache_type=OWN[chip], alibi=True)


def judge(description, rows, chip, folder):
    """What misses a bar, and the bytes in flight."""
    kernel, error = bars.compile_report(json.dumps(description), chip, folder, "variant.json")
    if error:
        return [error], 0
    flight = [line for line in check.check_flight(kernel, rows) if "copies" not in line]
    return (check.check_registers(kernel) + check.check_loads(kernel) + flight,
            kernel["kv_loop"]["least_in_flight_bytes_per_cu"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chip", required=True)
    chip = parser.parse_args().chip
    tried = missed = 0
    least = {}
    with tempfile.TemporaryDirectory() as folder:
        for description, rows in cases(chip):
            bad, in_flight = judge(description, rows, chip, folder)
            least[rows] = min(in_flight, least.get(rows, in_flight))
            tried += 1
            missed += bool(bad)
            for line in bad:
                print(f"{json.dumps(description)}: {line}", flush=True)
    print("least KiB in flight a CU:", ", ".join(f"{least[rows] / 1024:g} at {rows} rows" for rows in ROWS))
    print(f"{chip}: {tried - missed} of {tried} variants hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
