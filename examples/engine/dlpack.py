"""What a DLPack capsule says of a tensor, by ctypes: https://dmlc.github.io/dlpack/latest/c_api.html"""

import ctypes

CPU, ROCM = 1, 10  # DLDeviceType


class _Tensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("dimensions", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),  # in elements; null: dense
        ("byte_offset", ctypes.c_uint64),
    ]


_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype, _pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


class View:
    """The memory of a dense tensor. It lives as long as this object: the capsule is kept, and its owner's with it."""

    def __init__(self, tensor):
        self.capsule = tensor.__dlpack__()
        said = _Tensor.from_address(_pointer_of(self.capsule, b"dltensor"))
        shape = said.shape[: said.dimensions]
        self.address = (said.data or 0) + said.byte_offset
        self.device_type = said.device_type
        self.bytes = (said.bits * said.lanes + 7) // 8
        dense = 1
        for size, i in zip(reversed(shape), reversed(range(said.dimensions))):
            if said.strides and size > 1 and said.strides[i] != dense:
                raise ValueError(f"a tensor of shape {shape} is not dense: its strides are the call's fields to say")
            dense *= size
        self.bytes *= dense
