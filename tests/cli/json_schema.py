"""As much of JSON Schema as the result schemas use; a keyword it does not know fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_DESCRIBING = frozenset({"$schema", "$defs", "title", "description", "default", "properties"})


def faults(value: Any, schema: Schema) -> list[str]:
    """List what in a value the schema does not allow."""
    return list(_Check(schema).faults(value, schema, "$"))


class _Check:
    """One check against one schema document."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self.rules: Mapping[str, Callable[[Any, Schema, str], Iterator[str]]] = {
            "$ref": self._ref,
            "anyOf": self._any_of,
            "type": self._type,
            "items": self._items,
            "required": self._required,
            "additionalProperties": self._additional,
        }

    def faults(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        wrong = list(self._type(value, schema, at)) if "type" in schema else []
        if wrong:
            yield from wrong
            return
        for keyword in schema:
            if keyword in self.rules:
                yield from self.rules[keyword](value, schema, at)
            elif keyword not in _DESCRIBING:
                yield f"{at}: this check does not know {keyword}"
        for name, rule in schema.get("properties", {}).items():
            if name in value:
                yield from self.faults(value[name], rule, f"{at}.{name}")

    def _ref(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        yield from self.faults(value, self.root["$defs"][schema["$ref"].removeprefix("#/$defs/")], at)

    def _any_of(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        if all(list(self.faults(value, each, at)) for each in schema["anyOf"]):
            yield f"{at}: fits none of {len(schema['anyOf'])} choices"

    def _type(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        name = schema["type"]
        if not isinstance(value, _TYPES[name]) or (isinstance(value, bool) and name != "boolean"):
            yield f"{at}: is no {name}"

    def _items(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        for number, each in enumerate(value):
            yield from self.faults(each, schema["items"], f"{at}[{number}]")

    def _required(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        yield from (f"{at}.{name}: is missing" for name in schema["required"] if name not in value)

    def _additional(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        rule = schema["additionalProperties"]
        for name in sorted(set(value) - set(schema.get("properties", {}))):
            if rule is False:
                yield f"{at}.{name}: is not described"
            elif rule is not True:
                yield from self.faults(value[name], rule, f"{at}.{name}")
