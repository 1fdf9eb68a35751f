"""The grade of an AdverseEvent, which R4 has no element for: the extension `ae-grade`.

Knows: the extension and its codes. Does not know: what grade an event should have.
"""

from __future__ import annotations

import msgspec
from msgspec import Raw

from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.adverse_event_codes import GRADE_EXTENSIONS, GRADE_OF
from fhir_adapter.r4.wire import ABSENT, CodeableConcept, Wire, concept_decoder, is_present

GradeReading = int | Rejection | None
_PATH = "AdverseEvent.extension.value"


class _Extension(Wire):
    url: str = ""
    value_codeable_concept: Raw = ABSENT


_extensions = msgspec.json.Decoder(tuple[_Extension, ...])


def read_grade(raw: Raw) -> GradeReading:
    """Read the grade a report states.

    Args:
        raw: AdverseEvent.extension; may be absent.

    Returns:
        1 to 5; None where no grade is stated; a rejection where one is stated and cannot be taken: in other codes
        (UNMAPPED_CODE), or several that differ (INVALID_RESOURCE).

    Source:
        http://terminology.hl7.org/ValueSet/adverse-event-clinical-research-grades; clinical rules H.4.
    """
    if not is_present(raw):
        return None
    stated = [each.value_codeable_concept for each in _extensions.decode(raw) if each.url in GRADE_EXTENSIONS]
    if not stated:
        return None
    grades = {grade for each in stated for grade in _grades(each)}
    if len(grades) == 1:
        return grades.pop()
    if grades:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=_PATH, detail="several")
    return Rejection(reason=RejectionReason.UNMAPPED_CODE, path=_PATH, detail="grade")


def _grades(raw: Raw) -> set[int]:
    concept = concept_decoder.decode(raw) if is_present(raw) else CodeableConcept()
    found = (GRADE_OF.get((coding.system, coding.code)) for coding in concept.coding)
    return {grade for grade in found if grade is not None}
