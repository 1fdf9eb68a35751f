"""What to say about a resource that could not be read.

Knows: which parts can still be recognised, how the R4B model explains a fault. Does not know: any resource
type's elements. Nothing it gives contains content of the resource.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason, ResourceVersion
from fhir_adapter.r4.context import PageContext, ReadingContext, TimeProblem
from fhir_adapter.r4.datetimes import parse_moment
from fhir_adapter.r4.models import ModelFault, check_resource, parse_exactly
from fhir_adapter.r4.received import Received, version_of
from fhir_adapter.r4.recognise import Probe, belongs_elsewhere, part, recognise, recognise_about
from fhir_adapter.r4.references import read_subject
from fhir_adapter.r4.resource_types import RESOURCE_TYPES
from fhir_adapter.r4.wire import Meta

UNREADABLE: Final = "Resource"
"""Resource type of what is not even recognisable as one."""
MOST_FAULTS = 5
"""Rejections given for one resource; the first ones explain the rest."""
_AT = re.compile(r"`\$(?P<path>[\w.\[\]-]*)`$")
_id = msgspec.json.Decoder(str)
_meta = msgspec.json.Decoder(Meta)


def explain_failure(
    raw: bytes, fault: Exception | str | None, context: ReadingContext, page: PageContext
) -> Reading:
    """Turn a resource that did not decode into a Reading.

    Args:
        raw: The bytes received.
        fault: 0..1; what the decoder said, or a closed word; None = an element that is decoded later failed.
        context: What reading depends on.
        page: Where it came from.

    Returns:
        Excluded where its type is not read anyway, or its questionnaire is not the trial's; else rejected as
        INVALID_RESOURCE, with the FHIRPaths the decoder and the R4B model name, and what it is still
        recognised to be about.
    """
    probe = recognise(raw)
    if probe is None or probe.resource_type not in RESOURCE_TYPES:
        received = _received(raw, None, context, page)
        word = fault if isinstance(fault, str) else "json" if probe is None else "resource-type"
        return received.refused(page.patient, RejectionReason.INVALID_RESOURCE, UNREADABLE, word)
    received = _received(raw, probe, context, page)
    if probe.resource_type == "Bundle":  # its resources would be lost silently
        return received.refused(page.patient, RejectionReason.INVALID_RESOURCE, "Bundle", "not-taken-apart")
    if probe.resource_type not in context.resource_types:
        return received.excluded(Exclusion.TYPE_NOT_READ)
    patient = _patient(probe, received)
    if probe.resource_type == "QuestionnaireResponse" and belongs_elsewhere(probe, context):
        return received.excluded(Exclusion.CODE_NOT_NEEDED, patient)
    about = recognise_about(probe, context)
    rejections = _explain(raw, fault, probe.resource_type)
    return received.rejected(patient, *(about.claim(rejection) for rejection in rejections))


def check_fully(raw: bytes, received: Received) -> tuple[Rejection, ...]:
    """Have the R4B model look at a resource our own reader accepted (`--validate full`).

    Args:
        raw: The bytes received.
        received: For its type and the hospital's declared zone.

    Returns:
        One rejection per fault, at most `MOST_FAULTS`; empty = valid.
    """
    try:
        resource = parse_exactly(raw)
    except ValueError:
        return (_invalid(received.type, "json"),)
    faults = check_resource(resource)
    if received.context.traits.assume_zone is not None:
        faults = tuple(fault for fault in faults if not _is_naive_time(resource, fault))
    return _from_faults(faults, received.type)


def _received(raw: bytes, probe: Probe | None, context: ReadingContext, page: PageContext) -> Received:
    resource_type = UNREADABLE if probe is None else probe.resource_type
    if probe is None:
        digest = sha256(raw).hexdigest()[:32]
        source = ResourceVersion(context.traits.id, UNREADABLE, "", f"sha256:{digest}", None, digest)
    else:
        resource_id, meta = part(_id, probe.id), part(_meta, probe.meta)
        source = version_of(resource_id or "", meta, raw, resource_type, context)
    return Received(raw, resource_type, source, context, page)


def _patient(probe: Probe, received: Received) -> str | None:
    """Name the patient the gap belongs to, as far as it can be recognised."""
    if probe.resource_type == "Patient":
        return received.source.id or received.page.patient
    for reference in (probe.subject, probe.patient):
        try:
            patient = read_subject(reference, received).patient
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        if patient is not None:
            return patient
    return received.page.patient


def _explain(raw: bytes, fault: Exception | str | None, resource_type: str) -> tuple[Rejection, ...]:
    if isinstance(fault, str):
        return (_invalid(resource_type, fault),)
    try:
        resource = parse_exactly(raw)
    except ValueError:
        return (_invalid(resource_type, "json"),)
    named = _from_faults(check_resource(resource), resource_type)
    if fault is None:
        return named or (_invalid(resource_type, "type"),)
    own = _invalid(_decoder_path(fault, resource_type), "type")
    others = tuple(each for each in named if each.path != own.path)
    return (own, *others)[:MOST_FAULTS]


def _from_faults(faults: tuple[ModelFault, ...], resource_type: str) -> tuple[Rejection, ...]:
    return tuple(_invalid(fault.path(resource_type), fault.kind) for fault in faults[:MOST_FAULTS])


def _decoder_path(fault: Exception, resource_type: str) -> str:
    """Take only the path from the decoder's message; `[...]` stands for any index."""
    match = _AT.search(str(fault))
    return resource_type if match is None else resource_type + match["path"].replace("[...]", "")


def _invalid(path: str, detail: str) -> Rejection:
    return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail=detail)


def _is_naive_time(resource: Mapping[str, Any], fault: ModelFault) -> bool:
    """Say whether the model only missed the zone that this hospital declared."""
    value: Any = resource
    for step in fault.location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    moment = parse_moment(value) if isinstance(value, str) else None
    return isinstance(moment, TimeProblem) and moment.reason is RejectionReason.NAIVE_TIME
