"""One step of three sequences from Python, compared with float64: decode.py [device]"""

import math
import random
import struct
import sys

import pa

VARIANT = {"cache_type": "bf16", "layout": "nhd", "q_heads": 8, "kv_heads": 2, "head_size": 64, "page_size": 16}
HEADS, KV_HEADS, SIZE, PAGE = VARIANT["q_heads"], VARIANT["kv_heads"], VARIANT["head_size"], VARIANT["page_size"]
LENGTHS, TABLE = [1, 40, 17], [[5, -1, -1], [2, 0, 4], [1, 3, -1]]
SCALE = 1 / math.sqrt(SIZE)


def bf16(values):
    """Bytes of bf16, and the values that they are; cut off instead of rounded, which is as good for made-up numbers."""
    halves = [struct.pack("<f", v)[2:] for v in values]
    return b"".join(halves), [struct.unpack("<f", b"\0\0" + h)[0] for h in halves]


def attention(query, keys, values, lengths):
    """Float64; keys and values as the cache has them: [page][slot][head][element]."""
    for s, length in enumerate(lengths):
        for h in range(HEADS):
            q = query[(s * HEADS + h) * SIZE :][:SIZE]
            rows = [
                ((TABLE[s][p // PAGE] * PAGE + p % PAGE) * KV_HEADS + h * KV_HEADS // HEADS) * SIZE
                for p in range(length)
            ]
            weights = [math.exp(SCALE * sum(a * b for a, b in zip(q, keys[r : r + SIZE]))) for r in rows]
            for d in range(SIZE):
                yield sum(w * values[r + d] for w, r in zip(weights, rows)) / sum(weights)


def main():
    device = pa.Device(sys.argv[1] if len(sys.argv) > 1 else "emulated:gfx950")
    for reason in pa.reasons_against(device.chip, VARIANT):
        sys.exit(reason)
    kernel = device.kernel(VARIANT)
    rng = random.Random(3)
    normal = lambda count: bf16(rng.gauss(0, 1) for _ in range(count))
    query, exact_query = normal(len(LENGTHS) * HEADS * SIZE)
    keys, exact_keys = normal(6 * PAGE * KV_HEADS * SIZE)
    values, exact_values = normal(6 * PAGE * KV_HEADS * SIZE)
    assert len(keys) == 6 * kernel.page_bytes
    workspace = kernel.workspace_bytes(len(LENGTHS))
    output = device.buffer("output", len(query))
    kernel.decode(
        sequences=len(LENGTHS),
        table_width=len(TABLE[0]),
        softmax_scale=SCALE,
        query=device.buffer("query", query),
        key_cache=device.buffer("keys", keys),
        value_cache=device.buffer("values", values),
        output=output,
        block_tables=device.buffer("tables", struct.pack("<9i", *sum(TABLE, []))),
        context_lens=device.buffer("lens", struct.pack("<3i", *LENGTHS)),
        workspace=device.buffer("workspace", workspace) if workspace else 0,
        workspace_bytes=workspace,
    )
    got = struct.iter_unpack("<2s", device.read(output, len(query)))
    got = [struct.unpack("<f", b"\0\0" + half)[0] for (half,) in got]
    worst = max(abs(g - e) for g, e in zip(got, attention(exact_query, exact_keys, exact_values, LENGTHS)))
    print(f"{len(got)} elements, at most {worst:.4f} from float64")
    sys.exit(0 if worst < 0.02 else 1)


main()
