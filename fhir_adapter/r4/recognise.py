"""What can still be recognised of a resource that cannot be read: whose it is, and what it would have been about.

Knows: where resources say who and what they are about. Does not know: why one could not be read. An older value
must not decide in the place of a newer one that is there and cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TypeVar

import msgspec
from msgspec import Raw

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.moments import Effective
from fhir_adapter.r4.admission import About
from fhir_adapter.r4.coding import read_category, read_code
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.r4.datetimes import read_occurrence
from fhir_adapter.r4.wire import ABSENT, Wire, is_present

T = TypeVar("T")
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Probe(Wire):
    """What can be recognised of a resource that is otherwise unreadable."""

    resource_type: str
    id: Raw = ABSENT
    meta: Raw = ABSENT
    subject: Raw = ABSENT
    patient: Raw = ABSENT
    code: Raw = ABSENT
    event: Raw = ABSENT
    product_code: Raw = ABSENT
    medication_codeable_concept: Raw = ABSENT
    component: Raw = ABSENT
    category: Raw = ABSENT
    effective_date_time: Raw = ABSENT
    questionnaire: Raw = ABSENT


class _Component(Wire):
    code: Raw = ABSENT


_probe = msgspec.json.Decoder(Probe)
_text = msgspec.json.Decoder(str)
_components = msgspec.json.Decoder(tuple[_Component, ...])


def recognise(raw: bytes) -> Probe | None:
    """Take apart what still can be; None where it is not even JSON of a resource."""
    try:
        return _probe.decode(raw)
    except UNREADABLE:
        return None


def part(decoder: msgspec.json.Decoder[T], raw: Raw) -> T | None:
    """Decode one element; None where it cannot be."""
    try:
        return decoder.decode(raw)
    except UNREADABLE:
        return None


def recognise_about(probe: Probe, context: ReadingContext) -> About:
    """Say what an unreadable resource would have been about, as far as its elements still say so.

    Args:
        probe: Its elements.
        context: For terminology and the hospital's zone.

    Returns:
        Needed concepts of its codes, category and time; each is left out where it cannot be read.
    """
    concepts = dict.fromkeys(concept for raw in _codes(probe) for concept in _concepts(raw, context))
    category = None
    with suppress(*UNREADABLE):
        category = read_category(probe.category, context)
    return About(tuple(concepts), category, _effective(probe, context))


def belongs_elsewhere(probe: Probe, context: ReadingContext) -> bool:
    """Say whether it answers a questionnaire that is none of the trial's: nobody needs it."""
    canonical = part(_text, probe.questionnaire)
    return bool(canonical) and str(canonical).partition("|")[0] not in context.questionnaires


def _codes(probe: Probe) -> Iterator[Raw]:
    yield probe.code
    yield probe.event
    yield probe.product_code
    yield probe.medication_codeable_concept
    for component in part(_components, probe.component) or ():
        yield component.code


def _concepts(raw: Raw, context: ReadingContext) -> tuple[ConceptId, ...]:
    if not is_present(raw):
        return ()
    try:
        meaning = read_code(raw, context).meaning
    except UNREADABLE:
        return ()
    return meaning.concepts if meaning is not None else ()


def _effective(probe: Probe, context: ReadingContext) -> Effective | None:
    text = part(_text, probe.effective_date_time)
    if not text:
        return None
    effective = read_occurrence(text, "effective", context)
    return effective if isinstance(effective, Effective) else None
