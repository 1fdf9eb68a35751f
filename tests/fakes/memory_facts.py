"""The FactStore port in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Demographics, Finding, Reading
from fhir_adapter.domain.source import (
    Completeness,
    Exclusion,
    HospitalId,
    PersonKey,
    ResourceVersion,
)
from fhir_adapter.domain.supersession import settle
from fhir_adapter.errors import InvariantError
from fhir_adapter.ports.rows import (
    AuditEntry,
    KeptRejection,
    SavedPage,
)
from tests.fakes.memory import KeptReading, Memory

_NOT_KEPT = {Exclusion.TYPE_NOT_READ, Exclusion.DUPLICATE, Exclusion.CONSENT_WITHDRAWN}


class MemoryFacts:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def persons(self, hospital: HospitalId, patients: Sequence[str]) -> Mapping[str, PersonKey]:
        known = self._memory.persons
        for patient in patients:
            known.setdefault((hospital, patient), PersonKey(len(known) + 1))
        return {patient: known[hospital, patient] for patient in patients}

    def known_persons(self, hospital: HospitalId, patients: Sequence[str]) -> Mapping[str, PersonKey]:
        known = self._memory.persons
        return {patient: known[hospital, patient] for patient in patients if (hospital, patient) in known}

    def persons_identified(self, hospital: HospitalId, identifier: tuple[str, str]) -> frozenset[PersonKey]:
        return frozenset(
            kept.person
            for kept in self._memory.readings
            if kept.reading.source.hospital == hospital and kept.person is not None
            for fact in kept.reading.facts
            if isinstance(fact, Demographics) and identifier in fact.identifiers
        )

    def save_readings(
        self, run: str, readings: Sequence[Reading], *, reading_digest: str, at: datetime, origin: str = ""
    ) -> SavedPage:
        if any(fact.source != reading.source for reading in readings for fact in reading.facts):
            raise InvariantError("a fact names another source than its reading")
        new: list[KeptReading] = []
        touched: set[PersonKey] = set()
        for reading in sorted(readings, key=_is_other):
            if reading.excluded_by in _NOT_KEPT:
                continue
            before = self._versions(reading.source)
            kept = KeptReading(reading, self._owner(reading), reading_digest, run, origin, at)
            if (_is_other(reading) and not before) or self._is_known(kept, before):
                continue
            old = [other for other in before if other not in new]
            touched |= {other.person for other in old if other.person is not None}
            says = reading.facts or reading.rejections or reading.retracts or old
            if kept.person is None:
                touched |= self._referring(reading.source)
            elif says:
                touched.add(kept.person)
            self._memory.readings.append(kept)
            new.append(kept)
        touched |= {
            person for kept in new if kept.person is None for person in self._referring(kept.reading.source)
        }
        self._memory.touch(touched)
        return SavedPage(new=len(new), touched=frozenset(touched))

    @staticmethod
    def _is_known(kept: KeptReading, before: Iterable[KeptReading]) -> bool:
        """A version refused for its date is read again once that date has come."""
        return any(other.key == kept.key and (kept.is_ahead or not other.is_ahead) for other in before)

    def holds(self, version: ResourceVersion, *, reading_digest: str) -> bool:
        wanted = (replace(version, last_updated=None), reading_digest)
        return any(kept.key == wanted for kept in self._memory.readings)

    def merged_patients(self, hospital: HospitalId) -> Mapping[str, str]:
        patients: dict[str, dict[ResourceVersion, Reading]] = {}
        for kept in self._memory.readings:
            source = kept.reading.source
            if source.hospital == hospital and source.type == "Patient":
                patients.setdefault(source.id, {})[kept.key[0]] = kept.reading
        replaced: dict[str, str] = {}
        replacing: dict[str, str] = {}
        for patient in sorted(patients):
            current = settle(list(patients[patient].values())).current
            facts = [fact for reading in current for fact in reading.facts if isinstance(fact, Demographics)]
            for kind, reference in (link for fact in facts for link in fact.links):
                other = reference.removeprefix("Patient/")
                if kind == "replaced-by":
                    replaced.setdefault(patient, other)
                elif kind == "replaces":
                    replacing.setdefault(other, patient)
        return replacing | replaced

    def save_completeness(
        self, run: str, hospital: HospitalId, receipts: Mapping[str, Sequence[Completeness]], *, at: datetime
    ) -> frozenset[PersonKey]:
        changed: set[PersonKey] = set()
        for patient, person in self.persons(hospital, list(receipts)).items():
            last = {receipt.resource_type: receipt for receipt in self.load_completeness(person)}
            for receipt in receipts[patient]:
                before = last.get(receipt.resource_type)
                if before is None or replace(before, run=receipt.run, read_at=receipt.read_at) != receipt:
                    self._memory.completeness.append((person, receipt, at))
                    changed.add(person)
        self._memory.touch(changed)
        return frozenset(changed)

    def load_readings(
        self, person: PersonKey, *, reading_digest: str, known_at: datetime | None = None
    ) -> tuple[Reading, ...]:
        hospital = next((where for (where, _), key in self._memory.persons.items() if key == person), None)
        if hospital is None:
            return ()
        visible = [
            kept
            for kept in self._memory.readings
            if kept.reading.source.hospital == hospital and (known_at is None or kept.at <= known_at)
        ]
        chosen: dict[ResourceVersion, KeptReading] = {}
        for kept in sorted(visible, key=lambda kept: kept.digest == reading_digest):
            chosen[kept.key[0]] = kept
        own = {kept.reading.source.reference for kept in chosen.values() if kept.person == person}
        seen = set(own)
        while (
            more := {
                reference
                for kept in chosen.values()
                if kept.reading.source.reference in seen and kept.person in {person, None}
                for reference in references_of(kept.reading)
            }
            - seen
        ):
            seen |= more
        found = [
            _told(kept, person)
            for kept in chosen.values()
            if kept.reading.source.reference in (own if kept.person is not None else seen)
        ]
        return tuple(sorted(found, key=lambda reading: _order(reading.source)))

    def load_completeness(
        self, person: PersonKey, *, known_at: datetime | None = None
    ) -> tuple[Completeness, ...]:
        last = {
            receipt.resource_type: receipt
            for owner, receipt, at in self._memory.completeness
            if owner == person and (known_at is None or at <= known_at)
        }
        return tuple(last[kind] for kind in sorted(last))

    def save_attestation(self, person: PersonKey, reading: Reading, *, at: datetime, audit: AuditEntry) -> None:
        patient = self._memory.patient(person)
        if patient is None:
            raise InvariantError("an attestation names a person the store does not know")
        own = replace(reading, patient=patient)
        if self.save_readings("", [own], reading_digest="", at=at, origin="attest").new:
            self._memory.audit.append(audit)

    def rejections(self, hospital: HospitalId, *, run: str | None = None) -> tuple[KeptRejection, ...]:
        last = {kept.key[0]: kept for kept in self._memory.readings}
        kept_readings = (
            list(last.values()) if run is None else [kept for kept in self._memory.readings if kept.run == run]
        )
        found = [
            KeptRejection(
                run=kept.run,
                resource_type=kept.reading.source.type,
                reason=rejection.reason.value,
                path=rejection.path,
                detail=rejection.detail,
                reference=kept.reading.source.reference,
                origin=kept.origin,
            )
            for kept in kept_readings
            if kept.reading.source.hospital == hospital
            for rejection in kept.reading.rejections
        ]
        return tuple(sorted(found, key=lambda entry: (entry.reference, entry.path, entry.reason, entry.run)))

    def _versions(self, source: ResourceVersion) -> list[KeptReading]:
        wanted = (source.hospital, source.type, source.id)
        return [
            kept
            for kept in self._memory.readings
            if (kept.reading.source.hospital, kept.reading.source.type, kept.reading.source.id) == wanted
        ]

    def _owner(self, reading: Reading) -> PersonKey | None:
        patient = reading.patient or (reading.source.id if reading.source.type == "Patient" else None)
        if not patient or _is_other(reading):
            return None
        return self.persons(reading.source.hospital, [patient])[patient]

    def _referring(self, source: ResourceVersion) -> set[PersonKey]:
        return {
            kept.person
            for kept in self._memory.readings
            if kept.person is not None
            and kept.reading.source.hospital == source.hospital
            and source.reference in references_of(kept.reading)
        }


def references_of(reading: Reading) -> set[str]:
    """The references other resources must answer."""
    found = set(reading.references)
    for fact in reading.facts:
        if isinstance(fact, Exposure) and fact.medication_reference:
            found.add(fact.medication_reference)
        if isinstance(fact, Finding) and fact.specimen_reference:
            found.add(fact.specimen_reference)
    return {reference for reference in found if not reference.startswith("Patient/")}


def _told(kept: KeptReading, person: PersonKey) -> Reading:
    """Of a version that is somebody else's only its existence is told."""
    if kept.person in {person, None} and not _is_other(kept.reading):
        return kept.reading
    return Reading(source=kept.reading.source, patient=None, excluded_by=Exclusion.OTHER_PATIENT)


def _is_other(reading: Reading) -> bool:
    return reading.excluded_by is Exclusion.OTHER_PATIENT


def _order(source: ResourceVersion) -> tuple[str, str, str, str]:
    return source.type, source.id, source.version, source.content
