"""The key of the subject ids, kept as a file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fhir_adapter.gateways.site_secret import keep_secret, secret_beside


@pytest.mark.parametrize(
    ("url", "beside"),
    [
        ("sqlite:///store.db", Path("store.db.secret")),
        ("sqlite:////data/store.db", Path("/data/store.db.secret")),
        ("sqlite:///", None),
        ("postgresql://host/db", None),
    ],
)
def test_it_lies_beside_a_store_that_is_a_file(url: str, beside: Path | None) -> None:
    assert secret_beside(url) == beside


def test_it_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    made = keep_secret(path)
    assert len(made) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keep_secret(path) == made


def test_one_that_a_person_wrote_is_read_without_its_line_end(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"chosen-by-hand\n")
    assert keep_secret(path) == b"chosen-by-hand"
