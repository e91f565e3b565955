// A plain HIP program: no test framework, nothing of this project. What it computes is checked against the host.
#include <hip/hip_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#define CHECK(call)                                                                                                    \
  do {                                                                                                                 \
    hipError_t error = (call);                                                                                         \
    if (error != hipSuccess) {                                                                                         \
      std::printf("FAIL line %d: %s gives %s (%s)\n", __LINE__, #call, hipGetErrorName(error),                         \
                  hipGetErrorString(error));                                                                           \
      std::exit(1);                                                                                                    \
    }                                                                                                                  \
  } while (0)
#define EXPECT(condition)                                                                                              \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      std::printf("FAIL line %d: %s\n", __LINE__, #condition);                                                         \
      std::exit(1);                                                                                                    \
    }                                                                                                                  \
  } while (0)

__constant__ float factors[4];
__device__ int counter = 5;
__managed__ int shared_value = 7;

__global__ void scale(const float *in, float *out, int n, float add) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = in[i] * factors[i % 4] + add;
}

// Sums each workgroup's part in dynamic LDS.
__global__ void partial_sums(const int *in, int *out, int n) {
  extern __shared__ int part[];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  part[threadIdx.x] = i < n ? in[i] : 0;
  __syncthreads();
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half)
      part[threadIdx.x] += part[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0)
    out[blockIdx.x] = part[0];
}

__global__ void count(int *seen, int grid) {
  atomicAdd(&counter, 1);
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    *seen = shared_value + grid;
    shared_value = 100;
  }
}

__global__ void where(int *out) {
  int group = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  int item = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  out[group * (blockDim.x * blockDim.y * blockDim.z) + item] = group * 1000 + item;
}

static void devices() {
  int n = 0;
  CHECK(hipGetDeviceCount(&n));
  EXPECT(n >= 1);
  hipDeviceProp_t properties;
  CHECK(hipGetDeviceProperties(&properties, 0));
  EXPECT(std::strncmp(properties.gcnArchName, PA_CHIP ":", std::strlen(PA_CHIP) + 1) == 0);
  EXPECT(properties.warpSize == 64);
  int units = 0;
  CHECK(hipDeviceGetAttribute(&units, hipDeviceAttributeMultiprocessorCount, 0));
  EXPECT(units == properties.multiProcessorCount);
  EXPECT(hipSetDevice(99) == hipErrorInvalidDevice);
  EXPECT(hipGetLastError() == hipErrorInvalidDevice);
  EXPECT(hipGetLastError() == hipSuccess);
}

static void launches() {
  const int n = 1000;
  std::vector<float> in(n), out(n);
  for (int i = 0; i < n; ++i)
    in[i] = float(i);
  const float host[4] = {1, 2, 3, 4};
  CHECK(hipMemcpyToSymbol(HIP_SYMBOL(factors), host, sizeof host));
  float *a, *b;
  CHECK(hipMalloc((void **)&a, n * sizeof(float)));
  CHECK(hipMalloc((void **)&b, n * sizeof(float)));
  CHECK(hipMemcpy(a, in.data(), n * sizeof(float), hipMemcpyHostToDevice));
  scale<<<(n + 255) / 256, 256>>>(a, b, n, 0.5f);
  CHECK(hipGetLastError());
  CHECK(hipMemcpy(out.data(), b, n * sizeof(float), hipMemcpyDeviceToHost));
  for (int i = 0; i < n; ++i)
    EXPECT(out[i] == in[i] * host[i % 4] + 0.5f);

  std::vector<int> numbers(n);
  for (int i = 0; i < n; ++i)
    numbers[i] = i * i;
  int *c, *d, sums[8];
  CHECK(hipMalloc((void **)&c, n * sizeof(int)));
  CHECK(hipMalloc((void **)&d, sizeof sums));
  CHECK(hipMemcpy(c, numbers.data(), n * sizeof(int), hipMemcpyHostToDevice));
  partial_sums<<<8, 128, 128 * sizeof(int)>>>(c, d, n);
  CHECK(hipMemcpy(sums, d, sizeof sums, hipMemcpyDeviceToHost));
  long total = 0, expected = 0;
  for (int s : sums)
    total += s;
  for (int i : numbers)
    expected += i;
  EXPECT(total == expected);

  int *e;
  CHECK(hipMalloc((void **)&e, 2 * 3 * 2 * 64 * sizeof(int)));
  where<<<dim3(2, 3, 2), dim3(4, 8, 2)>>>(e);
  std::vector<int> places(2 * 3 * 2 * 64);
  CHECK(hipMemcpy(places.data(), e, places.size() * sizeof(int), hipMemcpyDeviceToHost));
  for (size_t i = 0; i < places.size(); ++i)
    EXPECT(places[i] == int(i / 64 * 1000 + i % 64));
  for (void *p : {(void *)a, (void *)b, (void *)c, (void *)d, (void *)e})
    CHECK(hipFree(p));
  EXPECT(hipFree(a) == hipErrorInvalidDevicePointer);
}

static void variables() {
  EXPECT(shared_value == 7);
  int *seen;
  CHECK(hipHostMalloc((void **)&seen, sizeof(int), hipHostMallocDefault));
  *seen = -1;
  count<<<3, 64>>>(seen, 3);
  CHECK(hipDeviceSynchronize());
  EXPECT(*seen == 10);
  EXPECT(shared_value == 100);
  int total = 0;
  CHECK(hipMemcpyFromSymbol(&total, HIP_SYMBOL(counter), sizeof total));
  EXPECT(total == 5 + 3 * 64);
  void *address;
  CHECK(hipGetSymbolAddress(&address, HIP_SYMBOL(counter)));
  total = 1;
  CHECK(hipMemcpy(address, &total, sizeof total, hipMemcpyHostToDevice));
  CHECK(hipMemcpyFromSymbol(&total, HIP_SYMBOL(counter), sizeof total));
  EXPECT(total == 1);
  CHECK(hipHostFree(seen));
}

// A captured step is replayed with changed numbers in the same buffers.
static void graphs() {
  const int n = 256;
  float *in, *out;
  CHECK(hipMallocManaged((void **)&in, n * sizeof(float)));
  CHECK(hipMallocManaged((void **)&out, n * sizeof(float)));
  const float ones[4] = {1, 1, 1, 1};
  CHECK(hipMemcpyToSymbol(HIP_SYMBOL(factors), ones, sizeof ones));
  hipStream_t stream;
  CHECK(hipStreamCreate(&stream));
  hipEvent_t begin, end;
  CHECK(hipEventCreate(&begin));
  CHECK(hipEventCreate(&end));
  hipGraph_t graph;
  hipGraphExec_t instance;
  out[0] = -1;
  CHECK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  scale<<<1, n, 0, stream>>>(in, out, n, 1.0f);
  scale<<<1, n, 0, stream>>>(out, out, n, 2.0f);
  CHECK(hipStreamEndCapture(stream, &graph));
  EXPECT(out[0] == -1);
  CHECK(hipGraphInstantiate(&instance, graph, nullptr, nullptr, 0));
  CHECK(hipGraphDestroy(graph));
  CHECK(hipEventRecord(begin, stream));
  for (int step = 0; step < 3; ++step) {
    for (int i = 0; i < n; ++i)
      in[i] = float(step * 1000 + i);
    CHECK(hipGraphLaunch(instance, stream));
    CHECK(hipStreamSynchronize(stream));
    for (int i = 0; i < n; ++i)
      EXPECT(out[i] == float(step * 1000 + i + 3));
  }
  CHECK(hipEventRecord(end, stream));
  CHECK(hipEventSynchronize(end));
  float milliseconds = -1;
  CHECK(hipEventElapsedTime(&milliseconds, begin, end));
  EXPECT(milliseconds >= 0);
  CHECK(hipGraphExecDestroy(instance));
  CHECK(hipStreamDestroy(stream));
  CHECK(hipFree(in));
  CHECK(hipFree(out));
}

int main() {
  devices();
  launches();
  variables();
  graphs();
  std::printf("all as on the host\n");
}
