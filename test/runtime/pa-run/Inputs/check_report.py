"""Checks pa-run's JSON reports of nhd-gfx942 with contexts 3 and 5 (8 query heads, 2 KV heads, head size 64, bf16)."""

import json
import os
import sys

first, second = (json.load(open(name)) for name in sys.argv[1:3])
assert os.path.getsize(sys.argv[3]) == 2 * 8 * 64 * 2

for report in (first, second):
    report["launch"].pop("seconds")
    report.pop("reference_seconds")
    report["counters"].pop("hostSeconds")
assert first == second, "two runs with the same seed differ"

assert first["verified"] is True
assert first["variant"]["kv_heads"] == 2 and first["variant"]["layout"] == "nhd"
assert first["shapes"]["contexts"] == [3, 5]
assert first["launch"] == {"workgroups": 4, "block": 64, "workspace_bytes": 0}
assert all(check["ok"] for check in first["checks"]) and len(first["checks"]) >= 3
assert 0.9 < first["errors"]["ratio_to_best"] <= 1.05

token = 2 * 64 * 2  # bytes of one token's K, all heads
buffers = first["counters"]["buffers"]
assert first["kv_traffic"]["needed_bytes"] == 8 * token * 2
for cache in ("key_cache", "value_cache"):
    assert buffers[cache]["uniqueBytesLoaded"] == 8 * token
    assert buffers[cache]["bytesStored"] == 0
# Each of the four rows of a KV head reads every value once, two bytes a lane.
assert buffers["value_cache"]["bytesLoaded"] == 4 * 8 * token
assert buffers["output"]["bytesStored"] == 2 * 8 * 64 * 2
assert buffers["output"]["bytesLoaded"] == 0
assert first["counters"]["workgroups"] == 4 and first["counters"]["waves"] == 4
assert sum(first["counters"]["byKind"].values()) == first["counters"]["instructions"]
