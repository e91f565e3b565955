// Dense matrix products: where a product's elements live in lanes and registers.
//
// D = A B + C, A is M x K, B is K x N, in B independent blocks. With 64/M groups of lanes: a lane's group says its
// block and its piece of k, its place in the group its row of A (column of B). Source: AMD's matrix instruction
// calculator.
#ifndef PA_RUNTIME_EMULATOR_OPS_MFMA_H
#define PA_RUNTIME_EMULATOR_OPS_MFMA_H

#include "runtime/emulator/ops/Lanes.h"

namespace pa::emu::PA_EMU_LEVEL {

template <unsigned Rows, unsigned Depth, unsigned Blocks = 1> struct Shape {
  static constexpr unsigned M = Rows, N = Rows, K = Depth, B = Blocks;
  static constexpr unsigned groups = lanes / M;
  static constexpr unsigned groupsPerBlock = groups / B;
  static constexpr unsigned elements = K / groupsPerBlock; // of A and of B in a lane
  static constexpr unsigned registers = M * N * B / lanes; // of C and D, 32 bits each
  static_assert(groupsPerBlock * B == groups && elements * groupsPerBlock == K);

  static constexpr unsigned blockOf(unsigned lane) { return lane / M / groupsPerBlock; }
  static constexpr unsigned depthOf(unsigned lane, unsigned e) { return lane / M % groupsPerBlock * elements + e; }
  // Where row i of block b of D begins; its columns are consecutive lanes.
  static constexpr unsigned registerOf(unsigned b, unsigned i) {
    return M == 32 ? 16 * b + 4 * (i / 8) + i % 4 : M == 16 ? 4 * b + i % 4 : i;
  }
  static constexpr unsigned laneOf(unsigned b, unsigned i) {
    return M == 32 ? 32 * (i / 4 % 2) : M == 16 ? 16 * (i / 4) : 4 * b;
  }
};

constexpr Type typeOfRegisters(unsigned n) {
  switch (n) {
  case 1:
    return Type::b32;
  case 2:
    return Type::b64;
  case 4:
    return Type::b128;
  case 8:
    return Type::b256;
  case 16:
    return Type::b512;
  default:
    return Type::b1024;
  }
}

// A's or B's registers as the product sees them.
using InputRows = const uint32_t (*)[lanes];

// The lane whose A a lane sees: of 2^cbsz neighbouring blocks, all take that of block abid.
template <class S> PA_EMU_INLINE unsigned broadcastBlock(unsigned lane, unsigned cbsz, unsigned abid) {
  constexpr unsigned perBlock = S::M * S::groupsPerBlock;
  unsigned block = lane / perBlock, chosen = (block & ~((1u << cbsz) - 1)) + abid;
  return chosen * perBlock + lane % perBlock;
}
// The lane whose B a lane sees, by blgp: one half or one quarter of the lanes for all, or all turned by 16.
PA_EMU_INLINE unsigned broadcastLanes(unsigned lane, unsigned blgp) {
  return blgp == 0   ? lane
         : blgp <= 2 ? lane % 32 + 32 * (blgp - 1)
         : blgp == 3 ? (lane + 16) % lanes
                     : lane % 16 + 16 * (blgp - 4);
}

template <class S, unsigned BitsPerElement> struct Inputs {
  static constexpr unsigned inLane = S::elements * BitsPerElement / 32, registers = inLane ? inLane : 1;
  InputRows a, b;
  alignas(64) uint32_t arranged[2][registers][lanes];

  PA_EMU_INLINE Inputs(const Wave &w, const Inst &i) : a(w.v + i.src[0].reg), b(w.v + i.src[1].reg) {
    if (__builtin_expect(i.cbsz | i.blgp, 0))
      arrange(i.cbsz, i.abid, i.blgp);
  }
  InputRows side(unsigned n) const { return n ? b : a; }

private:
  // Seldom run, and one lane at a time: clang 22 turns blgp's quarters into a wrong shuffle at x86-64-v4.
  void arrange(unsigned cbsz, unsigned abid, unsigned blgp) {
    for (unsigned r = 0; r < registers; ++r)
#pragma clang loop vectorize(disable) unroll(disable)
      for (unsigned l = 0; l < lanes; ++l) {
        arranged[0][r][l] = a[r][broadcastBlock<S>(l, cbsz, abid)];
        arranged[1][r][l] = b[r][broadcastLanes(l, blgp)];
      }
    a = arranged[0];
    b = arranged[1];
  }
};

// Null, or what is wrong. A and B are vector registers.
inline const char *checkInputs(const Inst &i) {
  bool vectors = i.src[0].place == Place::vgpr && i.src[1].place == Place::vgpr && i.src[2].place != Place::sgpr;
  return vectors ? nullptr : "a matrix that is not in vector registers";
}
template <class S> const char *checkBroadcast(const Inst &i) {
  if (const char *wrong = checkInputs(i))
    return wrong;
  return (1u << i.cbsz) > S::B || i.abid >= 1u << i.cbsz ? "cbsz or abid beyond the product's blocks" : nullptr;
}

// A or B of all blocks, as [block][k][row or column], by what `get` makes of an element's register bits.
template <class S, class T, unsigned BitsPerElement> struct Side {
  alignas(64) T at[S::B][S::K][S::M];
  template <class Get> PA_EMU_INLINE void unpack(InputRows rows, Get get) {
    constexpr unsigned perRegister = 32 / BitsPerElement;
    for (unsigned e = 0; e < S::elements; ++e) {
      const uint32_t *row = rows[e / perRegister];
      unsigned shift = e % perRegister * BitsPerElement;
      for (unsigned g = 0; g < S::groups; ++g) {
        T *to = at[g / S::groupsPerBlock][S::depthOf(g * S::M, e)];
        for (unsigned r = 0; r < S::M; ++r)
          to[r] = get(row[g * S::M + r] >> shift);
      }
    }
  }
};

template <class S, unsigned BitsPerElement> constexpr Row mfmaRow(const char *name, Handler run) {
  Row r;
  r.name = name;
  r.run = run;
  r.kind = Kind::mfma;
  r.flags = flag::defaultHostState;
  r.check = checkInputs;
  constexpr unsigned inputs = S::elements * BitsPerElement / 32;
  r.operandCount = 4;
  r.operands[0] = {Role::dst, typeOfRegisters(S::registers)};
  r.operands[1] = r.operands[2] = {Role::src, typeOfRegisters(inputs ? inputs : 1)};
  r.operands[3] = {Role::src, typeOfRegisters(S::registers)};
  return r;
}

// The products that gfx90a had broadcast lanes of B too; those of several blocks, blocks of A.
template <class S> constexpr Row withBroadcast(Row row) {
  row.modifiers |= bit(Modifier::blgp);
  if (S::B > 1)
    row.modifiers |= bit(Modifier::cbsz) | bit(Modifier::abid);
  row.check = checkBroadcast<S>;
  return row;
}

// C as [block][row][column], from registers or one constant.
template <class S, class T> struct Accumulator {
  alignas(64) T at[S::B][S::M][S::N];
  PA_EMU_INLINE void load(const Wave &w, const Operand &o) {
    static_assert(sizeof(T) == 4);
    uint32_t constant = uint32_t(o.value);
    for (unsigned b = 0; b < S::B; ++b)
      for (unsigned i = 0; i < S::M; ++i)
        if (o.place == Place::vgpr)
          std::memcpy(at[b][i], w.v[o.reg + S::registerOf(b, i)] + S::laneOf(b, i), sizeof at[b][i]);
        else
          for (unsigned j = 0; j < S::N; ++j)
            std::memcpy(&at[b][i][j], &constant, 4);
  }
  PA_EMU_INLINE void store(Wave &w, const Operand &o) const {
    for (unsigned b = 0; b < S::B; ++b)
      for (unsigned i = 0; i < S::M; ++i)
        std::memcpy(w.v[o.reg + S::registerOf(b, i)] + S::laneOf(b, i), at[b][i], sizeof at[b][i]);
  }
};

} // namespace pa::emu::PA_EMU_LEVEL

#endif
