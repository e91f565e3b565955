"""The kernel of an explanation is the one of the object's report."""

import json
import sys

explained, report = (json.load(open(name)) for name in sys.argv[1:])
kernel = explained[0]["compiled"]["kernel"]
matrix = kernel.pop("matrix_instructions")
assert kernel == report["objects"][0]["kernels"][0], kernel
assert explained[0]["compiled"]["launch"] == report["objects"][0]["variant"]["launch"]
assert sum(matrix.values()) >= kernel["kv_loop"]["instructions_by_class"]["mfma"] > 0, matrix
