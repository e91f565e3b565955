// The options of pa-run: a row each.
#ifndef PA_COMPILER_TOOLS_RUN_OPTIONTABLE_H
#define PA_COMPILER_TOOLS_RUN_OPTIONTABLE_H

#include "compiler/tools/run/Options.h"

namespace pa::run {

struct OptionRow {
  const char *name;
  const char *value; // null: a flag
  const char *help;
  // Gives what is allowed when the text is not, else null.
  const char *(*set)(const std::string &text, Options &options);
};

const std::vector<OptionRow> &optionTable();

} // namespace pa::run

#endif
