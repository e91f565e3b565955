/* libpa from C: a kernel by its description, one step of two sequences whose values are all the same, so that the
 * output is known exactly.
 *
 *   decode [device]       emulated:gfx950 if none is given
 */
#include <pa/pa.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { sequences = 2, pages = 4, table_width = 2, query_heads = 8, head_size = 64 };

static const char wanted[] = "{\"cache_type\": \"bf16\", \"layout\": \"nhd\", \"q_heads\": 8, \"kv_heads\": 2,"
                             " \"head_size\": 64, \"page_size\": 16}";

static void check(pa_status status) {
  if (status == PA_OK)
    return;
  fprintf(stderr, "decode: %s: %s\n", pa_status_name(status), pa_last_error());
  exit(1);
}

static uint64_t buffer(pa_device *device, const char *name, uint64_t bytes) {
  uint64_t address;
  check(pa_device_allocate(device, name, bytes, &address));
  check(pa_device_fill(device, address, 0, bytes));
  return address;
}

int main(int argc, char **argv) {
  const int32_t lens[sequences] = {5, 21}, tables[sequences][table_width] = {{2, -1}, {0, 3}};
  const uint16_t one = 0x3f80; /* 1 in bf16 */
  static uint16_t values[pages * 16 * 2 * head_size], output[sequences * query_heads * head_size];
  pa_device *device;
  pa_kernel *kernel;
  pa_kernel_info info;
  pa_source source;
  pa_decode_call call;
  size_t i, wrong = 0;

  check(pa_device_open(argc > 1 ? argv[1] : "emulated:gfx950", &device));
  check(pa_check(pa_device_chip(device), wanted, strlen(wanted)));
  memset(&source, 0, sizeof source);
  source.size = sizeof source;
  source.kind = PA_SOURCE_VARIANT;
  source.text = wanted;
  source.text_bytes = strlen(wanted);
  check(pa_kernel_request(device, &source, 0, &kernel));
  memset(&info, 0, sizeof info);
  info.size = sizeof info;
  check(pa_kernel_get_info(kernel, &info));
  if (sizeof values != pages * info.value_page_bytes)
    return fprintf(stderr, "decode: a page has %llu bytes\n", (unsigned long long)info.value_page_bytes), 1;

  memset(&call, 0, sizeof call);
  call.size = sizeof call;
  call.sequences = sequences;
  call.table_width = table_width;
  call.softmax_scale = 0.125f;
  call.query = buffer(device, "query", sizeof output);
  call.output = buffer(device, "output", sizeof output);
  call.key_cache = buffer(device, "keys", pages * info.page_bytes);
  call.value_cache = buffer(device, "values", sizeof values);
  call.block_tables = buffer(device, "tables", sizeof tables);
  call.context_lens = buffer(device, "lens", sizeof lens);
  check(pa_decode_workspace(kernel, sequences, &call.workspace_bytes, NULL));
  if (call.workspace_bytes)
    call.workspace = buffer(device, "workspace", call.workspace_bytes);
  for (i = 0; i < sizeof values / sizeof *values; ++i)
    values[i] = one;
  check(pa_device_write(device, call.value_cache, values, sizeof values));
  check(pa_device_write(device, call.block_tables, tables, sizeof tables));
  check(pa_device_write(device, call.context_lens, lens, sizeof lens));

  check(pa_decode(kernel, &call, NULL));
  check(pa_device_synchronize(device));
  check(pa_device_read(device, output, call.output, sizeof output));
  for (i = 0; i < sizeof output / sizeof *output; ++i)
    wrong += output[i] != one;
  printf("%lu of %lu elements are not 1\n", (unsigned long)wrong, (unsigned long)(sizeof output / sizeof *output));
  pa_kernel_release(kernel);
  pa_device_close(device);
  return wrong != 0;
}
