"""Evidence: what is taken is what it says it is, whole, and nobody else's to read."""

import io
import os
import resource
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.evidence import MOST_BYTES, BadEvidence, EvidenceShelf, Upload, file_name, sent_as
from publisher.evidence_types import JPEG, PDF, PNG, media_type
from tests.fixtures.papers import jpeg, pdf, png
from tests.harvesters.drafting.shapes import identity

HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def shelf(tmp_path: Path) -> EvidenceShelf:
    return EvidenceShelf(tmp_path / "evidence", 100 << 20)


def upload(content: bytes, name: str = "a.pdf") -> Upload:
    return Upload(name, io.BytesIO(content))


def kept(shelf: EvidenceShelf) -> list[Path]:
    folder = shelf._folder
    return sorted(folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize(("content", "type"), [(pdf(), PDF), (jpeg(), JPEG), (png(), PNG)])
def test_a_file_is_what_its_content_says(shelf: EvidenceShelf, content: bytes, type: str) -> None:
    (file,) = shelf.take([upload(content, "C:\\desk\\无所谓.exe")])
    assert (file.media_type, file.name, file.size) == (type, "无所谓.exe", len(content))
    assert shelf.read(file.key) == content
    (stored,) = kept(shelf)
    assert (stored.stat().st_mode & 0o777, stored.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert stored.name == file.key
    assert sent_as(file).rsplit(".", 1)[1] in ("pdf", "jpg", "png")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HTML,
        b"%PDF-1.7\n" + HTML,
        HTML + pdf(),
        pdf()[:-20],
        pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        pdf(b"/OpenAction << /S /J#61vaScript /JS (app.alert(1)) >>"),
        pdf(b"/Encrypt 5 0 R"),
        jpeg()[:-2],
        jpeg()[:4] + HTML,
        b"\xff\xd8\xff\xd9",
        png()[:-4],
        png() + HTML,
        png().replace(b"IDAT", b"IDAX"),
        b"GIF89a" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        b"MZ" + bytes(100),
    ],
)
def test_what_only_looks_like_a_paper_is_refused_and_nothing_stays(
    shelf: EvidenceShelf, content: bytes
) -> None:
    assert media_type(content) is None
    with pytest.raises(BadEvidence, match=r"^a\.pdf is no whole PDF, JPEG or PNG"):
        shelf.take([upload(pdf(), "good.pdf"), upload(content)])
    assert kept(shelf) == []


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_picture_that_is_cut_anywhere_is_none(cut: int) -> None:
    for whole in (png(), jpeg()):
        assert media_type(whole[: len(whole) - 1 - cut % (len(whole) - 1)]) is None


def test_a_chunk_of_any_length_is_survived() -> None:
    chunk = struct.pack(">I", 0xFFFFFFFF) + b"IHDR" + bytes(13)
    assert media_type(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", zlib.crc32(b""))) is None
    assert media_type(b"\xff\xd8\xff\xe0\x00\x00" * 100) is None


def test_too_large_too_many_and_too_much_are_one_sentence_each(tmp_path: Path, shelf: EvidenceShelf) -> None:
    large = pdf(padding=MOST_BYTES)
    for uploads, says in (
        ([upload(large)], "a.pdf has more than 10 MiB."),
        ([upload(pdf())] * 6, "At most 5 files are taken at a time."),
        ([upload(pdf(padding=9 << 20)) for _ in range(3)], "The files have more than 25 MiB together."),
    ):
        with pytest.raises(BadEvidence) as raised:
            shelf.take(uploads)
        assert str(raised.value) == says
        assert kept(shelf) == []


def test_all_evidence_together_has_an_end(tmp_path: Path) -> None:
    shelf = EvidenceShelf(tmp_path / "evidence", 3 * len(pdf()))
    shelf.take([upload(pdf()), upload(pdf())])
    with pytest.raises(BadEvidence, match="No more files can be taken just now; apply without them"):
        shelf.take([upload(pdf()), upload(pdf())])
    assert len(kept(shelf)) == 2


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file of this process grows beyond a megabyte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_keeps_nothing_half(shelf: EvidenceShelf) -> None:
    with pytest.raises(BadEvidence, match="No more files can be taken just now"):
        shelf.take([upload(pdf()), upload(pdf(padding=2 << 20))])
    assert kept(shelf) == []


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadEvidence, match="No more files can be taken just now"):
        EvidenceShelf(tmp_path / "file" / "evidence", 1 << 20).take([upload(pdf())])


def test_what_belongs_to_no_case_is_swept_after_an_hour(shelf: EvidenceShelf) -> None:
    first, second, third = shelf.take([upload(pdf()), upload(pdf()), upload(pdf())])
    now = datetime.now(UTC)
    part = shelf._folder / f"{first.key}.part"
    part.touch()
    for file in (first.key, second.key, part.name):
        past = (now - timedelta(hours=2)).timestamp()
        os.utime(shelf._folder / file, (past, past))
    assert shelf.sweep({first.key}, now) == 2
    assert [file.name for file in kept(shelf)] == sorted((first.key, third.key))
    shelf.drop([first.key, first.key])
    assert [file.name for file in kept(shelf)] == [third.key]


def test_no_folder_is_swept_too(tmp_path: Path) -> None:
    assert EvidenceShelf(tmp_path / "none", 1).sweep((), datetime.now(UTC)) == 0


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: b\x00.pdf", "a Set-Cookie: b.pdf"),
        (f"身份证{identity(1)}.jpg", "身份证******.jpg"),
        ("", "?"),
        ("名" * 500, "名" * 120),
        ("evil\u202efdp.exe", "evilfdp.exe"),
    ],
)
def test_names_of_files_are_short_plain_and_masked(given: str, shown: str) -> None:
    assert file_name(given) == shown


def test_a_key_is_no_path(shelf: EvidenceShelf) -> None:
    from publisher.errors import DiskError

    for key in ("../identity.key", "a" * 31 + "/", ""):
        with pytest.raises(DiskError, match="no evidence under this key"):
            shelf.read(key)
