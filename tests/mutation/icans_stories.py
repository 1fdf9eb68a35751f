"""Children by whom a rule for ICANS is told from any other: what was assessed in each, what is told of it.

Knows: ages, scores, consciousness, signs, both sides of each limit. Does not know: which rules there are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.safety_model.icans_rule import IcansRule
from tests.builders import during, exposure, procedure
from tests.icans import CHILD, RULE, TEEN, capd, ice, level, problem, propose, rass, unable

AT: Final = "2026-03-11T08:00"
BEFORE: Final = "2026-03-08T08:00"


def told(born: str, *facts: Fact) -> tuple[str, tuple[Fact, ...]]:
    """Somebody's date of birth and what is on record."""
    return born, facts


STORIES: Final = (
    *(told(TEEN, ice(str(total), AT)) for total in range(11)),
    *(told(TEEN, ice(total, AT)) for total in (">9", "<1", "-1", "11")),
    *(told(CHILD, capd(total, AT)) for total in ("-1", "0", "1", "2", "8", "9", "10", "32", "33", ">31", "<1")),
    *(told(CHILD, capd("4", AT), capd("2", BEFORE), level(str(answer), AT)) for answer in RULE.arousal.levels),
    *(told(TEEN, ice("10", AT), rass(str(number), AT)) for number in range(-5, 5)),
    *(told(TEEN, unable("ice", AT), level(answer, AT)) for answer in ("fully-alert", "unarousable")),
    told(TEEN, ice("0", AT), level("unarousable", AT)),
    told(CHILD, capd("8", AT), level("fully-alert", AT)),
    told(CHILD, unable("capd", AT)),
    told(TEEN, unable("ice", AT)),
    *(told(CHILD, capd("9", AT), capd("2", f"2026-03-0{day}T08:00")) for day in (1, 2, 3)),
    told("2014-03-11", ice("5", AT)),
    told("2014-03-12", ice("5", AT)),
    told("2013-03-12", ice("5", AT)),
    told(TEEN, ice("5", AT), problem("developmental-delay", "2020-01-01")),
    *(
        told(TEEN, ice("5", AT), procedure("sedation", f"2026-03-11T0{hour}:00"))
        for hour in (2, 3, 4, 5)
    ),
    *(
        told(TEEN, ice("10", AT), exposure("sedative-drug", AT), level(answer, AT))
        for answer in ("awakens-to-voice", "awakens-to-touch", "unarousable")
    ),
    *(told(TEEN, ice("0", AT), level("fully-alert", f"2026-03-11T0{hour}:00")) for hour in (3, 4, 5)),
    *(
        told(CHILD, problem(str(concept), AT), problem("intracranial-haemorrhage", AT))
        for one in RULE.signs for concept in one.concepts
    ),
    *(told(CHILD, problem(str(concept), AT)) for one in RULE.signs for concept in one.concepts),
    *(
        told(CHILD, problem("seizure", AT, onset=during(f"{AT}/2026-03-11T08:0{minutes}")))
        for minutes in (4, 5, 6)
    ),
    *(told(CHILD, problem(str(concept), AT)) for concept in RULE.excluded),
    *(
        told(TEEN, problem("icans", AT, concepts=("icans", f"icans-grade-{grade}")))
        for grade in range(1, 6)
    ),
)  # fmt: skip


def outcome(rule: IcansRule, story: tuple[str, tuple[Fact, ...]]) -> object:
    """Everything that is told of one child, its evidence apart."""
    born, facts = story
    record = propose(*facts, born=born, rule=rule)
    intervals = tuple(replace(each, evidence=()) for each in record.intervals)
    return intervals, [replace(each, intervals=()) for each in record.episodes], record.missing, record.notes
