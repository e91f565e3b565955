"""Random variants with naive-decode.hip in the compiler's place: pa-run has to verify each.

usage: naive_draws.py naive-decode.hip FOLDER-OF-RUNTIME-HEADERS SCRATCH [--seed N] [--count N]
"""

import argparse
import json
import os
import random
import subprocess
import sys

import draw


def run(command):
    return subprocess.run(command, capture_output=True, text=True)


def describe(variant, chip):
    launch = {"block": variant["value_head_size"], "grid": "items", "workgroups_per_cu": 0, "slot_bytes": 0,
              "tile_tokens": 64, "items_per_sequence": variant["kv_heads"]}
    return json.dumps({"pa": 2, "kernel": "decode_naive", "chip": chip, "compiler": "clang",
                       "variant": {**variant, "split": "none", "p": "split"}, "launch": launch})


def header(variant, chip):
    lines = [f"#define {name.upper()} {json.dumps(value).strip(chr(34))}" for name, value in variant.items()]
    return "\n".join(lines + ["#define USER_SCORE false", "#define FAULT 0",
                              f'#define DESCRIPTION R"pa({describe(variant, chip)})pa"', ""])


def judge(number, arguments):
    """The draw as text, and what is wrong with it or None."""
    source = random.Random(f"{arguments.seed} {number}")
    variant, options = draw.draw(source)
    chip = source.choice(["gfx942", "gfx950"])
    if source.random() < 0.3:
        options.append("--exactness")
    defines, compiled = (os.path.join(arguments.scratch, f"{number}.{end}") for end in ("h", "hsaco"))
    with open(defines, "w") as file:
        file.write(header(variant, chip))
    text = f"draw {number}: {chip} {json.dumps(variant)} pa-run {' '.join(options)}"
    built = run(["clang++", "-x", "hip", "-std=c++17", "--offload-device-only", "--no-gpu-bundle-output",
                 "--offload-arch=" + chip, "-nogpuinc", "-nogpulib", "-ffreestanding", "-O2", "-Wall", "-Werror",
                 "-I" + arguments.headers, "-include", defines, arguments.source, "-o", compiled])
    if built.returncode != 0:
        return text, "does not compile: " + built.stderr
    ran = run(["pa-run", compiled, *options])
    return text, None if ran.returncode == 0 else ran.stdout + ran.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("headers")
    draw.add_options(parser)
    arguments = parser.parse_args()
    os.makedirs(arguments.scratch, exist_ok=True)
    return draw.judge_all(judge, arguments)


if __name__ == "__main__":
    sys.exit(main())
