// Formats of elements, written from their definition (sign, exponent, mantissa) and nothing else: the oracle must not
// share a line with what it judges.
#ifndef PA_TEST_REFERENCE_FORMATS_H
#define PA_TEST_REFERENCE_FORMATS_H

#include <cstdint>
#include <string_view>
#include <vector>

namespace pa::reference {

// FP8 is E4M3 in two formats. fn (OCP): bias 7, no infinity, NaN is 0x7f and 0xff. fnuz: bias 8, no infinity, no
// negative zero, NaN is 0x80 alone.
enum class Type { bf16, f16, fp8E4m3fn, fp8E4m3fnuz, int8 };

struct FormatFacts {
  const char *name;
  int bytes;
  int exponentBits; // 0: two's complement
  int mantissaBits; // without the hidden one
  int bias;
};

inline constexpr FormatFacts formats[] = {
    {"bf16", 2, 8, 7, 127},       {"f16", 2, 5, 10, 15}, {"fp8_e4m3fn", 1, 4, 3, 7},
    {"fp8_e4m3fnuz", 1, 4, 3, 8}, {"int8", 1, 0, 7, 0},
};
constexpr const FormatFacts &facts(Type type) { return formats[static_cast<int>(type)]; }
bool parseType(std::string_view name, Type &type);
inline unsigned codesOf(Type type) { return facts(type).bytes == 2 ? 65536 : 256; }
inline bool isFp8(Type type) { return type == Type::fp8E4m3fn || type == Type::fp8E4m3fnuz; }

// Exact: every code of every format is a double. NaN codes give a quiet NaN with the code's sign.
double decode(Type type, uint16_t code);
std::vector<double> decodeTable(Type type); // of all codes

// Nearest, ties to even, in one rounding (never through float). A tiny value gives a subnormal or a signed zero, where
// there is one. Overflow gives an infinity in the 16-bit formats and the largest finite value in the others. NaN gives
// the quiet NaN with the value's sign, and 0 in int8, which has none.
uint16_t encode(Type type, double value);

// encode, then decode.
double rounded(Type type, double value);

double largestFinite(Type type);
double leastNormal(Type type); // int8: 1

// A signalling-free NaN whose bits are easily told from results: what unused memory is filled with. int8: -128.
uint16_t poisonCode(Type type);

} // namespace pa::reference

#endif
