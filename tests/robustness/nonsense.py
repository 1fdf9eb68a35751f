"""What may stand in a broken resource instead of what should."""

from __future__ import annotations

from typing import Any

TIMES = ["2026-03-10T08:00:00+01:00", "2026-03-10T08:00:00", "2026-03", "2026", "2019-01-01", "2027-01-01",
          "2026-02-30", "0001-01-01", "2026-03-10T08:00:00Z", "10.03.2026", ""]  # fmt: skip
MORE: dict[str, list[Any]] = {
    "status": ["final", "amended", "corrected", "preliminary", "registered", "entered-in-error", "cancelled",
               "unknown", "active", "inactive", "draft", "rejected", "completed", "not-done", "FINAL", ""],
    "code": ["mg/dL", "umol/L", "mmol/L", "g/L", "%", "U/L", "[degF]", "kg", "cm", "m", "1", "mL/min",
             "mL/min/{1.73_m2}", "718-7", "1742-6", "resolved", "active", "refuted", "unconfirmed", "masked"],
    "unit": ["mg/dL", "μmol/l", "per cent", ""],
    "system": ["http://unitsofmeasure.org", "http://loinc.org", "http://snomed.info/sct", "urn:local", ""],
    "comparator": ["<", "<=", ">", ">=", "ad", "~"],
    "value": [0, -1, 0.5, 3, 40, 1000, 31.5],
    "effectiveDateTime": TIMES,
    "onsetDateTime": TIMES,
    "performedDateTime": TIMES,
    "dateTime": TIMES,
    "authored": TIMES,
    "birthDate": ["2026-03-10", "1990-01-01", "2010", "2010-05", "2030-01-01", "2018-05-20T10:00:00+01:00", ""],
    "gender": ["male", "female", "other", "unknown", "m"],
    "type": ["deny", "permit", "replaced-by", "refer"],
    "valueBoolean": [True, False],
}  # fmt: skip
INSERTED: list[tuple[str, Any]] = [
    ("modifierExtension", [{"url": "https://odd.example/not", "valueBoolean": True}]),
    ("implicitRules", "https://odd.example/rules"),
    ("extension", [{"url": "https://odd.example/note", "valueString": "note"}]),
    ("text", {"status": "generated", "div": "<div>text</div>"}),
    ("note", [{"text": "a remark"}]),
    ("contained", [{"resourceType": "Patient", "id": "p"}]),
    ("valueString", "about 30"),
    ("valueBoolean", True),
    ("dataAbsentReason", {"coding": [{"code": "masked"}]}),
    ("interpretation", [{"coding": [{"code": "H"}]}]),
    ("comparator", "<"),
    ("effectivePeriod", {"start": "2026-03-01", "end": "2026-03-02"}),
    ("issued", "2026-03-10T08:00:00Z"),
    ("abatementDateTime", "2026-01-01"),
    ("deceasedBoolean", True),
    ("active", False),
    ("unknownElement", {"deep": [1, 2, 3]}),
    ("performer", [{"reference": "Practitioner/1"}]),
    ("language", "ru"),
]
NUMBERS = [b"1e400", b"-1e400", b"1e-400", b"9" * 60, b"0." + b"0" * 50 + b"1", b"1e30", b"-0", b"0", b"1E+2",
            b"007", b"+5", b".5", b"5.", b"NaN", b"Infinity", b"0x10", b"1_000", b"1,5", b'"30"']  # fmt: skip
TEXTS = ["", " ", "\u202everkehrt", "x" * 5000, "\ud7ff", "\u0000", "e\u0301", "\uff11\uff12", "final ", "Final",
          "\n", "<b>", "null", "\U0001f9ec", "%s%n", "'; DROP TABLE fact; --", "\uff21"]  # fmt: skip
REFERENCES = ["Patient/somebody-else", "Patient/", "", "#missing", "urn:uuid:0", "Patient/aml-boy-7/_history/9",
               "https://other.example/fhir/Patient/1", "patient/aml-boy-7", "Group/1", "aml-boy-7"]  # fmt: skip
