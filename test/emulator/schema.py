#!/usr/bin/env python3
"""Validates JSON files against a JSON schema: the keywords that docs/launch.schema.json uses, and no others.

usage: schema.py SCHEMA FILE...
"""

import json
import re
import sys

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float), "integer": int}
ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default", "examples"}


def is_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def check(value, schema, root, where):
    """Yields what is wrong."""
    for keyword in schema:
        if keyword not in ANNOTATIONS and keyword not in CHECKS:
            raise KeyError(f"keyword {keyword} of the schema is not known")
    for keyword, rule in CHECKS.items():
        if keyword in schema:
            yield from rule(value, schema[keyword], schema, root, where)


def reference(value, target, _schema, root, where):
    place = root
    for part in target.removeprefix("#/").split("/"):
        place = place[part]
    yield from check(value, place, root, where)


def type_of(value, wanted, _schema, _root, where):
    if not any(is_type(value, t) for t in ([wanted] if isinstance(wanted, str) else wanted)):
        yield f"{where} is {json.dumps(value)}, not of type {wanted}"


def properties(value, wanted, schema, root, where):
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key in wanted:
            yield from check(inner, wanted[key], root, f"{where}.{key}")


def additional(value, allowed, schema, root, where):
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key in schema.get("properties", {}):
            continue
        if allowed is False:
            yield f"{where} has the unknown key {key}"
        else:
            yield from check(inner, allowed, root, f"{where}.{key}")


def required(value, wanted, _schema, _root, where):
    if isinstance(value, dict):
        yield from (f"{where} has no {key}" for key in wanted if key not in value)


def items(value, wanted, _schema, root, where):
    if isinstance(value, list):
        for n, inner in enumerate(value):
            yield from check(inner, wanted, root, f"{where}[{n}]")


def one_of(value, choices, _schema, root, where):
    errors = [list(check(value, c, root, where)) for c in choices]
    if sum(not e for e in errors) != 1:
        yield f"{where} fits {sum(not e for e in errors)} of {len(choices)} choices: " + "; ".join(sum(errors, []))


def any_of(value, choices, _schema, root, where):
    errors = [list(check(value, c, root, where)) for c in choices]
    if all(errors):
        yield "; ".join(sum(errors, []))


def is_not(value, unwanted, _schema, root, where):
    if not list(check(value, unwanted, root, where)):
        yield f"{where} has keys that exclude each other: {json.dumps(unwanted)}"


def bound(holds, text):
    def rule(value, limit, _schema, _root, where):
        size = len(value) if isinstance(value, (list, dict)) else value
        if isinstance(size, (int, float)) and not holds(size, limit):
            yield f"{where} is {size}, {text} {limit}"

    return rule


def pattern(value, wanted, _schema, _root, where):
    if isinstance(value, str) and not re.search(wanted, value):
        yield f"{where} is '{value}', which does not match {wanted}"


def enum(value, wanted, _schema, _root, where):
    if value not in wanted:
        yield f"{where} is {json.dumps(value)}, allowed: {wanted}"


CHECKS = {
    "$ref": reference,
    "type": type_of,
    "properties": properties,
    "additionalProperties": additional,
    "required": required,
    "items": items,
    "oneOf": one_of,
    "anyOf": any_of,
    "not": is_not,
    "minimum": bound(lambda a, b: a >= b, "below"),
    "maximum": bound(lambda a, b: a <= b, "above"),
    "minItems": bound(lambda a, b: a >= b, "below"),
    "maxItems": bound(lambda a, b: a <= b, "above"),
    "pattern": pattern,
    "enum": enum,
}


def main():
    with open(sys.argv[1]) as file:
        schema = json.load(file)
    wrong = False
    for path in sys.argv[2:]:
        with open(path) as file:
            value = json.load(file)
        for error in check(value, schema, schema, "launch"):
            print(f"{path}: {error}")
            wrong = True
    sys.exit(wrong)


if __name__ == "__main__":
    main()
