// The compiler as a process, as a library of this process in several threads, and for a bundle.
#include "compiler/variant/Variant.h"
#include "runtime/jit/Bundle.h"
#include "runtime/jit/Jit.h"
#include "test/runtime/jit/Folder.h"
#include "test/runtime/jit/MakeBundle.h"

#include <cstdlib>
#include <thread>

using namespace pa;

namespace {

TEST(Compilers, ofAllKindsMakeTheSameBytes) {
  Folder folder;
  const std::string example = contentOf(PA_EXAMPLE_VARIANT);
  setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
  unsetenv("PA_COMPILER");
  unsetenv("PA_BUNDLES");
  CompileRequest request{example, "gfx942", "", SourceKind::variant, false};
  CompileLimits here;
  here.here = true;
  auto byProcess = obtainObject(request, true);
  ASSERT_TRUE(byProcess) << byProcess.error().message;
  setenv("PA_CACHE_DIR", (folder.path / "other").c_str(), 1);
  setenv("PA_COMPILER", "/missing", 1);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (const char *chip : {"gfx942", "gfx950", "gfx942", "gfx950"})
    threads.emplace_back([&, chip] {
      CompileRequest mine = request;
      mine.chip = chip;
      auto inside = obtainObject(mine, true, here);
      ASSERT_TRUE(inside) << inside.error().message;
      if (mine.chip == request.chip)
        EXPECT_EQ(*byProcess, *inside);
    });
  for (std::thread &thread : threads)
    thread.join();
  makeBundle(folder.path / "kernels.pab");
  auto bundle = Bundle::open(folder.path / "kernels.pab");
  ASSERT_TRUE(bundle) << bundle.error().message;
  request.source = printVariant(parseVariant(example).variant);
  auto bundled = bundle->find(keyMaterial(request));
  ASSERT_TRUE(bundled && *bundled);
  EXPECT_EQ(*byProcess, **bundled);
}

} // namespace
