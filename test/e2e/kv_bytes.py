"""Reads a report of pa-run --json: KV bytes over those needed, widths and hints of the loads, LDS conflicts."""

import json
import sys

report = json.load(open(sys.argv[1]))
traffic = report["kv_traffic"]
print(f"{traffic['loaded_over_needed']:.4f} of the KV bytes needed are loaded")
conflicts = report["counters"]["ldsConflicts"]
if conflicts != 0:
    sys.exit(f"{conflicts} extra LDS cycles by bank conflicts")
if not report["verified"]:
    sys.exit("not verified")
if not 1.0 <= traffic["loaded_over_needed"] <= 1.02:
    sys.exit("expected 1.00 to 1.02")
