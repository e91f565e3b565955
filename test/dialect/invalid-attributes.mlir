// Every rule of the attributes and types, and what their parsers refuse. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

// expected-error @+1 {{a mode has a positive size and steps of at least 0, got 0 : (1, 0)}}
func.func private @layout_mode_size() attributes {x = #pa.layout<lane = [64 : (1, 0)], reg = [0 : (1, 0)], elem = []>}

// -----

// expected-error @+1 {{a mode has a positive size and steps of at least 0, got 64 : (-1, 0)}}
func.func private @layout_row_step() attributes {x = #pa.layout<lane = [64 : (-1, 0)], reg = [], elem = []>}

// -----

// expected-error @+1 {{a mode has a positive size and steps of at least 0, got 64 : (0, -8)}}
func.func private @layout_col_step() attributes {x = #pa.layout<lane = [64 : (0, -8)], reg = [], elem = []>}

// -----

// expected-error @+1 {{a layout has at most 1048576 places and steps of that, exceeded at 32768 : (1, 0)}}
func.func private @layout_places() attributes {x = #pa.layout<lane = [64 : (0, 1)], reg = [32768 : (1, 0)], elem = []>}

// -----

// The product would not fit 64 bits.
// expected-error @+1 {{a layout has at most 1048576 places and steps of that, exceeded at 4611686018427387904 : (0, 0)}}
func.func private @layout_places_overflow() attributes {x = #pa.layout<lane = [64 : (0, 1)], reg = [4611686018427387904 : (0, 0)], elem = []>}

// -----

// expected-error @+1 {{a layout has at most 1048576 places and steps of that, exceeded at 2 : (0, 1048577)}}
func.func private @layout_step_size() attributes {x = #pa.layout<lane = [64 : (1, 0)], reg = [2 : (0, 1048577)], elem = []>}

// -----

// expected-error @+1 {{the lane modes count to 32, a wave has 64 lanes}}
func.func private @layout_lanes() attributes {x = #pa.layout<lane = [16 : (1, 0), 2 : (0, 8)], reg = [], elem = []>}

// -----

// expected-error @+1 {{expected 'reg'}}
func.func private @layout_all_three_lists() attributes {x = #pa.layout<lane = [64 : (1, 0)], elem = []>}

// -----

// expected-error @+1 {{expected ':'}}
func.func private @layout_mode_has_steps() attributes {x = #pa.layout<lane = [64], reg = [], elem = []>}

// -----

// expected-error @+1 {{expected ','}}
func.func private @layout_mode_has_two_steps() attributes {x = #pa.layout<lane = [64 : (1)], reg = [], elem = []>}

// -----

// expected-error @+1 {{group and query_tokens are at least 1, got 0 and 1}}
func.func private @rows_group() attributes {x = #pa.rows<group = 0, query_tokens = 1, padded = 16>}

// -----

// expected-error @+1 {{group and query_tokens are at least 1, got 8 and 0}}
func.func private @rows_query_tokens() attributes {x = #pa.rows<group = 8, query_tokens = 0, padded = 16>}

// -----

// expected-error @+1 {{padded is a positive multiple of 16, got 30}}
func.func private @rows_padded_to_blocks() attributes {x = #pa.rows<group = 10, query_tokens = 3, padded = 30>}

// -----

// expected-error @+1 {{padded is a positive multiple of 16, got 0}}
func.func private @rows_padded_positive() attributes {x = #pa.rows<group = 10, query_tokens = 3, padded = 0>}

// -----

// expected-error @+1 {{duplicate or unknown struct parameter name: rows}}
func.func private @rows_all_fields() attributes {x = #pa.rows<group = 10, query_tokens = 3, rows = 32>}

// -----

// expected-error @+1 {{m, n and k are at least 1, got 16, 16 and 0}}
func.func private @mfma_sizes() attributes {x = #pa.mfma<m = 16, n = 16, k = 0, type = bf16, intrinsic = "rocdl.mfma.x">}

// -----

// expected-error @+1 {{intrinsic is a rocdl.mfma op, got 'rocdl.s.barrier'}}
func.func private @mfma_intrinsic() attributes {x = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.s.barrier">}

// -----

// expected-error @+1 {{rows is a positive multiple of 16, got 8}}
func.func private @plan_rows() attributes {x = #pa.plan<rows = 8, head_size = 128, tile = 64, workgroups_per_cu = 2>}

// -----

// expected-error @+1 {{tile is a positive multiple of 32 tokens, got 48}}
func.func private @plan_tile() attributes {x = #pa.plan<rows = 16, head_size = 128, tile = 48, workgroups_per_cu = 2>}

// -----

// expected-error @+1 {{head_size and workgroups_per_cu are at least 1, got 128 and 0}}
func.func private @plan_workgroups() attributes {x = #pa.plan<rows = 16, head_size = 128, tile = 64, workgroups_per_cu = 0>}

// -----

// expected-error @+1 {{head_size and workgroups_per_cu are at least 1, got 0 and 2}}
func.func private @plan_head_size() attributes {x = #pa.plan<rows = 16, head_size = 0, tile = 64, workgroups_per_cu = 2>}

// -----

// expected-error @+1 {{bits is 8 or 16, got 4}}
func.func private @plan_bits() attributes {x = #pa.plan<rows = 16, head_size = 128, tile = 64, workgroups_per_cu = 2, bits = 4>}

// -----

// expected-error @+1 {{the target has no chip}}
func.func private @target_chip() attributes {x = #pa.target<chip = "", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>}

// -----

// expected-error @+1 {{compute_units, lds_bytes and vector_registers are at least 1, got 0, 65536 and 256}}
func.func private @target_compute_units() attributes {x = #pa.target<chip = "gfx0", compute_units = 0, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>}

// -----

// expected-error @+1 {{compute_units, lds_bytes and vector_registers are at least 1, got 8, 0 and 256}}
func.func private @target_lds_bytes() attributes {x = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 0, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>}

// -----

// expected-error @+1 {{compute_units, lds_bytes and vector_registers are at least 1, got 8, 65536 and 0}}
func.func private @target_vector_registers() attributes {x = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, vector_registers = 0, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>}

// -----

// expected-error @+1 {{waves_per_workgroup is 2 or 4, got 3}}
func.func private @target_waves() attributes {x = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 3, lds_bytes = 65536, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>}

// -----

// expected-error @+1 {{lds_banks is 32 or 64, got 16}}
func.func private @target_lds_banks() attributes {x = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 16, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>}

// -----

// expected-error @+1 {{mfma lists #pa.mfma attributes, got "rocdl.mfma.f32.16x16x16bf16.1k"}}
func.func private @target_mfma() attributes {x = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = ["rocdl.mfma.f32.16x16x16bf16.1k"], plans = []>}

// -----

// expected-error @+1 {{plans lists #pa.plan attributes, got 64}}
func.func private @target_plans() attributes {x = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = [64]>}

// -----

// expected-error @+2 {{expected ::mlir::pa::Probability to be one of: single, split}}
// expected-error @+1 {{failed to parse}}
func.func private @enumeration() attributes {x = #pa.p<double>}

// -----

// expected-error @+1 {{unknown attribute `page` in dialect `pa`}}
func.func private @attribute() attributes {x = #pa.page<16>}

// -----

// expected-error @+1 {{a cache's element type is bf16, f16, f8E4M3FN, f8E4M3FNUZ or i8, got 'f32'}}
func.func private @cache_element_type(!pa.kv_cache<f32, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>)

// -----

// Codes are said by the type alone: i8 is signed.
// expected-error @+1 {{a cache's element type is bf16, f16, f8E4M3FN, f8E4M3FNUZ or i8, got 'ui8'}}
func.func private @cache_element_sign(!pa.kv_cache<ui8, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{a cache has at least 1 head, got 0}}
func.func private @cache_heads(!pa.kv_cache<bf16, heads = 0, head_size = 128, page = 16, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{head_size is a multiple of 16 from 64 to 256, got 48}}
func.func private @cache_head_size_smallest(!pa.kv_cache<bf16, heads = 8, head_size = 48, page = 16, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{head_size is a multiple of 16 from 64 to 256, got 272}}
func.func private @cache_head_size_largest(!pa.kv_cache<bf16, heads = 8, head_size = 272, page = 16, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{head_size is a multiple of 16 from 64 to 256, got 100}}
func.func private @cache_head_size_multiple(!pa.kv_cache<bf16, heads = 8, head_size = 100, page = 16, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{value_head_size is a multiple of 16 from 64 to 256, got 512}}
func.func private @cache_value_head_size(!pa.kv_cache<bf16, heads = 8, head_size = 192, value_head_size = 512, page = 16, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{page is 1, 8 or a multiple of 16 up to 65536 tokens, got 24}}
func.func private @cache_page_multiple(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 24, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{page is 1, 8 or a multiple of 16 up to 65536 tokens, got 0}}
func.func private @cache_page_positive(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 0, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{page is 1, 8 or a multiple of 16 up to 65536 tokens, got 65552}}
func.func private @cache_page_largest(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 65552, layout = nhd, owner = caller>)

// -----

// expected-error @+1 {{a shuffled cache needs pages of a multiple of 8 tokens (16 bytes of 'bf16'), got 1}}
func.func private @cache_shuffled_page(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 1, layout = shuffled, owner = caller>)

// -----

// expected-error @+1 {{a shuffled cache needs pages of a multiple of 16 tokens (16 bytes of 'i8'), got 8}}
func.func private @cache_shuffled_page_of_codes(!pa.kv_cache<i8, heads = 8, head_size = 128, page = 8, layout = shuffled, owner = caller>)

// -----

// expected-error @+1 {{scales go with a cache of 8 bits an element, got head with 'bf16'}}
func.func private @cache_scales_go_with_codes(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>)

// -----

// expected-error @+2 {{expected ::mlir::pa::CacheLayout to be one of: nhd, hnd, classic, shuffled}}
// expected-error @+1 {{failed to parse Pa_KvCacheType parameter}}
func.func private @cache_layout(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = dhn, owner = caller>)

// -----

// expected-error @+2 {{expected one of [none, tensor, head, token, page] for what one float32 scale of a cache belongs to, got: group}}
// expected-error @+1 {{failed to parse Pa_KvCacheType parameter}}
func.func private @cache_scales(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, scales = group, owner = caller>)

// -----

// A layout is never guessed.
// expected-error @+1 {{struct is missing required parameter: layout}}
func.func private @cache_says_its_layout(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, owner = caller>)

// -----

// expected-error @+1 {{expected two dimensions of at least 1}}
func.func private @row_set_has_two_dimensions(!pa.row_set<128xbf16>)

// -----

// expected-error @+1 {{expected two dimensions of at least 1}}
func.func private @partial_is_not_empty(!pa.partial<0x128xf32>)

// -----

// expected-error @+1 {{expected static shape}}
func.func private @tile_is_static(!pa.tile<?x16xf32, <lane = [64 : (0, 0)], reg = [], elem = []>>)

// -----

// expected-error @+1 {{a tile's element type is a cache's, f32 or i32, got 'f64'}}
func.func private @tile_element_type(!pa.tile<1x16xf64, <lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>>)

// -----

// expected-error @+1 {{a tile has at most 1048576 elements, got 4294967296x4294967296}}
func.func private @tile_size(!pa.tile<4294967296x4294967296xf32, <lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>>)

// -----

// expected-error @+1 {{the layout reaches (16, 0), outside of 16x32}}
func.func private @tile_layout_stays_inside(!pa.tile<16x32xbf16, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (16, 0)], elem = [8 : (0, 1)]>>)

// -----

// expected-error @+1 {{the layout does not cover (0, 4)}}
func.func private @tile_layout_covers_all(!pa.tile<16x32xbf16, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [4 : (0, 1)]>>)

// -----

// expected-error @+1 {{there is at least 1 page id, got 0}}
func.func private @page_ids_count(!pa.page_ids<0 x 16 of 16>)

// -----

// expected-error @+1 {{an id's tokens are in one page: expected a divisor of page = 48, got 32}}
func.func private @page_ids_tokens_in_one_page(!pa.page_ids<4 x 32 of 48>)

// -----

// expected-error @+1 {{an id's tokens are in one page: expected a divisor of page = 16, got 0}}
func.func private @page_ids_tokens_positive(!pa.page_ids<4 x 0 of 16>)

// -----

// expected-error @+1 {{an id's tokens are in one page: expected a divisor of page = 0, got 16}}
func.func private @page_ids_page_positive(!pa.page_ids<4 x 16 of 0>)

// -----

// expected-error @+1 {{a lane knows the place of one token, got 16}}
func.func private @page_ids_one_token_a_lane(!pa.page_ids<4 x 16 of 16, <lane = [64 : (0, 0)], reg = [], elem = []>>)

// -----

// expected-error @+1 {{a register of a lane is the place of one token, got 2 elements}}
func.func private @page_ids_one_place_a_register(!pa.page_ids<64 x 1 of 1, <lane = [64 : (1, 0)], reg = [], elem = [2 : (0, 0)]>>)

// -----

// The second register's tokens are counted on from the first's.
// expected-error @+1 {{a token is the layout's row below 96, lane 32 has (96, 0)}}
func.func private @page_ids_second_register(!pa.page_ids<96 x 1 of 1, <lane = [64 : (1, 0)], reg = [2 : (64, 0)], elem = []>>)

// -----

// expected-error @+1 {{a token is the layout's row below 32, lane 32 has (32, 0)}}
func.func private @page_ids_tokens(!pa.page_ids<32 x 1 of 1, <lane = [64 : (1, 0)], reg = [], elem = []>>)

// -----

#half = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// expected-error @+1 {{a shared tile's registers are multiples of 16 bytes a lane, got 8 in}}
func.func private @shared_registers(!pa.shared<!pa.tile<16x64xbf16, #half>>)

// -----

// expected-error @+1 {{unknown  type `cache` in dialect `pa`}}
func.func private @type(!pa.cache<bf16>)
