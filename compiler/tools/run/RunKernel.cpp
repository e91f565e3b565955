#include "compiler/tools/run/RunKernel.h"

#include "compiler/variant/Support.h"
#include "runtime/generic/Generic.h"

namespace pa::run {
namespace {

Error wrong(const std::string &message) { return {ErrorCode::invalidArgument, message, {}}; }

Expected<RunKernel> readObject(const Options &options, const std::string &path) {
  auto bytes = readFile(path);
  if (!bytes)
    return bytes.error();
  auto object = CodeObject::parse(bytes->data(), bytes->size());
  if (!object)
    return wrong("'" + options.input + "': " + object.error().message);
  auto description = readDescription(*object);
  if (!description)
    return wrong("'" + options.input + "': " + description.error().message);
  return RunKernel{path, *bytes, object->chip(), *description, ""};
}

Expected<GenericKernel> findGeneric(const Options &options) {
  if (Status status = checkChip(options); !status)
    return status.error();
  auto text = readFile(options.input);
  if (!text)
    return text.error();
  auto parsed = parseAnyVariant(*text);
  if (!parsed.errors.empty())
    return wrong("'" + options.input + "': " + toText(parsed.errors));
  if (Op op = opOf(parsed.variant); op != Op::decode)
    return wrong("'" + options.input + "' is one of " + toString(op) + ", allowed: one of decode");
  const Chip &chip = *findChip(options.chip);
  if (auto reasons = whyNot(parsed.variant, chip); !reasons.empty())
    return wrong("'" + options.input + "' is not supported: " + toText(reasons));
  return genericKernel(parsed.variant, chip);
}

Expected<RunKernel> readGeneric(const Options &options, const TemporaryFolder &folder) {
  auto generic = findGeneric(options);
  if (!generic)
    return generic.error();
  std::string path = folder.file("kernel.hsaco");
  if (Status status = writeFile(path, std::string(generic->object)); !status)
    return status.error();
  return RunKernel{path, std::string(generic->object), options.chip, std::get<KernelDescription>(generic->description),
                   std::string(reinterpret_cast<const char *>(&generic->fields), sizeof generic->fields)};
}

} // namespace

Expected<RunKernel> readKernel(const Options &options, const std::string &more, const TemporaryFolder &folder) {
  if (options.generic)
    return readGeneric(options, folder);
  auto path = compileInput(options, more, folder);
  return path ? readObject(options, *path) : path.error();
}

} // namespace pa::run
