#include "runtime/verify/Wanted.h"

namespace pa::checked {
namespace {

struct Word {
  std::string_view name;
  bool Wanted::*field;
};
constexpr Word known[] = {{"pointers", &Wanted::pointers}, {"results", &Wanted::results}};

bool set(std::string_view word, Wanted &wanted) {
  for (const Word &candidate : known)
    if (word == candidate.name)
      return wanted.*candidate.field = true;
  return false;
}

} // namespace

Expected<Wanted> parseWanted(std::string_view words) {
  Wanted wanted;
  for (size_t at = 0; at <= words.size();) {
    size_t end = std::min(words.find(',', at), words.size());
    if (!set(words.substr(at, end - at), wanted))
      return {ErrorCode::invalidArgument,
              "PA_VERIFY is '" + std::string(words) + "', allowed: a list of pointers, results"};
    at = end + 1;
  }
  return wanted;
}

} // namespace pa::checked
