"""The dose escalation by the records in the store, and decisions on it. The present is 11 March 2026, noon."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from fhir_adapter.domain.cohort.decision import EscalationDecision, LevelTally
from fhir_adapter.domain.safety_model.rule import SafetyRule
from fhir_adapter.domain.source import HospitalId, SubjectId
from fhir_adapter.errors import DecisionRefusedError, UsageError
from fhir_adapter.ports.rows import AuditEntry, Derivation, SubjectRow
from fhir_adapter.sync.desk import Desk
from fhir_adapter.sync.escalation import (
    DecideEscalationRequest,
    decide_escalation,
    has_escalation,
    load_cohort,
    require_scheme,
    show_escalation,
)
from tests.cohorts import KINDS, the_rule
from tests.courses import a_regimen
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.memory_store import MemoryStore
from tests.reactions import later_part, observation_rule
from tests.store_samples import HOSPITAL as OTHER
from tests.store_samples import attestation, audit, keep_subject
from tests.stored_safety import safety
from tests.stored_treatment import treatment
from tests.study import AS_OF, DIGEST, HOSPITAL, IDS, TRIAL, make_traits, make_trial

UNUSED = cast("Any", None)
SAFETY = SafetyRule(
    scale=UNUSED,
    catalogue=UNUSED,
    crs=UNUSED,
    icans=UNUSED,
    episodes=UNUSED,
    reporting=UNUSED,
    observation=observation_rule(deciders=("pi",), later=later_part()),
    judged_from_grade=3,
)


class Place:
    """A desk whose subjects' records are written by hand."""

    def __init__(self) -> None:
        trial = replace(make_trial(), regimen=a_regimen(), escalation=the_rule(), safety=SAFETY)
        self.store = MemoryStore()
        self.clock = FixedClock(AS_OF)
        self.desk = Desk(
            store=self.store,
            clock=self.clock,
            trial=trial,
            traits=make_traits(),
            ids=IDS,
            reading_digest=DIGEST,
        )

    def keep(self, name: str, kind: str, level: int = 1, *, hospital: HospitalId = HOSPITAL) -> SubjectRow:
        """Keep a subject of one kind with its records."""
        subject = SubjectId(name)
        row = keep_subject(self.store, subject, f"p-{name}", trial=TRIAL, hospital=hospital)
        infused = ((1, AS_OF - timedelta(days=48)),)
        record = safety(subject=subject, trial=TRIAL, events=(), syndromes=(), results=(), infusions=infused)
        plain: dict[str, Any] = {"withheld": False, "replaced": False, "events": ()}
        ended = {"window_end": AS_OF - timedelta(days=3)}
        limiting = replace(record.dose_limiting, **(plain | ended | KINDS[kind]))
        given = treatment(subject=subject, trial=TRIAL, level=level, clearances=())
        derivation = Derivation(
            row=replace(row, touched=False),
            record=None,
            treatment=given,
            safety=replace(record, dose_limiting=replace(limiting, level=level)),
        )
        self.store.records.commit("hand", derivation, at=AS_OF)
        return row

    def decide(self, action: str, level: int | None = None, **given: Any) -> EscalationDecision:
        """Let somebody decide."""
        values: dict[str, Any] = {"action": action, "level": level, "by": "weber", "reason": "by the table"}
        return decide_escalation(self.desk, DecideEscalationRequest(**(values | given)))


@pytest.fixture
def three() -> Place:
    """Three subjects at level 1 without toxicity, one of them at another hospital."""
    place = Place()
    place.keep("S-1", "N")
    place.keep("S-2", "N")
    place.keep("S-3", "N", hospital=OTHER)
    return place


def test_the_cohort_is_read_from_every_hospital(three: Place) -> None:
    view = show_escalation(three.desk)
    assert [(str(each.subject.subject), str(each.subject.hospital)) for each in view.cohort.traces] == [
        ("S-1", "ward"),
        ("S-2", "ward"),
        ("S-3", str(OTHER)),
    ]
    assert (view.cohort.proposal.action, view.cohort.proposal.level) == ("ESCALATE", 2)
    assert (view.as_of, view.is_alarm, view.outdated) == (AS_OF, False, ())


def test_a_decision_is_recorded_with_what_was_seen_and_opens_the_level(three: Place) -> None:
    decision = three.decide("ESCALATE", 2)
    assert three.store.records.escalation_decisions(TRIAL) == (decision,)
    assert replace(decision, id="", seen="", tallies=()) == EscalationDecision(
        id="",
        trial=TRIAL,
        action="ESCALATE",
        level=2,
        by="weber",
        reason="by the table",
        at=AS_OF,
        seen="",
        proposed_action="ESCALATE",
        proposed_level=2,
        deviation=False,
        from_level=1,
    )
    assert LevelTally(level=1, evaluable=3, dlts=0) in decision.tallies
    assert load_cohort(three.desk).opened.level == 2


def test_it_stands_on_the_audit_trail(three: Place) -> None:
    three.decide("escalate", 2, reason="  none of three  ")
    assert three.store.records.audit_entries()[-1] == AuditEntry(
        at=AS_OF,
        who="weber",
        action="escalation",
        subject=None,
        old="ESCALATE 2",
        new="ESCALATE 2",
        reason="none of three",
    )


def test_a_more_careful_decision_is_a_deviation(three: Place) -> None:
    decision = three.decide("WAIT")
    assert (decision.deviation, decision.proposed_action, decision.level) == (True, "ESCALATE", None)
    assert three.store.records.audit_entries()[-1].new == "WAIT"
    assert [each.kind.value for each in show_escalation(three.desk).deviations] == ["DECIDED_OTHERWISE"]


def test_a_decision_against_the_rule_is_refused_and_nothing_is_kept(three: Place) -> None:
    with pytest.raises(DecisionRefusedError, match="it skips level 2"):
        three.decide("ESCALATE", 3)
    assert three.store.records.escalation_decisions(TRIAL) == ()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"by": "lang"}, "lang may not decide this; it takes one of: pi"),
        ({"by": "nobody"}, "the person is not listed"),
        ({"reason": "  "}, "a decision needs a reason in words"),
    ],
)
def test_who_decides_is_listed_has_the_role_and_a_reason(
    three: Place, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(DecisionRefusedError, match=message):
        three.decide("ESCALATE", 2, **given)


def test_an_unknown_action_is_told_with_those_there_are(three: Place) -> None:
    with pytest.raises(UsageError, match="there is no action GO; there are: ENROL, WAIT"):
        three.decide("GO")


def test_it_may_be_recorded_later_but_not_before_the_last_one_and_not_ahead(three: Place) -> None:
    yesterday = AS_OF - timedelta(days=1)
    assert three.decide("ESCALATE", 2, at=yesterday).at == yesterday
    with pytest.raises(DecisionRefusedError, match="a later decision is on record already"):
        three.decide("WAIT", at=yesterday)
    with pytest.raises(UsageError, match="lies ahead"):
        three.decide("WAIT", at=AS_OF + timedelta(seconds=1))
    assert three.decide("WAIT").action == "WAIT"


def test_one_recorded_later_is_checked_against_who_was_observed_to_the_end_then(three: Place) -> None:
    """The three windows ended on 8 March: four days ago they were open, and nobody may have been escalated."""
    with pytest.raises(DecisionRefusedError, match="level 1 is not finished; the rule proposes WAIT"):
        three.decide("ESCALATE", 2, at=AS_OF - timedelta(days=4))
    assert three.decide("ESCALATE", 2, at=AS_OF - timedelta(days=2)).proposed_action == "ESCALATE"


def test_nobody_is_enrolled_on_records_that_are_not_up_to_date(three: Place) -> None:
    row = three.keep("S-4", "X", hospital=OTHER)
    three.store.facts.save_attestation(row.person, attestation(), at=AS_OF, audit=audit())
    assert show_escalation(three.desk).outdated == ("S-4",)
    with pytest.raises(DecisionRefusedError, match=r"records are not up to date \(S-4\)"):
        three.decide("ESCALATE", 2)
    assert three.decide("STOP_STUDY").deviation


def test_a_stopped_study_is_an_alarm_and_holds_everybody_who_waits(three: Place) -> None:
    three.keep("S-4", "O")
    three.decide("STOP_STUDY")
    view = show_escalation(three.desk)
    assert (view.is_alarm, view.held) == (True, ("S-1", "S-2", "S-3", "S-4"))
    assert [str(line.subject) for line in view.board] == ["S-1", "S-2", "S-3", "S-4"]


def test_the_board_shows_everybody_on_demand(three: Place) -> None:
    assert len(show_escalation(three.desk).board) == 0
    assert len(show_escalation(three.desk, everyone=True).board) == 3


def test_a_question_about_the_later_part_is_answered_by_the_decision_that_saw_it(three: Place) -> None:
    row = three.keep("S-9", "T")
    stored = three.store.records.latest_safety(row.subject)
    assert stored is not None
    later = replace(stored.record, dose_limiting=replace(stored.record.dose_limiting, part="phase2"))
    three.store.records.commit(
        "hand", Derivation(row=replace(row, touched=False), record=None, safety=later), at=AS_OF
    )
    asked = show_escalation(three.desk).cohort.state.questions
    assert asked == ("phase2: 1 of 1 subjects with a dose-limiting toxicity, more than 1/3",)
    assert three.decide("ESCALATE", 2).questions == asked
    assert show_escalation(three.desk).cohort.answered == asked


def test_somebody_without_records_is_no_part_of_it(three: Place) -> None:
    keep_subject(three.store, SubjectId("S-5"), "p-5", trial=TRIAL, hospital=HOSPITAL)
    assert len(load_cohort(three.desk).traces) == 3


def test_a_trial_without_rule_or_without_safety_has_none(three: Place) -> None:
    for trial in (replace(three.desk.trial, escalation=None), replace(three.desk.trial, safety=None)):
        assert not has_escalation(trial)
        with pytest.raises(UsageError, match="hold no dose escalation"):
            require_scheme(trial)
    assert has_escalation(three.desk.trial)
