// Errors' texts in tests.
#ifndef PA_TEST_RUNTIME_HAS_H
#define PA_TEST_RUNTIME_HAS_H

#include <gtest/gtest.h>

#include <string>

// Whether the text has the part, with the text in the message if not.
inline testing::AssertionResult has(const std::string &text, const std::string &part) {
  if (text.find(part) != std::string::npos)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << part << "' is not in '" << text << "'";
}

#endif
