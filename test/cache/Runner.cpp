#include "test/cache/Runner.h"

#include "compiler/tools/run/Process.h"
#include "runtime/device/CodeObject.h"
#include "runtime/generic/Generic.h"

namespace pa::cachetest {

std::string compile(const std::string &mlir, const std::string &chip, const std::string &function,
                    const std::string &paOptions) {
  auto folder = run::TemporaryFolder::make();
  EXPECT_TRUE(folder) << folder.error().message;
  std::string source = folder->file("kernel.mlir"), object = folder->file("kernel.hsaco");
  EXPECT_TRUE(run::writeFile(source, mlir));
  std::vector<std::string> arguments = {source, "--chip", chip, "--function", function, "-o", object};
  if (!paOptions.empty())
    arguments.push_back("--pa-options=" + paOptions);
  auto output = run::runProcess(PA_COMPILE, arguments);
  EXPECT_TRUE(output) << output.error().message << " of\n" << mlir;
  if (!output)
    return "";
  auto bytes = run::readFile(object);
  EXPECT_TRUE(bytes) << bytes.error().message;
  return bytes ? *bytes : "";
}

Runner::Runner(const std::string &name, const std::string &checks)
    : chip(name.substr(0, name.find('_'))), generic(chip != name) {
  auto device = openDevice("emulated:" + chip);
  if (device && !checks.empty())
    device = checkedDevice(std::move(*device), checks);
  EXPECT_TRUE(device) << device.error().message;
  opened = std::move(*device);
}

Runner::~Runner() {
  for (uint64_t address : buffers)
    EXPECT_TRUE(opened->release(address));
}

uint64_t Runner::allocate(const char *name, uint64_t bytes) {
  auto address = opened->allocate(name, bytes);
  EXPECT_TRUE(address) << address.error().message;
  if (address)
    buffers.push_back(*address);
  return address ? *address : 0;
}

uint64_t Runner::put(const char *name, const void *content, size_t bytes) {
  uint64_t address = allocate(name, bytes);
  EXPECT_TRUE(opened->copyTo(address, content, bytes));
  return address;
}

void Runner::get(uint64_t address, void *content, size_t bytes) {
  Status status = opened->copyFrom(content, address, bytes);
  EXPECT_TRUE(status) << status.error().message;
}

pa_cache Runner::put(const Cache &cache) {
  const CachePart &k = cache.parts[keys], &v = cache.parts[values];
  pa_cache args = {};
  args.keys = put("key_cache", k.bytes);
  args.values = put("value_cache", v.bytes);
  if (!k.scaleBytes.empty()) {
    args.key_scales = put("key_scales", k.scaleBytes);
    args.value_scales = put("value_scales", v.scaleBytes);
  }
  args.key_page_stride = k.strides.page;
  args.value_page_stride = v.strides.page;
  args.key_head_stride = k.strides.head;
  args.value_head_stride = v.strides.head;
  args.key_token_stride = k.strides.token;
  args.value_token_stride = v.strides.token;
  args.key_scale_page_stride = k.scaleStrides.page;
  args.value_scale_page_stride = v.scaleStrides.page;
  args.key_scale_head_stride = k.scaleStrides.head;
  args.value_scale_head_stride = v.scaleStrides.head;
  args.num_pages = cache.shape.pages;
  return args;
}

void Runner::get(const pa_cache &addresses, Cache &cache) {
  get(addresses.keys, cache.parts[keys].bytes.data(), cache.parts[keys].bytes.size());
  get(addresses.values, cache.parts[values].bytes.data(), cache.parts[values].bytes.size());
  if (cache.parts[keys].scaleBytes.empty())
    return;
  get(addresses.key_scales, cache.parts[keys].scaleBytes.data(), cache.parts[keys].scaleBytes.size());
  get(addresses.value_scales, cache.parts[values].scaleBytes.data(), cache.parts[values].scaleBytes.size());
}

nlohmann::json Runner::description(const std::string &object) {
  auto parsed = CodeObject::parse(object.data(), object.size());
  EXPECT_TRUE(parsed) << parsed.error().message;
  auto section = parsed ? parsed->section(".pa.variant") : std::nullopt;
  EXPECT_TRUE(section);
  return section ? nlohmann::json::parse(*section) : nlohmann::json();
}

void Runner::launch(const std::string &object, const void *args, size_t bytes, int64_t units) {
  launchDescribed(description(object), object, args, bytes, units);
}

static AnyVariant variantOf(const Wanted &wanted) {
  auto parsed = parseAnyVariant(wanted.variant);
  EXPECT_TRUE(parsed.errors.empty()) << toText(parsed.errors) << " in " << wanted.variant;
  return parsed.variant;
}

void Runner::launchCompiled(const Wanted &wanted, const void *args, size_t bytes, int64_t units) {
  std::string object = compile(wanted.mlir, chip, wanted.function);
  auto parsed = CodeObject::parse(object.data(), object.size());
  ASSERT_TRUE(parsed) << parsed.error().message;
  auto compiled = readAnyDescription(*parsed);
  ASSERT_TRUE(compiled) << compiled.error().message;
  EXPECT_EQ(printAnyVariant(variantOf(wanted)), printAnyVariant(std::get<CacheKernelDescription>(*compiled).variant));
  launch(object, args, bytes, units);
}

void Runner::launchGeneric(const Wanted &wanted, const void *args, size_t bytes, int64_t units) {
  auto kernel = genericKernel(variantOf(wanted), opened->chip());
  ASSERT_TRUE(kernel) << kernel.error().message;
  std::string kernarg(static_cast<const char *>(args), bytes);
  kernarg.append(reinterpret_cast<const char *>(&kernel->fields), sizeof kernel->fields);
  launchDescribed(nlohmann::json::parse(kernel->text), std::string(kernel->object), kernarg.data(), kernarg.size(),
                  units);
}

void Runner::launchDescribed(const nlohmann::json &description, const std::string &object, const void *args,
                             size_t bytes, int64_t units) {
  const nlohmann::json &launch = description["launch"];
  LaunchShape shape;
  shape.block[0] = launch["block"];
  if (launch["grid"] == "rows") {
    int64_t rows = launch["rows_per_workgroup"];
    shape.grid[0] = uint32_t((units + rows - 1) / rows);
  } else {
    ASSERT_EQ("pairs", launch["grid"]);
    shape.grid[0] = uint32_t(units * int64_t(launch["workgroups_per_pair"]));
  }
  this->launch(object, description["kernel"], shape, args, bytes);
}

void Runner::launch(const std::string &object, const LaunchShape &shape, const void *args, size_t bytes) {
  launch(object, description(object)["kernel"], shape, args, bytes);
}

void Runner::launch(const std::string &object, const std::string &name, const LaunchShape &shape, const void *args,
                    size_t bytes) {
  auto module = opened->loadModule(object.data(), object.size());
  ASSERT_TRUE(module) << module.error().message;
  auto kernel = opened->kernel(*module, name);
  ASSERT_TRUE(kernel) << kernel.error().message;
  Status status = opened->launch(*kernel, shape, args, bytes);
  ASSERT_TRUE(status) << status.error().message;
}

} // namespace pa::cachetest
