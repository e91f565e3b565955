// pa-set-target: the one place where a chip's name becomes facts. FP8 is of one format on each.
// RUN: pa-opt %s --pa-set-target=chip=gfx942 | FileCheck %s --check-prefixes=CHECK,GFX942
// RUN: pa-opt %s --pa-set-target=chip=gfx950 | FileCheck %s --check-prefixes=CHECK,GFX950
// RUN: not pa-opt %s --pa-set-target=chip=gfx999 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not pa-opt %s --pa-set-target=chip=GFX942 2>&1 | FileCheck %s --check-prefix=CASE
// RUN: not pa-opt %s --pa-set-target 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not pa-opt %s --pa-set-target=cpu=gfx942 2>&1 | FileCheck %s --check-prefix=OPTION

// GFX942-DAG: #{{.*}} = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
// GFX942-DAG: #{{.*}} = #pa.mfma<m = 16, n = 16, k = 16, type = f16, intrinsic = "rocdl.mfma.f32.16x16x16f16">
// GFX942-DAG: #{{.*}} = #pa.mfma<m = 16, n = 16, k = 32, type = f8E4M3FNUZ, intrinsic = "rocdl.mfma.f32.16x16x32.fp8.fp8">
// GFX942:     #target = #pa.target<chip = "gfx942", compute_units = 304, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FNUZ, mfma = [#mfma, #mfma1, #mfma2], plans = [

// GFX950-DAG: #{{.*}} = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
// GFX950-DAG: #{{.*}} = #pa.mfma<m = 16, n = 16, k = 16, type = f16, intrinsic = "rocdl.mfma.f32.16x16x16f16">
// GFX950-DAG: #{{.*}} = #pa.mfma<m = 16, n = 16, k = 32, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x32.bf16">
// GFX950-DAG: #{{.*}} = #pa.mfma<m = 16, n = 16, k = 32, type = f16, intrinsic = "rocdl.mfma.f32.16x16x32.f16">
// GFX950-DAG: #{{.*}} = #pa.mfma<m = 16, n = 16, k = 32, type = f8E4M3FN, intrinsic = "rocdl.mfma.f32.16x16x32.fp8.fp8">
// GFX950:     #target = #pa.target<chip = "gfx950", compute_units = 256, waves_per_workgroup = 4, lds_bytes = 163840, lds_banks = 64, vector_registers = 256, permlane_swap = true, packed_bf16_convert = true, fp8 = f8E4M3FN, scaled_fp8_convert = true, mfma = [#mfma, #mfma1, #mfma2, #mfma3, #mfma4], plans = [

// Both have a plan for 16 to 64 rows of head sizes up to 192, and fewer of 256; a cache of 8 bits has plans of its own.
// CHECK-SAME: #pa.plan<rows = 16, head_size = 64,
// CHECK-SAME: #pa.plan<rows = 64, head_size = 64,
// CHECK-SAME: #pa.plan<rows = 16, head_size = 128,
// CHECK-SAME: #pa.plan<rows = 64, head_size = 128,
// CHECK-SAME: #pa.plan<rows = 64, head_size = 192,
// CHECK-SAME: #pa.plan<rows = 48, head_size = 256,
// CHECK-NOT:  #pa.plan<rows = 64, head_size = 256,
// CHECK-SAME: #pa.plan<rows = 16, head_size = 64, {{[^>]*}}, bits = 8>
// CHECK-SAME: #pa.plan<rows = 64, head_size = 128, {{[^>]*}}, bits = 8>
// CHECK-SAME: #pa.plan<rows = 32, head_size = 256, {{[^>]*}}, bits = 8>
// CHECK:      module attributes {pa.target = #target}

// UNKNOWN: error: unknown chip 'gfx999', known are gfx942, gfx950
// CASE:    error: unknown chip 'GFX942', known are gfx942, gfx950
// NONE:    error: unknown chip '', known are gfx942, gfx950
// OPTION:  no such option cpu
func.func private @nothing()
