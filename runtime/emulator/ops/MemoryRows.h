// The lists of memory instructions that several spaces have: ROW<Data>(name) makes a row of a load or store,
// ONE(name, T, F) and BOTH(name, T32, T64, F) the rows of an atomic of one width and of two.
#ifndef PA_RUNTIME_EMULATOR_OPS_MEMORYROWS_H
#define PA_RUNTIME_EMULATOR_OPS_MEMORYROWS_H

#define PA_EMU_LOADS(SPACE, ROW)                                                                                       \
  ROW<Small<uint8_t>>(SPACE "_load_ubyte"), ROW<Small<int8_t>>(SPACE "_load_sbyte"),                                   \
      ROW<Small<uint16_t>>(SPACE "_load_ushort"), ROW<Small<int16_t>>(SPACE "_load_sshort"),                           \
      ROW<Dwords<1>>(SPACE "_load_dword"), ROW<Dwords<2>>(SPACE "_load_dwordx2"),                                      \
      ROW<Dwords<3>>(SPACE "_load_dwordx3"), ROW<Dwords<4>>(SPACE "_load_dwordx4"),                                    \
      ROW<D16<uint8_t, false>>(SPACE "_load_ubyte_d16"), ROW<D16<uint8_t, true>>(SPACE "_load_ubyte_d16_hi"),          \
      ROW<D16<int8_t, false>>(SPACE "_load_sbyte_d16"), ROW<D16<int8_t, true>>(SPACE "_load_sbyte_d16_hi"),            \
      ROW<D16<uint16_t, false>>(SPACE "_load_short_d16"), ROW<D16<uint16_t, true>>(SPACE "_load_short_d16_hi")

#define PA_EMU_STORES(SPACE, ROW)                                                                                      \
  ROW<Small<uint8_t>>(SPACE "_store_byte"), ROW<D16<uint8_t, true>>(SPACE "_store_byte_d16_hi"),                       \
      ROW<Small<uint16_t>>(SPACE "_store_short"), ROW<D16<uint16_t, true>>(SPACE "_store_short_d16_hi"),               \
      ROW<Dwords<1>>(SPACE "_store_dword"), ROW<Dwords<2>>(SPACE "_store_dwordx2"),                                    \
      ROW<Dwords<3>>(SPACE "_store_dwordx3"), ROW<Dwords<4>>(SPACE "_store_dwordx4")

// Straight to LDS.
#define PA_EMU_LOADS_TO_LDS(LOAD, ROW)                                                                                 \
  ROW<Small<uint8_t>>(LOAD "_ubyte"), ROW<Small<int8_t>>(LOAD "_sbyte"), ROW<Small<uint16_t>>(LOAD "_ushort"),         \
      ROW<Small<int16_t>>(LOAD "_sshort"), ROW<Dwords<1>>(LOAD "_dword")

#define PA_EMU_ATOMICS(SPACE, ONE, BOTH)                                                                               \
  BOTH(SPACE "_atomic_swap", uint32_t, uint64_t, atomic::Swap),                                                        \
      BOTH(SPACE "_atomic_add", uint32_t, uint64_t, atomic::Add),                                                      \
      BOTH(SPACE "_atomic_sub", uint32_t, uint64_t, atomic::Sub),                                                      \
      BOTH(SPACE "_atomic_smin", int32_t, int64_t, atomic::Min),                                                       \
      BOTH(SPACE "_atomic_umin", uint32_t, uint64_t, atomic::Min),                                                     \
      BOTH(SPACE "_atomic_smax", int32_t, int64_t, atomic::Max),                                                       \
      BOTH(SPACE "_atomic_umax", uint32_t, uint64_t, atomic::Max),                                                     \
      BOTH(SPACE "_atomic_and", uint32_t, uint64_t, atomic::And),                                                      \
      BOTH(SPACE "_atomic_or", uint32_t, uint64_t, atomic::Or),                                                        \
      BOTH(SPACE "_atomic_xor", uint32_t, uint64_t, atomic::Xor),                                                      \
      BOTH(SPACE "_atomic_inc", uint32_t, uint64_t, atomic::Inc),                                                      \
      BOTH(SPACE "_atomic_dec", uint32_t, uint64_t, atomic::Dec), ONE(SPACE "_atomic_add_f32", float, atomic::Add),    \
      ONE(SPACE "_atomic_add_f64", double, atomic::Add), ONE(SPACE "_atomic_min_f64", double, atomic::FloatMin),       \
      ONE(SPACE "_atomic_max_f64", double, atomic::FloatMax),                                                          \
      ONE(SPACE "_atomic_pk_add_f16", uint32_t, atomic::PackedHalfAdd)

#endif
