"""How long a subject is observed and what is dose-limiting is data; what it names must exist and fit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import pytest
from pydantic import ValidationError

from fhir_adapter.definitions.compile_observation import compile_observation
from fhir_adapter.definitions.file_observation import ObservationPart
from fhir_adapter.definitions.rule_scope import RuleScope
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Block, Document
from fhir_adapter.domain.protocol import AttestationLink, LinkType
from fhir_adapter.domain.safety_model.observation_rule import (
    LaterPartRule,
    ObservationRule,
    Reopening,
    Unassessed,
    Unfinished,
)
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome
from fhir_adapter.errors import DefinitionError

LATER = {"part": "phase2", "first": "6", "limit": "2", "share": "1/3", "source": "invented"}
PART: dict[str, Any] = {
    "window_days": "28",
    "grade": "3",
    "syndromes": ["CRS", "ICANS"],
    "part_link": "study-part",
    "escalating": "phase1",
    "unfinished": "person",
    "unassessed": "counts",
    "reopening": "refused",
    "deciders": ["pi"],
    "later": LATER,
    "source": "invented",
}
LINK = AttestationLink(link_id="study-part", type=LinkType.CODE, text="part", values=("phase1", "phase2"))


def compiled(links: dict[str, AttestationLink] | None = None, **changes: Any) -> ObservationRule:
    """Compile the section with some of it changed."""
    part = ObservationPart.model_validate(PART | changes)
    known = {"study-part": LINK} if links is None else links
    scope = RuleScope(Typed(Document("safety.yaml", Block({}, 1, {})), part), cast("Any", None), {}, known)
    rule = compile_observation(scope, part)
    assert scope.used_links == {"study-part"}
    return rule


def test_a_section_compiles_to_the_rule() -> None:
    assert compiled() == ObservationRule(
        window_days=28,
        grade=3,
        syndromes=(Syndrome.CRS, Syndrome.ICANS),
        part_link="study-part",
        parts=("phase1", "phase2"),
        escalating="phase1",
        unfinished=Unfinished.PERSON,
        unassessed=Unassessed.COUNTS,
        later=LaterPartRule(part="phase2", first=6, limit=2, share=Fraction(1, 3)),
        reopening=Reopening.REFUSED,
        deciders=("pi",),
    )
    assert compiled().reviewed == ()


def test_a_trial_may_have_no_later_part_and_let_anybody_listed_decide() -> None:
    rule = compiled(later=None, deciders=[])
    assert (rule.later, rule.deciders) == (None, ())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"escalating": "phase3"}, "phase3 is no value of study-part"),
        ({"later": LATER | {"part": "phase3"}}, "phase3 is no value of study-part"),
        ({"later": LATER | {"part": "phase1"}}, "phase1 is the escalating part"),
        ({"syndromes": ["CRS", "CRS"]}, "CRS is named twice"),
        ({"part_link": "nothing"}, "no link nothing of type code"),
        ({"links": {"study-part": replace(LINK, type=LinkType.BOOLEAN)}}, "no link study-part of type code"),
    ],
)
def test_what_it_names_must_exist_and_fit(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        compiled(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"window_days": "0"},
        {"grade": "0"},
        {"grade": "6"},
        {"syndromes": []},
        {"unfinished": "nobody"},
        {"unassessed": "rule"},
        {"later": LATER | {"share": "3"}},
        {"later": LATER | {"first": "0"}},
        {"later": LATER | {"limit": "0"}},
    ],
)
def test_a_number_or_word_out_of_range_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        compiled(**changes)
