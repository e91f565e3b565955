#include "runtime/hip/Module.h"
#include "runtime/hip/Stream.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>
#include <fstream>
#include <iterator>

namespace pa::hip {
namespace {

std::map<ihipModule_t *, std::unique_ptr<ihipModule_t>> &modules() {
  static auto *all = new std::map<ihipModule_t *, std::unique_ptr<ihipModule_t>>;
  return *all;
}

// Objects of the dynamic symbol table, at their device addresses.
std::map<std::string, ihipModule_t::Variable> variablesOf(const std::string &object, uint64_t base) {
  std::map<std::string, ihipModule_t::Variable> variables;
  auto file = llvm::object::ELFObjectFile<llvm::object::ELF64LE>::create(llvm::MemoryBufferRef(object, "code object"));
  if (!file)
    fail(hipErrorInvalidImage, llvm::toString(file.takeError()));
  for (llvm::object::ELFSymbolRef symbol : file->getDynamicSymbolIterators()) {
    auto name = symbol.getName();
    auto address = symbol.getAddress();
    if (!name || !address) {
      llvm::consumeError(name.takeError());
      llvm::consumeError(address.takeError());
      continue;
    }
    if (symbol.getELFType() == llvm::ELF::STT_OBJECT && !name->ends_with(".kd"))
      variables[name->str()] = {base + *address, symbol.getSize()};
  }
  return variables;
}

} // namespace

ihipModule_t *loadModule(Gpu &gpu, const std::string &object) {
  auto code = gpu.emulated.load(object.data(), object.size());
  if (!code)
    fail(code.error());
  auto module = std::make_unique<ihipModule_t>();
  ihipModule_t *handle = module.get();
  module->device = gpu.ordinal;
  module->code.emplace(*code);
  for (const emu::KernelInfo &kernel : module->code->kernels())
    module->functions[kernel.name] = {handle, &kernel};
  module->variables = variablesOf(object, module->code->base());
  modules()[handle] = std::move(module);
  return handle;
}

ihipModule_t &moduleOf(hipModule_t handle) {
  require(modules().count(handle) && !handle->unloaded, hipErrorInvalidHandle);
  return *handle;
}

ihipModuleSymbol_t *functionNamed(ihipModule_t &module, const std::string &name) {
  auto found = module.functions.find(name);
  if (found != module.functions.end())
    return &found->second;
  std::string all;
  for (const auto &entry : module.functions)
    all += (all.empty() ? "" : ", ") + entry.first;
  fail(hipErrorNotFound, "the module has no kernel '" + name + "', it has: " + all);
}

ihipModule_t::Variable variableNamed(const ihipModule_t &module, const std::string &name) {
  auto found = module.variables.find(name);
  if (found == module.variables.end())
    fail(hipErrorNotFound, "the module has no variable '" + name + "'");
  return found->second;
}

} // namespace pa::hip

using namespace pa::hip;

namespace {

void load(hipModule_t *module, const void *image) {
  require(module && image);
  refuseWhileCapturing();
  Gpu &gpu = currentGpu();
  *module = loadModule(gpu, codeObjectIn(image, gpu));
}

} // namespace

PA_HIP(hipModuleLoadData, (hipModule_t * module, const void *image), { load(module, image); })
PA_HIP(hipModuleLoadDataEx, (hipModule_t * module, const void *image, unsigned, hipJitOption *, void **),
       { load(module, image); })
PA_HIP(hipModuleLoad, (hipModule_t * module, const char *path), {
  require(module && path);
  std::ifstream file(path, std::ios::binary);
  if (!file)
    fail(hipErrorFileNotFound, "cannot read '" + std::string(path) + "'");
  std::string image((std::istreambuf_iterator<char>(file)), {});
  require(image.size() > sizeof(llvm::ELF::Elf64_Ehdr), hipErrorInvalidImage);
  load(module, image.data());
})

PA_HIP(hipModuleUnload, (hipModule_t handle), {
  refuseWhileCapturing();
  ihipModule_t &module = moduleOf(handle);
  module.unloaded = true;
  check(State::get().gpu(module.device).emulated.memory().free(module.code->base()));
})

PA_HIP(hipModuleGetFunction, (hipFunction_t * function, hipModule_t module, const char *name), {
  require(function && name);
  *function = functionNamed(moduleOf(module), name);
})

PA_HIP(hipModuleGetFunctionCount, (unsigned *count, hipModule_t module), {
  require(count);
  *count = unsigned(moduleOf(module).functions.size());
})

PA_HIP(hipModuleGetGlobal, (hipDeviceptr_t * address, size_t *bytes, hipModule_t module, const char *name), {
  require(name);
  ihipModule_t::Variable variable = variableNamed(moduleOf(module), name);
  if (address)
    *address = reinterpret_cast<hipDeviceptr_t>(variable.address);
  if (bytes)
    *bytes = variable.bytes;
})

PA_HIP(hipGetSymbolAddress, (void **address, const void *symbol), {
  require(address);
  *address = reinterpret_cast<void *>(variableOf(symbol).address);
})
PA_HIP(hipGetSymbolSize, (size_t *bytes, const void *symbol), {
  require(bytes);
  *bytes = variableOf(symbol).bytes;
})
PA_HIP(hipGetFuncBySymbol, (hipFunction_t * function, const void *symbol), {
  require(function);
  *function = functionOf(symbol);
})

extern "C" const char *hipKernelNameRef(hipFunction_t function) {
  return function ? function->info->name.c_str() : nullptr;
}
extern "C" const char *hipKernelNameRefByPtr(const void *hostFunction, hipStream_t) {
  hipFunction_t function = nullptr;
  return hipGetFuncBySymbol(&function, hostFunction) == hipSuccess ? hipKernelNameRef(function) : nullptr;
}
extern "C" const char *hipApiName(uint32_t) { return "unknown"; }
extern "C" const char *hipGetCmdName(unsigned) { return "unknown"; }
