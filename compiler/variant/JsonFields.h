// Reads a JSON object field by field; what is wrong is collected, with sentences that name the field, what it is and
// what is allowed.
#ifndef PA_COMPILER_VARIANT_JSONFIELDS_H
#define PA_COMPILER_VARIANT_JSONFIELDS_H

#include "compiler/variant/FieldError.h"
#include "compiler/variant/JsonValue.h"

namespace pa {

enum class Presence { required, optional };

// What a field was read as: a number of a range, one of some spellings, true or false, or anything else. Names and
// spellings are the reader's.
struct FieldKind {
  const char *name;
  bool isNumber = false, isBoolean = false;
  uint64_t least = 0, most = 0;
  const char *const *spellings = nullptr;
  size_t spellingCount = 0;
};

class JsonFields {
public:
  // Of an object; `json` has to outlive this.
  JsonFields(const JsonValue &json, std::string prefix, std::vector<FieldError> &errors)
      : json(json), prefix(std::move(prefix)), errors(errors) {}

  bool good() const { return errors.empty(); }

  void text(const char *name, std::string &value);
  void boolean(const char *name, bool &value, Presence presence = Presence::required);
  // Null, and an error, if the field is missing or no object.
  const JsonValue *object(const char *name);

  template <class Integer>
  void number(const char *name, Integer &value, uint64_t least, uint64_t most, Presence presence = Presence::required) {
    if (std::optional<uint64_t> got = numberOf(name, least, most, presence))
      value = static_cast<Integer>(*got);
  }

  template <class Enum, size_t size>
  void choice(const char *name, Enum &value, const char *const (&spellings)[size],
              Presence presence = Presence::required) {
    if (std::optional<size_t> got = choiceOf(name, spellings, size, presence))
      value = static_cast<Enum>(*got);
  }

  void refuseUnknown();
  // Those that were asked for, in that order.
  const std::vector<FieldKind> &kinds() const { return known; }
  void wrong(const char *name, const JsonValue &got, const std::string &allowed);

private:
  const JsonValue *find(const FieldKind &kind, Presence presence);
  std::optional<uint64_t> numberOf(const char *name, uint64_t least, uint64_t most, Presence presence);
  std::optional<size_t> choiceOf(const char *name, const char *const *spellings, size_t count, Presence presence);

  const JsonValue &json;
  std::string prefix;
  std::vector<FieldError> &errors;
  std::vector<FieldKind> known;
};

// A text as an object: its value, or an error that begins with `what`, "the variant"; `prefix` is of its fields.
std::optional<JsonValue> parseObject(std::string_view text, const std::string &what, const std::string &prefix,
                                     std::vector<FieldError> &errors);

} // namespace pa

#endif
