// Kernels as other people write them, compiled by clang at every level: test data for the emulated device.
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;

#define ITEM __builtin_amdgcn_workitem_id_x()
#define GROUP __builtin_amdgcn_workgroup_id_x()
#define BARRIER()                                                                                                      \
  do {                                                                                                                 \
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");                                                             \
    __builtin_amdgcn_s_barrier();                                                                                      \
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");                                                             \
  } while (0)

__attribute__((noinline)) int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
kernel void recursion(global int *out) { out[GROUP * 64 + ITEM] = fibonacci(ITEM % 12); }

kernel void reduction(global const int *in, global int *out, int n) {
  local int sums[256];
  int sum = 0;
  for (int i = GROUP * 256 + ITEM; i < n; i += 1024)
    sum += in[i];
  sums[ITEM] = sum;
  BARRIER();
  for (int width = 128; width > 0; width >>= 1) {
    if (ITEM < width)
      sums[ITEM] += sums[ITEM + width];
    BARRIER();
  }
  if (ITEM == 0)
    out[GROUP] = sums[0];
}

kernel void scan(global const int *in, global int *out) {
  local int sums[256];
  sums[ITEM] = in[GROUP * 256 + ITEM];
  BARRIER();
  for (int distance = 1; distance < 256; distance <<= 1) {
    int before = ITEM >= distance ? sums[ITEM - distance] : 0;
    BARRIER();
    sums[ITEM] += before;
    BARRIER();
  }
  out[GROUP * 256 + ITEM] = sums[ITEM];
}

kernel void sort(global int *data) {
  local int values[256];
  values[ITEM] = data[GROUP * 256 + ITEM];
  BARRIER();
  for (int k = 2; k <= 256; k <<= 1)
    for (int j = k >> 1; j > 0; j >>= 1) {
      int other = ITEM ^ j;
      if (other > ITEM) {
        int up = (ITEM & k) == 0, a = values[ITEM], b = values[other];
        if ((a > b) == up) {
          values[ITEM] = b;
          values[other] = a;
        }
      }
      BARRIER();
    }
  data[GROUP * 256 + ITEM] = values[ITEM];
}

kernel void histogram(global const uchar *in, global uint *counts, int n) {
  local uint mine[256];
  mine[ITEM] = 0;
  BARRIER();
  for (int i = GROUP * 256 + ITEM; i < n; i += 1024)
    __scoped_atomic_fetch_add(&mine[in[i]], 1u, __ATOMIC_RELAXED, __MEMORY_SCOPE_WRKGRP);
  BARRIER();
  __scoped_atomic_fetch_add(&counts[ITEM], mine[ITEM], __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE);
}

kernel void matmul(global const float *a, global const float *b, global float *c, int n) {
  local float x[16][16], y[16][16];
  int column = ITEM & 15, row = ITEM >> 4, gx = GROUP % (n / 16) * 16, gy = GROUP / (n / 16) * 16;
  float sum = 0;
  for (int k = 0; k < n; k += 16) {
    x[row][column] = a[(gy + row) * n + k + column];
    y[row][column] = b[(k + row) * n + gx + column];
    BARRIER();
    for (int z = 0; z < 16; z++)
      sum += x[row][z] * y[z][column];
    BARRIER();
  }
  c[(gy + row) * n + gx + column] = sum;
}

float ofLane(float x, int lane) {
  return __builtin_bit_cast(float, __builtin_amdgcn_ds_bpermute(lane << 2, __builtin_bit_cast(int, x)));
}
kernel void softmax(global const float *in, global float *out) {
  int i = ITEM;
  float x = in[GROUP * 64 + i], most = x;
  for (int d = 1; d < 64; d <<= 1) {
    float other = ofLane(most, i ^ d);
    most = other > most ? other : most;
  }
  float e = __builtin_exp2f((x - most) * 1.44269504f), sum = e;
  for (int d = 1; d < 64; d <<= 1)
    sum += ofLane(sum, i ^ d);
  out[GROUP * 64 + i] = e / sum;
}

kernel void divisions(global const ulong *a, global const ulong *b, global ulong *out) {
  int i = GROUP * 64 + ITEM;
  ulong x = a[i], y = b[i];
  out += i * 16;
  out[0] = (uint)x / (uint)(y | 1);
  out[1] = (uint)x % (uint)(y | 1);
  out[2] = (uint)((int)x / (int)(y >> 40 | 1));
  out[3] = (uint)((int)x % (int)(y >> 40 | 1));
  out[4] = x / (y | 1);
  out[5] = x % (y | 1);
  out[6] = (ulong)((long)x / (long)(y >> 9 | 1));
  out[7] = (ulong)((long)x % (long)(y >> 9 | 1));
  out[8] = (ushort)x / (ushort)(y | 1);
  out[9] = (uchar)x % (uchar)(y | 1);
  out[10] = (ushort)((short)x / (short)(y >> 53 | 1));
  float f = (float)(int)x, g = (float)(uint)(y | 1);
  out[11] = __builtin_bit_cast(uint, f / g);
  double d = (double)(long)x, e = (double)(y | 1);
  out[12] = __builtin_bit_cast(ulong, d / e);
  out[13] = __builtin_bit_cast(ulong, __builtin_sqrt(e));
  half h = (half)(float)(uchar)x, k = (half)(float)(uchar)(y | 1);
  out[14] = __builtin_bit_cast(ushort, (half)(h / k));
  out[15] = __builtin_bit_cast(uint, __builtin_sqrtf(g));
}

kernel void privateArray(global const int *index, global int *out) {
  int values[16], sum = 0;
  for (int i = 0; i < 16; i++)
    values[i] = i * ITEM;
  for (int i = 0; i < 8; i++)
    sum += values[index[i] & 15];
  out[GROUP * 64 + ITEM] = sum;
}

kernel void genericPointers(global int *data, int which) {
  local int shared[64];
  int own[2];
  own[ITEM & 1] = ITEM;
  shared[ITEM] = ITEM * 3;
  BARRIER();
  int *p = which == 0 ? (int *)&shared[ITEM] : which == 1 ? (int *)&data[ITEM] : &own[ITEM & 1];
  data[64 + ITEM] = *p;
}

// Each workgroup waits for the one after it; the last starts the chain.
kernel void chain(global int *flags, int groups) {
  if (ITEM == 0) {
    int next = GROUP + 1;
    if (next < groups)
      while (__scoped_atomic_load_n(&flags[next], __ATOMIC_ACQUIRE, __MEMORY_SCOPE_DEVICE) == 0)
        __builtin_amdgcn_s_sleep(1);
    int value = next < groups ? flags[next] + 1 : 1;
    __scoped_atomic_store_n(&flags[GROUP], value, __ATOMIC_RELEASE, __MEMORY_SCOPE_DEVICE);
  }
}

// A variable of the module, a table of addresses, the launch's own shape, dynamic LDS.
global int bias = 7;
kernel void throughTable(global const ulong *table, global int *out, int scale) {
  global const int *row = (global const int *)table[GROUP];
  out[GROUP * 64 + ITEM] = row[ITEM] * scale + bias;
}

kernel void shapes(global uint *out, local uint *room) {
  room[ITEM] = __builtin_amdgcn_workgroup_size_x();
  if (ITEM == 0) {
    out[GROUP * 4] = room[0];
    out[GROUP * 4 + 1] = __builtin_amdgcn_grid_size_x();
    out[GROUP * 4 + 2] = __builtin_amdgcn_workgroup_size_y();
    out[GROUP * 4 + 3] = GROUP;
  }
}
