"""What only a named person can say about a subject's safety: final grades, causes, seriousness, who counts.

Knows: the grounds of each question. Does not know: how records are derived, what an answer changes.
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.review import ItemKind, ReviewItem
from fhir_adapter.domain.safety.asking import judged_on, needs_judgement
from fhir_adapter.domain.safety.dose_limiting import JUDGE_EVALUABILITY
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, SpecialInterest
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.safety_model.rule import SafetyRule
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeEpisode
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.item import build_item
from fhir_adapter.sync.judgements import ABOUT

DEATH = "death"
EVALUABILITY = "evaluability"
"""What a judgement is about where it is about no single event."""


def ask_about_safety(case: Case) -> Iterator[ReviewItem]:
    """List what should be judged about a subject's safety, as it is now.

    Args:
        case: The subject's case.

    Yields:
        0..*; a question already answered on the same data keeps its id and is not opened again. A syndrome that
        was judged is asked about again only where its judgement does not stand any more.
    """
    safety, rule = case.safety, case.trial.safety
    if safety is None or rule is None:
        return
    for episode in (each for syndrome in safety.syndromes for each in syndrome.episodes):
        if episode.judgement is None or not episode.stands:
            yield _about_syndrome(case, episode)
    yield from _about_events(case, safety, rule)
    limiting = safety.dose_limiting
    if limiting.next_assessment == JUDGE_EVALUABILITY:
        digest = digest_of(limiting.state, limiting.why)
        details = {ABOUT: EVALUABILITY, "why": limiting.why}
        yield build_item(case, ItemKind.EVALUABILITY, "DOES_NOT_COUNT_YET", digest, details)


def _about_events(case: Case, safety: SafetyRecord, rule: SafetyRule) -> Iterator[ReviewItem]:
    for event in safety.events:
        if event.special_interest is SpecialInterest.DEATH:
            yield _about_death(case, event)
        elif needs_judgement(event, rule.judged_from_grade):
            yield _about_event(case, event)


def _about_syndrome(case: Case, episode: SyndromeEpisode) -> ReviewItem:
    """Ask for the final grade and the attribution; a hospital that says otherwise is named in the question."""
    asked = f"{episode.syndrome}_{_grade_words(episode)}"
    details = {
        ABOUT: episode.id,
        "infusion": str(episode.after_infusion),
        "from": episode.start.astimezone(case.zone).isoformat(),
        "driven by": " ".join(dict.fromkeys(each.driver for each in episode.intervals if each.driver)),
        "needs attestation": "yes" if episode.needs_attestation else "no",
        "the hospital says": " ".join(
            f"{link.reference}={'G' + str(link.grade) if link.grade is not None else 'no grade'}"
            for link in episode.reported
        ),
    }
    if episode.disagrees:
        asked += "_DISAGREES_WITH_HOSPITAL"
    return build_item(case, ItemKind.SYNDROME, asked, episode.digest, {k: v for k, v in details.items() if v})


def _grade_words(episode: SyndromeEpisode) -> str:
    """Say what is proposed: `G2`, `G2_OR_G3`, or that nobody can tell."""
    if episode.grade is None:
        return "UNGRADABLE"
    return f"G{episode.grade}" if episode.worst == episode.grade else f"G{episode.grade}_OR_G{episode.worst}"


def _about_event(case: Case, event: AdverseEventRecord) -> ReviewItem:
    grade = "UNGRADED" if event.grade is None else f"{'AT_LEAST_' * event.at_least}G{event.grade}"
    details = {
        ABOUT: event.id,
        "term": event.term if event.meddra is not None else "",
        "meddra": event.meddra or "",
        "scale": event.scale,
        "origin": event.origin.value,
        "evidence": " ".join(dict.fromkeys(each.reference for each in event.evidence)),
    }
    given = {name: value for name, value in details.items() if value}
    return build_item(case, ItemKind.ADVERSE_EVENT, grade, judged_on(event), given)


def _about_death(case: Case, event: AdverseEventRecord) -> ReviewItem:
    references = " ".join(dict.fromkeys(each.reference for each in event.evidence))
    details = {ABOUT: DEATH, "evidence": references}
    return build_item(case, ItemKind.CAUSE_OF_DEATH, "DEATH", digest_of(event.id), details)
