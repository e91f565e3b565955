// Command lines that are refused, before anything is compiled and with nothing written.
// RUN: rm -rf %t && mkdir %t
// RUN: not pa-compile %s --chip gfx999 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not pa-compile %s --chip gfx942,gfx90a -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=SECOND
// RUN: not pa-compile %s --chip gfx942,gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not pa-compile %s --chip gfx942 2>&1 | FileCheck %s --check-prefix=NO-OUTPUT
// RUN: not pa-compile %s --chip gfx942,gfx950 --emit=isa 2>&1 | FileCheck %s --check-prefix=STDOUT
// RUN: not pa-compile %s --chip gfx942 -O4 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=LEVEL
// RUN: not pa-compile %s --chip gfx942 --code-object-version=4 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=VERSION
// RUN: not pa-compile %t/none.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=INPUT
// RUN: not pa-compile %s --chip gfx942 -o %t/none/k.hsaco 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not pa-compile %s --chip gfx942 -o %t/k.hsaco --save-stages=%s 2>&1 | FileCheck %s --check-prefix=STAGES
// RUN: ls %t | count 0

// CHIP:      pa-compile: error: unknown chip 'gfx999', known are gfx942, gfx950
// SECOND:    pa-compile: error: unknown chip 'gfx90a', known are gfx942, gfx950
// TWICE:     pa-compile: error: chip 'gfx942' is given twice
// NO-OUTPUT: pa-compile: error: a code object needs an output file: -o <file>
// STDOUT:    pa-compile: error: standard output takes one chip, got 2
// LEVEL:     error: optimization level 4 is not one of 0, 1, 2, 3
// VERSION:   error: code object version 4 is not one of 5, 6
// INPUT:     pa-compile: error: cannot open input file '{{.*}}none.mlir': No such file or directory
// FOLDER:    pa-compile: error: cannot write '{{.*}}none/k.hsaco': No such file or directory
// STAGES:    pa-compile: error: cannot create '{{.*}}/gfx942': Not a directory

llvm.func @k() attributes {rocdl.kernel} {
  llvm.return
}
