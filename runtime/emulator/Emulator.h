// The emulated device: loads AMDGPU code objects and executes their machine code on the CPU.
//
// No LLVM header is needed to use it and no exception leaves it: what can fail returns a Result or a Status.
// A Device owns its memory; modules are loaded into it, and a launch runs on it to its end.
// One thread at a time may use a Device.
#ifndef PA_RUNTIME_EMULATOR_EMULATOR_H
#define PA_RUNTIME_EMULATOR_EMULATOR_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pa::emu {

enum class ErrorKind {
  badObject,        // not a code object, truncated, or inconsistent
  otherChip,        // a code object for another chip than the device's
  unsupported,      // an instruction, form or descriptor bit that is not implemented
  badLaunch,        // the launch does not fit the kernel or the chip
  badMemory,        // a host-side request outside an allocation, or one that cannot be met
  outOfBounds,      // a kernel's access outside every allocation, or a write to a read-only one
  useBeforeWait,    // a register or LDS bytes used or overwritten while a load into them is in flight
  undefinedValue,   // a value that nothing defined decides an address, a branch or EXEC, or reaches the host
  race,             // accesses of two waves to the same bytes that nothing orders
  stuckBarrier,     // a barrier that can never complete
  instructionLimit, // the launch's limit of instructions was reached
  trap,             // s_trap, or a jump to where no instruction is
};
const char *toString(ErrorKind kind);

// `message` is complete in itself (one line, or one per unsupported instruction); the other fields repeat a finding's
// parts for machines and stay empty where they do not apply.
struct Error {
  ErrorKind kind = ErrorKind::badLaunch;
  std::string message;
  std::string kernel;
  std::string instruction;  // its text as LLVM prints it
  uint64_t offset = 0;      // of the instruction, in bytes from the kernel's entry
  uint64_t codeAddress = 0; // of the instruction, in the object's own addresses
  std::string source;       // its file and line, where the object has line tables
  std::string registerName; // the register that the finding is about
  std::array<uint32_t, 3> workgroup = {0, 0, 0};
  uint32_t wave = 0; // within the workgroup
  int lane = -1;
  uint64_t address = 0;
  std::string allocation; // the one that holds the address, or else the nearest
  uint64_t distance = 0;  // bytes from its nearest end, 0 inside
};

template <class T> class Result {
public:
  Result(T value) : state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state(std::in_place_index<1>, std::move(error)) {}
  explicit operator bool() const { return state.index() == 0; }
  T &operator*() & { return std::get<0>(state); }
  const T &operator*() const & { return std::get<0>(state); }
  T &&operator*() && { return std::get<0>(std::move(state)); }
  T *operator->() { return &std::get<0>(state); }
  const T *operator->() const { return &std::get<0>(state); }
  const Error &error() const { return std::get<1>(state); }

private:
  std::variant<T, Error> state;
};

class Status {
public:
  Status() = default;
  Status(Error error) : failure(std::move(error)) {}
  explicit operator bool() const { return !failure; } // true: success
  const Error &error() const { return *failure; }

private:
  std::optional<Error> failure;
};

struct AllocationOptions {
  bool readOnly = false; // a kernel's write is a finding
  bool defined = true;   // false: its bytes are undefined (and read 0) until they are written
  uint64_t address = 0;  // 0: anywhere; else exactly there, a multiple of 4096, at least 2^32
};

struct AllocatedRange {
  std::string name;
  uint64_t address = 0, bytes = 0;
};

// Device memory: named allocations in a 48-bit address space, at 4 GiB and above, with unmapped gaps between them.
// Pages exist only once touched, so an allocation may be larger than the host's memory; untouched bytes are zero.
// Addresses are not used again after free.
class Memory {
public:
  Memory();
  ~Memory();
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;

  Result<uint64_t> allocate(const std::string &name, uint64_t bytes, const AllocationOptions &options = {});
  // Lets kernels reach memory of the host at the host's own address. It stays the caller's, who frees the mapping
  // before it goes away.
  Status map(const std::string &name, void *host, uint64_t bytes);
  Status free(uint64_t address); // address as returned by allocate, or as mapped
  Status write(uint64_t address, const void *source, uint64_t bytes);
  // Bytes that a kernel left undefined are copied too, and are an error (of kind undefinedValue).
  Status read(uint64_t address, void *target, uint64_t bytes) const;
  Status fill(uint64_t address, uint8_t value, uint64_t bytes);
  // The allocation that holds the address; nothing if none does.
  std::optional<AllocatedRange> holding(uint64_t address) const;
  // The host's view of a range inside one allocation, valid until it is freed. What is read or written through it is
  // not checked for undefined bytes.
  Result<uint8_t *> host(uint64_t address, uint64_t bytes) const;

  struct Impl;
  Impl &impl() const { return *state; }

private:
  std::unique_ptr<Impl> state;
};

struct KernelArgument {
  std::string name;
  std::string kind; // .value_kind of the metadata: "by_value", "global_buffer", "hidden_block_count_x", ...
  uint32_t offset = 0;
  uint32_t bytes = 0;
};

// What the descriptor and the metadata say about a kernel.
struct KernelInfo {
  std::string name;
  uint32_t vgprs = 0;        // per lane, as allocated: VGPRs and AGPRs together
  uint32_t accumOffset = 0;  // the first AGPR's place in them
  uint32_t sgprs = 0;        // as the metadata says
  uint32_t ldsBytes = 0;     // static
  uint32_t scratchBytes = 0; // per lane
  uint32_t kernargBytes = 0;
  uint32_t maxWorkgroupSize = 0; // work-items, 0 if not said
  uint64_t codeBytes = 0;
  std::vector<std::pair<std::string, uint64_t>> descriptor; // the descriptor's fields, by name
  std::vector<KernelArgument> arguments;                    // empty if the object has no such metadata
};

// A variable of a module, in device memory.
struct Symbol {
  uint64_t address = 0, bytes = 0;
};

// A code object in a device's memory. Copies share it; it stays loaded as long as its device lives.
class Module {
public:
  const std::string &chip() const;
  unsigned codeObjectVersion() const; // 4, 5 or 6
  const std::vector<KernelInfo> &kernels() const;
  const KernelInfo *kernel(std::string_view name) const;     // null if there is none
  uint64_t base() const;                                     // where address 0 of the object lies in device memory
  std::optional<Symbol> symbol(std::string_view name) const; // a variable; nothing if there is none
  // A section's content, e.g. ".pa.variant"; nothing if the object has none of that name.
  std::optional<std::string> section(std::string_view name) const;

  struct Impl;
  explicit Module(std::shared_ptr<Impl> state) : state(std::move(state)) {}
  Impl &impl() const { return *state; }

private:
  std::shared_ptr<Impl> state;
};

struct Launch {
  std::string kernel;
  std::array<uint32_t, 3> grid = {1, 1, 1};   // workgroups
  std::array<uint32_t, 3> block = {64, 1, 1}; // work-items of a workgroup
  // Work-items of the whole launch where the last workgroups are partial; all zero: grid * block.
  std::array<uint32_t, 3> items = {0, 0, 0};
  uint32_t dynamicLds = 0;      // bytes beyond the kernel's static LDS
  uint32_t scratchBytes = 0;    // a lane; 0: what the kernel declares, and 16 KiB for code that calls
  std::vector<uint8_t> kernarg; // at least the kernel's kernargBytes
};

bool isHidden(const KernelArgument &argument);
// Fills in the hidden arguments that the kernel's metadata names, from the launch's own shape; the segment grows to the
// kernel's size.
Status fillHiddenArguments(const KernelInfo &kernel, Launch &launch);

enum class Mfma { exact, fast };

// What a wave did at one instruction; given to observers before it executes.
struct InstructionEvent {
  std::array<uint32_t, 3> workgroup;
  uint32_t wave;
  uint64_t offset; // bytes from the kernel's entry
  std::string_view text;
  uint64_t exec;
  std::string_view kind; // as Counters::byKind
};

// A register's content: one word, or one for each lane.
struct RegisterValue {
  std::string name; // as LLVM prints it: "v5", "a0", "s7", "vcc_lo", "scc"
  std::vector<uint32_t> words;
};

// Sees every instruction that a run executes, in execution order.
class Observer {
public:
  virtual ~Observer() = default;
  virtual void instruction(const InstructionEvent &event) = 0;
  // Whether `registers` is to be called for it: what the instruction read, and afterwards what it wrote.
  virtual bool wantsRegisters(const InstructionEvent &) { return false; }
  virtual void registers(const InstructionEvent &, const std::vector<RegisterValue> &read,
                         const std::vector<RegisterValue> &written) {
    (void)read, (void)written;
  }
};

// What the sanitizer looks for. Global memory's bounds, freed memory, stuck barriers and the limit of instructions are
// always checked.
namespace check {
constexpr uint32_t bounds = 1, // of LDS
    undefined = 2, waits = 4, races = 8, none = 0, all = 15;
} // namespace check
// "all", "none", or a list of names with commas; nothing if a name is not known.
std::optional<uint32_t> parseChecks(std::string_view list);
constexpr const char *checkNames = "all, none, or a list of bounds, undefined, waits, races";

struct RunOptions {
  Mfma mfma = Mfma::exact;
  bool counters = true;
  bool cacheModel = false; // with counters: Counters::l2
  uint32_t sanitize = check::all;
  bool collect = false;         // findings of the sanitizer go to the report, the first of each place, and do not stop
  unsigned threads = 1;         // of the host; more than one: without sanitizer, observer, shuffle and cache model
  uint64_t shuffle = 0;         // not 0: the seed of a random order in which waves get their slices
  uint64_t maxInstructions = 0; // of all waves together; 0: no limit
  uint32_t timeSlice = 20000;   // instructions that a wave runs before the next one's turn
  uint32_t fill = 0;            // what registers and LDS hold before anything is written
  Observer *observer = nullptr;
  // Called now and then with the workgroups finished so far.
  void (*progress)(void *context, uint64_t finished, uint64_t total) = nullptr;
  void *progressContext = nullptr;
};

// Traffic of one allocation. Bytes are those requested by active lanes.
struct AllocationCounters {
  uint64_t bytesLoaded = 0;
  uint64_t bytesStored = 0;
  uint64_t bytesAtomic = 0;
  uint64_t bytesLoadedNonTemporal = 0; // part of bytesLoaded: `nt`
  uint64_t bytesLoadedByWidth[5] = {}; // by vector loads of 1-2, 4, 8, 12, 16 bytes a lane
  uint64_t bytesLoadedScalar = 0;      // part of bytesLoaded: by s_load and s_buffer_load
  uint64_t uniqueBytesLoaded = 0;
  uint64_t uniqueLinesLoaded = 0; // 128-byte lines
  uint64_t linesLoaded = 0;       // distinct lines of each instruction, summed
};

// Of one instruction of the kernel, in the order of the code.
struct InstructionCounters {
  uint64_t offset = 0;      // bytes from the kernel's entry
  std::string text, source; // the latter empty without line tables
  uint64_t executed = 0;    // by waves
  uint64_t activeLanes = 0; // of memory accesses, summed
  uint64_t bytes = 0;       // requested of memory or LDS
  uint64_t lines = 0;       // distinct 128-byte lines of each execution, summed
  uint64_t ldsConflicts = 0;
};

// A simple model of the caches between the compute units and memory: each XCD's L2, set-associative with 128-byte
// lines, least recently used lines leave. Reproducible with one thread.
struct CacheCounters {
  uint64_t requests = 0; // lines
  uint64_t hits = 0;
  uint64_t bytesFromMemory = 0, bytesToMemory = 0;
};

// Exact, for the whole launch.
struct Counters {
  uint64_t workgroups = 0;
  uint64_t waves = 0;
  uint64_t instructions = 0;
  std::map<std::string, uint64_t> byKind;     // "valu", "salu", "smem", "vmem", "lds", "mfma", "branch", ...
  std::map<std::string, uint64_t> byMnemonic; // without the encoding's suffix
  uint64_t bytesLoaded = 0;
  uint64_t bytesStored = 0;
  uint64_t bytesAtomic = 0;
  uint64_t ldsAccesses = 0; // instructions
  uint64_t ldsBytesRead = 0;
  uint64_t ldsBytesWritten = 0;
  uint64_t ldsConflicts = 0; // extra cycles by the chip's phase table
  uint64_t barriers = 0;     // by wave
  uint64_t atomics = 0;
  uint64_t bytesScratch = 0;
  // Bytes that a wave has asked of memory and not waited for yet: the most of any wave, and the mean when a wave waits.
  uint64_t bytesInFlightMost = 0;
  double bytesInFlightAtWaits = 0;
  CacheCounters l2;
  std::vector<InstructionCounters> perInstruction;
  std::map<std::string, AllocationCounters> allocations; // by name; equal names are added up
};

// How many workgroups and waves a compute unit holds at once, and what keeps it from holding more.
struct Occupancy {
  unsigned workgroups = 0, waves = 0;
  std::string limit; // "registers", "LDS" or "waves"
};

struct Report {
  Counters counters;           // empty without RunOptions::counters
  std::vector<Error> findings; // with RunOptions::collect
  uint64_t instructions = 0;
  double seconds = 0; // host time of the run
  Occupancy occupancy;
};

class Device {
public:
  // Error: an unknown chip, with the known ones.
  static Result<Device> create(std::string_view chip);
  Device(Device &&) noexcept;
  Device &operator=(Device &&) noexcept;
  ~Device();

  const std::string &chip() const;
  unsigned computeUnits() const;
  Occupancy occupancy(const KernelInfo &kernel, const std::array<uint32_t, 3> &block, uint32_t dynamicLds) const;
  Memory &memory();
  // Copies the object into device memory. Another chip's object is refused.
  Result<Module> load(const void *object, size_t bytes, const std::string &name = "code object");
  // Refuses a kernel with unsupported instructions, naming all of them: what `run` does before its first wave.
  Status check(const Module &module, std::string_view kernel);
  Result<Report> run(const Module &module, const Launch &launch, const RunOptions &options = {});

  struct Impl;

private:
  explicit Device(std::unique_ptr<Impl> state);
  std::unique_ptr<Impl> state;
};

// The code object in a file: the file itself, or the chip's entry of a clang offload bundle (compressed too). Without a
// chip, the first entry of one that is known.
Result<std::string> codeObjectIn(const void *file, size_t bytes, std::string_view chip = {});

// The chip that an object is for, without loading it.
Result<std::string> chipOf(const void *object, size_t bytes);

} // namespace pa::emu

#endif
