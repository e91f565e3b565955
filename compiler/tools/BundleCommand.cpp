#include "compiler/tools/BundleCommand.h"

#include "compiler/codegen/OutputFile.h"
#include "compiler/tools/CompileObject.h"
#include "compiler/tools/ModelList.h"
#include "compiler/variant/Support.h"
#include "runtime/jit/Bundle.h"
#include "runtime/jit/Jit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <set>

namespace cl = llvm::cl;

namespace pa {
namespace {

cl::SubCommand command("bundle", "compiles kernels into one file that libpa reads (PA_BUNDLES)");
cl::opt<std::string> modelsName("models", cl::sub(command), cl::value_desc("file"),
                                cl::desc("Table of models, see examples/models.csv"));
cl::list<unsigned> tensorParallel("tp", cl::sub(command), cl::CommaSeparated,
                                  cl::desc("Degrees of tensor parallelism of the models (default 1)"));
cl::list<std::string> variantPaths("variants", cl::sub(command), cl::CommaSeparated, cl::value_desc("paths"),
                                   cl::desc("Variants' JSON files, and folders with such"));
cl::list<std::string> chipNames("chip", cl::sub(command), cl::CommaSeparated,
                                cl::desc("Chips to compile for: gfx942, gfx950"));
cl::opt<std::string> outputName("o", cl::sub(command), cl::value_desc("file"), cl::desc("The bundle"));
cl::opt<bool> onlyLists("list", cl::sub(command),
                        cl::desc("Compile nothing: print the variants as JSON, each with what it is for"));
cl::opt<std::string> paOptions("pa-options", cl::sub(command), cl::desc("Options of the pa pipeline"));
cl::list<std::string> cacheTypes("cache-type", cl::sub(command), cl::CommaSeparated,
                                 cl::desc("Of the models (default bf16)"));
cl::list<std::string> layouts("layout", cl::sub(command), cl::CommaSeparated,
                              cl::desc("Of the models (default shuffled)"));
cl::list<std::string> scales("scales", cl::sub(command), cl::CommaSeparated,
                             cl::desc("Of the models' caches of a byte (default tensor)"));
cl::list<unsigned> pageSizes("page-size", cl::sub(command), cl::CommaSeparated, cl::desc("Of the models (default 16)"));
cl::list<unsigned> queryTokens("query-tokens", cl::sub(command), cl::CommaSeparated,
                               cl::desc("Of the models (default 1)"));
cl::opt<bool> addsWriters("writers", cl::sub(command), cl::desc("Also what writes new tokens into the models' caches"));

// The command line's values, copied: the linker in our process resets LLVM's options.
struct Order {
  std::string models = modelsName, output = outputName, options = paOptions;
  std::vector<std::string> paths{variantPaths.begin(), variantPaths.end()};
  std::vector<std::string> chips{chipNames.begin(), chipNames.end()};
  bool list = onlyLists, writers = addsWriters;
};

llvm::Error wrong(const llvm::Twine &text) { return llvm::createStringError(text); }

template <class T> std::vector<T> orElse(const cl::list<T> &given, const T &otherwise) {
  return given.empty() ? std::vector<T>{otherwise} : std::vector<T>(given.begin(), given.end());
}

llvm::Expected<std::string> textOf(const std::string &path) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return wrong("cannot read '" + path + "': " + file.getError().message());
  return (*file)->getBuffer().str();
}

// A folder's .json files, in the order of their names.
llvm::Expected<std::vector<std::string>> filesOf(const std::string &path) {
  if (!llvm::sys::fs::is_directory(path))
    return std::vector<std::string>{path};
  std::vector<std::string> files;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(path, error), end; it != end && !error; it.increment(error))
    if (llvm::sys::path::extension(it->path()) == ".json")
      files.push_back(it->path());
  if (error || files.empty())
    return wrong("the folder '" + path + "' " + (error ? "cannot be read: " + error.message() : "has no .json file"));
  std::sort(files.begin(), files.end());
  return files;
}

llvm::Error addFile(const std::string &path, std::vector<NamedVariant> &all) {
  auto text = textOf(path);
  if (!text)
    return text.takeError();
  auto parsed = parseAnyVariant(*text);
  if (!parsed.errors.empty())
    return wrong(path + ": " + toText(parsed.errors, "\n  "));
  all.push_back({path, parsed.variant});
  return llvm::Error::success();
}

llvm::Expected<std::vector<NamedVariant>> variantsOfFiles(const std::vector<std::string> &paths) {
  std::vector<NamedVariant> all;
  for (const std::string &path : paths) {
    auto files = filesOf(path);
    if (!files)
      return files.takeError();
    for (const std::string &file : *files)
      if (llvm::Error error = addFile(file, all))
        return error;
  }
  return all;
}

llvm::Expected<Models> modelsOf(const std::string &table) {
  if (table.empty())
    return Models();
  auto text = textOf(table);
  if (!text)
    return text.takeError();
  ServingChoices choices{orElse<std::string>(cacheTypes, "bf16"), orElse<std::string>(layouts, "shuffled"),
                         orElse<std::string>(scales, "tensor"), orElse(pageSizes, 16u), orElse(queryTokens, 1u)};
  return readModels(*text, orElse(tensorParallel, 1u), choices);
}

class Builder {
public:
  explicit Builder(std::string paOptions)
      : paOptions(std::move(paOptions)), context(registry(), mlir::MLIRContext::Threading::DISABLED) {
    context.printOpOnDiagnostic(false);
  }

  // Compiles what is not there yet. What is not supported is an error, or is left out and said.
  llvm::Error add(const NamedVariant &named, const Chip &chip, bool mayLeaveOut) {
    CompileRequest request;
    request.source = printAnyVariant(named.variant);
    request.chip = chip.name;
    request.options = paOptions;
    request.kind = SourceKind::variant;
    std::string material = keyMaterial(request);
    if (objects.count(material))
      return llvm::Error::success();
    if (auto reasons = whyNot(named.variant, chip); mayLeaveOut && !reasons.empty()) {
      leaveOut(named.name, chip.name, material, toText(reasons));
      return llvm::Error::success();
    }
    CompileOptions options;
    options.paOptions = paOptions;
    options.wanted.object = true;
    auto compiled = compileVariant(context, named.variant, chip, options);
    if (!compiled)
      return wrong(named.name + ", " + chip.name + ": " + llvm::toString(compiled.takeError()));
    objects[material] = compiled->object().str();
    return llvm::Error::success();
  }

  // Says why, once for what is the same.
  void leaveOut(const std::string &name, const std::string &chip, const std::string &material,
                const std::string &reasons) {
    if (leftOut.insert(material).second)
      llvm::errs() << "not in the bundle: " << name << ", " << chip << ":\n" << reasons << '\n';
  }

  std::map<std::string, std::string> objects; // by key material
  std::set<std::string> leftOut;

private:
  static mlir::DialectRegistry registry() {
    mlir::DialectRegistry all;
    registerCompilerDialects(all);
    return all;
  }
  std::string paOptions;
  mlir::MLIRContext context;
};

llvm::Error addAll(Builder &builder, const std::vector<NamedVariant> &variants, const std::vector<std::string> &chips,
                   bool mayLeaveOut) {
  for (const NamedVariant &variant : variants)
    for (const std::string &chip : chips)
      if (llvm::Error error = builder.add(variant, *findChip(chip), mayLeaveOut))
        return error;
  return llvm::Error::success();
}

// pa.append into each cache, of tokens as its queries are.
std::vector<NamedVariant> writersOf(const std::vector<NamedVariant> &models) {
  std::vector<NamedVariant> writers;
  for (const NamedVariant &model : models) {
    const auto &decode = std::get<Variant>(model.variant);
    AppendVariant writer;
    static_cast<VariantCache &>(writer) = decode;
    writer.tokenType = decode.queryType;
    writers.push_back({model.name + ", writer", writer});
  }
  return writers;
}

// One entry for each different variant.
void list(const std::vector<NamedVariant> &variants) {
  std::map<std::string, llvm::json::Array> names;
  for (const NamedVariant &named : variants)
    names[printAnyVariant(named.variant)].push_back(named.name);
  llvm::json::Array all;
  for (auto &[variant, of] : names)
    all.push_back(llvm::json::Object{{"for", std::move(of)}, {"variant", llvm::cantFail(llvm::json::parse(variant))}});
  llvm::outs() << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(all)));
}

llvm::Error checkOrder(const Order &order) {
  if (!order.list && order.output.empty())
    return wrong("a bundle needs an output file: -o <file>");
  if (!order.list && order.chips.empty())
    return wrong("a bundle needs --chip, known are " + knownChips());
  for (const std::string &chip : order.chips)
    if (!findChip(chip))
      return wrong("unknown chip '" + chip + "', known are " + knownChips());
  return llvm::Error::success();
}

llvm::Error build(const Order &order) {
  if (llvm::Error error = checkOrder(order))
    return error;
  auto files = variantsOfFiles(order.paths);
  if (!files)
    return files.takeError();
  auto read = modelsOf(order.models);
  if (!read)
    return read.takeError();
  std::vector<NamedVariant> &models = read->variants;
  if (order.writers) {
    auto writers = writersOf(models);
    models.insert(models.end(), writers.begin(), writers.end());
  }
  if (files->empty() && models.empty() && read->leftOut.empty())
    return wrong("a bundle of what: neither --models nor --variants gives a variant");
  if (order.list) {
    files->insert(files->end(), models.begin(), models.end());
    list(*files);
    return llvm::Error::success();
  }
  Builder builder(order.options);
  if (llvm::Error error = addAll(builder, *files, order.chips, /*mayLeaveOut=*/false))
    return error;
  if (llvm::Error error = addAll(builder, models, order.chips, /*mayLeaveOut=*/true))
    return error;
  for (const LeftOut &model : read->leftOut)
    for (const std::string &chip : order.chips)
      builder.leaveOut(model.name, chip, chip + model.description, model.reasons);
  std::string bundle = makeBundle(builder.objects);
  if (llvm::Error error = writeOutputFile(order.output, bundle))
    return error;
  llvm::outs() << order.output << ": " << builder.objects.size() << " kernels, " << bundle.size() << " bytes";
  if (!builder.leftOut.empty())
    llvm::outs() << "; " << builder.leftOut.size() << " variants are not supported";
  llvm::outs() << '\n';
  return llvm::Error::success();
}

} // namespace

bool bundleCommand(int &status) {
  if (!command)
    return false;
  llvm::Error error = build(Order());
  status = error ? 1 : 0;
  if (error)
    llvm::errs() << "pa-compile: error: " << llvm::toString(std::move(error)) << '\n';
  return true;
}

} // namespace pa
