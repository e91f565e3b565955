"""Random variants through the compiler: each is verified by pa-run, or the query of support says why not.

usage: draws.py [--seed N] [--count N] [--first N] [--checked]

Prints the reasons of what is refused, in how many of the others registers are spilled, and whatever is neither. Variants and inputs are those of
test/runtime/pa-run/Inputs/draw.py; a draw is a function of the seed and its number. With --checked every launch of
pa-run's is a checked one too (PA_VERIFY), and inputs with NaN, which that reports, are left out.
"""

import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "runtime", "pa-run", "Inputs"))
import draw  # noqa: E402


def run(command):
    return subprocess.run(command, capture_output=True, text=True)


def complete(source, variant):
    """What a kernel of clang's has no choice in."""
    variant["p"] = source.choice(["single", "single", "split"])
    variant["split"] = source.choice(["balanced", "balanced", "none", "fixed"])
    if variant["split"] == "fixed":
        variant["split_tokens"] = source.choice([64, 128, 256])


def judge(number, seed, folder, checked):
    """"verified", "refused" or "bad", the draw as text, and the reason."""
    source = random.Random(f"{seed} {number}")
    variant, options = draw.draw(source)
    complete(source, variant)
    chip = source.choice(["gfx942", "gfx950"])
    if source.random() < 0.3:
        options.append("--exactness")
    path = os.path.join(folder, f"{number}.json")
    with open(path, "w") as file:
        json.dump(variant, file)
    text = f"draw {number}: {chip} {json.dumps(variant)} pa-run {' '.join(options)}"
    if checked and "every-code" in options:
        options[options.index("every-code")] = "normal"
    ran = run(["pa-run", path, "--chip", chip, *options])
    if ran.returncode == 0:
        return "verified", text, ran.stdout
    # The query compiles what it supports, so only what did not run is asked for.
    asked = run(["pa-compile", "--explain", path, "--chip", chip])
    reason = (asked.stdout + asked.stderr).strip()
    named = "limit of the hardware" in reason or "limit of the description" in reason
    if asked.returncode != 0 and named:
        return "refused", text, reason
    return "bad", text, ran.stdout + ran.stderr + reason


def spilled(report):
    """Vector and scalar registers, of pa-run's report."""
    return map(int, re.search(r"(\d+) VGPR and (\d+) SGPR spills", report).groups())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--checked", action="store_true")
    arguments = parser.parse_args()
    if arguments.checked:
        os.environ["PA_VERIFY"] = "pointers,results"
    numbers = range(arguments.first, arguments.first + arguments.count)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda number: judge(number, arguments.seed, folder, arguments.checked), numbers))
    for verdict, text, reason in results:
        if verdict == "bad":
            print(text + "\n" + reason)
    kinds = collections.Counter(verdict for verdict, _, _ in results)
    reasons = collections.Counter(line.strip() for verdict, _, reason in results if verdict == "refused"
                                  for line in reason.splitlines() if "limit of" in line)
    for reason, times in reasons.most_common():
        print(f"refused {times} times: {reason}")
    spills = [tuple(spilled(report)) for verdict, _, report in results if verdict == "verified"]
    print(f"spilled: vector registers in {sum(v > 0 for v, _ in spills)}, scalar ones in {sum(s > 0 for _, s in spills)}")
    print(f"seed {arguments.seed}: {kinds['verified']} verified, {kinds['refused']} refused, {kinds['bad']} neither")
    return 1 if kinds["bad"] else 0


if __name__ == "__main__":
    sys.exit(main())
