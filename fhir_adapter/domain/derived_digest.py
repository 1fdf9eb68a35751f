"""The digest of what a treatment or safety record says.

Knows: which parts of a record a person sees. Does not know: how it was derived. Equal digest = unchanged record,
whenever it was derived.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.evidence import RECEIPT
from fhir_adapter.domain.records import Evidence

_UNSEEN: Final = frozenset({"as_of", "valid_until", "expires", "definitions_digest", "evidence_digest"})
"""When a record was derived, until when it holds, by which definitions: not what it says."""


def digest_derived(record: object) -> str:
    """Digest amounts, grades, statuses, reasons, evidence and everything else a person sees of a record.

    Left out are times of deriving and validity, the definitions' digest, and of completeness receipts the time of
    reading: a record derived later from the same evidence is the same record.

    Args:
        record: A treatment or safety record, with or without a digest of its own.

    Returns:
        64 hexadecimal characters.

    Source:
        design contracts, Time: a record whose verdicts, reasons and evidence are equal is unchanged.
    """
    return digest_of(_said(record))


def _said(value: Any) -> Any:
    """Write a value as JSON; exact fractions as text."""
    if is_dataclass(value) and not isinstance(value, type):
        unseen = _UNSEEN | ({"last_updated"} if isinstance(value, Evidence) and value.role == RECEIPT else set())
        return {each.name: _said(getattr(value, each.name)) for each in fields(value) if each.name not in unseen}
    if isinstance(value, tuple):
        return [_said(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    return value if value is None or isinstance(value, bool) else str(value)
