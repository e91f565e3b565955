#!/usr/bin/env python3
"""Writes the coverage page: every variant that a table of models needs, on each chip, compiled, run on the emulated device
and verified, with what it costs; or why it is not supported.

The tools are found by name, as pa-compile and pa-run. Exit status 1 if a supported variant does not compile without a spill or is not verified.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

SHAPE = ("cache_type", "head_size", "value_head_size", "q_heads", "kv_heads", "page_size", "layout")


def tool(*command, may_fail=False):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode and not may_fail:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def variants(args):
    command = ["pa-compile", "bundle", "--list", "--models", args.models, "--tp", args.tp]
    for option in ("cache_type", "scales", "layout", "page_size", "query_tokens"):
        if getattr(args, option):
            command += ["--" + option.replace("_", "-"), getattr(args, option)]
    return json.loads(tool(*command).stdout)


def in_words(variant):
    """Shape, then what is not as most variants have it."""
    size, value_size = variant["head_size"], variant["value_head_size"]
    words = [f"{variant['q_heads']}/{variant['kv_heads']} heads of {size if size == value_size else f'{size}/{value_size}'}"]
    words += [f"{variant['cache_type']} {variant['layout']}, page {variant['page_size']}"]
    usual = {"query_tokens": 1, "scales": "none", "mask": "causal", "window": 0}
    words += [f"{name.replace('_', ' ')} {variant[name]}" for name, value in usual.items() if variant[name] != value]
    words += [name.replace("_", "-") for name in ("soft_cap", "alibi", "sinks") if variant[name]]
    return ", ".join(words)


class Row:
    """One variant on one chip: `reasons` why not, or what the run's report says."""

    def __init__(self, entry, chip, args):
        self.entry, self.chip = entry, chip
        with tempfile.TemporaryDirectory() as folder:
            source, report = os.path.join(folder, "variant.json"), os.path.join(folder, "report.json")
            with open(source, "w") as file:
                json.dump(entry["variant"], file)
            explained = json.loads(tool("pa-compile", "--explain=json", source, "--chip", chip, may_fail=True).stdout)[0]
            self.reasons = [reason["text"] for reason in explained["reasons"]]
            if self.reasons:
                return
            self.kernel = explained["compiled"]["kernel"]
            run = [args.run, source, "--chip", chip, "--contexts", args.contexts, "--json", report]
            done = tool(*run, may_fail=True)
            self.error = done.stderr.strip().split("\n")[-1] if done.returncode else ""
            self.traffic = {}
            if os.path.exists(report):
                with open(report) as file:
                    self.traffic = json.load(file).get("kv_traffic") or {}

    @property
    def spills(self):
        return self.kernel["vgpr_spills"] + self.kernel["sgpr_spills"] + self.kernel["scratch_bytes_per_lane"]

    @property
    def holds(self):
        return not self.reasons and not self.error and not self.spills

    def cells(self):
        names = "; ".join(self.entry["for"])
        start = f"| {names} | {in_words(self.entry['variant'])} | {self.chip} | "
        if self.reasons:
            return start + "not supported | | | | " + "; ".join(self.reasons) + " |"
        loop = self.kernel["kv_loop"] or {}
        flight = loop.get("least_in_flight_bytes_per_cu")
        ratio = self.traffic.get("loaded_over_whole_pages")
        return start + " | ".join(
            [
                "not verified" if self.error else "verified",
                f"{self.kernel['vgprs']} + {self.kernel['agprs']}" + (f", **{self.spills} spilled**" if self.spills else ""),
                f"{flight // 1024} KiB" if flight else "",
                f"{ratio:.3f}" if ratio else "",
                self.error,
            ]
        ) + " |"


def page(rows, args):
    supported = [row for row in rows if not row.reasons]
    held = sum(row.holds for row in supported)
    return "\n".join(
        [
            "# Models, and the kernels they need",
            "",
            f"`docs/coverage.py` wrote this page from `{os.path.basename(args.models)}`: tensor parallel {args.tp}, contexts"
            f" {args.contexts}.",
            "",
            f"{len(rows)} variants and chips: {held} compile without a spill and are verified,"
            f" {len(supported) - held} do not, {len(rows) - len(supported)} are not supported.",
            "",
            "| for | variant | chip | result | registers (VGPR + AGPR) | KV in flight a CU | KV bytes over whole pages | why not |",
            "|---|---|---|---|---|---|---|---|",
            *[row.cells() for row in rows],
            "",
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", help="the page")
    parser.add_argument("--models", required=True)
    parser.add_argument("--tp", default="1,2,4,8")
    parser.add_argument("--chip", default="gfx942,gfx950")
    parser.add_argument("--contexts", default="4096")
    parser.add_argument("--run", default="pa-run", metavar="TOOL", help="what runs and verifies a kernel")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    for option in ("cache-type", "scales", "layout", "page-size", "query-tokens"):
        parser.add_argument("--" + option, help="as of pa-compile bundle")
    args = parser.parse_args()
    wanted = [(entry, chip) for entry in variants(args) for chip in args.chip.split(",")]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        rows = list(pool.map(lambda one: Row(*one, args), wanted))
    text = page(rows, args)
    with open(args.output, "w") as file:
        file.write(text)
    print(text.split("\n")[4])
    sys.exit(0 if all(row.holds for row in rows if not row.reasons) else 1)


if __name__ == "__main__":
    main()
