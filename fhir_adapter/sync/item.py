"""One review item of a subject's case.

Knows: how its id comes about. Does not know: when it is asked.
"""

from __future__ import annotations

from fhir_adapter.domain.review import ItemKind, ReviewItem, item_id
from fhir_adapter.sync.case import Case


def build_item(case: Case, kind: ItemKind, asked: str, digest: str, details: dict[str, str]) -> ReviewItem:
    """Build a question about a case.

    Args:
        case: Whose.
        kind: What is asked.
        asked: The proposal in closed words.
        digest: Digest of what the person sees.
        details: Ids, codes, counts; no free text of the hospital.

    Returns:
        The item; its id stays the same as long as the question does.
    """
    return ReviewItem(
        id=item_id(kind, case.trial.id, case.row.subject, asked, digest),
        kind=kind,
        trial=case.trial.id,
        subject=case.row.subject,
        asked=asked,
        digest=digest,
        opened_at=case.now,
        details=details,
    )
