#!/usr/bin/env python3
"""Who may know whom, checked on the sources and on the built libraries.

Every rule is a row of one of the tables below. `--root DIR` checks sources, `--binary KIND=FILE` a built library,
`--self-test` breaks every rule once in a scratch tree and checks that it is noticed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple

SUFFIXES = (".h", ".hpp", ".c", ".cpp", ".inc", ".td")
LLVM = ("llvm/", "llvm-c/", "mlir/", "mlir-c/", "lld/", "clang/")

# Files under `where`, but for the folder `without`, include nothing that starts with one of `forbidden`, unless it is in
# `allowed`.
Includes = namedtuple("Includes", "where forbidden allowed why without", defaults=("",))
CHIP = ("compiler/target/Chip.h",)
VARIANT = ("compiler/variant/AnyVariant.h", "compiler/variant/Variant.h", "compiler/variant/FieldError.h",
           "compiler/variant/JsonFields.h", "compiler/variant/JsonValue.h", "compiler/variant/Nearest.h",
           "compiler/variant/Support.h")
REFERENCE = ("test/reference/PagedAttention.h", "test/reference/Formats.h", "test/reference/Errors.h")
WRITES = ("test/reference/Call.h", "test/reference/CacheWrites.h")
JUDGE = "runtime/verify/"
INCLUDES = [
    Includes("dialects", ("passes/", "compiler/", "runtime/", "test/"), (), "the dialect is the lowest layer"),
    Includes("passes", ("compiler/", "runtime/", "test/"), (), "chip facts reach passes as the module's attribute"),
    Includes("compiler", ("test/", "runtime/emulator/"), REFERENCE, "only pa-run knows the reference, nobody the emulator"),
    Includes("compiler/target", ("test/", JUDGE), (), "only pa-run, a tool, judges results"),
    Includes("compiler/pipeline", ("test/", JUDGE), (), "only pa-run, a tool, judges results"),
    Includes("compiler/codegen", ("test/", JUDGE), (), "only pa-run, a tool, judges results"),
    Includes("compiler/target/Chip.h", LLVM, (), "libpa and the emulated device share it, without LLVM"),
    Includes("compiler/target/Chip.cpp", LLVM, (), "libpa and the emulated device share it, without LLVM"),
    Includes("compiler/variant", LLVM, (), "libpa shares it, without LLVM"),
    Includes("runtime/include", LLVM, (), "an engine brings an LLVM of its own"),
    Includes("runtime/device", LLVM, (), "an engine brings an LLVM of its own"),
    Includes("runtime/api", LLVM, (), "an engine brings an LLVM of its own"),
    Includes("runtime/jit", LLVM, (), "an engine brings an LLVM of its own"),
    Includes("runtime", ("mlir/", "mlir-c/"), (), "the runtime knows nothing of MLIR"),
    Includes("runtime", ("dialects/", "passes/", "compiler/", "test/"), CHIP + VARIANT, "the runtime knows no compiler",
             without="runtime/verify"),
    Includes("runtime/verify", LLVM + ("dialects/", "passes/", "compiler/", "test/", "runtime/emulator/"),
             CHIP + VARIANT + REFERENCE + WRITES, "checked launches know the reference, and nothing that they judge"),
    Includes("runtime/api", (JUDGE,), (), "libpa opens the library of checked launches, and is free of it"),
    Includes("runtime/device", (JUDGE,), (), "libpa opens the library of checked launches, and is free of it"),
    Includes("runtime/jit", (JUDGE,), (), "libpa opens the library of checked launches, and is free of it"),
    Includes(
        "test/reference",
        ("dialects/", "passes/", "compiler/", "runtime/emulator/", "mlir/"),
        (),
        "a reference that shares code with what it judges shares its mistakes",
    ),
]

# String literals in C++ under `where` do not match `pattern`.
Literals = namedtuple("Literals", "where pattern why")
LITERALS = [
    Literals("dialects", r"gfx9", "chip facts live in compiler/target"),
    Literals("passes", r"gfx9", "chip facts live in compiler/target"),
]

# A built library needs no shared library, and exports no symbol, that matches.
Binaries = namedtuple("Binaries", "kind needed exported why")
BINARIES = [
    Binaries("libpa", r"LLVM|MLIR|clang|lld|comgr", r"^_ZNK?4(llvm|mlir)", "other LLVMs live in the same process"),
    Binaries("verify", r"LLVM|MLIR|clang|lld|comgr", r"^_Z", "it shares a process with libpa and everything in it"),
    Binaries("emulator", r"LLVM|MLIR|clang|comgr", r"^_ZNK?4(llvm|mlir)", "its LLVM is linked statically and hidden"),
]

# Comments and string literals of C++, in that order; a literal is group 1.
LEXER = re.compile(r"//[^\n]*|/\*.*?\*/|(\"(?:\\.|[^\"\\\n])*\")|'(?:\\.|[^'\\\n])'", re.DOTALL)
INCLUDE = re.compile(r"^\s*#?\s*include\s*[<\"]([^>\"]+)[>\"]", re.MULTILINE)


def sources(root, where, without=""):
    path = os.path.join(root, where)
    if os.path.isfile(path):
        yield path
    for folder, _, names in os.walk(path):
        if without and (os.path.relpath(folder, root) + "/").startswith(without + "/"):
            continue
        yield from (os.path.join(folder, n) for n in sorted(names) if n.endswith(SUFFIXES))


def literals(text):
    return [m for m in LEXER.finditer(text) if m.group(1)]


def at(root, path, text, offset):
    return f"{os.path.relpath(path, root)}:{text.count(chr(10), 0, offset) + 1}"


def check_includes(root, rule):
    for path in sources(root, rule.where, rule.without):
        with open(path, errors="replace") as file:
            text = file.read()
        for match in INCLUDE.finditer(text):
            name = match.group(1)
            if name.startswith(rule.forbidden) and name not in rule.allowed:
                yield f"{at(root, path, text, match.start(1))}: includes {name}: {rule.why}"


def check_literals(root, rule):
    for path in sources(root, rule.where):
        if path.endswith(".td"):
            continue
        with open(path, errors="replace") as file:
            text = file.read()
        for match in literals(text):
            if re.search(rule.pattern, match.group(1)):
                yield f"{at(root, path, text, match.start())}: literal {match.group(1)}: {rule.why}"


def check_sources(root):
    for rule in INCLUDES:
        yield from check_includes(root, rule)
    for rule in LITERALS:
        yield from check_literals(root, rule)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check_binary(kind, path):
    rule = next(r for r in BINARIES if r.kind == kind)
    for needed in re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "--dynamic", "--wide", path)):
        if re.search(rule.needed, needed):
            yield f"{path}: needs {needed}: {rule.why}"
    for line in output("nm", "--dynamic", "--defined-only", path).splitlines():
        symbol = line.split()[-1]
        if re.search(rule.exported, symbol):
            yield f"{path}: exports {symbol}: {rule.why}"


def write(root, name, text):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def self_test():
    """What a rule does not notice when it is broken."""
    expect = []
    for rule in INCLUDES:
        name = rule.where if "." in rule.where else rule.where + "/Broken.cpp"
        for prefix in rule.forbidden:
            expect.append((name, f'#include "{prefix}Some.h"\n', 1))
        for allowed in rule.allowed:
            expect.append((name, f'#include "{allowed}"\n', 0))
    for rule in LITERALS:
        expect.append((rule.where + "/Broken.cpp", 'auto chip = "gfx942"; // why\n', 1))
        expect.append((rule.where + "/Fine.cpp", "// \"gfx942\"\n/* 'x' \"gfx950\" */ char c = '\"';\n", 0))
    for name, text, least in expect:
        with tempfile.TemporaryDirectory() as root:
            write(root, name, text)
            found = len(list(check_sources(root)))
            if found < least or (least == 0 and found):
                yield f"{name} with {text!r}: {found} violations found"
    yield from self_test_binaries()


def self_test_binaries():
    with tempfile.TemporaryDirectory() as root:
        write(root, "a.cpp", "namespace llvm { void leak() {} }\n")
        broken = os.path.join(root, "broken.so")
        subprocess.run(["clang++-22", "-shared", "-fPIC", "-o", broken, os.path.join(root, "a.cpp")], check=True)
        for rule in BINARIES:
            if not list(check_binary(rule.kind, broken)):
                yield f"{rule.kind}: an exported symbol of LLVM is not noticed"
    # The disassembler of LLVM's own package needs the shared LLVM.
    for rule in BINARIES:
        objdump = os.path.realpath(shutil.which("llvm-objdump"))
        if not any("needs" in v for v in check_binary(rule.kind, objdump)):
            yield f"{rule.kind}: a program that needs LLVM's shared library is not noticed"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root")
    parser.add_argument("--binary", action="append", default=[], metavar="KIND=FILE")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    found = list(self_test()) if args.self_test else []
    if args.root:
        found += check_sources(args.root)
    for binary in args.binary:
        found += check_binary(*binary.split("=", 1))
    print("\n".join(found) if found else "no violation")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
