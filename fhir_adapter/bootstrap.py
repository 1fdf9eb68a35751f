"""The one place that puts the parts together: settings, definitions, store, source, sink, clock.

Knows: every layer. Does not know: what a command prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fhir_adapter.definitions.finding import DefinitionReview
from fhir_adapter.definitions.folder import HOSPITALS, TRIALS, default_root, mapping_roots
from fhir_adapter.definitions.load import Definitions, load_definitions
from fhir_adapter.definitions.load_escalation import load_escalation
from fhir_adapter.definitions.review import review_mappings
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.errors import ConfigurationError, GuardError, UsageError
from fhir_adapter.gateways.clock import StandingClock, SystemClock
from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.fhir_source import ServerSource
from fhir_adapter.gateways.folder_files import FileKind, list_files
from fhir_adapter.gateways.folder_sink import FolderSink
from fhir_adapter.gateways.folder_source import FolderSource
from fhir_adapter.gateways.server_sink import ServerSink
from fhir_adapter.gateways.site_secret import keep_secret, secret_beside
from fhir_adapter.gateways.store.store import open_store
from fhir_adapter.ports.clock import Clock
from fhir_adapter.ports.sink import HospitalSink
from fhir_adapter.ports.source import HospitalSource
from fhir_adapter.ports.store import Store
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.settings import Settings, load_settings
from fhir_adapter.sync.desk import Desk
from fhir_adapter.sync.replay import Replayed, replay_decisions
from fhir_adapter.sync.subject_ids import SubjectIds

DEMO_HOSPITAL = "demo"
"""The hospital that ships with the package; it never counts as the one a user means."""

DEMO_SINK = Path("demo-sink")
EXPORT_FOLDER = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the command line chose; None = by the settings, or the only one there is."""

    hospital: str | None = None
    trial: str | None = None
    store: str | None = None
    mappings: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Everything a command needs, for one hospital and one trial."""

    settings: Settings
    definitions: Definitions
    clock: Clock
    store: Store
    ids: SubjectIds

    def moment(self, given: datetime | None) -> datetime:
        """Give the clinical time in the hospital's zone: as given, else now; a naive one is local time there."""
        zone = self.definitions.traits.zone
        if given is None:
            return self.clock.now().astimezone(zone)
        return given.replace(tzinfo=zone) if given.tzinfo is None else given.astimezone(zone)

    def desk(self, as_of: datetime | None = None) -> Desk:
        """Give what named persons' decisions need."""
        return Desk(
            store=self.store,
            clock=self.clock,
            trial=self.definitions.trial,
            traits=self.definitions.traits,
            ids=self.ids,
            reading_digest=self.definitions.reading_digest,
            as_of=self.moment(as_of) if as_of else None,
        )

    def reading_context(self, as_of: datetime, *, validate_full: bool = False) -> ReadingContext:
        """Give what the reader consults; what lies after now and after `as_of` is refused as future."""
        return open_reading_context(self.definitions, max(self.clock.now(), as_of), validate_full=validate_full)


def open_reading_context(
    definitions: Definitions, read_at: datetime, *, validate_full: bool = False
) -> ReadingContext:
    """Give what the reader consults for one hospital and trial.

    Args:
        definitions: Compiled definitions.
        read_at: Facts later than this are refused.
        validate_full: Send every resource through the R4B model too.

    Returns:
        The reading context.
    """
    return ReadingContext(
        traits=definitions.traits,
        terminology=definitions.terminology,
        unit_rules=definitions.unit_rules,
        needed=definitions.trial.needed,
        resource_types=frozenset(definitions.trial.resource_types),
        read_at=read_at,
        reading_digest=definitions.reading_digest,
        validate_full=validate_full,
        questionnaires=definitions.trial.questionnaires,
        links=definitions.trial.links,
        event_terms=definitions.event_terms,
    )


@contextmanager
def open_workplace(choice: Choice) -> Iterator[Workplace]:
    """Open everything for one hospital and one trial, and close it again.

    Args:
        choice: What the command line chose.

    Yields:
        The workplace.

    Raises:
        ConfigurationError: The store or the secret cannot be used.
        UsageError: There is no such hospital or trial, or several to choose from.
    """
    settings = load_settings()
    definitions = load_chosen_definitions(choice)
    url = store_url(choice.store or settings.store)
    store = open_store(url)
    try:
        secret = site_secret(settings, url)
        ids = SubjectIds(trial=definitions.trial.id, hospital=definitions.traits.id, secret=secret)
        yield Workplace(settings=settings, definitions=definitions, clock=SystemClock(), store=store, ids=ids)
    finally:
        store.close()


def load_chosen_definitions(choice: Choice) -> Definitions:
    """Load the definitions of the chosen hospital and trial.

    Args:
        choice: What the command line chose.

    Returns:
        The definitions.

    Raises:
        UsageError: There is no such hospital or trial, or several to choose from.
    """
    overlays = _overlays(choice)
    roots = mapping_roots(overlays)
    hospital = choice.hospital or _only("--hospital", roots.available(HOSPITALS))
    trial = choice.trial or _only("--trial", roots.available(TRIALS))
    return load_definitions(hospital=hospital, trial=trial, overlays=overlays)


def load_chosen_escalation(choice: Choice) -> tuple[str, EscalationRule]:
    """Load the rule of the dose escalation of the chosen trial, and name the trial."""
    roots = mapping_roots(_overlays(choice))
    trial = choice.trial or _only("--trial", roots.available(TRIALS))
    return trial, load_escalation(roots, trial)


def review_definitions(choice: Choice) -> DefinitionReview:
    """Review the mappings of the chosen hospital and trial, or of all where none is chosen."""
    return review_mappings(_overlays(choice), hospital=choice.hospital, trial=choice.trial)


def demo_export() -> Path:
    """Give the folder of the demo hospital's bundled export."""
    return default_root().path / HOSPITALS / DEMO_HOSPITAL / EXPORT_FOLDER


def replay_script(workplace: Workplace, as_of: datetime) -> tuple[Replayed, ...]:
    """Record what the hospital's invented people decide, each with the clock standing at their decision."""
    return replay_decisions(workplace.desk(as_of), workplace.definitions.scripted, StandingClock)


def open_source(workplace: Workplace, place: str | None) -> HospitalSource:
    """Open the place resources are read from: a base URL, or a folder.

    Args:
        workplace: For the hospital's own server and the bearer token.
        place: URL or folder; None = the server of hospital.yaml.

    Returns:
        The source; nothing is read yet.

    Raises:
        UsageError: Nothing was given, and hospital.yaml names no server; or the folder is none or without export.
    """
    chosen = place or workplace.definitions.traits.server
    if chosen is None:
        raise UsageError("say where to read from: --source FOLDER or URL (hospital.yaml names no server)")
    if is_url(chosen):
        return ServerSource(open_connection(workplace, chosen), bases=workplace.definitions.traits.base_urls)
    folder = Path(chosen)
    if not folder.is_dir():
        raise UsageError("--source is neither a URL nor a folder that exists")
    exported = [file for file in list_files(folder) if file.kind is not FileKind.OTHER]
    if not exported:  # a wrong folder must not look like a hospital without patients
        raise UsageError("the --source folder holds no .ndjson, .jsonl or .json file; name the export's folder")
    return FolderSource(folder, bases=workplace.definitions.traits.base_urls)


def open_sink(workplace: Workplace, place: str | None) -> HospitalSink | None:
    """Open the place resources are written to.

    Args:
        workplace: For the hospital's traits and the bearer token.
        place: URL or folder; None = the server of hospital.yaml unless it takes folders only.

    Returns:
        The sink, or None if there is none.

    Raises:
        GuardError: The hospital takes folders only and a URL was given.
    """
    traits = workplace.definitions.traits
    chosen = place or (None if traits.folder_only else traits.server)
    if chosen is None:
        return None
    if not is_url(chosen):
        return FolderSink(Path(chosen))
    if traits.folder_only:
        raise GuardError("this hospital takes files only (hospital.yaml: folder_only); give --sink FOLDER")
    return ServerSink(open_connection(workplace, chosen))


def open_connection(workplace: Workplace, url: str) -> FhirConnection:
    """Open a connection to a FHIR server with the bearer token of the environment, if any."""
    token = workplace.settings.bearer_token
    return FhirConnection(url, token=token.get_secret_value() if token else None)


def is_url(place: str) -> bool:
    """Say whether a place is a URL rather than a folder."""
    return place.startswith(("http://", "https://"))


def store_url(place: str) -> str:
    """Give the SQLAlchemy URL of a store: a URL as it is, a path as a SQLite file."""
    return place if "://" in place else f"sqlite:///{place}"


def site_secret(settings: Settings, url: str) -> bytes:
    """Find the key of the subject ids: from the environment, a file, or one made beside the store.

    Args:
        settings: May hold the secret or name its file.
        url: SQLAlchemy URL of the store.

    Returns:
        The key.

    Raises:
        ConfigurationError: There is none, and the store is no file beside which one could be kept.
    """
    if settings.site_secret is not None:
        return settings.site_secret.get_secret_value().encode()
    path = settings.site_secret_file or secret_beside(url)
    if path is None:
        raise ConfigurationError(
            "set FHIR_ADAPTER_SITE_SECRET: this store is no file beside which one could be kept"
        )
    try:
        return keep_secret(path)
    except OSError:
        raise ConfigurationError(f"the site secret cannot be read or made: {path}") from None


def _overlays(choice: Choice) -> tuple[Path, ...]:
    given = choice.mappings or load_settings().mappings
    return (given,) if given else ()


def _only(option: str, available: tuple[str, ...]) -> str:
    """Choose the only one besides the demo hospital, or the only one at all."""
    real = [name for name in available if name != DEMO_HOSPITAL] or list(available)
    if len(real) == 1:
        return real[0]
    raise UsageError(f"{option} is needed; there are: {', '.join(available) or 'none'}")
