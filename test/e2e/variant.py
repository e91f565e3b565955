"""A decode kernel's IR from a few words: head_size=64 layout=nhd page=1 ... (see DEFAULTS)."""

import sys

DEFAULTS = {
    "type": "bf16",
    "head_size": 128,
    "group": 8,  # query heads a KV head
    "kv_heads": 2,
    "page": 16,
    "layout": "shuffled",
    "query_tokens": 1,
    "lse": 0,
    "p": "single",
    "owner": "caller",
}


def parse(words):
    variant = dict(DEFAULTS)
    for word in words:
        key, _, value = word.partition("=")
        if key not in variant:
            raise SystemExit(f"unknown word '{key}', known are {', '.join(variant)}")
        variant[key] = type(DEFAULTS[key])(value)
    return variant


def ir(v):
    heads = v["group"] * v["kv_heads"]
    tokens = f"memref<?x{heads}x{v['head_size']}x{v['type']}>"
    lse_type = f"memref<?x{heads}xf32>"
    lse_arg = f", %lse: {lse_type}" if v["lse"] else ""
    lse_use = f" lse(%lse : {lse_type})" if v["lse"] else ""
    return f"""!kv = !pa.kv_cache<{v['type']}, heads = {v['kv_heads']}, head_size = {v['head_size']}, page = {v['page']}, \
layout = {v['layout']}, owner = {v['owner']}>
func.func @decode(%q: {tokens}, %kv: !kv, %tables: memref<?x?xi32>, %lens: memref<?xi32>, %scale: f32,
                  %out: {tokens}{lse_arg}) {{
  pa.decode query(%q : {tokens}) cache(%kv : !kv) tables(%tables : memref<?x?xi32>) lens(%lens : memref<?xi32>)
    scale(%scale) out(%out : {tokens}){lse_use} {{query_tokens = {v['query_tokens']} : i64, p = #pa.p<{v['p']}>}}
  return
}}
"""


if __name__ == "__main__":
    print(ir(parse(sys.argv[1:])))
