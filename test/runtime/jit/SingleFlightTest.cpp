#include "runtime/jit/SingleFlight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace pa;

namespace {

constexpr std::chrono::minutes patience(10);

// All results of threads that ask for one key while the first of them is at work.
std::vector<std::string> askTogether(const Expected<std::string> &outcome, int &works) {
  constexpr size_t threadCount = 8;
  SingleFlight flights;
  std::atomic<int> count{0};
  std::vector<std::string> results(threadCount);
  std::vector<std::thread> threads;
  threads.reserve(threadCount);
  for (size_t t = 0; t < threadCount; ++t)
    threads.emplace_back([&, t] {
      auto result = flights.once("key", patience, [&] {
        ++count;
        while (flights.waiting("key") + 1 < threadCount)
          std::this_thread::yield();
        return outcome;
      });
      results[t] = result ? *result : result.error().message;
    });
  for (std::thread &thread : threads)
    thread.join();
  works = count;
  return results;
}

TEST(SingleFlight, oneWorksForAllWhoWait) {
  for (const Expected<std::string> &outcome :
       {Expected<std::string>("object"), Expected<std::string>(ErrorCode::compileFailed, "refused")}) {
    int works = 0;
    for (const std::string &result : askTogether(outcome, works))
      EXPECT_EQ(outcome ? "object" : "refused", result);
    EXPECT_EQ(1, works);
  }
}

TEST(SingleFlight, keysAndTimesAreTheirOwn) {
  SingleFlight flights;
  int works = 0;
  auto work = [&]() -> Expected<std::string> { return std::to_string(++works); };
  EXPECT_EQ("1", *flights.once("key", patience, work));
  EXPECT_EQ("2", *flights.once("key", patience, work)); // the first is over
  auto outer = flights.once("key", patience, [&] { return flights.once("other", patience, work); });
  EXPECT_EQ("3", *outer);
  EXPECT_EQ(0u, flights.waiting("key"));
}

TEST(SingleFlight, whoLosesPatienceWorksAlone) {
  SingleFlight flights;
  auto result = flights.once("key", patience, [&] {
    Expected<std::string> other = Error{};
    std::thread([&] {
      other = flights.once("key", std::chrono::milliseconds(1),
                           []() -> Expected<std::string> { return std::string("by itself"); });
    }).join();
    return other;
  });
  EXPECT_EQ("by itself", *result);
}

TEST(SingleFlight, aFailureOfTheHostReachesAll) {
  SingleFlight flights;
  std::string waited;
  std::thread waiter;
  EXPECT_THROW((void)flights.once("key", patience,
                                  [&]() -> Expected<std::string> {
                                    waiter = std::thread([&] {
                                      auto work = []() -> Expected<std::string> {
                                        return std::string("not asked for");
                                      };
                                      waited = flights.once("key", patience, work).error().message;
                                    });
                                    while (flights.waiting("key") == 0)
                                      std::this_thread::yield();
                                    throw std::bad_alloc();
                                  }),
               std::bad_alloc);
  waiter.join();
  EXPECT_EQ("the compilation that this request waited for has failed", waited);
}

} // namespace
