"""The rule ICANS is graded by, written by hand, and short ways to tell what was assessed in a child."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from fhir_adapter.domain.astct.icans import propose_icans
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Diagnosis, Fact, Finding
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.safety_model.icans_rule import (
    ArousalRule,
    AwakeCapd,
    Band,
    CapdRule,
    IcansRule,
    IceRule,
    RecordedSign,
    SedationRule,
)
from fhir_adapter.domain.safety_model.stated_rule import StatedRule
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeInterval, SyndromeRecord
from fhir_adapter.domain.timeline import build_timeline
from tests.builders import ZONE, diagnosis, finding, moment, reading

HAEMORRHAGE: Final = (ConceptId("intracranial-haemorrhage"),)
UNABLE: Final = (ConceptId("unable-to-perform"),)


def sign(id_: str, driver: str, title: str, concept: str, grade: int, **more: Any) -> RecordedSign:
    """A sign with one concept, certain unless said otherwise."""
    known = {"worst": grade, **more}
    return RecordedSign(id=id_, driver=driver, title=title, concepts=(ConceptId(concept),), grade=grade, **known)


RULE: Final = IcansRule(
    ice_from=12,
    delay=(ConceptId("developmental-delay"),),
    delay_link="developmental-delay",
    ice=IceRule(
        concept=ConceptId("ice-score"),
        lowest=0,
        highest=10,
        bands=(Band(10, 0), Band(7, 1), Band(3, 2), Band(0, 3)),
        unarousable_at=0,
        unable=UNABLE,
        unable_grade=4,
    ),
    capd=CapdRule(
        concept=ConceptId("capd-score"),
        lowest=0,
        highest=32,
        counts_from=1,
        delirium_from=9,
        delirium_grade=3,
        below=(1, 2),
        unable=UNABLE,
        unable_grade=4,
        baseline=Window(7, WindowUnit.DAY),
        awake=AwakeCapd.ZERO,
    ),
    arousal=ArousalRule(
        scale=ConceptId("rass"),
        sedated_to=-3,
        bands=(Band(0, 0), Band(-1, 1), Band(-2, 2)),
        level=ConceptId("level-of-consciousness"),
        levels={
            ConceptId("fully-alert"): 0,
            ConceptId("awakens-spontaneously"): 1,
            ConceptId("awakens-to-voice"): 2,
            ConceptId("awakens-to-touch"): 3,
            ConceptId("unarousable"): 4,
        },
        asleep_from=3,
        holds=timedelta(hours=4),
    ),
    sedation=SedationRule(
        procedures=(ConceptId("sedation"),), drugs=(ConceptId("sedative-drug"),), lasts=timedelta(hours=4)
    ),
    signs=(
        sign(
            "seizure", "seizure", "seizure", "seizure", 3, worst=4, lasting=False, limit=timedelta(minutes=5),
            wanted="how long the seizure lasted, and whether it repeated without return to baseline",
        ),
        sign("status-epilepticus", "seizure", "status epilepticus", "status-epilepticus", 4, lasting=False),
        sign("deep-focal-weakness", "motor", "deep focal weakness", "deep-focal-weakness", 4),
        sign(
            "oedema", "oedema", "cerebral oedema", "cerebral-oedema", 3, worst=4, unless=HAEMORRHAGE,
            wanted="whether the cerebral oedema is focal or diffuse",
        ),
        sign("oedema-focal", "oedema", "focal cerebral oedema", "cerebral-oedema-focal", 3, unless=HAEMORRHAGE),
        sign(
            "raised-pressure", "oedema", "diffuse cerebral oedema or raised intracranial pressure",
            "raised-intracranial-pressure", 4, unless=HAEMORRHAGE,
        ),
    ),
    excluded=(*HAEMORRHAGE, ConceptId("tremor"), ConceptId("myoclonus")),
    holds=timedelta(hours=24),
    stated=StatedRule(
        concept=ConceptId("icans"), grades={ConceptId(f"icans-grade-{grade}"): grade for grade in range(1, 6)}
    ),
)  # fmt: skip
"""What mappings/terminology/astct-2019.yaml must compile to for the first trial."""

INFUSED: Final = "2026-03-09T10:00"
CHILD: Final = "2018-05-20"
TEEN: Final = "2011-05-20"


def clock(text: str) -> datetime:
    """Read a time at the hospital."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def ice(total: str, at: str | None, **more: Any) -> Finding:
    """An ICE total; `<3` is censored."""
    return finding("ice-score", total, "{score}", at, **more)


def capd(total: str, at: str | None, **more: Any) -> Finding:
    """A CAPD total."""
    return finding("capd-score", total, "{score}", at, **more)


def rass(number: str, at: str | None, **more: Any) -> Finding:
    """A number on the agitation and sedation scale; `<0` is censored."""
    sign, digits = (Comparator.LESS, number[1:]) if number.startswith("<") else (None, number)
    points = Quantity(Decimal(digits), "{score}", sign)
    told = {"id_": f"rass-{at}-{digits}", "standard": points, **more}
    return replace(finding("rass", at=at, **told), reported=points)


def level(answer: str, at: str | None, **more: Any) -> Finding:
    """A level of consciousness in words."""
    return finding("level-of-consciousness", at=at, answer=answer, **more)


def unable(instrument: str, at: str, answer: str = "unable-to-perform") -> Finding:
    """A score that could not be done."""
    return finding(f"{instrument}-score", at=at, answer=answer)


def problem(concept: str, since: str | None, **more: Any) -> Diagnosis:
    """A problem on the list."""
    return diagnosis(concept, since, **more)


def propose(
    *facts: Fact,
    born: str | None = CHILD,
    as_of: str = "2026-03-20T12:00",
    infused: Iterable[str] = (INFUSED,),
    until: str | None = None,
    rule: IcansRule = RULE,
    **more: Any,
) -> SyndromeRecord:
    """Propose the grades of a child whose date of birth is known, eleven days after one infusion."""
    readings = [*(reading(each) for each in facts), *more.pop("refused", ())]
    return propose_icans(
        build_timeline(readings, more.pop("receipts", ())),
        rule,
        infusions=tuple((number, clock(start)) for number, start in enumerate(infused, 1)),
        until=clock(until) if until is not None else None,
        as_of=clock(as_of),
        zone=ZONE,
        birth=moment(born) if born is not None else None,
        **more,
    )


def interval_at(record: SyndromeRecord, when: str) -> SyndromeInterval:
    """The interval that holds at a time."""
    at = clock(when)
    (found,) = (each for each in record.intervals if each.start <= at and (each.end is None or at < each.end))
    return found


def said(record: SyndromeRecord, when: str) -> str:
    """What is proposed at a time, in short: `G3 capd`, `G1|G2? capd MISSING`, `sedated`."""
    found = interval_at(record, when)
    grade = "ungradable" if found.grade is None else f"G{found.grade}"
    words = [grade if found.worst in {found.grade, 0} else f"{grade}..{found.worst}"]
    words += [found.driver] if found.driver else []
    words += [found.reason.value] if found.reason is not None else []
    return " ".join(words)
