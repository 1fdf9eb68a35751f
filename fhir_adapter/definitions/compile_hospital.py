"""hospital.yaml -> traits.

Knows: how a hospital declares what it is and allows. Does not know: its codes (compile_terminology).
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fhir_adapter.definitions.digest import digest_of
from fhir_adapter.definitions.file_set import HospitalFiles
from fhir_adapter.definitions.yaml_text import Step
from fhir_adapter.domain.source import HospitalId
from fhir_adapter.ports.hospital import HospitalTraits, Person


def compile_hospital(files: HospitalFiles) -> HospitalTraits:
    """Compile a hospital's traits.

    Args:
        files: hospitals/<id>/.

    Returns:
        Its traits.

    Raises:
        DefinitionError: A time zone does not exist, or a person is listed twice.
    """
    row = files.hospital.model
    assumed = row.assume_timezone
    if assumed is not None:
        _zone(files, assumed.zone, ("assume_timezone", "zone"))
    return HospitalTraits(
        id=HospitalId(row.id),
        title=row.title,
        zone=_zone(files, row.timezone, ("timezone",)),
        zone_name=row.timezone,
        server=row.server,
        base_urls=tuple(row.base_urls),
        assume_zone=None if assumed is None else assumed.zone,
        assumed_by=None if assumed is None else f"{assumed.by} ({assumed.source})",
        writes_enabled=row.writes == "enabled",
        provenance=row.provenance == "on",
        folder_only=row.folder_only,
        people=_people(files),
        default_scope=row.patients,
        consent_policies=tuple(row.consent_policies),
        rejection_budget=float(row.rejection_budget),
        stopped_dose=row.stopped_dose,
        adverse_events_written=row.adverse_events == "write",
    )


def reading_traits_digest(traits: HospitalTraits) -> str:
    """Digest of the traits that change what is read or how its times are judged."""
    return digest_of(traits.zone_name, traits.assume_zone, traits.base_urls, traits.consent_policies)


def deriving_traits_digest(traits: HospitalTraits) -> str:
    """Digest of the traits that change what is derived, those of reading included."""
    return digest_of(reading_traits_digest(traits), traits.stopped_dose)


def _zone(files: HospitalFiles, name: str, steps: tuple[Step, ...]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise files.hospital.error(
            steps, "no such time zone", "use an IANA name, for example Europe/Berlin"
        ) from None


def _people(files: HospitalFiles) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for place, row in enumerate(files.hospital.model.people):
        if row.id in people:
            raise files.hospital.error(("people", place, "id"), "duplicate person", "keep one")
        people[row.id] = Person(id=row.id, name=row.name, roles=tuple(row.roles))
    return people
