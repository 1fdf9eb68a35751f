"""Vasopressors: which count, which run together, single doses, open ends."""

from __future__ import annotations

from typing import Final

from tests.crs import RATE, given, named, pressure, temperature
from tests.crs_cases.case import (
    NOREPINEPHRINE,
    case,
    febrile,
    ran,
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
