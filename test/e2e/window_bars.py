"""Bars of decode kernels with a sliding window, of 16 and of 8 bits: registers, loads and bytes in flight, from pa-compile's
report.

usage: window_bars.py --chip NAME

A window's masks are on a wave's first tile only, so the loop has the bars of a kernel without one. Scalar registers may be
spilled, into lanes of a vector register and outside of the loop, and at most 16 of them: the masks of the tiles at both
ends take them.
"""

import argparse
import itertools
import json
import sys
import tempfile

import bars
import check
import eight_bit_bars

PLACES = (("nhd", 16), ("shuffled", 16))
SCALARS = 16


def cases(chip):
    """(description, rows)"""
    own = eight_bit_bars.OWN[chip]
    kinds = [{"cache_type": "bf16", "p": p} for p in ("single", "split")]
    kinds += [{"cache_type": own, "scales": scales} for scales in ("none", "token")]
    for (layout, page), kind, (rows, (heads, tokens)) in itertools.product(PLACES, kinds, eight_bit_bars.ROWS.items()):
        yield {"head_size": 128, "kv_heads": 2, "q_heads": heads, "query_tokens": tokens, "layout": layout,
               "page_size": page, "window": 1000, **kind}, rows


def judge(description, rows, chip, folder):
    kernel, error = bars.compile_report(json.dumps(description), chip, folder, "variant.json")
    if error:
        return [error]
    spilled = kernel["sgpr_spills"]
    bad = [line for line in check.check_registers(kernel) if "sgpr" not in line] + check.check_loads(kernel)
    bad += [line for line in check.check_flight(kernel, rows) if "copies" not in line]
    return bad + ([f"{spilled} scalar registers spilled, at most {SCALARS} allowed"] if spilled > SCALARS else [])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chip", required=True)
    chip = parser.parse_args().chip
    tried = missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for description, rows in cases(chip):
            bad = judge(description, rows, chip, folder)
            tried += 1
            missed += bool(bad)
            for line in bad:
                print(f"{json.dumps(description)}: {line}", flush=True)
    print(f"{chip}: {tried - missed} of {tried} variants hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
