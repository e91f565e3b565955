"""Draws variants and inputs at random, over every field that docs/variant.md has.

A draw is a variant as its JSON's fields and the options of pa-run. Whoever compiles it leaves out what a kernel of theirs
does not need.
"""

from concurrent.futures import ThreadPoolExecutor

CACHES = ["bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz", "int8"]
HEADS = [64, 80, 96, 112, 128, 192]
GROUPS = [1, 2, 3, 4, 6, 8, 10, 16]


def piece(variant):
    """Elements of 16 bytes."""
    return 8 if variant["cache_type"] in ("bf16", "f16") else 16


def draw_variant(random):
    v = {"cache_type": random.choice(CACHES)}
    wide = v["cache_type"] in ("bf16", "f16")
    v["query_type"] = v["cache_type"] if wide else random.choice(["bf16", "f16"])
    v["output_type"] = random.choice([v["query_type"]] * 2 + ["fp8_e4m3fn", "fp8_e4m3fnuz"])
    v["scales"] = "none" if wide else random.choice(["none", "tensor", "head", "token", "page"])
    v["products"] = random.choice(["wide", "wide", "fp8"]) if v["cache_type"].startswith("fp8") else "wide"
    v["layout"] = random.choice(["nhd", "hnd", "classic", "shuffled"])
    v["head_size"] = random.choice(HEADS)
    v["value_head_size"] = random.choice([v["head_size"]] * 3 + HEADS)
    v["kv_heads"] = random.choice([1, 2, 4])
    v["q_heads"] = v["kv_heads"] * random.choice(GROUPS)
    pages = [16, 32, 48, 64, 128] + ([8] if piece(v) == 8 else []) + ([] if v["layout"] == "shuffled" else [1, 8, 3])
    v["page_size"] = random.choice(pages)
    v["query_tokens"] = random.choice([1, 1, 2, 3, 4, 8])
    v["window"] = random.choice([0, 0, 1, 15, 16, 17, 50])
    v["mask"] = random.choice(["causal"] * 3 + ["none"])
    v["tables"] = random.choice(["block", "csr"])
    for flag in ("ragged", "soft_cap", "alibi", "sinks", "lse"):
        v[flag] = random.random() < 0.4
    return v


def draw_options(random, v):
    page, window = v["page_size"], v["window"]
    lengths = [0, 1, 2, page - 1, page, page + 1, 2 * page + 5, 63, 64, 65, 130, window, window + 1, max(window - 1, 0)]
    options = ["--contexts", ",".join(str(random.choice(lengths)) for _ in range(random.randint(1, 6)))]
    options += ["--seed", str(random.randint(1, 1 << 30))]
    kinds = ["normal"] * 3 + ["peaked", "equal", "uniform", "outliers", "constant-v"]
    if piece(v) == 16:
        kinds += ["every-code"] * 2
    options += ["--inputs", random.choice(kinds)]
    options += ["--pages", random.choice(["shuffled"] * 3 + ["ordered", "sparse"])]
    options += ["--strides", random.choice(["dense", "padded", "packed"])]
    if v["ragged"]:
        options += ["--qlens", ",".join(str(random.randint(0, v["query_tokens"])) for _ in range(random.randint(1, 6)))]
    if v["soft_cap"]:
        options += ["--soft-cap", random.choice(["0.5", "2", "30", "50"])]
    return options


def draw(random):
    variant = draw_variant(random)
    return variant, draw_options(random, variant)


def add_options(parser):
    parser.add_argument("scratch", help="a folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30)


def judge_all(judge, arguments):
    """`judge` gives for a draw's number its text, and what is wrong with it or None. Says how many are right."""
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda number: judge(number, arguments), range(arguments.count)))
    bad = [(text, wrong) for text, wrong in verdicts if wrong]
    for text, wrong in bad:
        print(text + "\n" + wrong)
    print(f"{arguments.count - len(bad)} of {arguments.count} draws are verified, seed {arguments.seed}")
    return 1 if bad else 0
