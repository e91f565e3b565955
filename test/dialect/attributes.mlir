// Every attribute and type of the dialect, printed twice.
// RUN: pa-opt %s | pa-opt | FileCheck %s
// RUN: pa-opt %s --mlir-print-op-generic | pa-opt | FileCheck %s

// Long ones get a name and stand above the IR once.
// CHECK-DAG: #[[$ODD:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [3 : (0, 32)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$COPIES:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$LOOKUP:layout[0-9]*]] = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$ROWS:rows[0-9]*]] = #pa.rows<group = 10, query_tokens = 3, padded = 32>
// CHECK-DAG: #[[$SHARES:rows[0-9]*]] = #pa.rows<group = 10, query_tokens = 8, padded = 32>
// CHECK-DAG: #[[$MFMA:mfma[0-9]*]] = #pa.mfma<m = 16, n = 16, k = 32, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x32.bf16">
// CHECK-DAG: #[[$TARGET:target[0-9]*]] = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = true, mfma = [#[[$MFMA]]], plans = [#pa.plan<rows = 16, head_size = 128, tile = 64, workgroups_per_cu = 2>]>
// CHECK-DAG: #[[$FP8:target[0-9]*]] = #pa.target<chip = "gfx1", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536, lds_banks = 64, vector_registers = 256, permlane_swap = true, packed_bf16_convert = true, fp8 = f8E4M3FN, scaled_fp8_convert = true, mfma = [], plans = [#pa.plan<rows = 32, head_size = 256, tile = 32, workgroups_per_cu = 1>, #pa.plan<rows = 16, head_size = 128, tile = 128, workgroups_per_cu = 1, bits = 8>]>
// CHECK-DAG: !kv_cache{{[0-9]*}} = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
// CHECK-DAG: !kv_cache{{[0-9]*}} = !pa.kv_cache<f16, heads = 1, head_size = 64, page = 1, layout = nhd, owner = module>
// CHECK-DAG: !kv_cache{{[0-9]*}} = !pa.kv_cache<bf16, heads = 2, head_size = 80, page = 8, layout = classic, owner = caller>
// CHECK-DAG: !kv_cache{{[0-9]*}} = !pa.kv_cache<f8E4M3FN, heads = 1, head_size = 192, value_head_size = 128, page = 48, layout = hnd, scales = token, owner = caller>
// CHECK-DAG: !kv_cache{{[0-9]*}} = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 256, page = 64, layout = shuffled, scales = tensor, owner = caller>
// CHECK-DAG: !kv_cache{{[0-9]*}} = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>
// CHECK-DAG: !kv_cache{{[0-9]*}} = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = page, owner = module>
// CHECK-DAG: !kv_cache{{[0-9]*}} = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 65536, layout = hnd, owner = caller>

#mfma = #pa.mfma<m = 16, n = 16, k = 32, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x32.bf16">
#lookup = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>

// CHECK: module attributes {pa.target = #[[$TARGET]]}
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = true, mfma = [#mfma],
    plans = [#pa.plan<rows = 16, head_size = 128, tile = 64, workgroups_per_cu = 2>]>} {

// CHECK-LABEL: @layout
// CHECK-SAME:  copies = #[[$COPIES]]
// CHECK-SAME:  digits_of_any_size = #[[$ODD]]
func.func private @layout() attributes {
  digits_of_any_size = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [3 : (0, 32)], elem = [8 : (0, 1)]>,
  copies = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
}

// CHECK-LABEL: @target_with_everything
// CHECK-SAME:  target = #[[$FP8]]
func.func private @target_with_everything() attributes {
  target = #pa.target<chip = "gfx1", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536, lds_banks = 64,
    vector_registers = 256, permlane_swap = true, packed_bf16_convert = true, fp8 = f8E4M3FN, scaled_fp8_convert = true,
    mfma = [], plans = [#pa.plan<rows = 32, head_size = 256, tile = 32, workgroups_per_cu = 1, bits = 16>,
                        #pa.plan<rows = 16, head_size = 128, tile = 128, workgroups_per_cu = 1, bits = 8>]>
}

// One pass holds all rows, or an item is one of several shares.
// CHECK-LABEL: @rows
// CHECK-SAME:  all = #[[$ROWS]]
// CHECK-SAME:  shares = #[[$SHARES]]
func.func private @rows() attributes {
  all = #pa.rows<group = 10, query_tokens = 3, padded = 32>,
  shares = #pa.rows<group = 10, query_tokens = 8, padded = 32>
}

// CHECK-LABEL: @enumerations
// CHECK-SAME:  kv = [#pa.kv<key>, #pa.kv<value>]
// CHECK-SAME:  mask = [#pa.mask<causal>, #pa.mask<none>]
// CHECK-SAME:  p = [#pa.p<single>, #pa.p<split>]
// CHECK-SAME:  schedule = [#pa.schedule<item>, #pa.schedule<balanced>]
// CHECK-SAME:  scope = [#pa.scope<workgroup>, #pa.scope<launch>]
func.func private @enumerations() attributes {
  p = [#pa.p<single>, #pa.p<split>],
  mask = [#pa.mask<causal>, #pa.mask<none>],
  schedule = [#pa.schedule<item>, #pa.schedule<balanced>],
  scope = [#pa.scope<workgroup>, #pa.scope<launch>],
  kv = [#pa.kv<key>, #pa.kv<value>]
}

// Each element type, layout and owner, and what a scale may belong to; what is not said is not printed.
// CHECK-LABEL: @caches
// CHECK-SAME:  (!kv_cache{{[0-9]*}}, !kv_cache{{[0-9]*}}, !kv_cache{{[0-9]*}}, !kv_cache{{[0-9]*}}, !kv_cache{{[0-9]*}}, !kv_cache{{[0-9]*}}, !kv_cache{{[0-9]*}}, !kv_cache{{[0-9]*}})
func.func private @caches(
  !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>,
  !pa.kv_cache<f16, heads = 1, head_size = 64, page = 1, layout = nhd, owner = module>,
  !pa.kv_cache<bf16, heads = 2, head_size = 80, page = 8, layout = classic, owner = caller>,
  !pa.kv_cache<f8E4M3FN, heads = 1, head_size = 192, value_head_size = 128, page = 48, layout = hnd, scales = token, owner = caller>,
  !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 256, page = 64, layout = shuffled, scales = tensor, owner = caller>,
  !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>,
  !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = page, owner = module>,
  !pa.kv_cache<i8, heads = 8, head_size = 128, page = 65536, layout = hnd, owner = caller>)

// CHECK-LABEL: @of_an_item
// CHECK-SAME:  (!pa.item, !pa.row_set<16x128xbf16>, !pa.partial<16x128xf32>)
func.func private @of_an_item(!pa.item, !pa.row_set<16x128xbf16>, !pa.partial<16x128xf32>)

// CHECK-LABEL: @tiles
// CHECK-SAME:  (!pa.tile<16x96xbf16, #[[$ODD]]>, !pa.tile<16x96xf8E4M3FN, #[[$ODD]]>, !pa.tile<1x16xf32, #[[$COPIES]]>, !pa.tile<1x16xi32, #[[$COPIES]]>)
func.func private @tiles(
  !pa.tile<16x96xbf16, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [3 : (0, 32)], elem = [8 : (0, 1)]>>,
  !pa.tile<16x96xf8E4M3FN, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [3 : (0, 32)], elem = [8 : (0, 1)]>>,
  !pa.tile<1x16xf32, <lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>>,
  !pa.tile<1x16xi32, <lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>>)

// CHECK-LABEL: @shared
// CHECK-SAME:  (!pa.shared<<16x96xbf16, #[[$ODD]]>>)
func.func private @shared(
  !pa.shared<!pa.tile<16x96xbf16, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [3 : (0, 32)], elem = [8 : (0, 1)]>>>)

// The same for all lanes, in pages of that many tokens or inside of larger ones; and for each lane its own.
// CHECK-LABEL: @page_ids
// CHECK-SAME:  (!pa.page_ids<4 x 16 of 16>, !pa.page_ids<4 x 16 of 48>, !pa.page_ids<64 x 1 of 16, #[[$LOOKUP]]>)
func.func private @page_ids(!pa.page_ids<4 x 16 of 16>, !pa.page_ids<4 x 16 of 48>, !pa.page_ids<64 x 1 of 16, #lookup>)

}
