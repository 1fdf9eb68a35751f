"""A statement that cannot be read may say the opposite of the one that stands."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.operators import Attested
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.source import Rejection, RejectionReason
from tests.builders import attestation, during, reading, source
from tests.scenes import outcome

DAILY = Attested(link_id="E5", label="uncontrolled infection", valid_for=Window(24, WindowUnit.HOUR))
STANDS = attestation("E5", False, at="2026-03-11T08:00")


def form(
    reason: RejectionReason,
    *links: str,
    at: str | None = "2026-03-11T09:00",
    kind: str = "QuestionnaireResponse",
    part: bool = False,
    detail: str = "",
) -> Reading:
    """A form, or a part of one, that could not be read."""
    rejection = Rejection(
        reason=reason,
        path=f"{kind}.item[0]",
        detail=detail,
        concepts=tuple(ConceptId(link) for link in links),
        effective=during(at),
    )
    held = (attestation("I10", True, id_="other"),) if part else ()
    return reading(*held, at=source(kind, "unread"), rejections=(rejection,))


@pytest.mark.parametrize(
    ("unread", "expected"),
    [
        (form(RejectionReason.INVALID_RESOURCE), "UNMAPPED"),
        (form(RejectionReason.INVALID_RESOURCE, at=None), "UNMAPPED"),
        (form(RejectionReason.MODIFIER_EXTENSION), "UNMAPPED"),
        (form(RejectionReason.NAIVE_TIME, at=None), "PARTIAL_DATE"),
        (form(RejectionReason.UNSUPPORTED_VALUE, "E5"), "UNMAPPED"),
        (form(RejectionReason.UNSUPPORTED_VALUE, "E5", part=True), "UNMAPPED"),
        (form(RejectionReason.UNSUPPORTED_VALUE, "E6", part=True), "NOT_MET"),
        (form(RejectionReason.MODIFIER_EXTENSION, part=True), "NOT_MET"),
        (form(RejectionReason.UNSUPPORTED_VALUE, detail="in-progress"), "NOT_MET"),
        (form(RejectionReason.UNSUPPORTED_VALUE, detail="stopped"), "NOT_MET"),
        (form(RejectionReason.UNSUPPORTED_VALUE, detail="absent"), "UNMAPPED"),
        (form(RejectionReason.WRONG_PATIENT), "NOT_MET"),
        (form(RejectionReason.INVALID_RESOURCE, kind="Observation"), "NOT_MET"),
        (form(RejectionReason.INVALID_RESOURCE, at="2026-03-10T12:00"), "UNMAPPED"),
        (form(RejectionReason.INVALID_RESOURCE, at="2026-03-10T11:59"), "NOT_MET"),
        (form(RejectionReason.INVALID_RESOURCE, at="2026-03-11T12:01"), "NOT_MET"),
    ],
    ids=[
        "a form",
        "of an unknown time",
        "changed in meaning",
        "without a zone",
        "nothing but the answer",
        "the answer beside others",
        "an answer to another link",
        "a part that is no answer",
        "unfinished",
        "given up",
        "unsigned or undated",
        "about somebody else",
        "no form at all",
        "just still valid",
        "too old to matter",
        "later than the anchor",
    ],
)
def test_a_statement_stands_unless_an_unread_one_may_say_the_opposite(unread: Reading, expected: str) -> None:
    assert outcome(STANDS, unread, node=DAILY) == expected


def test_where_nobody_said_anything_readable_a_person_is_asked() -> None:
    assert outcome(form(RejectionReason.INVALID_RESOURCE), node=DAILY) == "NEEDS_ATTESTATION"


def test_people_who_disagree_stay_the_reason() -> None:
    other = attestation("E5", True, by="dr-lang", at="2026-03-11T08:00")
    assert outcome(STANDS, other, form(RejectionReason.INVALID_RESOURCE), node=DAILY) == "CONFLICTING"
