// Undefined values in matrix products: a lane of A, B or a scale makes those elements of D undefined that change when
// that lane's numbers do, for every product of both chips with every broadcast.
#include "Bench.h"
#include "runtime/emulator/core/HostState.h"
#include "runtime/emulator/decode/Tables.h"
#include "runtime/emulator/observe/Undefined.h"

#include <gtest/gtest.h>

namespace pa::emu::test {
namespace {

// Registers of D, C, A, B and the scales.
constexpr unsigned places[] = {0, 40, 80, 120, 160, 162};
constexpr uint32_t number = 0x38383838, other = 0x40404040, one = 0x7f7f7f7f, two = 0x80808080; // positive in all types

Inst instructionOf(const Row &row) {
  Inst i;
  i.row = &row;
  i.run = row.run;
  unsigned src = 0;
  for (unsigned n = 0; n < row.operandCount; ++n) {
    Operand &o = n ? i.src[src++] : i.dst[0];
    o.place = Place::vgpr;
    o.type = row.operands[n].type;
    o.dwords = uint8_t(dwordsOf(o.type));
    constexpr unsigned order[] = {0, 2, 3, 1, 4, 5};
    o.reg = uint16_t(places[order[n]]);
  }
  return i;
}

using Result = std::vector<std::vector<uint32_t>>;

// D where one lane of an operand holds other numbers than the rest.
Result run(Bench &bench, const Inst &i, int source, unsigned lane) {
  for (unsigned n = 0; n < 5 && i.src[n].place != Place::none; ++n)
    for (unsigned d = 0; d < i.src[n].dwords; ++d)
      for (unsigned l = 0; l < lanes; ++l) {
        bool changed = int(n) == source && l == lane;
        bench.v[i.src[n].reg + d][l] = n == 2 ? 0 : n > 2 ? (changed ? two : one) : changed ? other : number;
      }
  bench.wave.fastMfma = true; // small contributions are not cut off
  StateHandler handler = handlerOfState(i.row->flags);
  (handler ? handler : i.row->run)(bench.wave, i);
  Result out;
  for (unsigned d = 0; d < i.dst[0].dwords; ++d)
    out.emplace_back(bench.v[i.dst[0].reg + d], bench.v[i.dst[0].reg + d] + lanes);
  return out;
}

void expectSameLanes(Bench &bench, const Inst &i, unsigned source, unsigned lane) {
  Result before = run(bench, i, -1, 0), after = run(bench, i, int(source), lane);
  RegisterShadow shadow;
  shadow.reset(0, ~0ull);
  for (unsigned r = 0; r < 256; ++r)
    shadow.put(r, {}, ~0ull);
  for (unsigned d = 0; d < i.src[source].dwords; ++d)
    shadow.put(i.src[source].reg + d, UndefinedLanes::all(1ull << lane), ~0ull);
  Plan plan;
  plan.rule = Rule::matrix;
  ShadowStep(bench.wave, i, plan, shadow).run();
  unsigned step = std::string_view(i.row->name).find("_f64_") != std::string_view::npos ? 2 : 1;
  for (unsigned d = 0; d < i.dst[0].dwords; d += step) {
    uint64_t changed = 0;
    for (unsigned l = 0; l < lanes; ++l)
      changed |= uint64_t(before[d][l] != after[d][l] || before[d + step - 1][l] != after[d + step - 1][l]) << l;
    for (unsigned part = 0; part < step; ++part)
      ASSERT_EQ(shadow.vector(i.dst[0].reg + d + part).any(), changed)
          << i.row->name << " cbsz " << int(i.cbsz) << " abid " << int(i.abid) << " blgp " << int(i.blgp) << ", lane "
          << lane << " of source " << source << ", register " << d;
  }
}

TEST(UndefinedMatrix, elementsThatChange) {
  for (const std::string &chip : bothChips) {
    Bench bench(chip);
    unsigned products = 0;
    for (const std::string &name : mnemonicsOf(chip)) {
      if (name.rfind("v_mfma_", 0) != 0)
        continue;
      const Row &row = *rowsOf(chip, name)[0];
      bool scaled = name.find("_scale_") != name.npos, formats = name.find("f8f6f4") != name.npos;
      for (unsigned form = 0; form < 20; ++form) {
        Inst i = instructionOf(row);
        i.cbsz = formats ? 0 : uint8_t(form / 8 % 3);
        i.abid = i.cbsz ? 1 : 0;
        i.blgp = formats ? 0 : form % 8;
        bool takes =
            (!i.cbsz || (row.modifiers & bit(Modifier::cbsz))) && (!i.blgp || (row.modifiers & bit(Modifier::blgp)));
        i.opSel = scaled ? form & 3 : 0;
        i.opSelHi = scaled ? form >> 2 & 3 : 0;
        if (!takes || (row.check && row.check(i)))
          continue;
        for (unsigned lane = form; lane < lanes; lane += 7)
          for (unsigned source : {0u, 1u, 3u, 4u})
            if (source < 2 || scaled)
              expectSameLanes(bench, i, source, lane);
        ++products;
      }
    }
    EXPECT_GT(products, 100u);
  }
}

} // namespace
} // namespace pa::emu::test
