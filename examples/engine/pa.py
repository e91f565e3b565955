"""libpa for Python by ctypes alone: devices, kernels by description, launches on tensors of whoever speaks DLPack
(NumPy, PyTorch, ...). Nothing to compile, nothing to install but libpa, which is found by PA_LIBRARY or as
libpa.so.0."""

import ctypes
import json
import os

import dlpack

_SOURCE_VARIANT = 1
_u32, _i32, _u64, _i64, _f32 = ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint64, ctypes.c_int64, ctypes.c_float
_text, _handle = ctypes.c_char_p, ctypes.c_void_p


def _struct(name, *fields):
    """A struct of pa.h: its size, then groups of fields of one type."""
    named = [("size", _u32)] + [(field, kind) for kind, names in fields for field in names.split()]
    return type(name, (ctypes.Structure,), {"_fields_": named})


_CACHE = "key_cache value_cache", "key_scales value_scales"
_STRIDES = " ".join(f"{kind}_{of}_stride" for of in ("page", "head", "token") for kind in ("key", "value"))
_SCALE_STRIDES = " ".join(f"{kind}_scale_{of}_stride" for of in ("page", "head") for kind in ("key", "value"))

Source = _struct(
    "Source",
    (_u32, "kind"),
    (_text, "text"),
    (_u64, "text_bytes"),
    (_text, "options"),
    (_u32, "deadline_ms reserved"),
)
Reason = _struct("Reason", (_u32, "limit"), (_text, "field value allowed why text"))
# As far as this module uses it: the library goes by the size.
Info = _struct(
    "Info",
    (_u32, "head_size q_heads kv_heads page_size query_tokens has_lse element_bytes"),
    (_u64, "page_bytes"),
    (_text, "description"),
    (_u32, "value_head_size cache_element_bytes output_element_bytes tile_tokens"),
    (_u64, "value_page_bytes"),
)
PagedCache = _struct("PagedCache", (_i32, "pages"), (_u64, " ".join(_CACHE)), (_i64, _STRIDES + " " + _SCALE_STRIDES))
AppendCall = _struct(
    "AppendCall",
    (_i32, "tokens"),
    (ctypes.POINTER(PagedCache), "cache"),
    (_u64, "keys values slots bad_token"),
    (_i64, "keys_token_stride values_token_stride"),
)
DecodeCall = _struct(
    "DecodeCall",
    (_i32, "sequences table_width"),
    (_f32, "softmax_scale"),
    (_u64, "query key_cache value_cache output lse block_tables context_lens workspace workspace_bytes"),
    (_i64, "query_token_stride output_token_stride " + _STRIDES),
    (_u64, "kv_indptr qo_indptr key_scales value_scales"),
    (_i64, _SCALE_STRIDES),
    (_u64, "alibi_slopes sinks"),
    (_f32, "soft_cap output_scale"),
    (_f32 * 4, "score_numbers"),
    (_u64 * 4, "score_tensors"),
)

_library = ctypes.CDLL(os.environ.get("PA_LIBRARY", "libpa.so.0"))
_SIGNATURES = {
    "pa_last_error": (_text, []),
    "pa_status_name": (_text, [ctypes.c_int]),
    "pa_reason_get": (ctypes.c_int, [_u32, ctypes.POINTER(Reason)]),
    "pa_check": (ctypes.c_int, [_text, _text, ctypes.c_size_t]),
    "pa_device_open": (ctypes.c_int, [_text, ctypes.POINTER(_handle)]),
    "pa_device_close": (None, [_handle]),
    "pa_device_chip": (_text, [_handle]),
    "pa_device_map": (ctypes.c_int, [_handle, _text, _handle, _u64, ctypes.POINTER(_u64)]),
    "pa_device_unmap": (ctypes.c_int, [_handle, _handle]),
    "pa_device_synchronize": (ctypes.c_int, [_handle]),
    "pa_kernel_request": (ctypes.c_int, [_handle, ctypes.POINTER(Source), _u32, ctypes.POINTER(_handle)]),
    "pa_kernel_release": (None, [_handle]),
    "pa_kernel_prepare": (ctypes.c_int, [_handle, _handle]),
    "pa_kernel_get_info": (ctypes.c_int, [_handle, ctypes.POINTER(Info)]),
    "pa_decode_workspace": (ctypes.c_int, [_handle, _i64, ctypes.POINTER(_u64), ctypes.POINTER(_u64)]),
    "pa_decode": (ctypes.c_int, [_handle, ctypes.POINTER(DecodeCall), _handle]),
    "pa_append": (ctypes.c_int, [_handle, ctypes.POINTER(AppendCall), _handle]),
}
for _name, (_result, _arguments) in _SIGNATURES.items():
    getattr(_library, _name).restype, getattr(_library, _name).argtypes = _result, _arguments


class Error(RuntimeError):
    pass


def _check(status):
    if status:
        raise Error(f"{_library.pa_status_name(status).decode()}: {_library.pa_last_error().decode()}")


def reasons_against(chip, variant):
    """Why the variant is not supported on the chip, as (field, text); empty if it is."""
    text, found = json.dumps(variant).encode(), []
    if _library.pa_check(chip.encode(), text, len(text)):
        reason = Reason(ctypes.sizeof(Reason))
        while not _library.pa_reason_get(len(found), reason):
            found.append((reason.field.decode(), reason.text.decode()))
    return found


class Device:
    def __init__(self, name):
        self.handle, self.shared = _handle(), {}
        _check(_library.pa_device_open(name.encode(), self.handle))
        self.chip = _library.pa_device_chip(self.handle).decode()

    def address(self, tensor):
        """Where kernels find a tensor: memory of the device as it is, the host's after it is mapped, for good."""
        view = dlpack.View(tensor)
        if view.device_type == dlpack.ROCM:
            return view.address
        if view.device_type != dlpack.CPU:
            raise ValueError(f"a tensor's device is of DLPack's kind {view.device_type}, allowed: 1 (CPU), 10 (ROCm)")
        if view.address not in self.shared:
            address = _u64()
            _check(_library.pa_device_map(self.handle, b"tensor", view.address, view.bytes, address))
            self.shared[view.address] = view, address.value
        return self.shared[view.address][1]

    def call(self, kind, **fields):
        """A call's struct, or a cache's; addresses are given as numbers or as tensors, other structs as they are."""

        def plain(value):
            if isinstance(value, ctypes.Structure):
                return ctypes.pointer(value)
            return self.address(value) if hasattr(value, "__dlpack__") else value

        return kind(ctypes.sizeof(kind), **{name: plain(value) for name, value in fields.items()})

    def kernel(self, variant):
        return Kernel(self, variant)

    def synchronize(self):
        _check(_library.pa_device_synchronize(self.handle))

    def close(self):
        for address in self.shared:
            _check(_library.pa_device_unmap(self.handle, address))
        self.shared.clear()
        _library.pa_device_close(self.handle)


class Kernel:
    def __init__(self, device, variant):
        self.handle, text = _handle(), json.dumps(variant).encode()
        source = Source(ctypes.sizeof(Source), _SOURCE_VARIANT, text, len(text))
        _check(_library.pa_kernel_request(device.handle, source, 0, self.handle))
        self.info = Info(ctypes.sizeof(Info))
        _check(_library.pa_kernel_get_info(self.handle, self.info))

    def workspace_bytes(self, sequences):
        size = _u64()
        _check(_library.pa_decode_workspace(self.handle, sequences, size, None))
        return size.value

    def prepare(self, stream=None):
        """Before a launch is captured."""
        _check(_library.pa_kernel_prepare(self.handle, stream))

    def decode(self, call, stream=None):
        _check(_library.pa_decode(self.handle, call, stream))

    def append(self, call, stream=None):
        _check(_library.pa_append(self.handle, call, stream))

    def __del__(self):
        _library.pa_kernel_release(self.handle)
