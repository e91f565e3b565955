// How undefined bits travel through matrix products. D[i][j] = C[i][j] + sum of A[i][k] B[k][j]: an undefined element
// of A makes its row undefined, one of B its column, in its own block.
#include "runtime/emulator/observe/Undefined.h"

#include <cstdlib>
#include <string_view>

namespace pa::emu {
namespace {

constexpr unsigned lanes = 64, mostBlocks = 16;

// Of v_mfma_*_MxNxK_Bb_*; M and N are equal.
struct MatrixShape {
  unsigned edge = 0, blocks = 1;
  bool isDouble = false, hasFormats = false; // the latter: cbsz and blgp choose formats, and broadcast nothing
  explicit MatrixShape(std::string_view name) {
    isDouble = name.find("_f64_") != name.npos;
    hasFormats = name.find("f8f6f4") != name.npos;
    for (size_t at = name.find('_'); at != name.npos; at = name.find('_', at + 1)) {
      char *end = nullptr;
      unsigned n = unsigned(std::strtoul(name.data() + at + 1, &end, 10));
      if (n && *end == 'x' && !edge)
        edge = n;
      if (n && *end == 'b' && end[1] == '_')
        blocks = n;
    }
  }

  // The block of a lane of A or B; its row or column is lane % edge.
  unsigned blockOf(unsigned lane) const { return isDouble ? lane % 16 / edge : lane * blocks / lanes; }
  // The lane whose A or B a lane sees (cbsz and abid; blgp).
  unsigned seenA(const Inst &i, unsigned lane) const {
    unsigned perBlock = lanes / blocks, block = lane / perBlock;
    return ((block & ~((1u << i.cbsz) - 1)) + i.abid) % blocks * perBlock + lane % perBlock;
  }
  static unsigned seenB(const Inst &i, unsigned lane) {
    unsigned blgp = i.blgp;
    return blgp == 0   ? lane
           : blgp <= 2 ? lane % 32 + 32 * (blgp - 1)
           : blgp == 3 ? (lane + 16) % lanes
                       : lane % 16 + 16 * (blgp - 4);
  }

  struct Element {
    unsigned block, row, column;
  };
  // Of C and D.
  Element elementOf(unsigned dword, unsigned lane) const {
    if (isDouble)
      return {lane % 16 / edge, 4 * (dword / 2) + lane / 16, lane % edge};
    if (edge == 32)
      return {dword / 16, 8 * (dword % 16 / 4) + 4 * (lane / 32) + dword % 4, lane % 32};
    if (edge == 16)
      return {dword / 4, 4 * (lane / 16) + dword % 4, lane % 16};
    return {lane / 4, dword, lane % 4};
  }
};

// Rows or columns with an undefined element, a bit each, by block.
struct Marks {
  uint32_t of[mostBlocks] = {};
  void add(unsigned block, unsigned n) { of[block] |= 1u << n; }
  bool has(unsigned block, unsigned n) const { return of[block] >> n & 1; }
};

} // namespace

void ShadowStep::matrix() {
  MatrixShape shape(inst.row->name);
  uint64_t operand[2] = {0, 0};
  for (unsigned n = 0; n < 2; ++n)
    for (unsigned d = 0; d < inst.src[n].dwords; ++d)
      operand[n] |= source(n, d).any();
  Marks rows, columns;
  for (unsigned l = 0; l < lanes; ++l) {
    bool plain = shape.hasFormats || shape.isDouble;
    unsigned a = plain ? l : shape.seenA(inst, l), b = plain ? l : MatrixShape::seenB(inst, l);
    if (operand[0] >> a & 1)
      rows.add(shape.blockOf(l), l % shape.edge);
    if (operand[1] >> b & 1)
      columns.add(shape.blockOf(l), l % shape.edge);
  }
  // A lane's scale is of row or column lane % edge, in the byte that op_sel names.
  for (unsigned n = 0; n < 2 && inst.src[3 + n].place != Place::none; ++n) {
    unsigned byte = unsigned(inst.opSel >> n & 1) | unsigned(inst.opSelHi >> n & 1) << 1;
    for (uint64_t left = source(3 + n).any(1u << byte); left; left &= left - 1)
      (n ? columns : rows).add(0, unsigned(__builtin_ctzll(left)) % shape.edge);
  }
  UndefinedLanes result[32];
  unsigned dwords = inst.dst[0].dwords;
  for (unsigned d = 0; d < dwords; ++d) {
    uint64_t undefined = 0;
    for (unsigned l = 0; l < lanes; ++l) {
      MatrixShape::Element e = shape.elementOf(d, l);
      undefined |= uint64_t(rows.has(e.block, e.row) || columns.has(e.block, e.column)) << l;
    }
    if (inst.src[2].place == Place::vgpr) // a number's bytes are its own together
      for (unsigned part = 0; part < (shape.isDouble ? 2u : 1u); ++part)
        undefined |= source(2, shape.isDouble ? d / 2 * 2 + part : d).any();
    result[d] = UndefinedLanes::all(undefined);
  }
  for (unsigned d = 0; d < dwords; ++d)
    shadow.put(inst.dst[0].reg + d, result[d], ~0ull);
}

} // namespace pa::emu
