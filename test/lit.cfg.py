# lit's suite: every .mlir and .test file under test/ is a test of its own, with its commands in RUN lines.
#
# Our tools (pa-opt, pa-compile, pa-run, ...) and LLVM's (FileCheck, not, llvm-objdump, ...) are found by name:
# build/bin comes first in PATH, then LLVM's own folder.
#
#   %pa_src    the root of the sources            %pa_build   the build tree
#   %examples  examples/                          %python     the interpreter CMake found
#   %s %t %S   lit's own: the test file, a scratch name, the test's folder
import os

import lit.formats

config.name = "pa"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.pa_build, "test")

config.substitutions += [
    ("%pa_src", config.pa_source),
    ("%pa_build", config.pa_build),
    ("%examples", os.path.join(config.pa_source, "examples")),
    ("%python", config.python),
]

tools = [os.path.join(config.pa_build, "bin"), config.llvm_tools]
config.environment["PATH"] = os.pathsep.join(tools + [config.environment["PATH"]])
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --allow-unused-prefixes=false --dump-input-filter=annotation"
