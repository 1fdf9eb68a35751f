"""Oxygen: devices, flows, support at home."""

from __future__ import annotations

from typing import Final

from tests.builders import finding
from tests.crs import flow, fraction, noted, pressure, used
from tests.crs_cases.case import (
    CANNULA,
    HIGH_FLOW,
    MASK,
    NOREPINEPHRINE,
    NOW,
    febrile,
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
