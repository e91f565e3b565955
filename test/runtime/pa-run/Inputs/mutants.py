"""Breaks naive-decode.hip in one place at a time and checks that pa-run finds each of the broken kernels wrong.

usage: mutants.py naive-decode.hip FOLDER-OF-KERNELS FOLDER-OF-RUNTIME-HEADERS SCRATCH
"""

import os
import subprocess
import sys
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

# `old` stands in the source once and is replaced by `new`, for the variant of `kernel`, run with `options`.
Mutant = namedtuple("Mutant", "kernel options old new", defaults=("",))
ALL = "all-hnd-gfx950"
MUTANTS = [
    Mutant(ALL, "", "own - window + 1 > 0 ? own - window + 1 : 0", "own - window > 0 ? own - window : 0"),
    Mutant(ALL, "", "causal ? own + 1 : s.context", "causal ? own : s.context"),
    Mutant("int8-head-gfx942", "", "causal ? own + 1 : s.context", "own + 1"),
    Mutant(ALL, "--soft-cap 2", "if (SOFT_CAP)", "if (false)"),
    Mutant(ALL, "", "(float)(position - own)", "(float)position"),
    Mutant(ALL, "", "    sum = 1;", "    sum = 0;"),
    Mutant(ALL, "", "sinks)[head]", "sinks)[kvHead]"),
    Mutant(ALL, "", "scaleOf(args.key_scales, page, kvHead", "scaleOf(args.key_scales, page, 0"),
    Mutant(ALL, "", "weight * scale * decode", "weight * decode"),
    Mutant(ALL, "", "offset += token * sizeof(float)", "offset += 0"),
    Mutant("fnuz-page-gfx950", "", "offset += page * pageStride", "offset += 0"),
    Mutant("all-nhd-gfx942", "", "? 256.0f : 128.0f", "? 256.0f : 256.0f"),
    Mutant("fnuz-page-gfx950", "--inputs every-code", ": code == 0x80)", ": false)"),
    Mutant("fn-token-gfx942", "--inputs every-code", "? (code & 0x7f) == 0x7f :", "? code == 0x7f :"),
    Mutant(ALL, "", "(indptr[1] - indptr[0] - 1) * PAGE_SIZE", "(indptr[1] - indptr[0]) * PAGE_SIZE"),
    Mutant(ALL, "", "s.pages = pages + indptr[0]", "s.pages = pages"),
    Mutant(ALL, "", "s.firstToken = indptr[0]", "s.firstToken = 0"),
    Mutant("nhd-gfx942", "--table-width 2", "s.context > most ? most : s.context", "s.context"),
    Mutant(ALL, "--strides packed", "i, args.key_token_stride", "i, HEAD_SIZE * cacheBytes"),
    Mutant("fn-plain-gfx950", "--strides packed", "kvHead * args.value_head_stride", "kvHead * VALUE_HEAD_SIZE"),
    Mutant("fn-token-gfx942", "--pages sparse", "page * args.key_page_stride", "(int)page * (int)args.key_page_stride"),
    Mutant("fn-token-gfx942", "--pages sparse", "long page = s.pages[(first + p)", "long page = (int16_t)s.pages[(first + p)"),
    Mutant("all-shuffled-gfx942", "", "(token / piece) * VALUE_HEAD_SIZE", "(token / piece) * HEAD_SIZE"),
    Mutant("all-shuffled-gfx942", "", "result /= args.output_scale", "result *= args.output_scale"),
    Mutant("all-classic-gfx950", "--output-scale 0.001", "__builtin_fminf(__builtin_fabsf(value), most<type>)",
           "__builtin_fabsf(value)"),
    Mutant("all-classic-gfx950", "", "(bits + 0x7ffff + (bits >> 20 & 1)) >> 20", "bits >> 20"),
    Mutant(ALL, "", "(largest + __builtin_amdgcn_logf(sum)) * ln2", "largest + __builtin_amdgcn_logf(sum)"),
    Mutant("ragged-gfx942", "", "visible ? accumulator * __builtin_amdgcn_rcpf(sum) : 0.0f",
           "accumulator * __builtin_amdgcn_rcpf(sum)"),
    Mutant(ALL, "", "kvHead * group + row % group", "row % group * KV_HEADS + kvHead"),
]


def run(command, **environment):
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def judge(number, mutant, text, kernels, headers, scratch):
    """What is wrong, or None."""
    if text.count(mutant.old) != 1:
        return f"'{mutant.old}' stands {text.count(mutant.old)} times in the source, expected once"
    source, compiled = (os.path.join(scratch, f"{number}.{end}") for end in ("hip", "hsaco"))
    with open(source, "w") as file:
        file.write(text.replace(mutant.old, mutant.new))
    built = run(["clang++", "-x", "hip", "-std=c++17", "--offload-device-only", "--no-gpu-bundle-output",
                 "--offload-arch=" + mutant.kernel.rsplit("-", 1)[1], "-nogpuinc", "-nogpulib", "-ffreestanding", "-O2",
                 "-w", "-I" + headers, "-include", os.path.join(kernels, mutant.kernel + ".h"), source, "-o", compiled])
    if built.returncode != 0:
        return "does not compile: " + built.stderr
    command = ["pa-run", compiled, "--contexts", "0,1,5,16,40,65,3,130", *mutant.options.split()]
    ran = run(command)
    if ran.returncode == 0:
        return "is verified"
    if "the result is not verified" not in ran.stderr and "finding" not in ran.stdout:
        return "is refused, not found wrong: " + ran.stderr
    # A few launches find it too, by their samples, with whatever the device finds.
    ran = run(command + ["--repeat", "8"], PA_VERIFY="pointers,results")
    found = ": the result " in ran.stderr or "finding" in ran.stdout
    return None if found else "is not found by checked launches: " + ran.stderr


def main():
    source, kernels, headers, scratch = sys.argv[1:]
    with open(source) as file:
        text = file.read()
    os.makedirs(scratch, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda item: judge(*item, text, kernels, headers, scratch), enumerate(MUTANTS)))
    for mutant, verdict in zip(MUTANTS, verdicts):
        if verdict:
            print(f"{mutant.kernel} with '{mutant.new}' for '{mutant.old}': {verdict}")
    found = verdicts.count(None)
    print(f"{found} of {len(MUTANTS)} mutants are found")
    return 0 if found == len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
