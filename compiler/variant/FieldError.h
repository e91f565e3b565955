// What is wrong with a field of a description.
#ifndef PA_COMPILER_VARIANT_FIELDERROR_H
#define PA_COMPILER_VARIANT_FIELDERROR_H

#include <string>
#include <vector>

namespace pa {

struct FieldError {
  std::string text;  // "variant.head_size is \"x\", allowed: a whole number from 8 to 1024"
  std::string field; // "head_size"; "" if the whole is no description
  std::string value; // as JSON has it; "" if it is missing
  std::string allowed;
};

inline std::string toText(const std::vector<FieldError> &errors, const char *separator = "\n") {
  std::string text;
  for (const FieldError &error : errors)
    text += (text.empty() ? "" : separator) + error.text;
  return text;
}

} // namespace pa

#endif
