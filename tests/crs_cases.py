"""CRS case by case: what happened, when it is asked, what is proposed. The child is seven, infused on 9 March.

Written by hand from the consensus table and its notes; the tests of the rule and its data mutation read the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from fhir_adapter.domain.source import RejectionReason
from tests.builders import diagnosis, during, finding, receipt, refused
from tests.crs import RATE, Given, flow, fraction, given, named, noted, pressure, temperature, used

FEVER: Final = temperature("38.5", "2026-03-10T08:00")
NO_FEVER: Final = temperature("37.0", "2026-03-10T08:00")
NOW: Final = "2026-03-10T10:00"
CANNULA: Final = used("oxygen-nasal-cannula", "2026-03-10T09:00/2026-03-10T19:00")
HIGH_FLOW: Final = used("high-flow-oxygen", "2026-03-10T09:00/2026-03-10T19:00")
MASK: Final = used("oxygen-mask", "2026-03-10T09:00/2026-03-10T19:00")
NOREPINEPHRINE: Final = given("norepinephrine", "2026-03-10T09:00/2026-03-10T15:00")


@dataclass(frozen=True)
class Case:
    """One case."""

    name: str
    facts: tuple[Given, ...]
    expected: str
    at: str = NOW
    more: dict[str, Any] = field(default_factory=dict)


def case(name: str, *facts: Given, expected: str, at: str = NOW, **more: Any) -> Case:
    return Case(name, facts, expected, at, more)


def febrile(name: str, *facts: Given, expected: str, at: str = NOW, **more: Any) -> Case:
    return Case(f"with fever, {name}", (FEVER, *facts), expected, at, more)


def by_age(born: str, value: str, expected: str) -> Case:
    return febrile(
        f"born {born}, systolic {value}", pressure(value, "2026-03-10T09:30"), expected=expected, born=born
    )


def ran(drug: str, hours: str, **more: Any) -> Given:
    start, end = hours.split("-")
    return given(drug, f"2026-03-10T{start}/2026-03-10T{end}", **more)


HEAT: Final = (
    case("37.9 is no fever", temperature("37.9", "2026-03-10T08:00"), expected="G0"),
    case("38.0 is fever", temperature("38.0", "2026-03-10T08:00"), expected="G1 fever"),
    case("no temperature", expected="ungradable..1 MISSING"),
    case("a fever holds for half a day", FEVER, at="2026-03-10T19:59", expected="G1 fever"),
    case("and no longer", FEVER, at="2026-03-10T20:00", expected="ungradable..1 MISSING"),
    case("the next reading ends it", FEVER, temperature("37.9", "2026-03-10T09:00"), expected="G0"),
    case(
        "of two at one moment the higher counts",
        FEVER,
        temperature("36.5", "2026-03-10T08:00", id_="ear"),
        expected="G1 fever",
    ),
    case(
        "a preliminary fever never decides",
        temperature("39.0", "2026-03-10T08:00", status="preliminary"),
        expected="ungradable..1 MISSING",
    ),
    case(
        "a contested fever never decides",
        NO_FEVER,
        temperature("39.0", "2026-03-10T09:00", contested=True),
        expected="ungradable..1 MISSING",
    ),
    case(
        "a preliminary 37 changes nothing",
        FEVER,
        temperature("37", NOW, status="preliminary"),
        expected="G1 fever",
    ),
    case("above 37 may be fever", temperature(">37", "2026-03-10T08:00"), expected="ungradable..1 MISSING"),
    case("at least 38.5 is fever", temperature(">=38.5", "2026-03-10T08:00"), expected="G1 fever"),
    case("a fever of the day", temperature("38.5", "2026-03-10"), expected="G1 fever"),
    case("no fever that day", temperature("37.5", "2026-03-10"), expected="G0"),
    case("a fever of the day before", temperature("38.5", "2026-03-09"), expected="ungradable..1 MISSING"),
    case("a fever of the month is not placed", temperature("38.5", "2026-03"), expected="ungradable..1 MISSING"),
    case("a fever without a time is not placed", temperature("38.5", None), expected="ungradable..1 MISSING"),
    case(
        "a fever before the infusion says nothing after it",
        temperature("39.0", "2026-03-09T09:00"),
        at="2026-03-09T11:00",
        expected="ungradable..1 MISSING",
    ),
    case(
        "a fever measured as the infusion began is one",
        temperature("38.0", "2026-03-09T10:00"),
        at="2026-03-09T10:00",
        expected="G1 fever",
    ),
    case(
        "none before the infusion is none",
        temperature("36.9", "2026-03-09T09:00"),
        at="2026-03-09T11:00",
        expected="G0",
    ),
    case(
        "a number without its unit says nothing",
        finding("body-temperature", "38.5", "1", NOW),
        expected="ungradable..1 MISSING",
    ),
)

LOW_PRESSURE: Final = (
    by_age("2018-05-20", "83", "G2 hypotension"),  # 70 + 2 x 7
    by_age("2018-05-20", "84", "G1 fever"),
    by_age("2025-03-10", "71", "G2 hypotension"),  # turns 1 that day
    by_age("2025-03-10", "72", "G1 fever"),
    by_age("2016-03-10", "89", "G2 hypotension"),  # turns 10
    by_age("2016-03-10", "90", "G1 fever"),
    by_age("2016-03-11", "87", "G2 hypotension"),  # 9
    by_age("2016-03-11", "88", "G1 fever"),
    by_age("2015-03-10", "89", "G2 hypotension"),  # 11
    by_age("2015-03-10", "90", "G1 fever"),
    by_age("2001-03-10", "89", "G2 hypotension"),
    by_age("2025-03-11", "60", "G1..2 fever MISSING"),  # below 1 no limit is known
    by_age("2018", "81", "G2 hypotension"),  # 7 or 8
    by_age("2018", "84", "G1..2 fever MISSING"),
    by_age("2018", "86", "G1 fever"),
    febrile("no date of birth, 71", pressure("71", "2026-03-10T09:30"), expected="G2 hypotension", born=None),
    febrile("no date of birth, 72", pressure("72", "2026-03-10T09:30"), expected="G1..2 fever MISSING", born=None),
    febrile("no date of birth, 90", pressure("90", "2026-03-10T09:30"), expected="G1 fever", born=None),
    febrile(
        "the next pressure ends it",
        pressure("70", "2026-03-10T09:00"),
        pressure("100", "2026-03-10T09:30"),
        expected="G1 fever",
    ),
    febrile(
        "of two at one moment the lower counts",
        pressure("70", "2026-03-10T09:00"),
        pressure("100", "2026-03-10T09:00"),
        expected="G2 hypotension",
    ),
    febrile(
        "a preliminary low pressure never decides",
        pressure("60", "2026-03-10T09:00", status="preliminary"),
        expected="G1..2 fever MISSING",
    ),
    febrile("a censored pressure", pressure("<100", "2026-03-10T09:00"), expected="G1..2 fever MISSING"),
    febrile(
        "hypotension on the problem list", diagnosis("hypotension", "2026-03-10T09:00"), expected="G2 hypotension"
    ),
    febrile(
        "hypotension recorded that day",
        diagnosis("hypotension", None, recorded=None, id_="undated"),
        expected="G1 fever",
    ),
    febrile(
        "hypotension not confirmed",
        diagnosis("hypotension", "2026-03-10T09:00", verification_status="provisional"),
        expected="G1..2 fever NEEDS_ATTESTATION",
    ),
    febrile(
        "hypotension refuted",
        diagnosis("hypotension", "2026-03-10T09:00", verification_status="refuted"),
        expected="G1 fever",
    ),
    febrile(
        "hypotension of the day before, resolved",
        diagnosis("hypotension", "2026-03-09", clinical_status="resolved"),
        expected="G1 fever",
    ),
    febrile(
        "hypotension that ended before",
        diagnosis("hypotension", "2026-03-09", abatement=during("2026-03-10T09:59")),
        expected="G1 fever",
    ),
    febrile(
        "hypotension that ended after",
        diagnosis("hypotension", "2026-03-09", abatement=during("2026-03-10T10:00")),
        expected="G2 hypotension",
    ),
    febrile(
        "hypotension later",
        diagnosis("hypotension", "2026-03-11"),
        expected="G1 fever",
    ),
)

PRESSORS: Final = (
    *(
        febrile(f"{drug} alone", ran(drug, "09:00-15:00"), expected="G3 hypotension")
        for drug in (
            *("norepinephrine", "epinephrine", "dopamine", "phenylephrine", "angiotensin-ii"),
            *("vasopressin", "terlipressin"),
        )
    ),
    *(
        febrile(f"norepinephrine with {drug}", NOREPINEPHRINE, ran(drug, "09:30-15:00"), expected="G4 hypotension")
        for drug in ("epinephrine", "dopamine", "phenylephrine", "angiotensin-ii")
    ),
    *(
        febrile(f"norepinephrine with {drug}", NOREPINEPHRINE, ran(drug, "09:30-15:00"), expected="G3 hypotension")
        for drug in ("vasopressin", "terlipressin")
    ),
    febrile(
        "both add-ons and nothing else",
        ran("vasopressin", "09:00-15:00"),
        ran("terlipressin", "09:00-15:00"),
        expected="G3 hypotension",
    ),
    *(
        febrile(f"{drug} is no pressor", ran(drug, "09:00-15:00"), expected="G1 fever NEEDS_ATTESTATION")
        for drug in ("dobutamine", "milrinone")
    ),
    febrile(
        "one after the other",
        ran("norepinephrine", "08:00-10:00"),
        ran("epinephrine", "10:00-12:00"),
        expected="G3 hypotension",
    ),
    febrile(
        "one begins a minute before the other ends",
        ran("norepinephrine", "08:00-10:01"),
        ran("epinephrine", "10:00-12:00"),
        expected="G4 hypotension",
    ),
    febrile(
        "the same drug twice is one",
        NOREPINEPHRINE,
        ran("norepinephrine", "09:30-11:30"),
        expected="G3 hypotension",
    ),
    febrile("not yet", ran("norepinephrine", "10:01-15:00"), expected="G1 fever"),
    febrile("over", NOREPINEPHRINE, at="2026-03-10T15:00", expected="G1 fever"),
    febrile("to the last minute", NOREPINEPHRINE, at="2026-03-10T14:59", expected="G3 hypotension"),
    febrile(
        "59 minutes are a single dose",
        ran("norepinephrine", "09:30-10:29"),
        expected="G1..3 fever NEEDS_ATTESTATION",
    ),
    febrile("60 minutes are an infusion", ran("norepinephrine", "09:30-10:30"), expected="G3 hypotension"),
    febrile(
        "parts that touch are one infusion",
        ran("norepinephrine", "09:30-10:05"),
        ran("norepinephrine", "10:05-10:30"),
        expected="G3 hypotension",
    ),
    febrile(
        "parts a minute apart are two doses",
        ran("norepinephrine", "09:30-10:04"),
        ran("norepinephrine", "10:05-10:30"),
        at="2026-03-10T10:06",
        expected="G1..3 fever NEEDS_ATTESTATION",
    ),
    febrile("a bolus", given("epinephrine", "2026-03-10T09:50"), expected="G1..3 fever NEEDS_ATTESTATION"),
    febrile("a bolus stands for an hour", given("epinephrine", "2026-03-10T09:00"), expected="G1 fever"),
    febrile(
        "a bolus beside an infusion",
        NOREPINEPHRINE,
        given("epinephrine", "2026-03-10T09:50"),
        expected="G3..4 hypotension NEEDS_ATTESTATION",
    ),
    febrile(
        "a bolus of the infusion's own drug changes nothing",
        NOREPINEPHRINE,
        given("norepinephrine", "2026-03-10T09:50"),
        expected="G3 hypotension",
    ),
    febrile(
        "an injection into a muscle",
        given("epinephrine", "2026-03-10T09:50", route=named("intramuscular")),
        expected="G1 fever NEEDS_ATTESTATION",
    ),
    case(
        "a bolus in the sixth hour after the cells",
        temperature("38.5", "2026-03-09T12:00"),
        given("epinephrine", "2026-03-09T15:59"),
        at="2026-03-09T16:00",
        expected="G1 fever NEEDS_ATTESTATION",
    ),
    case(
        "a bolus after the sixth hour",
        temperature("38.5", "2026-03-09T12:00"),
        given("epinephrine", "2026-03-09T16:00"),
        at="2026-03-09T16:00",
        expected="G1..3 fever NEEDS_ATTESTATION",
    ),
    case(
        "a bolus before the cells",
        temperature("38.5", "2026-03-09T10:05"),
        given("epinephrine", "2026-03-09T09:59"),
        at="2026-03-09T10:05",
        expected="G1..3 fever NEEDS_ATTESTATION",
    ),
    febrile(
        "a rate is an infusion", given("norepinephrine", "2026-03-10T09:30", rate=RATE), expected="G3 hypotension"
    ),
    febrile(
        "without an end it is certain for an hour",
        given("norepinephrine", "2026-03-10T09:00/"),
        at="2026-03-10T09:59",
        expected="G3 hypotension",
    ),
    febrile(
        "then it may run",
        given("norepinephrine", "2026-03-10T09:00/"),
        expected="G1..3 fever PARTIAL_DATE",
    ),
    febrile(
        "for a day",
        given("norepinephrine", "2026-03-09T11:00/"),
        expected="G1..3 fever PARTIAL_DATE",
    ),
    febrile(
        "and no longer",
        given("norepinephrine", "2026-03-09T10:00/"),
        expected="G1 fever",
    ),
    febrile(
        "an open end beside another",
        given("norepinephrine", "2026-03-10T07:00/"),
        ran("epinephrine", "09:30-12:00"),
        expected="G3..4 hypotension PARTIAL_DATE",
    ),
    febrile(
        "in progress it runs on",
        given("norepinephrine", "2026-03-09T09:00/", status="in-progress"),
        expected="G3 hypotension",
    ),
    febrile(
        "an end before its start is none",
        ran("norepinephrine", "08:30-08:00"),
        expected="G1..3 fever PARTIAL_DATE",
    ),
    febrile("not done", ran("norepinephrine", "09:00-15:00", status="not-done"), expected="G1 fever"),
    febrile(
        "status unknown", ran("norepinephrine", "09:00-15:00", status="unknown"), expected="G1..3 fever UNMAPPED"
    ),
    febrile(
        "on hold", given("norepinephrine", "2026-03-10T09:30/", status="on-hold"), expected="G1..3 fever UNMAPPED"
    ),
    febrile("contested", ran("norepinephrine", "09:00-15:00", contested=True), expected="G1..3 fever CONFLICTING"),
    febrile("route not stated", ran("norepinephrine", "09:00-15:00", route=None), expected="G3 hypotension"),
    febrile("route not mapped", ran("norepinephrine", "09:00-15:00", route=()), expected="G1..3 fever UNMAPPED"),
    *(
        febrile(f"route {route}", ran("phenylephrine", "09:00-15:00", route=named(route)), expected="G1 fever")
        for route in (
            *("topical", "inhaled", "nasal", "ophthalmic", "otic", "rectal", "intra-articular", "intrathecal"),
        )
    ),
    febrile(
        "for days, of which the days only are known",
        given("norepinephrine", "2026-03-09/2026-03-11"),
        expected="G3 hypotension",
    ),
    febrile(
        "from some hour of the day",
        given("norepinephrine", "2026-03-10/2026-03-11"),
        expected="G1..3 fever PARTIAL_DATE",
    ),
    febrile("without a time", given("norepinephrine", None), expected="G1 fever"),
    febrile(
        "low pressure and one pressor",
        NOREPINEPHRINE,
        pressure("60", "2026-03-10T09:00"),
        expected="G3 hypotension",
    ),
    febrile(
        "low pressure, a pressor may run",
        given("norepinephrine", "2026-03-10T07:00/"),
        pressure("60", "2026-03-10T09:00"),
        expected="G2..3 hypotension PARTIAL_DATE",
    ),
)

OXYGEN: Final = (
    febrile("cannula at 6.0", CANNULA, flow("6.0", "2026-03-10T09:30"), expected="G2 hypoxia"),
    febrile("cannula at 6.1", CANNULA, flow("6.1", "2026-03-10T09:30"), expected="G3 hypoxia"),
    febrile("cannula at 0", CANNULA, flow("0", "2026-03-10T09:30"), expected="G1 fever"),
    febrile("cannula, flow not known", CANNULA, expected="G2..3 hypoxia MISSING"),
    febrile("cannula below 10", CANNULA, flow("<10", "2026-03-10T09:30"), expected="G2..3 hypoxia MISSING"),
    febrile("cannula, a flow of the day", CANNULA, flow("2", "2026-03-10"), expected="G2 hypoxia"),
    febrile("cannula over", CANNULA, at="2026-03-10T19:00", expected="G1 fever"),
    febrile("mask at 4", MASK, flow("4", "2026-03-10T09:30"), expected="G3 hypoxia"),
    febrile("mask, flow not known", MASK, expected="G3 hypoxia"),
    febrile("blow-by", used("blow-by-oxygen", "2026-03-10T09:00/2026-03-10T19:00"), expected="G2 hypoxia"),
    febrile(
        "high flow at 6", HIGH_FLOW, flow("6", "2026-03-10T09:30"), expected="G2..3 hypoxia NEEDS_ATTESTATION"
    ),
    febrile("high flow at 6.1", HIGH_FLOW, flow("6.1", "2026-03-10T09:30"), expected="G3 hypoxia"),
    febrile("high flow, flow not known", HIGH_FLOW, expected="G3 hypoxia MISSING"),
    febrile("CPAP", used("cpap", "2026-03-10T09:00/2026-03-10T19:00"), expected="G4 hypoxia"),
    febrile("BiPAP", used("non-invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"), expected="G4 hypoxia"),
    febrile(
        "a ventilator of any kind",
        used("ventilator-support", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G4 hypoxia",
    ),
    febrile(
        "a mode set on a ventilator",
        finding("ventilation-mode", at="2026-03-10T09:00", answer="simv"),
        expected="G4 hypoxia",
    ),
    febrile(
        "a mode not final",
        finding("ventilation-mode", at="2026-03-10T09:00", answer="simv", status="preliminary"),
        expected="G1..4 fever MISSING",
    ),
    febrile(
        "a tube without need of oxygen",
        used("invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G4 hypoxia NEEDS_ATTESTATION",
    ),
    febrile(
        "a tube after oxygen by mask",
        used("oxygen-mask", "2026-03-10T08:00/2026-03-10T09:00"),
        used("invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G4 hypoxia",
    ),
    febrile(
        "a tube with much oxygen",
        used("invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"),
        fraction("60", "2026-03-10T09:30"),
        expected="G4 hypoxia",
    ),
    febrile(
        "a tube with room air",
        used("invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"),
        fraction("21", "2026-03-10T09:30"),
        expected="G4 hypoxia NEEDS_ATTESTATION",
    ),
    febrile(
        "flow 6 by nobody knows what", flow("6", "2026-03-10T09:30"), expected="G2..3 hypoxia NEEDS_ATTESTATION"
    ),
    febrile("flow 6.1 by nobody knows what", flow("6.1", "2026-03-10T09:30"), expected="G3 hypoxia"),
    febrile("flow 0", flow("0", "2026-03-10T09:30"), expected="G1 fever"),
    febrile("a flow below 6", flow("<5", "2026-03-10T09:30"), expected="G2..3 hypoxia NEEDS_ATTESTATION"),
    febrile("a flow of the day", flow("2", "2026-03-10"), expected="G2..3 hypoxia NEEDS_ATTESTATION"),
    febrile(
        "a flow not final",
        flow("2", "2026-03-10T09:30", status="preliminary"),
        expected="G1..3 fever MISSING",
    ),
    febrile(
        "a flow in another unit", finding("inhaled-oxygen-flow", "2", "1", NOW), expected="G2..3 hypoxia MISSING"
    ),
    febrile(
        "a saturation on room air ends a flow",
        flow("2", "2026-03-10T09:00"),
        finding("spo2", "97", "%", "2026-03-10T09:30", qualifiers=frozenset({"room-air"})),
        expected="G1 fever",
    ),
    febrile(
        "but not by cannula",
        CANNULA,
        flow("2", "2026-03-10T09:10"),
        finding("spo2", "97", "%", "2026-03-10T09:30", qualifiers=frozenset({"room-air"})),
        expected="G2 hypoxia",
    ),
    febrile("a saturation says no flow", finding("spo2", "97", "%", "2026-03-10T09:30"), expected="G1 fever"),
    febrile("30 % of oxygen", fraction("30", "2026-03-10T09:30"), expected="G2..3 hypoxia MISSING"),
    febrile("21 % is air", fraction("21", "2026-03-10T09:30"), expected="G1 fever"),
    febrile("0.4 sent as percent says nothing", fraction("0.4", "2026-03-10T09:30"), expected="G1 fever"),
    febrile(
        "oxygen by a device nobody names",
        used("low-flow-oxygen", "2026-03-10T09:00/2026-03-10T19:00"),
        flow("3", "2026-03-10T09:30"),
        expected="G2..3 hypoxia NEEDS_ATTESTATION",
    ),
    febrile(
        "oxygen by a device nobody names, flow not known",
        used("low-flow-oxygen", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G2..3 hypoxia MISSING",
    ),
    febrile(
        "a named device goes before an unnamed one",
        used("low-flow-oxygen", "2026-03-10T09:00/2026-03-10T19:00"),
        CANNULA,
        flow("3", "2026-03-10T09:30"),
        expected="G2 hypoxia",
    ),
    febrile("the worse of two devices", CANNULA, MASK, flow("3", "2026-03-10T09:30"), expected="G3 hypoxia"),
    febrile("a mask noted", noted("oxygen-mask", "2026-03-10T09:00"), expected="G3 hypoxia"),
    febrile(
        "a mask noted, then nothing",
        noted("oxygen-mask", "2026-03-10T09:00"),
        noted("no-oxygen-device", "2026-03-10T09:30"),
        expected="G1 fever",
    ),
    febrile("a device noted and not mapped", noted("", "2026-03-10T09:00"), expected="G1..4 fever UNMAPPED"),
    febrile(
        "a mask noted, not final",
        noted("oxygen-mask", "2026-03-10T09:00", status="preliminary"),
        expected="G1..3 fever MISSING",
    ),
    febrile("a mask at a moment holds half a day", used("oxygen-mask", "2026-03-09T22:01"), expected="G3 hypoxia"),
    febrile("and no longer than that", used("oxygen-mask", "2026-03-09T22:00"), expected="G1 fever"),
    febrile(
        "a mask in progress", used("oxygen-mask", "2026-03-09T09:00/", status="in-progress"), expected="G3 hypoxia"
    ),
    febrile("a mask not used", used("oxygen-mask", "2026-03-10T09:00", status="not-done"), expected="G1 fever"),
    febrile(
        "a mask, status unknown",
        used("oxygen-mask", "2026-03-10T09:00/", status="unknown"),
        expected="G1..3 fever UNMAPPED",
    ),
    febrile(
        "a mask, contested",
        used("oxygen-mask", "2026-03-10T09:00", contested=True),
        expected="G1..3 fever CONFLICTING",
    ),
    febrile("a mask some time that day", used("oxygen-mask", "2026-03-10"), expected="G1..3 fever PARTIAL_DATE"),
    febrile("a mask without a time", used("oxygen-mask", None), expected="G1 fever"),
    febrile("a mask later", used("oxygen-mask", "2026-03-21T09:00"), expected="G1 fever"),
    febrile(
        "CPAP as at home",
        used("cpap", "2026-02-07T02:00/2026-02-07T10:01"),
        used("cpap", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G1 fever NEEDS_ATTESTATION",
    ),
    febrile(
        "CPAP at home too long ago",
        used("cpap", "2026-02-07T02:00/2026-02-07T10:00"),
        used("cpap", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G4 hypoxia",
    ),
    febrile(
        "BiPAP after CPAP at home",
        used("cpap", "2026-03-08T22:00/2026-03-09T06:00"),
        used("non-invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G4 hypoxia",
    ),
    febrile(
        "CPAP after BiPAP at home",
        used("non-invasive-ventilation", "2026-03-08T22:00/2026-03-09T06:00"),
        used("cpap", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G1 fever NEEDS_ATTESTATION",
    ),
    febrile(
        "a tube after BiPAP at home",
        used("non-invasive-ventilation", "2026-03-08T22:00/2026-03-09T06:00"),
        used("invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G4 hypoxia NEEDS_ATTESTATION",
    ),
    febrile(
        "a ventilator at home",
        used("ventilator-support", "2026-03-08T22:00/2026-03-09T06:00"),
        used("invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G1 fever NEEDS_ATTESTATION",
    ),
    febrile(
        "a tube shortly before the first infusion",
        used("invasive-ventilation", "2026-03-08T22:00/2026-03-09T06:00"),
        used("ventilator-support", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G1 fever NEEDS_ATTESTATION",
    ),
    febrile(
        "CPAP not known to be used before",
        used("cpap", "2026-03-08T22:00/2026-03-09T06:00", contested=True),
        used("cpap", "2026-03-10T09:00/2026-03-10T19:00"),
        expected="G4 hypoxia",
    ),
    febrile(
        "CPAP at home, contested after the infusion",
        used("cpap", "2026-03-08T22:00/2026-03-09T06:00"),
        used("cpap", "2026-03-10T09:00/2026-03-10T19:00", contested=True),
        expected="G1 fever",
    ),
    febrile(
        "the worse domain: one pressor and a cannula",
        NOREPINEPHRINE,
        CANNULA,
        flow("2", "2026-03-10T09:30"),
        expected="G3 hypotension",
    ),
    febrile(
        "the worse domain: low pressure and a mask",
        pressure("60", "2026-03-10T09:30"),
        MASK,
        expected="G3 hypoxia",
    ),
)

TOCILIZUMAB: Final = given("tocilizumab", "2026-02-10T09:00")  # 28 days later is 10 March

MASKED: Final = (
    case("no fever, one pressor", NO_FEVER, NOREPINEPHRINE, expected="G0"),
    case("no fever, an inotrope", NO_FEVER, ran("dobutamine", "09:00-15:00"), expected="G0"),
    case("masked for 28 days", NO_FEVER, NOREPINEPHRINE, TOCILIZUMAB, expected="G3 hypotension NEEDS_ATTESTATION"),
    case(
        "not on the 29th",
        NO_FEVER,
        NOREPINEPHRINE,
        given("tocilizumab", "2026-02-09T09:00"),
        expected="G0",
    ),
    case(
        "masked by another blocker",
        NO_FEVER,
        NOREPINEPHRINE,
        given("interleukin-blocker", "2026-03-01T09:00"),
        expected="G3 hypotension NEEDS_ATTESTATION",
    ),
    *(
        case(
            f"masked by {drug}",
            NO_FEVER,
            MASK,
            given(drug, "2026-03-09T10:00"),
            expected="G3 hypoxia NEEDS_ATTESTATION",
        )
        for drug in (
            *("prednisone", "prednisolone", "methylprednisolone", "dexamethasone", "hydrocortisone"),
            *("betamethasone", "cortisone", "triamcinolone", "deflazacort", "antipyretic"),
        )
    ),
    case(
        "steroid over 24 hours ago",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-09T08:59"),
        expected="G0",
        at="2026-03-10T09:00",
    ),
    case(
        "antipyretic over 24 hours ago",
        NO_FEVER,
        MASK,
        given("antipyretic", "2026-03-09T08:59"),
        expected="G0",
        at="2026-03-10T09:00",
    ),
    *(
        case(
            f"steroid, {route}",
            NO_FEVER,
            MASK,
            given("dexamethasone", "2026-03-10T07:00", route=named(route)),
            expected="G0",
        )
        for route in (
            *("intrathecal", "topical", "inhaled", "nasal", "ophthalmic", "otic", "rectal", "intra-articular"),
        )
    ),
    *(
        case(
            f"antipyretic, {route}",
            NO_FEVER,
            MASK,
            given("antipyretic", "2026-03-10T07:00", route=named(route)),
            expected=expected,
        )
        for route, expected in (
            *(("topical", "G0"), ("ophthalmic", "G0"), ("otic", "G0"), ("nasal", "G0")),
            *(("rectal", "G3 hypoxia NEEDS_ATTESTATION"), ("oral", "G3 hypoxia NEEDS_ATTESTATION")),
        )
    ),
    case(
        "steroid, route not stated",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-10T07:00", route=None),
        expected="G3 hypoxia NEEDS_ATTESTATION",
    ),
    case(
        "steroid, nobody knows when",
        NO_FEVER,
        MASK,
        given("dexamethasone", None),
        expected="G3 hypoxia NEEDS_ATTESTATION",
    ),
    case(
        "steroid not given",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-10T07:00", status="not-done"),
        expected="G0",
    ),
    case(
        "steroid over three days",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-06T09:00/2026-03-09T10:00"),
        expected="G3 hypoxia NEEDS_ATTESTATION",
    ),
    case(
        "steroid in progress",
        NO_FEVER,
        MASK,
        given("dexamethasone", "2026-03-06T09:00/", status="in-progress"),
        expected="G3 hypoxia NEEDS_ATTESTATION",
    ),
    case("masked, and nothing else", NO_FEVER, TOCILIZUMAB, expected="G0"),
    case("no temperature, one pressor", NOREPINEPHRINE, expected="G3 hypotension MISSING"),
    case(
        "a fever not final, one pressor",
        temperature("39", "2026-03-10T08:00", status="preliminary"),
        NOREPINEPHRINE,
        expected="G3 hypotension MISSING",
    ),
    case(
        "no longer febrile, declared",
        FEVER,
        temperature("37.0", "2026-03-10T09:00"),
        NOREPINEPHRINE,
        expected="G3 hypotension NEEDS_ATTESTATION",
    ),
    case(
        "declared by the hospital",
        NO_FEVER,
        NOREPINEPHRINE,
        diagnosis("crs", "2026-03-10T09:00"),
        expected="G3 hypotension NEEDS_ATTESTATION",
    ),
    case(
        "declared by the hospital later",
        NO_FEVER,
        NOREPINEPHRINE,
        diagnosis("crs", "2026-03-10T10:01"),
        expected="G0",
    ),
    case(
        "declared by the hospital, not confirmed",
        NO_FEVER,
        NOREPINEPHRINE,
        diagnosis("crs", "2026-03-10T09:00", verification_status="provisional"),
        expected="G0",
    ),
    case("drugs not read", NO_FEVER, NOREPINEPHRINE, expected="G3 hypotension MISSING", read=None),
    case(
        "drugs not read to the end",
        NO_FEVER,
        NOREPINEPHRINE,
        expected="G3 hypotension MISSING",
        read=receipt("MedicationAdministration", complete=False),
    ),
    case(
        "a drug nobody can name, 28 days before",
        NO_FEVER,
        NOREPINEPHRINE,
        refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration", at="2026-02-10T12:00"),
        expected="G3 hypotension UNMAPPED",
    ),
    case(
        "a drug nobody can name, 29 days before",
        NO_FEVER,
        NOREPINEPHRINE,
        refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration", at="2026-02-09T12:00"),
        expected="G0",
    ),
    case(
        "masked: a bolus",
        NO_FEVER,
        TOCILIZUMAB,
        given("epinephrine", "2026-03-10T09:50"),
        expected="G0..3 hypotension NEEDS_ATTESTATION",
    ),
    case(
        "masked: high flow at 5",
        NO_FEVER,
        TOCILIZUMAB,
        HIGH_FLOW,
        flow("5", "2026-03-10T09:30"),
        expected="G2..3 hypoxia NEEDS_ATTESTATION",
    ),
)

STATED: Final = tuple(
    case(
        f"the hospital says grade {grade}",
        NO_FEVER,
        diagnosis("crs", "2026-03-10T09:00", concepts=named("crs", f"crs-grade-{grade}")),
        expected="G0",
    )
    for grade in range(1, 6)
)

CASES: Final = (*HEAT, *LOW_PRESSURE, *PRESSORS, *OXYGEN, *MASKED, *STATED)
