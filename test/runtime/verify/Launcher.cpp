#include "test/runtime/verify/Launcher.h"

#include <cstdlib>

namespace pa::run {

std::unique_ptr<Device> openChecked(const std::string &kind, const std::string &chip, const std::string &words) {
  setenv("PA_LIBHIP_PATH", PA_HIP_STAND_IN, 1);
  setenv("PA_EMU_CHIP", "gfx942,gfx950", 1);
  auto device = openDevice(kind == "hip" ? chip == "gfx942" ? "hip:0" : "hip:1" : "emulated:" + chip);
  EXPECT_TRUE(device) << device.error().message;
  auto checked = checkedDevice(std::move(*device), words);
  EXPECT_TRUE(checked) << checked.error().message;
  return checked ? std::move(*checked) : nullptr;
}

KernelDescription describe(const std::string &object) {
  auto parsed = CodeObject::parse(object.data(), object.size());
  EXPECT_TRUE(parsed) << parsed.error().message;
  auto description = readDescription(*parsed);
  EXPECT_TRUE(description) << description.error().message;
  return *description;
}

std::string redescribed(std::string object, const std::string &from, const std::string &to) {
  size_t at = object.find(from);
  EXPECT_NE(std::string::npos, at) << from;
  EXPECT_LE(to.size(), from.size());
  return object.replace(at, from.size(), to + std::string(from.size() - to.size(), ' '));
}

Status launch(Device &device, const std::string &object, const InputOptions &options, int launches,
              const ChangeArgs &change, const std::function<void(Device &)> &after) {
  KernelDescription description = describe(object);
  auto problem = makeProblem(description.variant, options);
  EXPECT_TRUE(problem) << problem.error().message;
  auto plan = planDecode(description, device.chip(), problem->sequences());
  EXPECT_TRUE(plan) << plan.error().message;
  auto module = device.loadModule(object.data(), object.size());
  if (!module)
    return module.error();
  auto kernel = device.kernel(*module, description.kernel);
  if (!kernel)
    return kernel.error();
  Buffers buffers(device);
  auto call = buffers.upload(description, *plan, *problem);
  EXPECT_TRUE(call) << call.error().message;
  auto args = fillDecodeArgs(description, *plan, *call);
  EXPECT_TRUE(args) << args.error().message;
  if (change)
    change(*args, device);
  Status status;
  for (int i = 0; i < launches && status; ++i)
    status = device.launch(*kernel, plan->shape, &*args, sizeof *args);
  if (after)
    after(device);
  return status;
}

} // namespace pa::run
