"""One subject's treatment record: derived now, or as it stands where nothing may be derived any more.

Knows: withdrawal, death denied by a person, what became of an assignment taken back. Does not know: how doses are
derived, how a record is saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.dosing.derive import TreatmentReactions, derive_treatment
from fhir_adapter.domain.dosing.records import FeasibilityRecord, TreatmentRecord
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.ports.records import RecordStore
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.ending import alive_if_denied, last_day_of
from fhir_adapter.sync.questions import is_withdrawn

ENDED = "nothing is assigned any more, and nothing of the plan was given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treating:
    """What deriving treatment needs beside a subject's case.

    Attributes:
        stopped_dose: What the dose of a stopped administration means at this hospital.
        donor: Finds the facts of the donor a case names; None where there are none.
        reactions: Tells of a case's adverse reactions; None where the trial has no rule of safety.
    """

    records: RecordStore
    stopped_dose: str
    donor: Callable[[Case], Timeline | None]
    reactions: Callable[[Case], TreatmentReactions | None]

    def derive(self, case: Case) -> TreatmentRecord | None:
        """Derive one subject's treatment record.

        Once consent is withdrawn it is derived no further: only what was planned for later days is taken out,
        and the record then stands as it is.

        Args:
            case: The subject's case, without treatment.

        Returns:
            The record as it is now. Where an assignment was taken back and nothing was given, a record that says
            so. None where there never was anything to derive.

        Source:
            clinical review, PUT-13: on withdrawal reading and writing of clinical data stop; data before it stay.
        """
        ends = last_day_of(case) if is_withdrawn(case) else None
        if ends is not None and case.row.withdrawn:
            standing = self._standing(case)
            if standing is None or not _goes_on(standing, ends):
                return standing
        found = derive_treatment(
            alive_if_denied(case),
            case.trial,
            subject=case.row.subject,
            as_of=case.as_of,
            zone=case.zone,
            stopped_dose=self.stopped_dose,
            donor=self.donor(case),
            withdrawn_on=ends,
            reactions=self.reactions(case),
        )
        standing = self._standing(case) if found is None else None
        return _ended(standing, case) if standing is not None else found

    def _standing(self, case: Case) -> TreatmentRecord | None:
        """Give the record on file; heads tell whether there is one."""
        stored = self.records.latest_treatment(case.row.subject) if case.treatment_head is not None else None
        return stored.record if stored is not None else None


def _goes_on(record: TreatmentRecord, ends: date) -> bool:
    """Say whether a record still plans something after a day."""
    return any(dose.planned is not None and dose.date is not None and dose.date > ends for dose in record.records)


def _ended(record: TreatmentRecord, case: Case) -> TreatmentRecord:
    """Say that nothing of a treatment record holds any more; looked at again whenever anything is derived."""
    return replace(
        record,
        as_of=case.as_of,
        day_zero=None,
        day_zero_source="",
        level=None,
        arm=None,
        records=(),
        totals=(),
        clearances=(),
        feasibility=FeasibilityRecord(level=None, reached_level=None, infusions=()),
        donor=(),
        valid_until=case.as_of,
        definitions_digest=case.trial.digest,
        evidence_digest=digest_of(record.subject, record.trial, ENDED),
        notes=(ENDED,),
        evidence=(),
    )
