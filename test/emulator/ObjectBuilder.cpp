#include "ObjectBuilder.h"

#include "Assembler.h"

#include <gtest/gtest.h>

#include <bitset>
#include <cstring>

namespace pa::emu::test {
namespace {

class Bytes {
public:
  template <class T> void put(T value) {
    const uint8_t *p = reinterpret_cast<const uint8_t *>(&value);
    data.insert(data.end(), p, p + sizeof value);
  }
  void text(const std::string &s) { data.insert(data.end(), s.begin(), s.end()); }
  void zeros(size_t n) { data.insert(data.end(), n, 0); }
  void align(size_t n) { zeros((n - data.size() % n) % n); }
  void patch(size_t at, const Bytes &b) { std::memcpy(&data[at], b.data.data(), b.data.size()); }
  std::vector<uint8_t> data;
};

// msgpack, as far as the metadata needs it.
void msgText(Bytes &b, const std::string &s) {
  b.put(uint8_t(0xd9));
  b.put(uint8_t(s.size()));
  b.text(s);
}
void msgNumber(Bytes &b, uint32_t x) {
  b.put(uint8_t(0xce));
  for (int shift = 24; shift >= 0; shift -= 8)
    b.put(uint8_t(x >> shift));
}

Bytes metadata(const KernelSpec &k) {
  Bytes b;
  b.put(uint8_t(0x81)); // a map of one
  msgText(b, "amdhsa.kernels");
  b.put(uint8_t(0x91)); // a list of one
  b.put(uint8_t(0x84)); // a map of four
  msgText(b, ".symbol");
  msgText(b, k.name + ".kd");
  msgText(b, ".kernarg_segment_size");
  msgNumber(b, k.kernargBytes);
  msgText(b, ".max_flat_workgroup_size");
  msgNumber(b, 1024);
  msgText(b, ".sgpr_count");
  msgNumber(b, 100);
  return b;
}

Bytes descriptor(const KernelSpec &k, int64_t entryOffset) {
  Bytes b;
  b.put(k.lds);
  b.put(k.scratch);
  b.put(k.kernargBytes);
  b.put(uint32_t(0));
  b.put(entryOffset);
  b.zeros(20);
  b.put(uint32_t(k.rsrc3 | (k.accumOffset / 4 - 1)));
  b.put(uint32_t(k.rsrc1 | (k.vgprs / 8 - 1)));
  unsigned userSgprs =
      2 * unsigned(std::bitset<5>(k.properties >> 1).count()) + (k.properties >> 6 & 1) + (k.preload & 127);
  b.put(uint32_t(k.rsrc2 | userSgprs << 1 | unsigned(k.idX) << 7 | unsigned(k.idY) << 8 | unsigned(k.idZ) << 9));
  b.put(k.properties);
  b.put(k.preload);
  b.zeros(4);
  return b;
}

struct Section {
  uint32_t name, type;
  uint64_t flags, address, offset, size;
  uint32_t link, info;
  uint64_t alignment, entry;
};

void symbol(Bytes &b, uint32_t name, uint8_t info, uint16_t section, uint64_t value, uint64_t size) {
  b.put(name);
  b.put(info);
  b.put(uint8_t(0));
  b.put(section);
  b.put(value);
  b.put(size);
}

} // namespace

std::vector<uint8_t> buildObject(const KernelSpec &k, const std::string &text) {
  std::string errors;
  std::vector<uint8_t> code = assemble(k.chip, text, &errors);
  EXPECT_FALSE(code.empty()) << errors;

  // One loadable segment is the whole file: addresses are file offsets.
  Bytes file;
  constexpr size_t headerBytes = 64, segmentBytes = 56;
  file.zeros(headerBytes + segmentBytes);
  file.align(64);
  Bytes note = metadata(k);
  size_t noteAt = file.data.size();
  file.put(uint32_t(7));
  file.put(uint32_t(note.data.size()));
  file.put(uint32_t(32)); // NT_AMDGPU_METADATA
  file.text(std::string("AMDGPU\0\0", 8));
  file.data.insert(file.data.end(), note.data.begin(), note.data.end());
  file.align(4);
  size_t noteEnd = file.data.size();
  file.align(64);
  size_t descriptorAt = file.data.size(), codeAt = (descriptorAt + 64 + 255) / 256 * 256;
  Bytes kd = descriptor(k, int64_t(codeAt - descriptorAt));
  file.data.insert(file.data.end(), kd.data.begin(), kd.data.end());
  file.align(256);
  file.data.insert(file.data.end(), code.begin(), code.end());
  size_t loadEnd = file.data.size();
  file.align(8);

  std::string strings = std::string("\0", 1) + k.name + std::string("\0", 1) + k.name + ".kd" + std::string("\0", 1);
  size_t symbolsAt = file.data.size();
  file.zeros(24);
  symbol(file, 1, 0x12, 3, codeAt, code.size());                        // global function
  symbol(file, uint32_t(2 + k.name.size()), 0x11, 2, descriptorAt, 64); // global object
  size_t symbolsEnd = file.data.size(), stringsAt = file.data.size();
  file.text(strings);
  const char names[] = "\0.note\0.rodata\0.text\0.symtab\0.strtab\0.shstrtab";
  size_t namesAt = file.data.size();
  file.text(std::string(names, sizeof names));
  file.align(8);
  const Section sections[] = {
      {0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
      {1, 7, 2, noteAt, noteAt, noteEnd - noteAt, 0, 0, 4, 0},
      {7, 1, 2, descriptorAt, descriptorAt, 64, 0, 0, 64, 0},
      {15, 1, 6, codeAt, codeAt, code.size(), 0, 0, 256, 0},
      {21, 2, 0, 0, symbolsAt, symbolsEnd - symbolsAt, 5, 1, 8, 24},
      {29, 3, 0, 0, stringsAt, strings.size(), 0, 0, 1, 0},
      {37, 3, 0, 0, namesAt, sizeof names, 0, 0, 1, 0},
  };
  size_t sectionsAt = file.data.size();
  for (const Section &s : sections)
    file.put(s);

  Bytes header;
  header.text(std::string("\177ELF\2\1\1\100", 8)); // 64 bits, little endian, AMDHSA
  header.put(uint8_t(k.codeObjectVersion - 2));
  header.zeros(7);
  header.put(uint16_t(3));   // shared object
  header.put(uint16_t(224)); // AMDGPU
  header.put(uint32_t(1));
  header.put(uint64_t(0));
  header.put(uint64_t(headerBytes));
  header.put(uint64_t(sectionsAt));
  header.put(uint32_t(0x500 | (k.chip == "gfx950" ? 0x4f : 0x4c)));
  header.put(uint16_t(headerBytes));
  header.put(uint16_t(segmentBytes));
  header.put(uint16_t(1));
  header.put(uint16_t(sizeof(Section)));
  header.put(uint16_t(sizeof sections / sizeof sections[0]));
  header.put(uint16_t(6));
  header.put(uint32_t(1)); // one loadable segment
  header.put(uint32_t(7));
  header.put(uint64_t(0));
  header.put(uint64_t(0));
  header.put(uint64_t(0));
  header.put(uint64_t(loadEnd));
  header.put(uint64_t(loadEnd));
  header.put(uint64_t(4096));
  file.patch(0, header);
  return file.data;
}

} // namespace pa::emu::test
