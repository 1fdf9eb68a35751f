"""Which merged records the adapter follows: those a source names, but for those a person called wrong.

Knows: decisions about merges. Does not know: how links are read.
"""

from __future__ import annotations

from collections.abc import Mapping

from fhir_adapter.domain.answering import is_accepted
from fhir_adapter.domain.review import ItemKind, ItemState
from fhir_adapter.ports.store import Store
from fhir_adapter.sync.subject_ids import SubjectIds


def known_merges(store: Store, ids: SubjectIds) -> Mapping[str, str]:
    """Give the merges in force.

    Args:
        store: Keeps links and decisions.
        ids: Makes subject ids, by which decisions name the merged record.

    Returns:
        Merged patient -> the one it was merged into, one step each.
    """
    merges = store.facts.merged_patients(ids.hospital)
    if not merges:
        return merges
    wrong = _called_wrong(store, ids)
    return {merged: into for merged, into in merges.items() if ids.subject(merged) not in wrong}


def _called_wrong(store: Store, ids: SubjectIds) -> set[str]:
    decided = [
        item
        for item in store.records.review_items(ids.trial, open_only=False)
        if item.kind is ItemKind.PATIENT_MERGED and item.state is ItemState.DECIDED
    ]
    asked = {item.id: (item.details or {}).get("merged", "") for item in decided}
    return {
        asked[decision.item]
        for subject in sorted({item.subject for item in decided})
        for decision in store.records.decisions(subject)
        if decision.item in asked and not is_accepted(ItemKind.PATIENT_MERGED, decision.values)
    }
