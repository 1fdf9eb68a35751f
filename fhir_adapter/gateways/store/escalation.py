"""Decisions on a trial's dose escalation, append-only.

Knows: their table. Does not know: what a decision means, who may make one.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.source import HospitalId, TrialId
from fhir_adapter.gateways.store.database import utc_text
from fhir_adapter.gateways.store.stored_types import ESCALATION_DECISIONS
from fhir_adapter.gateways.store.trail import append_audit
from fhir_adapter.gateways.store.trial_schema import escalation_decision
from fhir_adapter.ports.rows import AuditEntry

_NO_HOSPITAL = HospitalId("")
"""A decision on the escalation concerns every hospital of the trial."""


def escalation_decisions(connection: Connection, trial: TrialId) -> tuple[EscalationDecision, ...]:
    """Give a trial's decisions, oldest first."""
    table = escalation_decision.c
    query = select(table.payload).where(table.trial == trial).order_by(table.no)
    return tuple(ESCALATION_DECISIONS.value(text) for text in connection.execute(query).scalars())


def add_escalation_decision(connection: Connection, decision: EscalationDecision, audit: AuditEntry) -> None:
    """Append a decision with its audit entry; the same one again changes nothing."""
    table = escalation_decision.c
    if connection.execute(select(table.no).where(table.id == decision.id)).first() is not None:
        return
    columns = {"id": decision.id, "trial": decision.trial, "recorded_at": utc_text(decision.at)}
    connection.execute(insert(escalation_decision), columns | {"payload": ESCALATION_DECISIONS.text(decision)})
    append_audit(connection, _NO_HOSPITAL, [audit], trial=decision.trial)
