// 16-bit float formats, written from their definition (sign, exponent, mantissa) and nothing else: the oracle
// must not share a line with what it judges.
#ifndef PA_TEST_REFERENCE_FORMATS_H
#define PA_TEST_REFERENCE_FORMATS_H

#include <cstdint>
#include <string_view>

namespace pa::reference {

enum class Type { bf16, f16 };

struct FormatFacts {
  const char *name;
  int exponentBits;
  int mantissaBits; // without the hidden one
};

const FormatFacts &facts(Type type);
bool parseType(std::string_view name, Type &type);

// Exact: every code of both formats is a double. NaN codes give a quiet NaN with the code's sign.
double decode(Type type, uint16_t code);

// Nearest, ties to even, in one rounding (never through float). Overflow gives an infinity, NaN the quiet NaN
// with the value's sign, a tiny value a subnormal or a signed zero.
uint16_t encode(Type type, double value);

// encode, then decode.
double rounded(Type type, double value);

// A signalling-free NaN whose bits are easily told from results: what unused memory is filled with.
uint16_t poisonCode(Type type);

} // namespace pa::reference

#endif
