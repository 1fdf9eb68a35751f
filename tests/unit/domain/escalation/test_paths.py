"""Paths as text: what is understood, where an impossible one stops, and what each leads to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from fhir_adapter.domain.escalation.paths import replay_path
from fhir_adapter.errors import DecisionRefusedError, ImpossiblePathError
from tests.escalation import Answer, answer_of, shipped_rule

FOLLOWED: list[tuple[str, Answer]] = [
    ("", ("ENROL", 1, "8")),
    ("  ", ("ENROL", 1, "8")),
    ("1N", ("ENROL", 1, "8")),
    ("1NN", ("ENROL", 1, "8")),
    ("1NNN", ("ESCALATE", 2, "6")),
    ("1NNT", ("EXPAND", 1, "7")),
    ("1NNTN", ("ENROL", 1, "8")),
    ("1NNT 1NNN", ("ESCALATE", 2, "5")),
    ("1NNTNNN", ("ESCALATE", 2, "5")),
    ("1NNTT", ("DE_ESCALATE", 0, "2")),
    ("1TT", ("DE_ESCALATE", 0, "2")),
    ("1NTT", ("DE_ESCALATE", 0, "2")),
    ("1TT 0NN", ("ENROL", 0, "8")),
    ("1TT 0NNN", ("EXPAND", 0, "6")),
    ("1TT 0NNT", ("EXPAND", 0, "7")),
    ("1TT 0NNN 0NNT", ("NEEDS_DECISION", None, "5")),
    ("1TT 0NNNNTT", ("STOP_STUDY", None, "1")),
    ("1TT 0TT", ("STOP_STUDY", None, "1")),
    ("1NNN 2NNN", ("ESCALATE", 3, "6")),
    ("1NNN 2TT", ("DE_ESCALATE", 1, "3")),
    ("1NNN 2TT 1NN", ("ENROL", 1, "8")),
    ("1NNN 2TT 1NNN", ("DECLARE_MTD", 1, "5")),
    ("1NNN 2TT 1NTN", ("DECLARE_MTD", 1, "5")),
    ("1NNN 2TT 1TT", ("DE_ESCALATE", 0, "2")),
    ("1NNT 1NNN 2TT", ("DECLARE_MTD", 1, "3")),
    ("1NNN 2NNN 3NNN", ("EXPAND", 3, "6")),
    ("1NNN 2NNN 3NNN 3NNT", ("DECLARE_MTD", 3, "5")),
    ("1NNN 2NNN 3TT", ("DE_ESCALATE", 2, "3")),
    ("1NNN 2NNN 3TT 2TT", ("DE_ESCALATE", 1, "3")),
    ("1NNN 2NNT 2NNN 3TNT", ("DECLARE_MTD", 2, "3")),
]


@pytest.mark.parametrize(("path", "expected"), FOLLOWED)
def test_a_path_is_followed(path: str, expected: Answer) -> None:
    assert answer_of(replay_path(shipped_rule(), path).next) == expected


def test_a_path_counts_every_level() -> None:
    outcome = replay_path(shipped_rule(), "1NNN 2TT 1NNT")
    assert outcome.treated(shipped_rule()) == {0: 0, 1: 6, 2: 2, 3: 0}
    assert outcome.dlts(shipped_rule()) == {0: 0, 1: 1, 2: 2, 3: 0}
    assert outcome.mtd == 1


def test_only_a_declared_dose_is_the_maximum_tolerated_dose() -> None:
    assert replay_path(shipped_rule(), "1NNN").mtd is None


def test_blanks_between_groups_may_be_any() -> None:
    assert replay_path(shipped_rule(), " 1NNN\t\n 2NN ").path == "1NNN 2NN"


def test_how_the_subjects_of_a_level_are_grouped_has_no_meaning() -> None:
    split = replay_path(shipped_rule(), "1N 1NT 1N")
    assert split.next == replay_path(shipped_rule(), "1NNTN").next
    assert split.path == "1N 1NT 1N"


ANY = "N (no dose-limiting toxicity) or T (one), in capital letters"
GROUP = f"a level (0, 1, 2, 3), then {ANY}"
END = "nothing, the path ends here"
IMPOSSIBLE: list[tuple[str, int, int, str, str]] = [
    (
        "2NNN",
        1,
        1,
        "nobody can be treated at level 2 before the first subject, where the rule says ENROL (level 1)",
        "a subject at level 1",
    ),
    (
        "1NNN 3N",
        6,
        4,
        "nobody can be treated at level 3 after 1NNN, where the rule says ESCALATE (level 2)",
        "a subject at level 2",
    ),
    (
        "1NNNN",
        5,
        4,
        "nobody can be treated at level 1 after 1NNN, where the rule says ESCALATE (level 2)",
        "a subject at level 2",
    ),
    (
        "1NNN 1NNN",
        6,
        4,
        "nobody can be treated at level 1 after 1NNN, where the rule says ESCALATE (level 2)",
        "a subject at level 2",
    ),
    (
        "1NN 2N",
        5,
        3,
        "nobody can be treated at level 2 after 1NN, where the rule says ENROL (level 1)",
        "a subject at level 1",
    ),
    (
        "1NNT 1NNNN",
        10,
        7,
        "nobody can be treated at level 1 after 1NNT 1NNN, where the rule says ESCALATE (level 2)",
        "a subject at level 2",
    ),
    (
        "1TTN",
        4,
        3,
        "nobody can be treated at level 1 after 1TT, where the rule says DE_ESCALATE (level 0)",
        "a subject at level 0",
    ),
    (
        "1TT 0TT 0N",
        9,
        5,
        "nobody can be treated at level 0 after 1TT 0TT, where the rule says STOP_STUDY",
        END,
    ),
    (
        "1TT 0NNN 0NNN 1N",
        15,
        9,
        "nobody can be treated at level 1 after 1TT 0NNN 0NNN, where the rule says NEEDS_DECISION",
        END,
    ),
    (
        "1NNN 2TT 1NNN 2N",
        15,
        9,
        "nobody can be treated at level 2 after 1NNN 2TT 1NNN, where the rule says DECLARE_MTD (level 1)",
        END,
    ),
    ("1nnn", 2, 1, "a letter that says no outcome", ANY),
    ("1NNX", 4, 3, "a letter that says no outcome", ANY),
    ("1NNN2N", 5, 4, "a level inside a group", f"{ANY}, or a blank before a level"),
    ("NNN", 1, 1, "a group that does not start with a level", GROUP),
    ("1NN N", 5, 3, "a group that does not start with a level", GROUP),
    ("4N", 1, 1, "there is no level 4", GROUP),
    ("01N", 1, 1, "there is no level 01", GROUP),
    ("12345678901234N", 1, 1, "there is no level 123456789", GROUP),
    ("-1N", 1, 1, "a group that does not start with a level", GROUP),
    ("\u0661N", 1, 1, "a group that does not start with a level", GROUP),
    ("1", 2, 1, "level 1 without a subject", ANY),
    ("1NNN 2", 7, 4, "level 2 without a subject", ANY),
    ("  1NN,", 6, 3, "a letter that says no outcome", ANY),
]


@pytest.mark.parametrize(
    ("path", "character", "subject", "problem", "allowed"), IMPOSSIBLE, ids=[row[0] for row in IMPOSSIBLE]
)
def test_an_impossible_path_is_refused_with_its_place_and_what_is_allowed(
    path: str, character: int, subject: int, problem: str, allowed: str
) -> None:
    with pytest.raises(ImpossiblePathError) as refusal:
        replay_path(shipped_rule(), path)
    error = refusal.value
    assert (error.character, error.subject) == (character, subject)
    assert (error.problem, error.allowed) == (problem, allowed)
    assert str(error) == (
        f"impossible path at character {character} (subject {subject}): {problem}; allowed here: {allowed}"
    )


def test_the_first_wrong_place_is_named_although_a_later_one_cannot_be_read() -> None:
    with pytest.raises(ImpossiblePathError) as refusal:
        replay_path(shipped_rule(), "1NNNN 2xx")
    assert refusal.value.character == 5


def test_an_impossible_path_is_a_refused_decision() -> None:
    assert issubclass(ImpossiblePathError, DecisionRefusedError)


@profile(max_examples=50, deadline=None)
@given(text=st.text(alphabet="0123NTnt \t9x", max_size=12))
def test_any_text_is_followed_or_refused_at_a_place_inside_it(text: str) -> None:
    followed, refused = attempt(text)
    if refused is None:
        assert followed.split() == text.split()
    else:
        assert 1 <= refused.character <= len(text) + 1
        assert 1 <= refused.subject <= len(text)


def attempt(text: str) -> tuple[str, ImpossiblePathError | None]:
    try:
        return replay_path(shipped_rule(), text).path, None
    except ImpossiblePathError as error:
        return "", error
