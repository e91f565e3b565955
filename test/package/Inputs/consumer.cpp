#include <pa/pa.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

int main(int, char **argv) {
  std::ifstream file(argv[1]);
  auto device = pa::Device::open("emulated:gfx942");
  auto kernel = device ? device->request({std::istreambuf_iterator<char>(file), {}}) : device.error();
  if (!kernel)
    return std::cerr << kernel.error().text << std::endl, 1;
  std::cout << kernel->info().q_heads << " query heads on " << device->chip() << std::endl;
}
