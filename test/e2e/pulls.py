"""Runs the cases of the pull requests that the project began with, each verified against float64.

usage: pulls.py --chip gfx942 [--p split]

Drafts of several tokens over a cache of FP8 with a scale a token (PR-003), a sample of the sweep over pages and types
(PR-002), one token a page with a soft-cap (PR-001), and the shuffled FP8 cache (PR-000). Batches are sampled down.
Exits with status 1 if any case is not verified.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile

NATIVE_FP8 = {"gfx942": "fp8_e4m3fnuz", "gfx950": "fp8_e4m3fn"}


def drafts(fp8):
    for group, tokens, context in itertools.product((8, 16, 10), (2, 3, 4), (128, 4097, 16384)):
        yield f"drafts: {group} heads, {tokens} tokens, context {context}", context, dict(
            cache_type=fp8, scales="token", q_heads=group, kv_heads=1, page_size=16, layout="shuffled",
            query_tokens=tokens)


def sweep(fp8):
    cases = ((16, fp8, 2048, 1, 4), (64, fp8, 4096, 3, 4), (16, "bf16", 8192, 2, 4), (64, "bf16", 2048, 4, 8),
             (64, fp8, 8192, 1, 8))
    for page, cache, context, tokens, kv_heads in cases:
        yield f"sweep: page {page}, {cache}, context {context}, {tokens} tokens, 64 / {kv_heads} heads", context, dict(
            cache_type=cache, scales="token" if cache == fp8 else "none", q_heads=64, kv_heads=kv_heads,
            page_size=page, layout="shuffled", query_tokens=tokens)


def single(fp8):
    yield "soft-cap, page 1", 2048, dict(cache_type="bf16", q_heads=6, kv_heads=1, page_size=1, layout="nhd", soft_cap=True)
    yield "shuffled FP8, 32 / 4 heads", 4096, dict(cache_type=fp8, scales="token", q_heads=32, kv_heads=4, page_size=16,
                                                   layout="shuffled")


def run(variant, context, chip, directory):
    source = os.path.join(directory, "variant.json")
    with open(source, "w") as file:
        json.dump(dict(variant, head_size=128), file)
    command = ["pa-run", source, "--chip", chip, "--contexts", str(context), "--soft-cap", "30"]
    if not variant.get("soft_cap"):
        command = command[:-2]
    return subprocess.run(command, capture_output=True, text=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chip", required=True)
    parser.add_argument("--p", default="single")
    arguments = parser.parse_args()
    fp8 = NATIVE_FP8[arguments.chip]
    cases = list(itertools.chain(drafts(fp8), sweep(fp8), single(fp8)))
    verified = 0
    with tempfile.TemporaryDirectory() as directory:
        for name, context, variant in cases:
            ran = run(dict(variant, p=arguments.p), context, arguments.chip, directory)
            verified += ran.returncode == 0
            if ran.returncode != 0:
                print(f"{name}:\n{ran.stdout}{ran.stderr}", flush=True)
    print(f"{arguments.chip}, p = {arguments.p}: {verified} of {len(cases)} cases verified")
    return 0 if verified == len(cases) else 1


if __name__ == "__main__":
    sys.exit(main())
