#!/usr/bin/env bash
# The main job on both chips: compile a decode kernel, run its code object on the emulated device, verify the result
# against the float64 reference, show the report. pa-run comes from PATH (make demo sees to that).
set -uo pipefail
cd "$(dirname "$0")"

failed=0
runs=0
verify() {
  for chip in gfx942 gfx950; do
    echo "== pa-run $1 --chip $chip --contexts ${*:2}"
    runs=$((runs + 1))
    pa-run "$1" --chip "$chip" --contexts "${@:2}" || { echo "NOT VERIFIED: $1 on $chip"; failed=$((failed + 1)); }
    echo
  done
}

verify decode_shuffled.mlir 1,7,16,128,257,1024,4096,4097
verify decode_page1.mlir 1,2,5,17,100,333,1000,2048
# What each optional pass is worth, on a smaller batch.
verify decode_shuffled.mlir 1024,1000 --passes

if [ "$failed" -ne 0 ]; then
  echo "demo: $failed of $runs runs not verified"
  exit 1
fi
echo "demo: $runs of $runs runs verified in $SECONDS s"
