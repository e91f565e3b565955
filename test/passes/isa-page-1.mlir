// The machine code of the page-1 path: whole rows of a linear cache. Keys go through LDS, 16 bytes a lane both ways and
// without a barrier; values are transposed in the lane.
// RUN: pa-compile %s --chip gfx942,gfx950 -o %t.%%c.hsaco
// RUN: pa-inspect %t.gfx942.hsaco --loop | FileCheck %s --check-prefixes=CHECK,GFX942 --implicit-check-not='vmcnt(0)' --implicit-check-not=scratch_ --implicit-check-not=v_accvgpr --implicit-check-not=s_barrier --implicit-check-not='{{global_load_dwordx4 [^n]*$}}'
// RUN: pa-inspect %t.gfx950.hsaco --loop | FileCheck %s --check-prefixes=CHECK,GFX950 --implicit-check-not='vmcnt(0)' --implicit-check-not=scratch_ --implicit-check-not=v_accvgpr --implicit-check-not=s_barrier --implicit-check-not='{{global_load_dwordx4 [^n]*$}}'

// CHECK:           spills {{ *}}0 VGPRs, 0 SGPRs; scratch 0 bytes a lane
// CHECK:           LDS {{ *}}32768 of
// The two other loads are a lane's page ids, of keys and of values.
// CHECK:           loads {{ *}}2 of 4 bytes a lane, 32 of 16 bytes a lane, 32 of 32 KV loads nt, 32.0 KiB a wave and iteration
// CHECK:           in flight {{ *}}a wave {{(1[6-9]|2[0-9])}}.{{[0-9]}} KiB to {{.*}}, a CU at least {{(1[2-9]|2[0-9])[0-9]}}.{{[0-9]}} KiB (8 waves)
// CHECK:           to avoid {{ *}}0 scratch accesses, 0 copies of loaded registers, 0 barriers
// CHECK:         KV loop of decode
// Ids first: they are those of the tile after the next one.
// CHECK:           global_load_dword v
// CHECK:           global_load_dword v
// 64 keys of 256 bytes are 16 writes of 16 bytes a lane, and as many reads; a part's registers are reloaded as soon as it
// is written, each token's place coming from one lane of 16.
// CHECK-COUNT-8:   ds_write_b128
// CHECK:           v_mov_b32_dpp {{.*}} row_newbcast:0
// CHECK-COUNT-8:   global_load_dwordx4 {{.*}} nt
// CHECK:           ds_read_b128
// GFX942:          v_mfma_f32_16x16x16_bf16
// GFX950:          v_mfma_f32_16x16x32_bf16
// CHECK-COUNT-8:   ds_write_b128
// CHECK-COUNT-8:   global_load_dwordx4 {{.*}} nt
// GFX942:          ds_bpermute_b32
// GFX950:          v_permlane16_swap_b32
// CHECK:           v_perm_b32
// CHECK-COUNT-16:  global_load_dwordx4 {{.*}} nt
// CHECK-NOT:       global_load
// CHECK:           s_cbranch
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 1, layout = nhd, owner = caller>

func.func @decode(%q: memref<?x64x128xbf16>, %kv: !kv, %tables: memref<?x?xi32>, %lens: memref<?xi32>, %scale: f32,
                  %out: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%tables : memref<?x?xi32>)
    lens(%lens : memref<?xi32>) scale(%scale) out(%out : memref<?x64x128xbf16>)
  return
}
