"""Truncates a file at many lengths; each must make the command exit with 1 (an error), not crash or succeed."""
import subprocess
import sys

path, *command = sys.argv[1:]
whole = open(path, "rb").read()
lengths = sorted({len(whole) * i // 40 for i in range(40)} | {4, 15, 63, len(whole) - 1})
for length in lengths:
    with open(path + ".cut", "wb") as cut:
        cut.write(whole[:length])
    status = subprocess.run([*command, path + ".cut"], capture_output=True).returncode
    if status != 1:
        sys.exit(f"{length} of {len(whole)} bytes: exit status {status}")
print("every truncation is an error")
