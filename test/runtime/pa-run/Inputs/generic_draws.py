"""Random variants and inputs by the generic kernel, which libpa has without compiling: pa-run has to verify each.

usage: generic_draws.py SCRATCH [--seed N] [--count N]
"""

import argparse
import json
import os
import random
import subprocess
import sys

import draw

OWN_FP8 = {"gfx942": "fp8_e4m3fnuz", "gfx950": "fp8_e4m3fn"}


def supported(variant, chip):
    """The draw, but for what no kernel of ours has."""
    own = variant["cache_type"] == OWN_FP8[chip]
    return {**variant, "page_size": 48 if variant["page_size"] == 3 else variant["page_size"],
            "products": variant["products"] if own else "wide",
            "mask": "causal" if variant["window"] else variant["mask"]}


def judge(number, arguments):
    """The draw as text, and what is wrong with it or None."""
    source = random.Random(f"{arguments.seed} {number}")
    variant, options = draw.draw(source)
    chip = source.choice(sorted(OWN_FP8))
    if source.random() < 0.3:
        options.append("--exactness")
    path = os.path.join(arguments.scratch, f"{number}.json")
    with open(path, "w") as file:
        json.dump(supported(variant, chip), file)
    command = ["pa-run", path, "--generic", "--chip", chip, *options]
    ran = subprocess.run(command, capture_output=True, text=True)
    verified = ran.returncode == 0 and "decode_generic for " + chip in ran.stdout
    return f"draw {number}: {json.dumps(variant)} {' '.join(command)}", None if verified else ran.stdout + ran.stderr


def main():
    parser = argparse.ArgumentParser()
    draw.add_options(parser)
    arguments = parser.parse_args()
    os.makedirs(arguments.scratch, exist_ok=True)
    return draw.judge_all(judge, arguments)


if __name__ == "__main__":
    sys.exit(main())
