// Kernels for the module interface: what arrives in arguments, hidden ones too.
#define device __attribute__((device))
#define kernel extern "C" __attribute__((global))
typedef const __attribute__((address_space(4))) unsigned *Hidden;

device int table[4] = {10, 20, 30, 40};

kernel void store_arguments(double *out, char a, short b, int c, float d, double e) {
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
  out[4] = e;
}

// Block counts, sizes and remainders, and the dynamic LDS, as code object version 5 passes them.
extern __attribute__((shared)) unsigned dynamic[];
kernel void store_shape(unsigned *out) {
  if (__builtin_amdgcn_workgroup_id_x() || __builtin_amdgcn_workitem_id_x())
    return;
  Hidden hidden = (Hidden)__builtin_amdgcn_implicitarg_ptr();
  for (int i = 0; i < 6; ++i)
    out[i] = hidden[i];
  dynamic[0] = hidden[120 / 4];
  out[6] = dynamic[0];
}

kernel void add(int *numbers, int n, int amount) {
  int i = __builtin_amdgcn_workgroup_id_x() * __builtin_amdgcn_workgroup_size_x() + __builtin_amdgcn_workitem_id_x();
  if (i < n)
    numbers[i] += amount;
}

kernel void add_table(int *numbers) { numbers[__builtin_amdgcn_workitem_id_x()] += table[__builtin_amdgcn_workitem_id_x() & 3]; }

kernel void overrun(int *numbers) { numbers[1 << 20] = 1; }

kernel void follow(int **table) { **table = 1; }
