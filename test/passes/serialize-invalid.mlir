// RUN: pa-opt %s --pa-serialize=chip=gfx942 -split-input-file -verify-diagnostics

// A module for one chip is not for another.
// expected-error @+1 {{gpu.module is for chip 'gfx950', asked for 'gfx942'}}
gpu.module @another_chip [#rocdl.target<chip = "gfx950">] {
}

// -----

// expected-error @+1 {{expected one #rocdl.target, got [#rocdl.target<chip = "gfx942">, #rocdl.target<chip = "gfx950">]}}
gpu.module @two_chips [#rocdl.target<chip = "gfx942">, #rocdl.target<chip = "gfx950">] {
}

// -----

// What is not lowered is named, here an op of the tile level.
gpu.module @not_lowered {
  llvm.func @kernel() attributes {rocdl.kernel} {
    // expected-error @+1 {{op 'pa.pin' is not lowered: codegen takes ops of llvm and rocdl only}}
    pa.pin
    llvm.return
  }
}

// -----

// There is no device library behind a call.
gpu.module @undefined {
  // expected-error @+1 {{undefined symbol 'somewhere': there is no device library to link}}
  llvm.func @somewhere(i32)
  llvm.func @kernel(%x: i32) attributes {rocdl.kernel} {
    llvm.call @somewhere(%x) : (i32) -> ()
    llvm.return
  }
}
