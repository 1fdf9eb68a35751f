"""What invented people decide is a file like any other: read strictly, refused with line and remedy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from fhir_adapter.definitions.load import load_definitions
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.domain.scripted import ScriptedAnswer, ScriptedDecision, ScriptedEscalation
from fhir_adapter.errors import DefinitionError
from tests.mapping_samples import write_mappings

DECISIONS = """\
trial: t1
decisions:
  - at: 2026-03-01T09:00:00+01:00
    by: weber
    answer: {kind: syndrome, patient: p1, about: CRS-1, values: {grade: 3, associated: yes}}
    reason: seen at the bedside
  - {at: 2026-03-02T09:00:00+01:00, by: weber, escalation: {action: EXPAND, level: 1}, reason: one of three}
"""


def scripted(folder: Path, *changes: tuple[str, str], people: str = "weber") -> tuple[ScriptedDecision, ...]:
    """Load the invented hospital with such a file, some of its text changed."""
    root = write_mappings(folder)
    text = DECISIONS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    hospital = root / "hospitals" / "north"
    (hospital / "decisions.yaml").write_text(text, encoding="utf-8")
    traits = (hospital / "hospital.yaml").read_text(encoding="utf-8").split("people:")[0]
    listed = f'people:\n  - {{id: {people}, name: "Ada", roles: [pi]}}\n'
    (hospital / "hospital.yaml").write_text(traits + listed, encoding="utf-8")
    return load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False).scripted


def test_answers_and_decisions_on_levels_are_read_in_order(tmp_path: Path) -> None:
    judged, expanded = scripted(tmp_path)
    assert judged == ScriptedDecision(
        at=datetime.fromisoformat("2026-03-01T09:00:00+01:00"),
        by="weber",
        reason="seen at the bedside",
        decided=ScriptedAnswer(
            kind=ItemKind.SYNDROME, patient="p1", about="CRS-1", values={"grade": "3", "associated": "yes"}
        ),
    )
    assert expanded.decided == ScriptedEscalation(action="EXPAND", level=1)


def test_a_hospital_without_such_a_file_decides_nothing(tmp_path: Path) -> None:
    root = write_mappings(tmp_path)
    loaded = load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)
    assert loaded.scripted == ()


def test_what_is_decided_about_another_trial_is_left_out(tmp_path: Path) -> None:
    assert scripted(tmp_path, ("trial: t1", "trial: t2")) == ()


def test_what_is_scripted_changes_no_digest(tmp_path: Path) -> None:
    """Nobody's records are derived again because the demo's people say something else."""
    loaded = []
    for folder, reason in (("a", "seen"), ("b", "heard")):
        scripted(tmp_path / folder, ("seen at the bedside", reason))
        roots = (tmp_path / folder,)
        loaded.append(load_definitions(hospital="north", trial="t1", overlays=roots, default_mappings=False))
    assert loaded[0].digests == loaded[1].digests
    assert loaded[0].scripted != loaded[1].scripted


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("by: weber\n", "by: kurz\n", "nobody of that id"),
        ("2026-03-02T09", "2026-02-28T09", "not after the decision above it"),
        ("2026-03-02T09", "2026-03-01T09", "not after the decision above it"),
        ("2026-03-01T09", "2026-02-30T09", "no such moment"),
        ("2026-03-01T09:00:00+01:00", "2026-03-01T09:00:00", "not written as this key asks"),
        ("grade: 3", "grade: 7", "grade takes grade="),
        ("grade: 3, ", "", "grade is needed"),
        ("kind: syndrome", "kind: eligibility", "not one of the allowed words"),
        (", escalation: {action: EXPAND, level: 1}", "", "exactly one of `answer` and `escalation`"),
        ("    reason: seen", "    escalation: {action: WAIT}\n    reason: seen", "exactly one of"),
        ("action: EXPAND", "action: GUESS", "not one of the allowed words"),
    ],
)
def test_a_slip_is_refused_by_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        scripted(tmp_path, (old, new))
