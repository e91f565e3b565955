// pa-doctor: what this machine has of what libpa needs, in words or as JSON. Exit status 1 if something is broken.
#include "runtime/doctor/Findings.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstring>
#include <iostream>

using namespace pa;

namespace {

const char *toString(Health health) {
  return health == Health::good ? "good" : health == Health::note ? "note" : "bad";
}

void printText(const std::vector<Finding> &found) {
  for (const Finding &finding : found)
    std::printf("%-4s  %-15s  %s\n", toString(finding.health), finding.topic.c_str(), finding.text.c_str());
}

void printJson(const std::vector<Finding> &found) {
  nlohmann::json list = nlohmann::json::array();
  for (const Finding &finding : found)
    list.push_back({{"topic", finding.topic}, {"health", toString(finding.health)}, {"text", finding.text}});
  std::cout << list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

} // namespace

int main(int argc, char **argv) {
  bool json = argc == 2 && std::strcmp(argv[1], "--json") == 0;
  if (argc > 1 && !json) {
    std::fprintf(stderr, "usage: pa-doctor [--json]\n");
    return 2;
  }
  std::vector<Finding> found = examine();
  (json ? printJson : printText)(found);
  for (const Finding &finding : found)
    if (finding.health == Health::bad)
      return 1;
  return 0;
}
