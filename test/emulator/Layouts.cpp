#include "Layouts.h"

#include <fstream>
#include <sstream>

namespace pa::emu::test {

const std::map<std::string, Layout> &layouts() {
  static const std::map<std::string, Layout> all = [] {
    std::map<std::string, Layout> out;
    std::ifstream in(std::string(PA_TEST_DATA) + "/mfma_layouts_cdna3.csv");
    std::string line;
    std::getline(in, line); // instruction,matrix,block,row,col,vgpr,lane,bits_hi,bits_lo
    while (std::getline(in, line)) {
      std::stringstream fields(line);
      std::string field;
      std::vector<std::string> f;
      while (std::getline(fields, field, ','))
        f.push_back(field);
      if (f.size() < 9)
        continue;
      auto n = [&](unsigned i) { return unsigned(std::stoul(f[i])); };
      out[f[0]][{f[1][0], n(2), n(3), n(4)}] = {n(5), n(6), n(8)};
    }
    return out;
  }();
  return all;
}

void put(Bench &bench, unsigned base, const Place &p, unsigned bits, uint32_t value) {
  uint32_t mask = uint32_t((uint64_t(1) << bits) - 1) << p.shift;
  uint32_t &word = bench.v[base + p.vgpr][p.lane];
  word = (word & ~mask) | (value << p.shift & mask);
}

} // namespace pa::emu::test
