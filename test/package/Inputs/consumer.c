#include <pa/pa.h>

#include <stdio.h>

int main(void) {
  pa_device *device;
  if (pa_device_open("emulated:gfx950", &device) != PA_OK)
    return puts(pa_last_error()), 1;
  printf("%u compute units of %s\n", pa_device_compute_units(device), pa_device_chip(device));
  pa_device_close(device);
  return 0;
}
