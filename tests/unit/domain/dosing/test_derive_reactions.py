"""Reactions are asked for at the moment each infusion began, from what had been given before it."""

from __future__ import annotations

from datetime import datetime

from fhir_adapter.domain.criterion import ClearanceCriterion, Criterion, Kind, Mode
from fhir_adapter.domain.dosing.derive import Infusions, before
from fhir_adapter.domain.dosing.records import Clearance, DosingRecord
from fhir_adapter.domain.reactions import ReactionsView
from tests.builders import ZONE
from tests.no_reaction import RULE
from tests.treated import infusion, treated

FIRST = datetime(2026, 3, 13, 11, 0, tzinfo=ZONE)
SECOND = datetime(2026, 3, 30, 11, 0, tzinfo=ZONE)
N3 = Criterion(id="N3", kind=Kind.INCLUSION, mode=Mode.ASSIST, text="", source="invented", rule=RULE)
ASKED = (ClearanceCriterion(criterion=N3, infusions=(2,)),)


def test_each_infusion_is_judged_by_what_had_followed_the_others() -> None:
    asked: list[tuple[int, Infusions, datetime]] = []

    def remember(doses: tuple[DosingRecord, ...], infusions: Infusions, moment: datetime) -> ReactionsView:
        asked.append((len([each for each in doses if each.kind == "cells"]), infusions, moment))
        return ReactionsView(first_infusion=FIRST)

    record = treated(
        infusion("100 10*6", at=FIRST.isoformat(), id_="nk-1"),
        infusion("50 10*6", at=SECOND.isoformat(), id_="nk-2"),
        trial={"clearance": ASKED},
        reactions=remember,
    )
    assert asked == [(2, ((1, FIRST),), SECOND)]
    assert {each.infusion: each.verdict for each in record.clearances}[2] is Clearance.CLEAR


def test_without_anybody_who_knows_of_reactions_nothing_is_cleared() -> None:
    record = treated(
        infusion("100 10*6", at=FIRST.isoformat(), id_="nk-1"),
        infusion("50 10*6", at=SECOND.isoformat(), id_="nk-2"),
        trial={"clearance": ASKED},
    )
    assert {each.infusion: each.verdict for each in record.clearances}[2] is Clearance.UNKNOWN


def test_an_infusions_own_reactions_do_not_speak_about_it() -> None:
    given = ((1, FIRST), (2, SECOND))
    assert before(2, given) == ((1, FIRST),)
    assert before(1, given) == ((2, SECOND),)
