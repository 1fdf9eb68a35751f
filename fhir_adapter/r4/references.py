"""References between resources, brought to the form `Type/id`.

Knows: literal, absolute, urn:uuid, contained and logical references. Does not know: what they point to.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec
from msgspec import Raw

from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.wire import Reference, Wire, reference_decoder, references_decoder

_LITERAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")


class Subject(NamedTuple):
    """Whom a resource is about: a patient, or why there is none.

    Attributes:
        patient: 0..1; logical id.
        problem: 0..1; reason to reject the resource.
        detail: Closed word for the rejection.
        excluded: 0..1; rule to leave the resource out by.
    """

    patient: str | None
    problem: RejectionReason | None = None
    detail: str = ""
    excluded: Exclusion | None = None


class Contained(Wire):
    """A contained resource, as far as finding it needs."""

    id: str = ""
    resource_type: str = ""


_contained_decoder = msgspec.json.Decoder(Contained)


def read_reference(reference: Reference, received: Received) -> str | None:
    """Give a reference as `Type/id`.

    Args:
        reference: As received.
        received: For the page's base and fullUrls and the hospital's own bases.

    Returns:
        `Type/id`; None for what points outside the hospital, into the resource (`#...`), or nowhere.
    """
    return normalise(reference.reference, received)


def read_references(raw: Raw, received: Received) -> tuple[str, ...]:
    """Give the references of a repeating element as `Type/id`, those `read_reference` cannot give left out."""
    if not raw:
        return ()
    resolved = (read_reference(each, received) for each in references_decoder.decode(raw))
    return tuple(dict.fromkeys(each for each in resolved if each is not None))


def normalise(text: str, received: Received) -> str | None:
    """Give the text of a literal reference as `Type/id`; None where it is not one of this hospital's."""
    resolved = received.page.references.get(text, text)
    relative = _relative(resolved, received)
    match = _LITERAL.fullmatch(relative) if relative is not None else None
    return f"{match[1]}/{match[2]}" if match is not None else None


def read_subject(raw: Raw, received: Received) -> Subject:
    """Say which patient a resource is about.

    Does not know who is on the roster: that is decided after reading.

    Args:
        raw: The Reference element (`subject`, `patient`, `individual`); may be absent.
        received: For its page.

    Returns:
        The patient; or why there is none: INVALID_RESOURCE where the reference names nobody at this hospital,
        WRONG_PATIENT where it names another one than the page was asked for, excluded where the resource is
        about something that is no patient.
    """
    if not raw:
        return Subject(None, RejectionReason.INVALID_RESOURCE, "no-patient")
    reference = read_reference(reference_decoder.decode(raw), received)
    if reference is None:
        return Subject(None, RejectionReason.INVALID_RESOURCE, "no-patient")
    kind, _, patient = reference.partition("/")
    if kind != "Patient":
        return Subject(None, excluded=Exclusion.OTHER_PATIENT)
    asked = received.page.patient
    if asked is not None and asked != patient:
        return Subject(None, RejectionReason.WRONG_PATIENT)
    return Subject(patient)


def find_patient(raw: Raw, received: Received) -> str | None:
    """Name the patient a resource is about; None wherever `read_subject` gives a reason."""
    page = received.page
    if page.references:  # fullUrls hold for one page only
        return read_subject(raw, received).patient
    patients = received.context.caches.patients
    key = (bytes(raw), page.base, page.patient)
    known = patients.get(key, ...)
    return patients.keep(key, read_subject(raw, received).patient) if known is ... else known


def find_contained(text: str, contained: tuple[Raw, ...]) -> Raw | None:
    """Give the contained resource a `#id` reference points to; None if there is none."""
    if not text.startswith("#"):
        return None
    for raw in contained:
        if _contained_decoder.decode(raw).id == text[1:]:
            return raw
    return None


def type_of_contained(raw: Raw) -> str:
    """Give the type a contained resource says it has; empty where it says none."""
    return _contained_decoder.decode(raw).resource_type


def _relative(text: str, received: Received) -> str | None:
    if "://" not in text:
        return text
    for base in (received.page.base, *received.context.traits.base_urls):
        if base is not None and text.startswith(base.rstrip("/") + "/"):
            return text[len(base.rstrip("/")) + 1 :]
    return None
