#!/usr/bin/env python3
"""The HIP library shows each name of Debian's libamdhip64 under the same version node, and none twice."""

import re
import subprocess
import sys


def names(path):
    output = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--with-symbol-versions", path], check=True, capture_output=True, text=True
    ).stdout
    found = re.findall(r" [TW] ([^\s@]+)@@?(hip_[0-9.]+)$", output, re.MULTILINE)
    assert len(found) == len(dict(found)), "a name has two versions"
    return dict(found)


def main():
    ours, debians = names(sys.argv[1]), names(sys.argv[2])
    assert len(debians) > 300, f"{sys.argv[2]} has only {len(debians)} names"
    # Half-precision helpers and the debugger's interface are not HIP's.
    wanted = {n: v for n, v in debians.items() if not n.startswith(("__gnu_", "amd_dbgapi_"))}
    wrong = {n: (v, ours.get(n)) for n, v in wanted.items() if ours.get(n) != v}
    assert not wrong, f"Debian's version and ours: {wrong}"
    later = {n: ours.get(n) for n in ("hipGetDevicePropertiesR0600", "hipLaunchHostFunc", "hipEventRecord_spt")}
    assert list(later.values()) == ["hip_6.0", "hip_5.3", "hip_5.2"], later
    others = [n for n in ours if not re.match(r"(__)?hip|_Z.*hip", n)]
    assert not others, f"shown without need: {others}"
    print(f"{len(wanted)} names of Debian's, {len(ours)} in all")


main()
