#!/usr/bin/env python3
"""Installs a build tree to a fresh prefix, moves it, and builds and runs consumers from there: with CMake, and with cc and
pkg-config. The installed tools run too, and a Debian package has it all."""

import argparse
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command, **environment):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ, **environment)
    )
    assert done.returncode == 0, f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}"
    return done.stdout


def expect(text, part):
    assert part in text, f"'{part}' is not in:\n{text}"


def consume_with_cmake(prefix, scratch, example):
    build = os.path.join(scratch, "build")
    run("cmake", "-S", os.path.join(HERE, "Inputs"), "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", build)
    cache = os.path.join(scratch, "cache")
    expect(run(os.path.join(build, "consumer"), example, PA_CACHE_DIR=cache), "64 query heads on gfx942")
    # The second time from the cache alone.
    expect(run(os.path.join(build, "consumer"), example, PA_CACHE_DIR=cache, PA_DISABLE_JIT="1"), "64 query heads")


def consume_with_cc(prefix, scratch):
    pkgconfig = os.path.join(prefix, "lib/pkgconfig")
    flags = run("pkg-config", "--cflags", "--libs", "pa", PKG_CONFIG_PATH=pkgconfig).split()
    program = os.path.join(scratch, "consumer")
    run("cc", "-std=c99", "-Wall", "-Werror", os.path.join(HERE, "Inputs/consumer.c"), "-o", program, *flags)
    expect(run(program, LD_LIBRARY_PATH=os.path.join(prefix, "lib")), "256 compute units of gfx950")


def use_tools(prefix, example):
    tool = lambda name: os.path.join(prefix, "bin", name)
    expect(run(tool("pa-run"), example, "--chip", "gfx942", "--contexts", "3"), "VERIFIED")
    hip = run(tool("pa-emu"), "exec", "--", tool("pa-run"), example, "--chip", "gfx942", "--contexts", "3", "--device", "hip:0")
    expect(hip, "VERIFIED")


def check_package(build, scratch):
    run("cpack", "--config", os.path.join(build, "CPackConfig.cmake"), "-B", scratch)
    package = next(os.path.join(scratch, n) for n in os.listdir(scratch) if n.endswith(".deb"))
    content = run("dpkg-deb", "--contents", package)
    for name in ("lib/libpa.so.0", "lib/libpa_verify.so", "bin/pa-compile", "include/pa/pa.h", "lib/cmake/pa/paConfig.cmake"):
        expect(content, "/usr/" + name)
    expect(run("dpkg-deb", "--field", package, "Depends"), "libc6")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--example", required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        first, prefix = os.path.join(scratch, "first"), os.path.join(scratch, "moved")
        run("cmake", "--install", args.build, "--prefix", first)
        shutil.move(first, prefix)
        consume_with_cmake(prefix, scratch, args.example)
        consume_with_cc(prefix, scratch)
        use_tools(prefix, args.example)
        check_package(args.build, os.path.join(scratch, "package"))
    print("installed, moved, consumed and packaged")


main()
