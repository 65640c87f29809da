"""Holds values to a JSON schema, as far as ours go; an unknown word of a schema is a mistake."""

from __future__ import annotations

import re
from typing import Any

KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}
WORDS = {"type", "properties", "required", "additionalProperties", "items", "oneOf", "$ref"}
WORDS |= {"minimum", "maximum", "default", "format", "enum", "const"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def mistakes(value: Any, schema: dict[str, Any], root: dict[str, Any], place: str = "$") -> list[str]:
    """Where the value is not as the schema says."""
    assert not set(schema) - WORDS, set(schema) - WORDS
    if "$ref" in schema:
        found = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return mistakes(value, found, root, place)
    if "oneOf" in schema:
        fits = [one for one in schema["oneOf"] if not mistakes(value, one, root, place)]
        return [] if len(fits) == 1 else [f"{place}: fits {len(fits)}"]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(type(value) in KINDS[kind] for kind in kinds):
        return [f"{place}: {value!r} is not {kinds}"]
    out = []
    if "const" in schema and value != schema["const"]:
        out.append(f"{place}: not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        out.append(f"{place}: none of {schema['enum']!r}")
    if schema.get("format") == "date-time" and value is not None and not MOMENT.fullmatch(value):
        out.append(f"{place}: no moment: {value!r}")
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        out.append(f"{place}: {value} is out of bounds")
    if isinstance(value, list):
        out += [
            one
            for number, item in enumerate(value)
            for one in mistakes(item, schema.get("items", {}), root, f"{place}[{number}]")
        ]
    if isinstance(value, dict):
        out += [f"{place}: {name} is missing" for name in schema.get("required", ()) if name not in value]
        for name, item in value.items():
            inner = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
            out += [f"{place}: unexpected {name}"] if inner is False else mistakes(item, inner, root, f"{place}.{name}")
    return out
