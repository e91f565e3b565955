"""libpa for Python by ctypes alone: devices, kernels by description, launches. Nothing to compile, nothing to install but
libpa, which is found by PA_LIBRARY or as libpa.so.0."""

import ctypes
import json
import os

_SOURCE_VARIANT = 1
_u32, _i32, _u64, _i64, _f32 = ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint64, ctypes.c_int64, ctypes.c_float


def _struct(name, fields):
    return type(name, (ctypes.Structure,), {"_fields_": [("size", _u32), *fields]})


Source = _struct(
    "Source",
    [
        ("kind", _u32),
        ("text", ctypes.c_char_p),
        ("text_bytes", _u64),
        ("options", ctypes.c_char_p),
        ("deadline_ms", _u32),
        ("reserved", _u32),
    ],
)
# As far as this module uses it: the library goes by the size.
Info = _struct(
    "Info",
    [(name, _u32) for name in "head_size q_heads kv_heads page_size query_tokens has_lse element_bytes".split()]
    + [("page_bytes", _u64), ("description", ctypes.c_char_p)],
)
Call = _struct(
    "Call",
    [("sequences", _i32), ("table_width", _i32), ("softmax_scale", _f32)]
    + [
        (name, _u64)
        for name in "query key_cache value_cache output lse block_tables context_lens workspace workspace_bytes".split()
    ]
    + [
        (name + "_stride", _i64)
        for name in "query_token output_token key_page value_page key_head value_head key_token value_token".split()
    ]
    + [(name, _u64) for name in "kv_indptr qo_indptr key_scales value_scales".split()]
    + [(kind + "_scale_" + of + "_stride", _i64) for of in ("page", "head") for kind in ("key", "value")]
    + [("alibi_slopes", _u64), ("sinks", _u64), ("soft_cap", _f32), ("output_scale", _f32)]
    + [("score_numbers", _f32 * 4), ("score_tensors", _u64 * 4)],
)

_library = ctypes.CDLL(os.environ.get("PA_LIBRARY", "libpa.so.0"))
_library.pa_last_error.restype = _library.pa_status_name.restype = _library.pa_device_chip.restype = ctypes.c_char_p
for _name in ("pa_device_release", "pa_device_write", "pa_device_read", "pa_device_fill"):
    getattr(_library, _name).argtypes = {
        "pa_device_release": [ctypes.c_void_p, _u64],
        "pa_device_write": [ctypes.c_void_p, _u64, ctypes.c_char_p, _u64],
        "pa_device_read": [ctypes.c_void_p, ctypes.c_void_p, _u64, _u64],
        "pa_device_fill": [ctypes.c_void_p, _u64, ctypes.c_uint8, _u64],
    }[_name]


class Error(RuntimeError):
    pass


def _check(status):
    if status:
        raise Error(f"{_library.pa_status_name(status).decode()}: {_library.pa_last_error().decode()}")


def reasons_against(chip, variant):
    """Why the variant is not supported on the chip, a text each; empty if it is."""
    text = json.dumps(variant).encode()
    if not _library.pa_check(chip.encode(), text, ctypes.c_size_t(len(text))):
        return []
    return _library.pa_last_error().decode().split("\n")


class Device:
    def __init__(self, name):
        self.handle = ctypes.c_void_p()
        _check(_library.pa_device_open(name.encode(), ctypes.byref(self.handle)))
        self.chip = _library.pa_device_chip(self.handle).decode()

    def buffer(self, name, content):
        """Memory with these bytes, or of so many zero bytes; its address."""
        size = content if isinstance(content, int) else len(content)
        address = _u64()
        _check(_library.pa_device_allocate(self.handle, name.encode(), _u64(size), ctypes.byref(address)))
        if isinstance(content, int):
            _check(_library.pa_device_fill(self.handle, address, 0, size))
        else:
            self.write(address.value, content)
        return address.value

    def write(self, address, content):
        _check(_library.pa_device_write(self.handle, address, bytes(content), len(content)))

    def read(self, address, size):
        content = ctypes.create_string_buffer(size)
        _check(_library.pa_device_read(self.handle, content, address, size))
        return content.raw

    def kernel(self, variant):
        return Kernel(self, variant)

    def __del__(self):
        _library.pa_device_close(self.handle)


class Kernel:
    def __init__(self, device, variant):
        self.device = device
        self.handle = ctypes.c_void_p()
        text = json.dumps(variant).encode()
        source = Source(ctypes.sizeof(Source), _SOURCE_VARIANT, text, len(text))
        _check(_library.pa_kernel_request(device.handle, ctypes.byref(source), _u32(0), ctypes.byref(self.handle)))
        info = Info(ctypes.sizeof(Info))
        _check(_library.pa_kernel_get_info(self.handle, ctypes.byref(info)))
        self.page_bytes = info.page_bytes
        self.description = json.loads(info.description)

    def workspace_bytes(self, sequences):
        size = _u64()
        _check(_library.pa_decode_workspace(self.handle, _i64(sequences), ctypes.byref(size), None))
        return size.value

    def decode(self, stream=None, **fields):
        """One launch; the fields are those of Call."""
        call = Call(ctypes.sizeof(Call), **fields)
        _check(_library.pa_decode(self.handle, ctypes.byref(call), ctypes.c_void_p(stream)))

    def __del__(self):
        _library.pa_kernel_release(self.handle)
