"""Fever alone, and pressures that are low for the age."""

from __future__ import annotations

from typing import Final

from tests.builders import diagnosis, during, finding
from tests.crs import pressure, temperature
from tests.crs_cases.case import (
    FEVER,
    NO_FEVER,
    NOW,
    by_age,
    case,
    febrile,
)

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
