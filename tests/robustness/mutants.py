"""Seeded mutants of the demo hospital's resources: what a broken export or a careless interface does to JSON."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from tests import demo_export
from tests.robustness.nonsense import INSERTED, MORE, NUMBERS, REFERENCES, TEXTS

Path = tuple[str | int, ...]
Body = dict[str, Any]

DEEP = 80
"""More than the reader allows; a mutant nests that deep or only a little."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed resource.

    Attributes:
        base: The resource before.
        raw: The mutant as it arrives.
        kind: Which change.
        touched: Where it differs from the base; None where it is no JSON object any more.
    """

    base: Body
    raw: bytes
    kind: str
    touched: frozenset[Path] | None

    @property
    def name(self) -> str:
        """The mutant in a message: which resource, which change, where."""
        places = sorted(".".join(map(str, path)) for path in self.touched or ())
        return f"{self.kind} in {self.base['resourceType']}/{self.base['id']} at {places or 'the bytes'}"


def write(body: Any) -> bytes:
    """Write JSON as the mutants are written."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")


def parse(raw: bytes) -> Any:
    """Read JSON with the digits of its numbers; None where it is none."""
    try:
        return json.loads(raw, parse_float=_Digits, parse_int=_Digits, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return None


def _no_json(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


class _Digits(str):
    """A number as it was written; a string of the same digits is another value."""

    __slots__ = ()

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Digits) and str(self) == str(other)

    __hash__ = str.__hash__


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """Give every place in a document but its root."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*path, key)
        yield from paths_of(item, (*path, key))


def differences(one: Any, other: Any, path: Path = ()) -> Iterator[Path]:
    """Give the outermost places in which two documents differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            if key in one and key in other:
                yield from differences(one[key], other[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, (*path, number))
    elif type(one) is not type(other) or one != other:
        yield path


def get(body: Any, path: Path) -> Any:
    """Give what stands at a place."""
    for step in path:
        body = body[step]
    return body


def put(body: Any, path: Path, value: Any) -> Any:
    """Give a copy with something else at a place."""
    changed = copy.deepcopy(body)
    get(changed, path[:-1])[path[-1]] = value
    return changed


class Workshop:
    """Makes mutants; equal seeds make equal mutants."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.bodies: dict[str, list[Body]] = {}
        self.seen: dict[str, list[Any]] = {}
        for body in demo_export.resources():
            self.bodies.setdefault(body["resourceType"], []).append(body)
            for path in paths_of(body):
                value = get(body, path)
                if not isinstance(value, dict | list):
                    known = self.seen.setdefault(str(path[-1]), [])
                    if value not in known:
                        known.append(value)
        for key, more in MORE.items():
            self.seen[key] = self.seen.get(key, []) + more

    def mutants(self, count: int, bodies: Sequence[Body] = ()) -> Iterator[Mutant]:
        """Give so many mutants of these resources, or of all; types of resources and changes at random."""
        while count:
            body = self.random.choice(bodies or self._any())
            kind = self.random.choices(list(_KINDS), list(_SHARES.values()))[0]
            raw = _KINDS[kind](self, body)
            if raw is None or raw == write(body):
                continue
            count -= 1
            yield self._made(body, raw, kind)

    def _any(self) -> list[Body]:
        types = sorted(self.bodies)
        return self.bodies[self.random.choices(types, [_WEIGHTS.get(name, 1) for name in types])[0]]

    def _made(self, body: Body, raw: bytes, kind: str) -> Mutant:
        parsed = parse(raw)
        if not isinstance(parsed, dict):
            return Mutant(body, raw, kind, None)
        touched = set(differences(parse(write(body)), parsed))
        if kind == "twice":
            touched.add((json.loads(raw.partition(b":")[0] + b":0}").popitem()[0],))
        return Mutant(body, raw, kind, frozenset(touched))

    def place(self, body: Body) -> Path:
        """Choose any place in a resource; its type and id stay, so that it remains this resource."""
        return self.random.choice([path for path in paths_of(body) if path not in {("resourceType",), ("id",)}])

    def scalar(self, body: Body) -> Path:
        """Choose a place that holds no further ones."""
        found = [path for path in paths_of(body) if not isinstance(get(body, path), dict | list)]
        return self.random.choice([path for path in found if path not in {("resourceType",), ("id",)}])

    def drop(self, body: Body) -> bytes:
        path = self.place(body)
        changed = copy.deepcopy(body)
        del get(changed, path[:-1])[path[-1]]
        return write(changed)

    def rename(self, body: Body) -> bytes | None:
        path = self.place(body)
        if not isinstance(path[-1], str):
            return None
        name = path[-1]
        choices = [name[:-1], name.upper(), f"_{name}", f"{name}s", name.replace("Quantity", "Integer")]
        changed = copy.deepcopy(body)
        holder = get(changed, path[:-1])
        holder[self.random.choice(choices)] = holder.pop(name)
        return write(changed)

    def retype(self, body: Body) -> bytes:
        path = self.place(body)
        value = get(body, path)
        choices = [None, True, 7, "7", [], {}, [value], {"value": value}, json.dumps(value), [None], 1.5]
        return write(put(body, path, self.random.choice(choices)))

    def flip(self, body: Body) -> bytes:
        path = self.scalar(body)
        return write(put(body, path, self.random.choice(self.seen[str(path[-1])])))

    def swap(self, body: Body) -> bytes:
        one, other = self.scalar(body), self.scalar(body)
        changed = put(body, one, get(body, other))
        return write(put(changed, other, get(body, one)))

    def exchange(self, body: Body) -> bytes:
        """Take an element from another resource of the type."""
        other = self.random.choice(self.bodies[body["resourceType"]])
        key = self.random.choice([key for key in other if key not in {"resourceType", "id"}])
        return write({**body, key: other[key]})

    def twice(self, body: Body) -> bytes:
        """Say one element twice; which of the two a reader takes is its own affair."""
        path = (self.random.choice([key for key in body if key not in {"resourceType", "id"}]),)
        other = self.random.choice(self.bodies[body["resourceType"]]).get(str(path[0]), body[str(path[0])])
        return write({path[0]: other})[:-1] + b"," + write(body)[1:]

    def insert(self, body: Body) -> bytes:
        key, value = self.random.choice(INSERTED)
        return write({**copy.deepcopy(body), key: value})

    def nest(self, body: Body) -> bytes:
        deep: Any = {"url": "https://odd.example/nested"}
        for _ in range(self.random.choice([3, DEEP])):
            deep = {"url": "https://odd.example/nested", "extension": [deep]}
        return write({**body, "extension": [deep]})

    def enlarge(self, body: Body) -> bytes | None:
        numbers = [path for path in paths_of(body) if isinstance(get(body, path), int | float)]
        numbers = [path for path in numbers if not isinstance(get(body, path), bool)]
        if not numbers:
            return None
        path = self.random.choice(numbers)
        text = write(put(body, path, "@@"))
        return text.replace(b'"@@"', self.random.choice(NUMBERS))

    def garble(self, body: Body) -> bytes:
        path = self.scalar(body)
        return write(put(body, path, self.random.choice(TEXTS)))

    def refer(self, body: Body) -> bytes | None:
        references = [path for path in paths_of(body) if path[-1] == "reference"]
        return (
            write(put(body, self.random.choice(references), self.random.choice(REFERENCES)))
            if references
            else None
        )

    def truncate(self, body: Body) -> bytes:
        raw = write(body)
        return raw[: self.random.randrange(1, len(raw))]

    def damage(self, body: Body) -> bytes:
        raw = bytearray(write(body))
        raw[self.random.randrange(len(raw))] = self.random.randrange(256)
        return bytes(raw)

    def trail(self, body: Body) -> bytes:
        return write(body) + self.random.choice([b"}", b"{}", b",", b"\x00", b" null", b"]"])


_KINDS: dict[str, Callable[[Workshop, Body], bytes | None]] = {
    "drop": Workshop.drop,
    "rename": Workshop.rename,
    "retype": Workshop.retype,
    "flip": Workshop.flip,
    "swap": Workshop.swap,
    "exchange": Workshop.exchange,
    "twice": Workshop.twice,
    "insert": Workshop.insert,
    "nest": Workshop.nest,
    "enlarge": Workshop.enlarge,
    "garble": Workshop.garble,
    "refer": Workshop.refer,
    "truncate": Workshop.truncate,
    "damage": Workshop.damage,
    "trail": Workshop.trail,
}
_SHARES = {
    "drop": 14,
    "rename": 8,
    "retype": 12,
    "flip": 18,
    "swap": 6,
    "exchange": 8,
    "twice": 4,
    "insert": 8,
    "nest": 2,
    "enlarge": 5,
    "garble": 6,
    "refer": 4,
    "truncate": 4,
    "damage": 5,
    "trail": 2,
}
_WEIGHTS = {"Observation": 8, "Condition": 3, "Consent": 3, "QuestionnaireResponse": 3, "Patient": 3}
