/* A C program of one page: one token of context on the emulated device, whose output is that token's V. */
#include "pa/pa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(pa_status status) {
  if (status == PA_OK)
    return;
  fprintf(stderr, "%s: %s\n", pa_status_name(status), pa_last_error());
  exit(1);
}

static uint64_t buffer(pa_device *device, const char *name, uint64_t bytes) {
  uint64_t address = 0;
  check(pa_device_allocate(device, name, bytes, &address));
  check(pa_device_fill(device, address, 0, bytes));
  return address;
}

int main(int argc, char **argv) {
  static char object[1 << 20];
  static uint16_t values[8 * 64], output[8 * 64];
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  size_t bytes = file ? fread(object, 1, sizeof object, file) : 0;
  pa_device *device;
  pa_kernel *kernel;
  pa_kernel_info info;
  pa_decode_call call;
  const int32_t one = 1;
  uint32_t i;

  memset(&info, 0, sizeof info);
  memset(&call, 0, sizeof call);
  info.size = sizeof info;
  call.size = sizeof call;
  check(pa_device_open("emulated:gfx942", &device));
  check(pa_kernel_load(device, object, bytes, &kernel));
  check(pa_kernel_get_info(kernel, &info));
  for (i = 0; i < info.kv_heads * info.head_size; ++i)
    values[i] = (uint16_t)(0x3f80 + i % 64);

  call.sequences = call.table_width = 1;
  call.softmax_scale = 0.125f;
  call.query = buffer(device, "query", info.q_heads * info.head_size * 2);
  call.output = buffer(device, "output", info.q_heads * info.head_size * 2);
  call.key_cache = buffer(device, "keys", info.page_bytes);
  call.value_cache = buffer(device, "values", info.page_bytes);
  call.block_tables = buffer(device, "tables", 4);
  call.context_lens = buffer(device, "lens", 4);
  check(pa_decode_workspace(kernel, 1, &call.workspace_bytes, NULL));
  if (call.workspace_bytes)
    call.workspace = buffer(device, "workspace", call.workspace_bytes);
  check(pa_device_write(device, call.value_cache, values, info.page_bytes));
  check(pa_device_write(device, call.context_lens, &one, sizeof one));

  check(pa_decode(kernel, &call, NULL));
  check(pa_device_synchronize(device));
  check(pa_device_read(device, output, call.output, info.head_size * 2));
  puts(memcmp(output, values, info.head_size * 2) == 0 ? "the output is V" : "the output is not V");
  pa_kernel_release(kernel);
  pa_device_close(device);
  return 0;
}
