"""Plans are read back as written, and no merge loses anybody's work, whatever was edited."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.outgoing import ActivityKind, ActivityStatement, ActivityStatus, PlanStatement
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.writeback import merge_three_way, without_elements
from fhir_adapter.r4.build_care_plan import build_care_plan
from fhir_adapter.r4.plan_codes import CarePlanIntent, CarePlanStatus
from fhir_adapter.r4.read_care_plan import read_care_plan

Json = dict[str, Any]
SYSTEM = "https://trial.example/plans"
IDS = st.from_regex(r"[A-Za-z0-9\-.]{1,64}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=20)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
NUMBERS = st.decimals(min_value=0, max_value=10**7, places=3)


@st.composite
def activities(draw: st.DrawFn) -> ActivityStatement:
    first = draw(DAYS)
    return ActivityStatement(
        id=draw(IDS),
        kind=draw(st.sampled_from(ActivityKind)),
        title=draw(WORDS),
        codings=tuple(draw(st.lists(st.builds(Coding, WORDS.map("https://s/{}".format), WORDS), max_size=2))),
        status=draw(st.sampled_from(ActivityStatus)),
        first_day=first,
        last_day=first + timedelta(days=draw(st.integers(0, 5))),
        is_product=draw(st.booleans()),
        quantity=draw(st.none() | st.builds(Quantity, NUMBERS, st.sampled_from(["mg", "10*6", "Gy"]))),
        status_reason=draw(st.none() | WORDS),
        description=draw(st.none() | WORDS),
        fulfilled_by=tuple(draw(st.lists(IDS.map("MedicationAdministration/{}".format), max_size=3))),
    )


PLANS = st.builds(
    PlanStatement,
    identifier=st.tuples(st.just(SYSTEM), WORDS),
    status=st.sampled_from([status.value for status in CarePlanStatus]),
    intent=st.sampled_from([intent.value for intent in CarePlanIntent]),
    title=WORDS,
    patient=IDS,
    study=IDS.map("ResearchStudy/{}".format),
    first_day=DAYS,
    last_day=DAYS,
    activities=st.lists(activities(), max_size=3, unique_by=lambda each: each.id).map(tuple),
    description=st.none() | WORDS,
)


@given(PLANS)
def test_reading_a_built_plan_gives_the_statement_back(plan: PlanStatement) -> None:
    assert read_care_plan(build_care_plan(plan), identifier_system=SYSTEM) == plan


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.sampled_from(["id", "detail"]), inner),
    max_leaves=6,
)


@given(PLANS, st.data())
def test_any_json_in_any_element_gives_a_statement_or_a_rejection(
    plan: PlanStatement, data: st.DataObject
) -> None:
    body = build_care_plan(plan)
    place: Any = body
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if data.draw(st.booleans()) or not isinstance(place[key], dict | list) or not place[key]:
            place[key] = data.draw(JSON)
            break
        place = place[key]
    read_care_plan(body, identifier_system=SYSTEM)


NAMES = ("a", "b", "c", "d")
STATES = st.sampled_from(["not-started", "completed", "cancelled"])


def _entry(name: str, state: str) -> Json:
    period = {"start": "2026-03-11", "end": "2026-03-11"}
    return {
        "id": name,
        "detail": {"kind": "Task", "code": {"text": name}, "status": state, "scheduledPeriod": period},
    }


def _entries(states: dict[str, str]) -> list[Json]:
    return [_entry(name, state) for name, state in states.items()]


def _plan(entries: list[Json]) -> Json:
    return {"resourceType": "CarePlan", "status": "draft", **({"activity": entries} if entries else {})}


OURS = st.dictionaries(st.sampled_from(NAMES), STATES, min_size=1)


@st.composite
def hospitals(draw: st.DrawFn) -> tuple[dict[str, str], list[Json], set[str], list[Json]]:
    """What we wrote last, what stands there now, whose entry was edited or removed, what others added."""
    before = draw(OURS)
    touched = {name for name in before if draw(st.booleans())}
    now = []
    for entry in _entries(before):
        if entry["id"] not in touched:
            now.append(entry)
        elif draw(st.booleans()):
            now.append({**entry, "progress": [{"text": draw(WORDS)}]})
    added: list[Json] = [
        {"detail": {"kind": "Task", "description": draw(WORDS)}} for _ in range(draw(st.integers(0, 2)))
    ]
    return before, draw(st.permutations([*now, *added])), touched, added


@given(hospitals(), OURS, st.booleans())
def test_a_merge_keeps_every_edit_and_addition_and_brings_in_the_rest(
    hospital: tuple[dict[str, str], list[Json], set[str], list[Json]], ours: dict[str, str], drops_ids: bool
) -> None:
    before, now, touched, added = hospital
    base = _entries(before)
    if drops_ids:
        now = [{key: value for key, value in entry.items() if key != "id"} for entry in now]
        base = [{key: value for key, value in entry.items() if key != "id"} for entry in base]
    merge = merge_three_way(_plan(base), _plan(now), _plan(_entries(before)), _plan(_entries(ours)))
    result = merge.body.get("activity", [])
    assert all(entry in result for entry in added)
    edited = [entry for entry in now if "progress" in entry]
    assert all(entry in result for entry in edited)
    assert merge.kept == tuple(sorted(f"activity[{name}]" for name in touched if name in ours))
    states = [each["detail"]["status"] for name in ours if name not in touched for each in [_named(result, name)]]
    assert states == [state for name, state in ours.items() if name not in touched]


@given(hospitals(), OURS)
def test_merging_again_changes_nothing(
    hospital: tuple[dict[str, str], list[Json], set[str], list[Json]], ours: dict[str, str]
) -> None:
    before, now, _touched, _added = hospital
    wanted = _plan(_entries(ours))
    first = merge_three_way(_plan(_entries(before)), _plan(now), _plan(_entries(before)), wanted)
    second = merge_three_way(first.body, first.body, without_elements(wanted, first.kept), wanted, kept=first.kept)
    assert (second.body, second.kept, second.changed) == (first.body, first.kept, False)


def _named(entries: list[Json], name: str) -> Json:
    found = [each for each in entries if each["detail"].get("code") == {"text": name}]
    assert len(found) == 1
    return found[0]
