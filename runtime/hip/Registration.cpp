// Compiled HIP programs register their code before main begins: clang writes these calls into every object file.
#include "runtime/hip/Memory.h"
#include "runtime/hip/Module.h"
#include "runtime/hip/Stream.h"

#include <cstring>
#include <set>

namespace pa::hip {
namespace {

struct Registered {
  std::string name;
  size_t bytes = 0;
  void **managed = nullptr; // where the host keeps the address of a managed variable
};

// One fat binary of a program or a shared library; its code is loaded for a device when it is first needed there.
struct Program {
  const void *image = nullptr;
  std::map<const void *, Registered> functions, variables;
  std::vector<Registered> managed;
  std::map<int, ihipModule_t *> modules; // by device
};

std::set<Program *> &programs() {
  static auto *all = new std::set<Program *>;
  return *all;
}

struct Wrapper {
  uint32_t magic, version;
  const void *image;
  void *unused;
};
constexpr uint32_t wrapperMagic = 0x48495046; // "HIPF"

// The device's variable of a managed one holds the address of the memory that host and kernels share.
void placeManaged(const Program &program, Gpu &gpu, const ihipModule_t &module) {
  for (const Registered &variable : program.managed) {
    auto held = reinterpret_cast<uint64_t>(*variable.managed);
    check(gpu.emulated.memory().write(variableNamed(module, variable.name).address, &held, sizeof held));
  }
}

ihipModule_t &moduleFor(Program &program, Gpu &gpu) {
  ihipModule_t *&module = program.modules[gpu.ordinal];
  if (!module) {
    module = loadModule(gpu, codeObjectIn(program.image, gpu));
    placeManaged(program, gpu, *module);
  }
  return *module;
}

struct Found {
  Program *program;
  const Registered *entry;
};
std::optional<Found> find(const void *key, std::map<const void *, Registered> Program::*table) {
  for (Program *program : programs()) {
    auto found = (program->*table).find(key);
    if (found != (program->*table).end())
      return Found{program, &found->second};
  }
  return std::nullopt;
}

struct Configuration {
  dim3 grid, block;
  size_t sharedBytes;
  hipStream_t stream;
};
thread_local std::vector<Configuration> configurations;

} // namespace

ihipModuleSymbol_t *functionOf(const void *hostFunction) {
  auto found = find(hostFunction, &Program::functions);
  if (found)
    return functionNamed(moduleFor(*found->program, currentGpu()), found->entry->name);
  fail(hipErrorInvalidDeviceFunction, "no kernel is registered for this address");
}

ihipModule_t::Variable variableOf(const void *hostVariable) {
  if (auto found = find(hostVariable, &Program::variables))
    return variableNamed(moduleFor(*found->program, currentGpu()), found->entry->name);
  for (Program *program : programs())
    for (const Registered &variable : program->managed)
      if (hostVariable == variable.managed || hostVariable == *variable.managed) {
        moduleFor(*program, currentGpu());
        return {reinterpret_cast<uint64_t>(*variable.managed), variable.bytes};
      }
  fail(hipErrorInvalidSymbol, "no variable is registered for this address");
}

} // namespace pa::hip

using namespace pa::hip;

extern "C" void **__hipRegisterFatBinary(const void *data) {
  const auto *wrapper = static_cast<const Wrapper *>(data);
  auto *program = new Program;
  (void)call("__hipRegisterFatBinary", [&] {
    require(wrapper->magic == wrapperMagic && wrapper->version == 1, hipErrorInvalidImage,
            "the program's code has an unknown wrapper");
    program->image = wrapper->image;
    programs().insert(program);
  });
  return reinterpret_cast<void **>(program);
}

extern "C" void __hipRegisterFunction(void **handle, const void *hostFunction, char *, const char *name, unsigned,
                                      void *, void *, dim3 *, dim3 *, int *) {
  (void)call("__hipRegisterFunction",
             [&] { reinterpret_cast<Program *>(handle)->functions[hostFunction] = {name, 0, nullptr}; });
}

extern "C" void __hipRegisterVar(void **handle, void *hostVariable, char *, const char *name, int, size_t bytes, int,
                                 int) {
  (void)call("__hipRegisterVar",
             [&] { reinterpret_cast<Program *>(handle)->variables[hostVariable] = {name, bytes, nullptr}; });
}

extern "C" void __hipRegisterManagedVar(void **handle, void **pointer, void *initial, const char *name, size_t bytes,
                                        unsigned) {
  (void)call("__hipRegisterManagedVar", [&] {
    auto &program = *reinterpret_cast<Program *>(handle);
    program.managed.push_back({name, bytes, pointer});
    // Host code reads through the pointer from now on, also where no kernel is ever launched.
    void *memory = allocateShared(bytes, MemoryKind::managed, 0);
    std::memcpy(memory, initial, bytes);
    *pointer = memory;
  });
}

extern "C" void __hipUnregisterFatBinary(void **handle) {
  (void)call("__hipUnregisterFatBinary", [&] { programs().erase(reinterpret_cast<Program *>(handle)); });
}

PA_HIP(__hipPushCallConfiguration, (dim3 grid, dim3 block, size_t sharedBytes, hipStream_t stream),
       { configurations.push_back({grid, block, sharedBytes, stream}); })

PA_HIP(__hipPopCallConfiguration, (dim3 * grid, dim3 *block, size_t *sharedBytes, hipStream_t *stream), {
  require(!configurations.empty(), hipErrorMissingConfiguration);
  const Configuration last = configurations.back();
  configurations.pop_back();
  *grid = last.grid;
  *block = last.block;
  *sharedBytes = last.sharedBytes;
  *stream = last.stream;
})
