"""What of a safety record speaks about a further infusion. The record is of 19 March, 11:00."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.reactions import Reaction, ReactionKind
from fhir_adapter.domain.safety.reactions import view_reactions
from fhir_adapter.domain.safety_model.event_records import EventState, SpecialInterest
from fhir_adapter.domain.toxicity.result import GradeStatus, ToxicityGrade
from tests.reactions import (
    FIRST,
    SECOND,
    at,
    changes,
    episode,
    event,
    record_of,
    reported,
    said_of,
    ungradable,
    verdict_on,
    view_of,
)


def names(**given: Any) -> list[str]:
    """The reactions of a record by name."""
    return [each.name for each in view_of(**given).reactions]


def test_the_first_infusion_is_the_earliest() -> None:
    assert view_of(infusions=((2, SECOND), (1, FIRST))).first_infusion == FIRST
    assert view_of(infusions=()).first_infusion is None


@pytest.mark.parametrize(
    "given",
    [
        {"hematologic": True},
        {"state": EventState.DISSOLVED},
        {"pre_existing": True},
        {"judgement": said_of("not-related", when="03-18")},
    ],
)
def test_what_says_nothing_about_the_cells_is_left_out(given: dict[str, Any]) -> None:
    assert names(events=(event(), event(id="AE-2", **given))) == ["AE-1 Alanine aminotransferase increased"]


def test_what_was_called_not_related_excuses_no_grade_reached_after_it_was_said() -> None:
    said = said_of("not-related", when="03-08")
    before, after = changes(("03-06", 3), ("03-10", 3)), changes(("03-06", 3), ("03-10", 4))
    assert names(events=(event(judgement=said, changes=before),)) == []
    (reaction,) = view_of(events=(event(4, judgement=said, changes=after),)).reactions
    assert (reaction.lowest, reaction.relatedness) == (4, "not-assessed")


def test_what_is_said_later_leaves_nothing_out() -> None:
    assert len(names(events=(event(judgement=said_of("not-related", when="03-19T11:01")),))) == 1


def test_a_hospitals_syndrome_counts_once() -> None:
    joined = episode(reported=(reported("Condition/1", 3),))
    coded = event(special_interest=SpecialInterest.CRS, reported=(reported("Condition/1"),))
    alone = event(id="AE-2", special_interest=SpecialInterest.CRS, reported=(reported("Condition/2"),))
    other = event(id="AE-3", reported=(reported("Condition/1"),))
    view = view_of(episodes=(joined,), events=(coded, alone, other))
    assert [(each.name.partition(" ")[0], each.kind) for each in view.reactions] == [
        ("CRS-1", ReactionKind.SYNDROME),
        ("AE-2", ReactionKind.SYNDROME),
        ("AE-3", ReactionKind.EVENT),
    ]


def test_ungradable_results_since_the_first_infusion_are_kept_unless_hematologic() -> None:
    graded = ungradable(
        grade=ToxicityGrade(
            term="Alanine aminotransferase increased", direction=None, status=GradeStatus.GRADED, grade=3, worst=3
        )
    )
    results = (ungradable(), ungradable(after_infusion=None), ungradable(term="Anemia"), graded)
    view = view_reactions(record_of(ungradable=results), lambda term: term == "Anemia")
    assert [each.name for each in view.reactions] == ["Alanine aminotransferase increased, which cannot be graded"]


def test_what_no_number_grades_in_this_patient_is_named_and_is_no_reaction() -> None:
    child = replace(ungradable().grade, by_person=True)
    results = (ungradable(), *(ungradable(term="Hypertension", grade=child) for _ in range(2)))
    view = view_of(ungradable=results)
    assert [each.name for each in view.reactions] == ["Alanine aminotransferase increased, which cannot be graded"]
    assert view.by_person == ("Hypertension",)


def test_an_event_is_told_with_its_course() -> None:
    told = event(grade=3, changes=changes(("03-06", 3), ("03-10", 1)), worsened=True, treatment_emergent=False)
    assert view_of(events=(told,)).reactions == (
        Reaction(
            name="AE-1 Alanine aminotransferase increased",
            kind=ReactionKind.EVENT,
            lowest=3,
            highest=3,
            wanted="what a person says about AE-1: its grade and its relation to the cells",
            now=1,
            until=at("03-10"),
        ),
    )


@pytest.mark.parametrize(
    ("given", "bounds"),
    [
        ({"grade": 2, "worst": 3}, (2, 3)),
        ({"grade": 1, "worst": 1, "reported": (reported(grade=3),)}, (3, 3)),
        ({"grade": 4, "judgement": verdict_on(grade=2, when="03-18")}, (2, 2)),
        ({"grade": 4, "judgement": verdict_on(grade=4, associated=False, when="03-18")}, (0, 0)),
        ({"grade": 4, "judgement": verdict_on(grade=2, when="03-19T11:01")}, (4, 4)),
        ({"grade": 4, "judgement": verdict_on(grade=3, when="03-18"), "stands": False}, (4, 4)),
        ({"grade": 2, "worst": 3, "judgement": verdict_on(grade=3, when="03-18"), "stands": False}, (3, 3)),
        ({"grade": 2, "worst": 4, "judgement": verdict_on(grade=3, when="03-18"), "stands": False}, (3, 4)),
        (
            {
                "grade": 2,
                "worst": 3,
                "judgement": verdict_on(grade=2, associated=False, when="03-18"),
                "stands": False,
            },
            (2, 3),
        ),
    ],
)
def test_a_syndrome_is_of_the_grades_data_and_persons_leave_possible(
    given: dict[str, Any], bounds: tuple[int, int]
) -> None:
    (reaction,) = view_of(episodes=(episode(**given),)).reactions
    assert (reaction.lowest, reaction.highest) == bounds
