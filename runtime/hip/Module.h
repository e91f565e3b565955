// Loaded code objects, their kernels and variables; and the programs' own, which register themselves.
#ifndef PA_RUNTIME_HIP_MODULE_H
#define PA_RUNTIME_HIP_MODULE_H

#include "runtime/hip/Runtime.h"

struct ihipModule_t;

struct ihipModuleSymbol_t {
  ihipModule_t *module = nullptr;
  const pa::emu::KernelInfo *info = nullptr;
};

// Kept after it is unloaded, for graphs that still name a kernel of it.
struct ihipModule_t {
  struct Variable {
    uint64_t address = 0;
    uint64_t bytes = 0;
  };
  int device = 0;
  bool unloaded = false;
  std::optional<pa::emu::Module> code;
  std::map<std::string, ihipModuleSymbol_t> functions;
  std::map<std::string, Variable> variables;
};

namespace pa::hip {

// The code object for the device in an image: an ELF file, or a bundle, plain or compressed. HIP gives no size; it is
// what the image's own headers say.
std::string codeObjectIn(const void *image, const Gpu &gpu);

ihipModule_t *loadModule(Gpu &gpu, const std::string &object);
ihipModule_t &moduleOf(hipModule_t handle);
ihipModuleSymbol_t *functionNamed(ihipModule_t &module, const std::string &name);
ihipModule_t::Variable variableNamed(const ihipModule_t &module, const std::string &name);

// What the address of a kernel's or a variable's host side means on the current device.
ihipModuleSymbol_t *functionOf(const void *hostFunction);
ihipModule_t::Variable variableOf(const void *hostVariable);

} // namespace pa::hip

#endif
