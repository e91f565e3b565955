#!/usr/bin/env python3
"""What libpa says when its parts, or HIP, are not what it expects: in a folder with a libpa of its own, in processes of
their own, since libraries that are found once are kept."""

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile

VARIANT = b'{"cache_type":"bf16","head_size":64,"q_heads":8,"kv_heads":2,"page_size":16,"layout":"nhd"}'
IN_PROCESS = 2


class Source(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("kind", ctypes.c_uint32)]
    _fields_ += [("text", ctypes.c_char_p), ("bytes", ctypes.c_uint64)]
    _fields_ += [("options", ctypes.c_char_p), ("deadline_ms", ctypes.c_uint32), ("reserved", ctypes.c_uint32)]


def last_error(library, device_name, flags, before):
    """In a process of its own: the last error's text after opening a device and, if it opens, asking for a kernel."""
    for path in before:
        ctypes.CDLL(path)
    pa = ctypes.CDLL(library)
    pa.pa_last_error.restype = ctypes.c_char_p
    device, kernel = ctypes.c_void_p(), ctypes.c_void_p()
    if not pa.pa_device_open(device_name.encode(), ctypes.byref(device)):
        source = Source(ctypes.sizeof(Source), 1, VARIANT, len(VARIANT))
        assert pa.pa_kernel_request(device, ctypes.byref(source), flags, ctypes.byref(kernel)), "there is a kernel"
    print(pa.pa_last_error().decode())


def said(library, device_name, flags=0, before=(), **environment):
    command = [sys.executable, __file__, "--library", library, "--device", device_name, "--flags", str(flags), *before]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PA_")}
    done = subprocess.run(command, capture_output=True, text=True, env={**clean, **environment})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def expect(part, text):
    assert part in text, f"'{part}' is not in '{text}'"


def check_parts(args, folder, library):
    plugin, cache = os.path.join(folder, "libpa_emulated.so"), {"PA_CACHE_DIR": os.path.join(folder, "cache")}
    emulated = "emulated:gfx942"
    expect(f"no device plugin 'libpa_emulated.so' beside libpa in '{folder}'", said(library, emulated))
    with open(plugin, "w") as file:
        file.write("no library")
    expect("cannot load the device plugin: ", said(library, emulated))
    shutil.copy(args.stub, plugin)
    expect(f"'{plugin}' is not a device plugin: it has no symbol pa_open_device", said(library, emulated))
    os.remove(plugin)
    os.symlink(args.plugin, plugin)
    checked, verify = os.path.join(folder, "libpa_verify.so"), {"PA_VERIFY": "pointers"}
    text = f"no library of checked launches 'libpa_verify.so' beside libpa in '{folder}', which PA_VERIFY needs"
    expect(text, said(library, emulated, **verify))
    shutil.copy(args.stub, checked)
    text = f"'{checked}' is not a library of checked launches: it has no symbol pa_open_checked_device"
    expect(text, said(library, emulated, **verify))
    os.remove(checked)
    os.symlink(args.verify, checked)
    text = said(library, emulated, PA_VERIFY="pointers,result")
    expect("PA_VERIFY is 'pointers,result', allowed: a list of pointers, results", text)
    expect(
        f"no pa-compile beside libpa in '{folder}', in ../bin or in ../libexec/pa: set PA_COMPILER",
        said(library, emulated, **cache),
    )
    expect(
        f"no libpa_compiler.so beside libpa in '{folder}' or in ../lib", said(library, emulated, IN_PROCESS, **cache)
    )
    compiler = os.path.join(folder, "libpa_compiler.so")
    for content, words in (
        (None, "file too short"),
        (args.stub, "undefined symbol: pa_compiler_compile"),
        (args.stub_compiler, None),
    ):
        shutil.copy(content or os.devnull, compiler)
        text = said(library, emulated, IN_PROCESS, **cache)
        expect("the compiler 'libpa_compiler.so' gave no whole reply" if not words else f"cannot open '{compiler}': ", text)
        expect(words or "", text)
        os.remove(compiler)
    nowhere = {"PA_CACHE_DIR": "", "XDG_CACHE_HOME": "", "HOME": "", "PA_DISABLE_JIT": "1"}
    expect("no folder: neither PA_CACHE_DIR, XDG_CACHE_HOME nor HOME is set", said(library, emulated, **nowhere))
    nowhere["PA_CACHE_DIR"] = "/proc/pa"
    expect("cannot make the folder '/proc/pa'", said(library, emulated, **nowhere))


def check_hip(args, folder, library):
    one, other = (os.path.join(folder, name, "libamdhip64.so." + name) for name in "67")
    for copy in (one, other):
        os.mkdir(os.path.dirname(copy))
        shutil.copy(args.stub, copy)
    text = said(library, "hip:0", before=[one, other])
    expect("the process has mapped two HIP libraries, '", text)
    expect("': set PA_LIBHIP_PATH to the one that its streams are of", text)
    # Chosen are only those that are there, by any name; nothing is loaded beside them.
    chosen = lambda name, before: said(library, "hip:1", before=before, PA_LIBHIP_PATH=name)
    expect(f"'{other}' counts 1 device", chosen(other, [one, other]))
    alias = os.path.join(folder, "alias.so")
    os.symlink(one, alias)
    expect(f"'{one}' counts 1 device", chosen(alias, [one]))
    expect(f"'{one}' counts 1 device", chosen("", [one]))
    expect(
        f"the process has mapped the HIP library '{one}', and PA_LIBHIP_PATH is '{other}': unset it, or load that one alone",
        chosen(other, [one]),
    )
    target = lambda name: said(library, "hip:0", before=[one], STUB_TARGET=name)
    expect("it is a gfx90a:xnack-, known chips are gfx942, gfx950", target("gfx90a:xnack-"))
    radeon = target("Radeon")
    expect(f"the HIP library '{one}' calls the target of device 0 'Radeon', expected gfx...", radeon)
    expect("its properties have an unknown layout", radeon)
    expect(f"'{one}' counts 1 device", said(library, "hip:1", before=[one]))
    for call in ("hipGetDeviceCount", "hipGetDeviceProperties", "hipDeviceGetAttribute"):
        text = said(library, "hip:0", before=[one], STUB_FAILS=call)
        expect("no HIP device 'hip:0': ", text)
        expect(f"{call} gives stub (999): stub", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True)
    parser.add_argument("--plugin")
    parser.add_argument("--stub")
    parser.add_argument("--stub-compiler")
    parser.add_argument("--verify")
    parser.add_argument("--device")
    parser.add_argument("--flags", type=int)
    parser.add_argument("before", nargs="*")
    args = parser.parse_args()
    if args.device:
        return last_error(args.library, args.device, args.flags, args.before)
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(os.path.realpath(folder), "libpa.so.0")
        shutil.copy(args.library, library)
        check_parts(args, os.path.realpath(folder), library)
        check_hip(args, os.path.realpath(folder), library)
    print("missing, broken and foreign parts are named")


main()
