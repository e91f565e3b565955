// The passes as one pipeline, with each that is optional switched off, and its options' errors.
// RUN: pa-opt %s --pa-pipeline=chip=gfx942 | FileCheck %s --check-prefixes=CHECK,GFX942
// RUN: pa-opt %s --pa-pipeline=chip=gfx950 | FileCheck %s --check-prefixes=CHECK,GFX950

// Nothing of ours is left but what describes the kernel; the argument of each pipeline step is checked by its own file.
// CHECK-NOT:   func.func
// CHECK:       gpu.module @decode_module [#rocdl.target<O = 3, chip = "[[NAME:gfx9[0-9]+]]">]
// CHECK-SAME:  pa.launch = {block = 256 : i64, grid = "persistent", items_per_sequence = 8 : i64, slot_bytes = 4608 : i64, split = "balanced", split_tokens = 0 : i64, tile_tokens = 64 : i64, workgroups_per_cu = 2 : i64}
// CHECK:         llvm.mlir.global external protected constant @__pa_variant("{\22chip\22:\22[[NAME]]\22,{{.*}}\22kernel\22:\22decode\22
// CHECK-SAME:      section = ".pa.variant"
// CHECK:         llvm.func @decode(
// CHECK-NOT:     {{ (pa|scf|arith|vector|math)\.[a-z]}}
// GFX942:        rocdl.mfma.f32.16x16x16bf16.1k
// GFX950-NOT:    rocdl.mfma.f32.16x16x16
// GFX950:        rocdl.mfma.f32.16x16x32.bf16
// CHECK-NOT:     {{ (pa|scf|arith|vector|math)\.[a-z]}}
// CHECK:         llvm.return

// RUN: pa-opt %s --pa-pipeline=chip=gfx942 --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=ALL
// ALL:      pa-set-target{chip=gfx942 room=0},
// ALL-NEXT: pa-shuffle-kv-layout,
// ALL-NEXT: pa-describe-variant,
// ALL:      pa-mask-qlen
// ALL:      pa-split-kv{min-share=512 part-tokens=0}
// ALL:      pa-tile-mfma
// ALL:      pa-peel-masks
// ALL:      pa-prefetch-kv
// ALL:      pa-peel-window
// ALL:      pa-double-buffer-lds{stages=2}
// ALL:      pa-share-queries
// ALL:      pa-mark-nontemporal
// ALL:      convert-pa-to-rocdl,
// ALL-NEXT: pa-embed-description,
// ALL:      reconcile-unrealized-casts

// Each by itself. Without the double buffer there is one stage: a linear cache's keys have no other way.
// RUN: pa-opt %s '--pa-pipeline=chip=gfx942 shuffle=false' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES --implicit-check-not=pa-shuffle-kv-layout
// RUN: pa-opt %s '--pa-pipeline=chip=gfx942 split=false' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES --implicit-check-not=pa-split-kv
// RUN: pa-opt %s '--pa-pipeline=chip=gfx942 peel=false' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES --implicit-check-not=pa-peel-masks
// RUN: pa-opt %s '--pa-pipeline=chip=gfx942 prefetch=false' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES --implicit-check-not=pa-prefetch-kv
// RUN: pa-opt %s '--pa-pipeline=chip=gfx942 peel-window=false' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES --implicit-check-not=pa-peel-window
// RUN: pa-opt %s '--pa-pipeline=chip=gfx942 share-queries=false' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES --implicit-check-not=pa-share-queries
// RUN: pa-opt %s '--pa-pipeline=chip=gfx942 nontemporal=false' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=PASSES --implicit-check-not=pa-mark-nontemporal
// RUN: pa-opt %s '--pa-pipeline=chip=gfx942 double-buffer=false' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefixes=PASSES,ONE --implicit-check-not=stages=2
// PASSES: pa-mask-qlen
// PASSES: pa-tile-mfma
// ONE:    pa-double-buffer-lds{stages=1}
// PASSES: convert-pa-to-rocdl

// RUN: pa-opt %s '--pa-pipeline=chip=gfx950, stages=3 min-share=128 room=2' --dump-pass-pipeline -o /dev/null 2>&1 | FileCheck %s --check-prefix=NUMBERS
// NUMBERS: pa-set-target{chip=gfx950 room=2},
// NUMBERS: pa-split-kv{min-share=128 part-tokens=0}
// NUMBERS: pa-double-buffer-lds{stages=3}

// RUN: not pa-opt %s --pa-pipeline=chip=gfx999 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not pa-opt %s --pa-pipeline 2>&1 | FileCheck %s --check-prefix=NOCHIP
// RUN: not pa-opt %s '--pa-pipeline=chip=gfx942 split=maybe' 2>&1 | FileCheck %s --check-prefix=FLAG
// RUN: not pa-opt %s '--pa-pipeline=chip=gfx942 stages=5' 2>&1 | FileCheck %s --check-prefix=STAGES
// RUN: not pa-opt %s '--pa-pipeline=chip=gfx942 min-share=none' 2>&1 | FileCheck %s --check-prefix=SHARE
// RUN: not pa-opt %s '--pa-pipeline=chip=gfx942 tile=64' 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not pa-opt %s '--pa-pipeline=chip=gfx942 room=4' 2>&1 | FileCheck %s --check-prefix=ROOM
// CHIP:    error: unknown chip 'gfx999', known are gfx942, gfx950
// NOCHIP:  error: option 'chip' is missing, known are gfx942, gfx950
// FLAG:    error: option 'split' is true or false, got 'maybe'
// STAGES:  error: option 'stages' is a number from 1 to 4, got '5'
// SHARE:   error: option 'min-share' is a number from 1 to 1048576, got 'none'
// UNKNOWN: error: unknown option 'tile', known are shuffle=true|false, split=true|false, peel=true|false, prefetch=true|false, peel-window=true|false, double-buffer=true|false, share-queries=true|false, nontemporal=true|false, stages=N, min-share=N, split-tokens=N, room=N
// ROOM:    error: option 'room' is a number from 0 to 3, got '4'
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @decode(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x64xbf16>) {
  pa.decode query(%q : memref<?x64x64xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x64xbf16>)
  return
}
