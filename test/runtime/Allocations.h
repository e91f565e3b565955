// Counts this thread's allocations while it is told to, and fails them, in libpa too. For one file of a program: it
// defines operator new. The thread sanitizer brings operators of its own.
#ifndef PA_TEST_RUNTIME_ALLOCATIONS_H
#define PA_TEST_RUNTIME_ALLOCATIONS_H

#include <atomic>
#include <cstdlib>
#include <new>

#if __has_feature(thread_sanitizer)
#define PA_COUNTS_ALLOCATIONS 0
#else
#define PA_COUNTS_ALLOCATIONS 1
#endif

static thread_local bool counting = false;
static thread_local int allocations = 0;

#if PA_COUNTS_ALLOCATIONS
static std::atomic<int> leftOfNewThreads{-1};
static thread_local int allocationsLeft = leftOfNewThreads; // then they fail; -1: never

void *operator new(size_t bytes) {
  allocations += counting;
  if (allocationsLeft == 0)
    throw std::bad_alloc();
  allocationsLeft -= allocationsLeft > 0;
  if (void *memory = std::malloc(bytes))
    return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
#endif

#endif
