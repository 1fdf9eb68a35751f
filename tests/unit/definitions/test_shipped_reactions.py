"""The shipped criterion against severe reactions (N3) asks record and investigator, as the clinical review says.

Infusion 1 was on 2 March 2026; the decision on infusion 2 is on 11 March, noon.
"""

from __future__ import annotations

from functools import cache

import pytest

from fhir_adapter.definitions.load import load_definitions
from fhir_adapter.domain.assessment import walk
from fhir_adapter.domain.dosing.clearance import derive_clearance
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.operators import Attested
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.reactions import ReactionsView
from fhir_adapter.domain.records import CriterionResult
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.source import SubjectId
from tests.builders import ZONE, attestation
from tests.reactions import event, view_of
from tests.scenes import AS_OF, timeline


@cache
def trial() -> Trial:
    """Load the first trial once."""
    return load_definitions(hospital="demo", trial="nct07256210").trial


def judged(*said: Fact, view: ReactionsView | None = None) -> CriterionResult:
    """Judge N3 at infusion 2; without a view there is no safety record."""
    record = derive_clearance(
        timeline(*said),
        trial(),
        subject=SubjectId("S-1"),
        infusion=2,
        as_of=AS_OF,
        zone=ZONE,
        reactions=lambda _: view,
    )
    return next(each for each in record.criteria if each.id == "N3")


NO_REACTION = attestation("N3", at="2026-03-10T12:00")
RELEASED = attestation("N3-release", at="2026-03-10T12:00", reason="resolved within two days")


def reacted(*said: Fact, events: tuple[AdverseEventRecord, ...] = ()) -> str:
    """N3 at infusion 2, with a record of these events."""
    result = judged(*said, view=view_of(as_of=AS_OF, events=events))
    return result.unknown_reason.value if result.unknown_reason is not None else result.verdict.value


def test_a_statement_alone_never_clears_what_no_record_shows() -> None:
    result = judged(NO_REACTION)
    assert (result.unknown_reason, result.next_fact) == (
        UnknownReason.MISSING,
        "a safety record in which every reaction since infusion 1 is graded",
    )


def test_a_record_alone_waits_for_the_investigator() -> None:
    result = judged(view=view_of(as_of=AS_OF))
    assert result.next_fact == "attestation N3, made after infusion 1 and not older than 24 hours"


def test_record_and_investigator_must_both_know_of_no_reaction() -> None:
    assert reacted(NO_REACTION) == "PASS"
    assert reacted(attestation("N3", value=False)) == "FAIL"
    assert reacted(attestation("N3", at="2026-03-10T11:59")) == "STALE"


@pytest.mark.parametrize(("grade", "expected"), [(2, "PASS"), (3, "FAIL")])
def test_grade_3_holds_the_second_infusion(grade: int, expected: str) -> None:
    assert reacted(NO_REACTION, events=(event(grade=grade),)) == expected


def test_the_principal_investigators_release_lets_a_resolved_one_pass_for_a_day() -> None:
    done = event(state=EventState.RESOLVED)
    old = attestation("N3-release", at="2026-03-10T11:59", reason="resolved within two days")
    assert reacted(NO_REACTION, events=(done,)) == "FAIL"
    assert reacted(NO_REACTION, old, events=(done,)) == "FAIL"
    assert reacted(NO_REACTION, RELEASED, events=(done,)) == "PASS"
    assert reacted(NO_REACTION, RELEASED, events=(event(),)) == "FAIL"


def test_only_the_principal_investigator_may_release() -> None:
    rule = next(each.criterion.rule for each in trial().clearance if each.criterion.id == "N3")
    asked = {node.link_id: node.roles for node in walk(rule) if isinstance(node, Attested)}
    assert asked == {"N3": ("investigator",), "N3-release": ("pi",)}
