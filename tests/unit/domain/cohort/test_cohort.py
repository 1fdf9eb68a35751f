"""From subjects and decisions to the rule's state and proposal: the table of clinical review, section 2."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from fhir_adapter.domain.cohort.cohort import read_cohort, tallies_of, without_waiting
from fhir_adapter.domain.cohort.decision import EscalationDecision, LevelTally
from fhir_adapter.domain.cohort.subject import Counted, count_as
from fhir_adapter.domain.escalation.state import LevelCount
from tests.cohorts import cohort_of, decided, decided_on, said, scheme, subject
from tests.reactions import at


def to(level: int, *, via: str = "1NNN") -> EscalationDecision:
    """A decision that left level 1 with its counts for another level."""
    action = "ESCALATE" if level > 1 else "DE_ESCALATE"
    return decided_on(cohort_of(via), action, level)


class TestAtTheStart:
    """Level 1 is the protocol's own start: open before anybody decided anything."""

    @pytest.mark.parametrize(
        ("path", "proposal"),
        [
            ("", "ENROL 1"),
            ("1NN", "ENROL 1"),
            ("1NNR", "WAIT"),
            ("1NNO", "WAIT"),
            ("1NNQ", "WAIT"),
            ("1NNU", "WAIT"),
            ("1NNX", "ENROL 1"),
            ("1NNN", "ESCALATE 2"),
            ("1NNNX", "ESCALATE 2"),
            ("1NNT", "EXPAND 1"),
            ("1NTO", "WAIT"),
            ("1NNTNN", "ENROL 1"),
            ("1NNTNNO", "WAIT"),
            ("1NNTNNN", "ESCALATE 2"),
            ("1TT", "DE_ESCALATE 0"),
            ("1TTOO", "DE_ESCALATE 0"),
            ("1NNTT", "DE_ESCALATE 0"),
            ("1NWW", "NEEDS_DECISION"),
            ("1NW", "ENROL 1"),
        ],
    )
    def test_what_the_table_says(self, path: str, proposal: str) -> None:
        assert said(cohort_of(path)) == proposal


class TestLaterLevels:
    @pytest.mark.parametrize(
        ("path", "level", "via", "proposal"),
        [
            ("1NNN", 2, "1NNN", "ENROL 2"),
            ("1NNN 2NNN", 2, "1NNN", "ESCALATE 3"),
            ("1NNN 2TT", 2, "1NNN", "DE_ESCALATE 1"),
            ("1NNTNNN 2TT", 2, "1NNTNNN", "DECLARE_MTD 1"),
            ("1TT", 0, "1TT", "ENROL 0"),
            ("1TT 0NNN", 0, "1TT", "EXPAND 0"),
            ("1TT 0TT", 0, "1TT", "STOP_STUDY"),
            ("1TT 0NT", 0, "1TT", "ENROL 0"),
            ("1TT 0NNNNNN", 0, "1TT", "NEEDS_DECISION"),
        ],
    )
    def test_what_the_table_says_after_a_decision(self, path: str, level: int, via: str, proposal: str) -> None:
        assert said(cohort_of(path, to(level, via=via))) == proposal

    def test_a_toxicity_judged_late_at_a_level_already_left_asks_a_person_and_enrols_nobody(self) -> None:
        assert said(cohort_of("1NNN 2NN", to(2))) == "ENROL 2"
        assert said(cohort_of("1NNT 2NN", to(2))) == "NEEDS_DECISION"

    def test_so_does_a_judgement_taken_back(self) -> None:
        assert said(cohort_of("1NNN", to(0, via="1NTT"))) == "NEEDS_DECISION"

    def test_one_suspected_at_a_level_already_left_waits(self) -> None:
        assert said(cohort_of("1NNNU 2NN", to(2))) == "WAIT"

    def test_a_decision_made_on_the_changed_counts_settles_it(self) -> None:
        changed = cohort_of("1NNT 2NN", to(2))
        again = decided_on(changed, "ENROL", 2, "03-02")
        assert said(cohort_of("1NNT 2NN", to(2), again)) == "ENROL 2"

    def test_a_decision_to_wait_settles_nothing_that_was_asked(self) -> None:
        changed = cohort_of("1NTT 2NN", to(2))
        waited = cohort_of("1NTT 2NN", to(2), decided_on(changed, "WAIT", None, "03-02"))
        assert said(changed) == "NEEDS_DECISION"
        assert without_waiting(waited).action == "NEEDS_DECISION"
        withheld = cohort_of("1NWW", decided_on(cohort_of("1NWW"), "WAIT", None))
        assert without_waiting(withheld).action == "NEEDS_DECISION"

    def test_what_was_withheld_before_a_decision_is_not_asked_again_but_another_is(self) -> None:
        asked = cohort_of("1NWW")
        answered = decided_on(asked, "ENROL", 1)
        assert said(cohort_of("1NWW", answered)) == "ENROL 1"
        assert said(cohort_of("1NWWW", answered)) == "NEEDS_DECISION"

    def test_one_withheld_is_asked_with_the_second_whatever_was_decided_between(self) -> None:
        between = decided_on(cohort_of("1NW"), "ENROL", 1)
        assert said(cohort_of("1NW", between)) == "ENROL 1"
        assert said(cohort_of("1NWW", between)) == "NEEDS_DECISION"


class TestCounts:
    def test_every_letter_is_counted_where_it_belongs(self) -> None:
        cohort = cohort_of("1NTUOQRXW")
        assert cohort.state.at(1) == LevelCount(evaluable=2, dlts=1, suspected=1, pending=4, withheld=1)

    def test_every_count_leads_to_its_subjects_and_events(self) -> None:
        traced = {str(each.subject.subject): (each.counted, each.events) for each in cohort_of("1NTU").at_level(1)}
        assert traced == {
            "S-1N1": (Counted.CLEAR, ()),
            "S-1T2": (Counted.TOXIC, ("CRS-1",)),
            "S-1U3": (Counted.SUSPECTED, ("CRS-1",)),
        }

    def test_the_order_of_subjects_and_decisions_never_shows(self) -> None:
        subjects = [subject("S-1", "N", 1), subject("S-2", "T", 1), subject("S-3", "O", 2)]
        made = (to(2), decided("WAIT", None, "03-03"), decided("ENROL", 2, "03-04"))
        seen = {
            repr(read_cohort(scheme(), mixed, order))
            for mixed in permutations(subjects)
            for order in permutations(made)
        }
        assert len(seen) == 1

    def test_the_tallies_a_decision_keeps_name_every_level(self) -> None:
        assert tallies_of(cohort_of("1NTW 2O")) == (
            LevelTally(level=0, evaluable=0, dlts=0),
            LevelTally(level=1, evaluable=2, dlts=1, withheld=1),
            LevelTally(level=2, evaluable=0, dlts=0),
            LevelTally(level=3, evaluable=0, dlts=0),
        )

    def test_another_count_is_another_digest(self) -> None:
        assert cohort_of("1NN").digest == cohort_of("1NN").digest != cohort_of("1NT").digest


class TestWhoIsPart:
    @pytest.mark.parametrize(
        ("status", "kind", "counted"),
        [
            ("eligible", "R", Counted.OUTSIDE),
            ("pending-on-study", "R", Counted.RESERVED),
            ("on-study", "R", Counted.RESERVED),
            ("on-study-intervention", "R", Counted.RESERVED),
            ("off-study", "R", Counted.OUTSIDE),
            ("off-study", "N", Counted.CLEAR),
            (None, "T", Counted.TOXIC),
        ],
    )
    def test_treated_or_reserved(self, status: str | None, kind: str, counted: Counted) -> None:
        assert count_as(subject("S-1", kind, 1, status=status), "phase1") is counted

    def test_nobody_without_a_level_has_a_place(self) -> None:
        assert count_as(subject("S-1", "R", None), "phase1") is Counted.OUTSIDE

    def test_the_other_part_never_counts_and_an_unknown_one_holds_everybody(self) -> None:
        later = subject("S-9", "N", 1, part="phase2")
        unknown = subject("S-8", "N", 1, part="")
        assert said(cohort_of("1NNN", more=(later,))) == "ESCALATE 2"
        waiting = cohort_of("1NNN", more=(unknown,))
        assert (said(waiting), waiting.state.waits) == (
            "WAIT",
            ("S-8: nobody said to which part of the study the subject belongs",),
        )

    def test_a_treated_subject_without_level_or_record_holds_everybody(self) -> None:
        for who, why in (
            (subject("S-8", "N", None), "S-8: the dose level of a treated subject is not known"),
            (replace(subject("S-8", "N", 1), record=None), "S-8: there is no safety record yet"),
        ):
            cohort = cohort_of("1NNN", more=(who,))
            assert (said(cohort), cohort.state.waits) == ("WAIT", (why,))

    def test_toxicity_outranks_what_is_not_known(self) -> None:
        assert said(cohort_of("1TT", more=(subject("S-8", "N", 1, part=""),))) == "DE_ESCALATE 0"

    def test_who_left_before_the_first_infusion_is_not_shown(self) -> None:
        gone = subject("S-9", "R", 1, status="not-registered")
        assert cohort_of("1N", more=(gone,)).traces == cohort_of("1N").traces


class TestEnds:
    STOP = decided("STOP_STUDY", when="04-20")
    MTD = decided_on(cohort_of("1NNTNNN 2TT", to(2, via="1NNTNNN")), "DECLARE_MTD", 1, "04-20")

    def test_a_stopped_study_stays_stopped_and_holds_every_level(self) -> None:
        cohort = cohort_of("1NNN", self.STOP)
        assert (said(cohort), cohort.proposal.hold_from) == ("STOP_STUDY", 0)

    def test_a_declared_dose_stands(self) -> None:
        cohort = cohort_of("1NNTNNN 2TT", to(2, via="1NNTNNN"), self.MTD)
        assert (said(cohort), cohort.opened.level, cohort.opened.mtd) == ("DECLARE_MTD 1", None, 1)

    def test_until_a_count_it_rests_on_changes(self) -> None:
        assert said(cohort_of("1NNTNNT 2TT", to(2, via="1NNTNNN"), self.MTD)) == "NEEDS_DECISION"

    def test_a_question_about_the_later_part_is_asked_then_too(self) -> None:
        later = tuple(subject(f"S-9{number}", "T", 1, part="phase2") for number in (1, 2))
        asked = cohort_of("1NNTNNN 2TT", to(2, via="1NNTNNN"), self.MTD, more=later)
        assert said(asked) == "NEEDS_DECISION"
        assert asked.proposal.reason.startswith("phase2: 2 dose-limiting toxicities in the first 6 subjects")
        answered = decided_on(asked, "WAIT", when="04-22")
        cohort = cohort_of("1NNTNNN 2TT", to(2, via="1NNTNNN"), self.MTD, answered, more=later)
        assert (said(cohort), len(cohort.answered)) == ("DECLARE_MTD 1", 2)


class TestLaterPart:
    @pytest.mark.parametrize(
        ("kinds", "questions"),
        [
            ("NNNNNT", 0),
            ("NNT", 0),
            ("NT", 1),
            ("TTNNNN", 1),
            ("NTNNNT", 1),
            ("NNNNNTT", 0),
            ("NNNNNTTT", 1),
            ("TTN", 2),
            ("UUU", 0),
            ("", 0),
        ],
    )
    def test_two_in_the_first_six_or_more_than_a_third_ask_a_person(self, kinds: str, questions: int) -> None:
        days = range(1, len(kinds) + 1)
        later = [
            subject(f"S-{9 - day}", kind, 1, part="phase2", start=at(f"03-{day:02d}"))
            for day, kind in zip(days, kinds, strict=True)
        ]
        assert len(read_cohort(scheme(), later, ()).state.questions) == questions

    def test_a_trial_without_one_asks_nothing(self) -> None:
        later = tuple(subject(f"S-9{number}", "T", 1, part="phase2") for number in (1, 2))
        assert cohort_of("", more=later, later=None).state.questions == ()

    def test_one_without_a_recorded_infusion_has_no_place_in_the_order(self) -> None:
        bare = tuple(subject(f"S-9{number}", "T", 1, part="phase2", infusions=()) for number in (1, 2))
        assert cohort_of("", more=bare).state.questions == ()


class TestWaiting:
    def test_a_persons_decision_to_wait_enrols_nobody_until_the_next_one(self) -> None:
        wait = decided("WAIT", when="03-03")
        waiting = cohort_of("1NN", wait)
        assert said(waiting) == "WAIT"
        assert waiting.state.waits == (f"pi decided to wait ({wait.id})",)
        assert waiting.opened.level == 1
        assert without_waiting(waiting).action == "ENROL"
        assert said(cohort_of("1NN", wait, decided_on(waiting, "ENROL", 1, "03-04"))) == "ENROL 1"

    def test_without_one_the_proposal_is_the_same(self) -> None:
        cohort = cohort_of("1NN")
        assert without_waiting(cohort) is cohort.proposal
