#!/usr/bin/env python3
"""libpa needs libc and libstdc++ only, shows its C interface only, and has a soname."""

import re
import subprocess
import sys


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main():
    library = sys.argv[1]
    dynamic = output("readelf", "--dynamic", "--wide", library)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
    allowed = re.compile(r"lib(c|m|stdc\+\+|gcc_s)\.so|ld-linux")
    others = [n for n in needed if not allowed.match(n)]
    assert needed and not others, f"needs {others}"
    assert re.search(r"\(SONAME\).*\[libpa\.so\.0\]", dynamic), "no soname libpa.so.0"
    shown = [line.split()[-1] for line in output("nm", "--dynamic", "--defined-only", library).splitlines()]
    assert "pa_decode" in shown
    others = [name for name in shown if not name.startswith("pa_")]
    assert not others, f"shows {others}"
    print(f"needs {', '.join(needed)}; shows {len(shown)} functions")


main()
