// What a machine has of what libpa needs.
#ifndef PA_RUNTIME_DOCTOR_FINDINGS_H
#define PA_RUNTIME_DOCTOR_FINDINGS_H

#include <string>
#include <vector>

namespace pa {

enum class Health { good, note, bad }; // note: something is not there that one may do without

struct Finding {
  std::string topic; // "compiler", "bundle", "cache", "hip", "emulated device"
  Health health = Health::good;
  std::string text;
};

std::vector<Finding> examine();

} // namespace pa

#endif
