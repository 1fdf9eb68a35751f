"""Write the demo hospital's export from the stories marked `demo: yes`.

Run `python -m tests.scenarios.export`. The export is committed under mappings/hospitals/demo/export/ and checked
fresh by test_export.py: one NDJSON file per resource type, as a bulk export writes it, and one searchset Bundle
per OperationOutcome in which the server says that something is withheld.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from tests.scenarios.resources import outcomes_of, resources_of
from tests.scenarios.story import Story, load_stories

TRIAL = "nct07256210"
EXPORT = Path(__file__).parents[2] / "mappings" / "hospitals" / "demo" / "export"


def demo_stories() -> tuple[Story, ...]:
    """Give the patients of the demo hospital."""
    return tuple(story for story in load_stories(TRIAL) if story.demo)


def export_files(stories: tuple[Story, ...]) -> dict[str, str]:
    """Give file name -> content of the export."""
    lines: dict[str, list[str]] = defaultdict(list)
    files: dict[str, str] = {}
    for story in stories:
        for resource_type, line in resources_of(story):
            lines[resource_type].append(line)
        for number, bundle in enumerate(outcomes_of(story), start=1):
            files[f"searchset-{story.id}-{number}.json"] = json.dumps(bundle, indent=1) + "\n"
    for resource_type, rows in lines.items():
        files[f"{resource_type}.ndjson"] = "\n".join(rows) + "\n"
    return files


def write_export(folder: Path) -> None:
    """Write the export and remove files of earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    files = export_files(demo_stories())
    for stale in folder.iterdir():
        if stale.name not in files:
            stale.unlink()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write_export(EXPORT)
