// The machine code of the shuffled path: pages of 16 tokens whose pieces are matrix operands, 8 heads a KV head.
// RUN: pa-compile %s --chip gfx942 -o %t.gfx942.hsaco
// RUN: pa-compile %s --chip gfx950 -o %t.gfx950.hsaco
// RUN: sed s/bf16/f16/ %s | pa-compile - --chip gfx942,gfx950 -o %t.f16.%%c.hsaco
// RUN: pa-inspect %t.gfx942.hsaco --loop | FileCheck %s --check-prefixes=LOOP,GFX942,BF16-942 --implicit-check-not='vmcnt(0)' --implicit-check-not=scratch_ --implicit-check-not=v_accvgpr --implicit-check-not=s_barrier --implicit-check-not='{{global_load_dwordx4 [^n]*$}}'
// RUN: pa-inspect %t.gfx950.hsaco --loop | FileCheck %s --check-prefixes=LOOP,GFX950,BF16-950 --implicit-check-not='vmcnt(0)' --implicit-check-not=scratch_ --implicit-check-not=v_accvgpr --implicit-check-not=s_barrier --implicit-check-not='{{global_load_dwordx4 [^n]*$}}' --implicit-check-not=ds_write --implicit-check-not=ds_read --implicit-check-not=ds_bpermute
// RUN: pa-inspect %t.f16.gfx942.hsaco --loop | FileCheck %s --check-prefixes=LOOP,GFX942,F16-942 --implicit-check-not='vmcnt(0)' --implicit-check-not=scratch_ --implicit-check-not=v_accvgpr --implicit-check-not=bf16
// RUN: pa-inspect %t.f16.gfx950.hsaco --loop | FileCheck %s --check-prefixes=LOOP,GFX950,F16-950 --implicit-check-not='vmcnt(0)' --implicit-check-not=scratch_ --implicit-check-not=v_accvgpr --implicit-check-not=bf16

// By the tool that follows registers from loads to uses: nothing between a load and its product. (The loop's text alone
// cannot tell a copy of a loaded register from any other v_mov.)
// LOOP:     spills {{ *}}0 VGPRs, 0 SGPRs; scratch 0 bytes a lane
// LOOP:     code {{.*}}, 0 scratch accesses
// LOOP:     loads {{ *}}32 of 16 bytes a lane, 32 of 32 KV loads nt, 32.0 KiB a wave and iteration
// LOOP:     waits {{ *}}vmcnt 24 to 31
// LOOP:     in flight {{ *}}a wave 24.0 KiB to 32.0 KiB, a CU at least 192.0 KiB (8 waves)
// LOOP:     to avoid {{ *}}0 scratch accesses, 0 copies of loaded registers, 0 barriers
// LOOP:     KV loop of decode

// A tile is 64 keys of 128 for 16 rows: 64 * 128 * 16 / (16 * 16 * 16) products for the scores, as many for the values,
// and 64 * 16 * 16 / (16 * 16 * 16) for the sum make 68 of depth 16 or 34 of depth 32. After the first 8 loads of 16
// bytes a lane (half of a part of the keys' 16) come products again: loads stand between products, not before them.
// BF16-942-COUNT-16: v_mfma_f32_16x16x16_bf16
// BF16-950-COUNT-8:  v_mfma_f32_16x16x32_bf16
// F16-942-COUNT-16:  v_mfma_f32_16x16x16_f16
// F16-950-COUNT-8:   v_mfma_f32_16x16x32_f16
// LOOP-COUNT-8:      global_load_dwordx4 {{.*}} nt
// BF16-942-COUNT-16: v_mfma_f32_16x16x16_bf16
// BF16-950-COUNT-8:  v_mfma_f32_16x16x32_bf16
// F16-942-COUNT-16:  v_mfma_f32_16x16x16_f16
// F16-950-COUNT-8:   v_mfma_f32_16x16x32_f16
// LOOP-COUNT-8:      global_load_dwordx4 {{.*}} nt

// The maximum of a row between lane groups, then P, as bf16 or f16, between lane groups: through LDS on one chip, by lane
// swaps on the other, which also rounds two at once.
// GFX942-COUNT-2:    ds_bpermute_b32
// GFX942-DAG:        ds_write_b64
// GFX942-DAG:        {{ds_read2?_b64|ds_read2st64_b64}}
// BF16-942-DAG:      v_perm_b32
// F16-942-DAG:       v_pack_b32_f16
// GFX950:            v_permlane16_swap_b32
// GFX950:            v_permlane32_swap_b32
// BF16-950:          v_cvt_pk_bf16_f32
// F16-950:           v_cvt_pk_f16_f32
// GFX950:            v_permlane32_swap_b32
// GFX950:            v_permlane16_swap_b32

// The rest of the loop: 16 loads for the next tile's values.
// LOOP-COUNT-16:     global_load_dwordx4 {{.*}} nt
// LOOP:              s_cbranch

// What a runtime finds in the object.
// RUN: llvm-readelf -p .pa.variant %t.gfx942.hsaco | FileCheck %s --check-prefix=VARIANT -DCHIP=gfx942 -DTYPE=bf16
// RUN: llvm-readelf -p .pa.variant %t.gfx950.hsaco | FileCheck %s --check-prefix=VARIANT -DCHIP=gfx950 -DTYPE=bf16
// RUN: llvm-readelf -p .pa.variant %t.f16.gfx950.hsaco | FileCheck %s --check-prefix=VARIANT -DCHIP=gfx950 -DTYPE=f16
// VARIANT:      {"chip":"[[CHIP]]","compiler":"pa-mlir {{[0-9.]+}} (LLVM {{[0-9.]+}})","kernel":"decode",
// VARIANT-SAME: "launch":{"block":256,"grid":"persistent","items_per_sequence":8,"slot_bytes":8704,"tile_tokens":64,"workgroups_per_cu":2},"pa":2,
// VARIANT-SAME: "variant":{"alibi":false,"cache_type":"[[TYPE]]","head_size":128,"kv_heads":8,"layout":"shuffled","lse":false,"mask":"causal","output_type":"[[TYPE]]","p":"single","page_size":16,"products":"wide","q_heads":64,"query_tokens":1,"query_type":"[[TYPE]]",
// VARIANT-SAME: "ragged":false,"scales":"none","sinks":false,"soft_cap":false,"split":"balanced","split_tokens":0,"tables":"block","user_score":false,"value_head_size":128,"window":0}}
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>

func.func @decode(%q: memref<?x64x128xbf16>, %kv: !kv, %tables: memref<?x?xi32>, %lens: memref<?xi32>, %scale: f32,
                  %out: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%tables : memref<?x?xi32>)
    lens(%lens : memref<?xi32>) scale(%scale) out(%out : memref<?x64x128xbf16>)
  return
}
