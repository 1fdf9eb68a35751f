"""The digest of what a treatment or safety record says.

Knows: which parts of a record a person sees. Does not know: how it was derived. Equal digest = unchanged record,
whenever it was derived.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quote
from operator import attrgetter
from typing import Any, Final

from fhir_adapter.domain.evidence import RECEIPT
from fhir_adapter.domain.records import Evidence

_UNSEEN: Final = frozenset({"as_of", "valid_until", "expires", "definitions_digest", "evidence_digest"})
"""When a record was derived, until when it holds, by which definitions: not what it says."""

_Written = dict[int, str]
"""Identity of a part of the record at hand -> its text: evidence and grades stand in many places."""

_Write = Callable[[Any, _Written], str]


def digest_derived(record: object) -> str:
    """Digest amounts, grades, statuses, reasons, evidence and everything else a person sees of a record.

    Left out are times of deriving and validity, the definitions' digest, and of completeness receipts the time of
    reading: a record derived later from the same evidence is the same record.

    Args:
        record: A treatment or safety record, with or without a digest of its own.

    Returns:
        64 hexadecimal characters: `digests.digest_of` what the record says, as JSON; exact numbers, days and times
        as text. Records are large, so the text is written in one pass.

    Source:
        design contracts, Time: a record whose verdicts, reasons and evidence are equal is unchanged.
    """
    return sha256(f"[{_text(record, {})}]".encode("ascii")).hexdigest()


def _text(value: Any, written: _Written) -> str:
    return _WRITERS[value.__class__](value, written)


def _texts(values: Iterable[Any], written: _Written) -> list[str]:
    """Write values one after the other; most of them are text or nothing."""
    return [
        quote(each)
        if each.__class__ is str
        else "null"
        if each is None
        else _WRITERS[each.__class__](each, written)
        for each in values
    ]


def _list(value: Any, written: _Written) -> str:
    return "[" + ",".join(_texts(value, written)) + "]"


def _record_writer(kind: type) -> _Write:
    """Write a record or a part of one, once for all places it stands in; of a receipt not when it was read."""
    whole = _fields_writer(kind, _UNSEEN)
    receipt = _fields_writer(kind, _UNSEEN | {"last_updated"}) if kind is Evidence else whole

    def write(value: Any, written: _Written) -> str:
        text = written.get(id(value))
        if text is None:
            of_receipt = kind is Evidence and value.role == RECEIPT
            text = written[id(value)] = (receipt if of_receipt else whole)(value, written)
        return text

    return write


def _fields_writer(kind: type, unseen: frozenset[str]) -> _Write:
    """Write fields in the order of their names."""
    names = sorted(each.name for each in fields(kind) if each.name not in unseen)
    form = "{" + ",".join(f'"{name}":%s' for name in names) + "}"
    if len(names) < 2:
        return lambda value, written: form % tuple(_text(getattr(value, name), written) for name in names)
    take = attrgetter(*names)
    return lambda value, written: form % tuple(_texts(take(value), written))


class _Writers(dict[type, _Write]):
    """How each kind of value is written; found when a kind is first met."""

    def __missing__(self, kind: type) -> _Write:
        self[kind] = write = self._find(kind)
        return write

    def _find(self, kind: type) -> _Write:
        if is_dataclass(kind):
            return _record_writer(kind)
        if issubclass(kind, tuple):
            return _list
        if issubclass(kind, Enum):
            members = {member: json.dumps(member.value) for member in kind}
            return lambda value, _: members[value]
        return lambda value, _: quote(str(value))


_WRITERS: Final = _Writers({
    type(None): lambda _value, _written: "null",
    bool: lambda value, _: "true" if value else "false",
})
