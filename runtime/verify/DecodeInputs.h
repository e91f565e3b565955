// What a decode launch reads: lengths and tables of all sequences, and all that one (sequence, KV head) needs, as a
// call of the reference's with one sequence and one KV head.
#ifndef PA_RUNTIME_VERIFY_DECODEINPUTS_H
#define PA_RUNTIME_VERIFY_DECODEINPUTS_H

#include "runtime/device/KernelDescription.h"
#include "runtime/verify/PageWriters.h"
#include "test/reference/PagedAttention.h"

namespace pa::checked {

struct DecodeInputs {
  const KernelDescription *description;
  pa_decode_args args;
  reference::Shape shape;
  std::vector<int32_t> contextLens, kvIndptr, qoIndptr;

  const Variant &variant() const { return description->variant; }
  reference::Inputs inputs() const; // without tensors
};

// Refuses lengths that no call may have.
Expected<DecodeInputs> readLengths(Reader &reader, const KernelDescription &description, const pa_decode_args &args);
// The page numbers of a sequence that any of its tokens needs.
std::vector<int32_t> readTable(Reader &reader, const DecodeInputs &all, int sequence);
// Refuses page numbers that no call may have, and pages that were written as something else.
Status checkTables(Reader &reader, PageWriters &writers, const DecodeInputs &all);

struct DecodeItem {
  int sequence = 0, kvHead = 0, tokens = 0;
  int64_t firstToken = 0;
  reference::Shape shape;
  int32_t context = 0;
  int firstPage = 0;          // of the sequence, that a token sees
  std::vector<int32_t> pages; // their numbers in the cache
  std::vector<int32_t> table; // their numbers here
  std::vector<uint16_t> query;
  std::vector<uint8_t> keys, values;
  std::vector<float> keyScales, valueScales, slopes, sinks;
  double softmaxScale = 1, softCap = 0, outputScale = 1;

  reference::Inputs inputs() const;
};

DecodeItem readDecodeItem(Reader &reader, const DecodeInputs &all, int sequence, int kvHead);

// The first number that a token of the item sees and that is not finite: "key_cache, page 3 of the sequence
// (41 of the cache), token 5, d 7"; "" if there is none.
std::string firstNotFinite(const DecodeItem &item);

} // namespace pa::checked

#endif
