from __future__ import annotations

import gzip
import tracemalloc
import zlib
from pathlib import Path

import pytest

from fhir_adapter.errors import ConfigurationError
from fhir_adapter.gateways.folder_files import FileKind, FolderFile
from fhir_adapter.gateways.folder_lines import PAGE_BYTES, FileContent

MIB = 1024 * 1024


def file_of(tmp_path: Path, content: bytes, name: str = "Patient.ndjson") -> FolderFile:
    path = tmp_path / name
    path.write_bytes(content)
    return FolderFile(path=path, kind=FileKind.NDJSON, hint="Patient", label=name)


def read(tmp_path: Path, content: bytes, *, line_limit: int = MIB) -> tuple[list[bytes], bool]:
    reader = FileContent(file_of(tmp_path, content), line_limit=line_limit)
    lines = [line for batch in reader.batches() for line in batch]
    return lines, reader.damaged


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"\n\n  \n\r\n", []),
        (b'{"a":1}\n', [b'{"a":1}']),
        (b'{"a":1}', [b'{"a":1}']),
        (b'{"a":1}\r\n{"b":2}\r\n', [b'{"a":1}\r', b'{"b":2}\r']),
        (b'\xef\xbb\xbf{"a":1}\n', [b'{"a":1}']),
        (b'{"a":1}\n\n{"b":2}\n   ', [b'{"a":1}', b'{"b":2}']),
        (b'{"a":"\xff"}\n', [b'{"a":"\xff"}']),
        (b"not json}\n", [b"not json}"]),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_line_with_content_comes_out_plain_or_packed(
    tmp_path: Path, content: bytes, lines: list[bytes], packed: bool
) -> None:
    assert read(tmp_path, gzip.compress(content) if packed else content) == (lines, False)


def test_a_last_line_without_its_end_is_passed_on_and_told(tmp_path: Path) -> None:
    assert read(tmp_path, b'{"a":1}\n{"b":') == ([b'{"a":1}', b'{"b":'], True)


def test_lines_longer_than_a_page_are_put_together(tmp_path: Path) -> None:
    long = b'{"a":"' + b"x" * (3 * PAGE_BYTES) + b'"}'
    lines, damaged = read(tmp_path, b"{}\n" + long + b"\n{}\n", line_limit=4 * PAGE_BYTES)
    assert ([len(line) for line in lines], damaged) == ([2, 3 * PAGE_BYTES + 8, 2], False)


@pytest.mark.parametrize("tail", [b"\n{}\n", b'"}\n{}\n{"b":1}\n'])
def test_an_oversized_line_is_cut_beyond_repair_and_the_next_ones_are_read(tmp_path: Path, tail: bytes) -> None:
    content = b'{"a":1}\n{"x":"' + b"y" * (4 * PAGE_BYTES) + tail
    lines, damaged = read(tmp_path, content, line_limit=PAGE_BYTES)
    assert lines[0] == b'{"a":1}'
    assert len(lines[1]) == 4097
    assert lines[1].endswith(b"\x00")
    assert lines[2:] == [line for line in tail.split(b"\n")[1:] if line]
    assert damaged


def test_members_of_a_packed_file_follow_each_other(tmp_path: Path) -> None:
    packed = gzip.compress(b"{}\n") + gzip.compress(b'{"a":1}\n') + b"\x00" * 512
    assert read(tmp_path, packed) == ([b"{}", b'{"a":1}'], False)


def test_a_packed_file_that_breaks_off_gives_what_it_holds_and_is_told(tmp_path: Path) -> None:
    body = b"".join(b'{"n":%d}\n' % n for n in range(100_000))
    packed = gzip.compress(body)
    lines, damaged = read(tmp_path, packed[: len(packed) // 2])
    assert lines[:2] == [b'{"n":0}', b'{"n":1}']
    assert 10_000 < len(lines) < 100_000
    assert damaged


@pytest.mark.parametrize("place", [-5, -1])
def test_a_packed_file_whose_check_sum_is_wrong_is_told(tmp_path: Path, place: int) -> None:
    packed = bytearray(gzip.compress(b"{}\n"))
    packed[place] ^= 0xFF
    assert read(tmp_path, bytes(packed)) == ([b"{}"], True)


def test_rubbish_after_a_packed_file_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(b"{}\n") + b"rubbish") == ([b"{}"], True)


def test_a_packed_file_that_unpacks_to_an_absurd_size_is_refused(tmp_path: Path) -> None:
    file = file_of(tmp_path, zlib.compress(b" " * (20 * MIB), wbits=31))
    with pytest.raises(ConfigurationError, match="absurd size"):
        list(FileContent(file, bomb_from=2 * MIB).batches())


def test_an_ordinary_packed_file_of_the_same_size_is_read(tmp_path: Path) -> None:
    body = b"".join(b'{"n":"%032x"}\n' % (n * 0x9E3779B97F4A7C15) for n in range(200_000))
    file = file_of(tmp_path, gzip.compress(body, compresslevel=1))
    lines = [line for batch in FileContent(file, bomb_from=2 * MIB).batches() for line in batch]
    assert len(lines) == 200_000


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    file = file_of(tmp_path, (b'{"a":"' + b"x" * 1500 + b'"}\n') * 20_000)
    tracemalloc.start()
    try:
        count = sum(len(batch) for batch in FileContent(file).batches())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 8 * MIB  # of a file of 30 MB


def test_a_document_is_given_whole(tmp_path: Path) -> None:
    file = file_of(tmp_path, b'\xef\xbb\xbf{\n "a": 1\n}\n', "bundle.json")
    assert FileContent(file).document() == b'{\n "a": 1\n}\n'


@pytest.mark.parametrize(("limit", "fits"), [(MIB, True), (MIB - 1, False)])
def test_a_document_beyond_the_limit_is_refused(tmp_path: Path, limit: int, fits: bool) -> None:
    content = FileContent(file_of(tmp_path, b" " * MIB, "bundle.json"))
    if fits:
        assert len(content.document(limit)) == MIB
        return
    with pytest.raises(ConfigurationError, match="NDJSON"):
        content.document(limit)


def test_a_file_that_vanished_is_a_configuration_error(tmp_path: Path) -> None:
    file = file_of(tmp_path, b"{}\n")
    file.path.unlink()
    with pytest.raises(ConfigurationError):
        list(FileContent(file).batches())
