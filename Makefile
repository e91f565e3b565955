# Drives CMake and the tests; who has the packages can use CMakePresets.json without it.
#
#   make setup    install the Debian packages that are missing (needs root); all others do that first
#   make build    configure and build everything into build/
#   make demo     compile, run and verify the demo kernels on the emulated device
#   make check    build and run every test; the last line sums up
#   make format   rewrite the sources with clang-format
#   make tidy     clang-tidy over our own sources
#   make bench    the benchmarks of bench/
#   make docs     the reference pages into build/docs; refreshes the IR in docs/walkthrough.md
#   make asan     the runtime's and the emulator's tests under address and undefined sanitizers
#   make tsan     the runtime's tests under the thread sanitizer

PACKAGES := cmake ninja-build ccache python3 python3-numpy \
  clang-22 clang-tools-22 clang-format-22 clang-tidy-22 libclang-rt-22-dev lld-22 liblld-22-dev \
  llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools \
  libamdhip64-dev nlohmann-json3-dev libgtest-dev libbenchmark-dev \
  g++ pkg-config dpkg-dev

BUILD := build
PRESET := default

.PHONY: all setup configure build demo check format tidy bench docs asan tsan clean
all: build

# dpkg-query is quiet and fast: when nothing is missing, nothing is run and no root is needed.
setup:
	@missing=; for p in $(PACKAGES); do \
	  dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null | grep -q '^installed' || missing="$$missing $$p"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  test "$$(id -u)" = 0 || { echo "installing packages needs root: sudo make setup"; exit 1; }; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get update -q && apt-get install -q -y --no-install-recommends $$missing; \
	fi

configure: $(BUILD)/build.ninja
$(BUILD)/build.ninja: CMakePresets.json | setup
	cmake --preset $(PRESET)

build: configure
	cmake --build $(BUILD)

demo: configure
	cmake --build $(BUILD) --target demo

check: build
	python3 test/check.py --build $(BUILD)

format: configure
	cmake --build $(BUILD) --target format

tidy: configure
	cmake --build $(BUILD) --target tidy

bench: configure
	cmake --build $(BUILD) --target bench

docs: configure
	cmake --build $(BUILD) --target pa-docs pa-walkthrough

asan tsan: setup
	cmake --preset $@
	cmake --build --preset $@
	ctest --preset $@

clean:
	rm -rf $(BUILD)
