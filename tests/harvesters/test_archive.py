"""ZIP archives: their files in order, under any name; bombs, passwords, archives in archives, halves."""

import io
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harvesters import archive
from harvesters.fetch import fetch
from harvesters.formats import RawRow, rows
from harvesters.source import Definition
from publisher.errors import SourceUnreadable
from publisher.outgoing import Limits, Outgoing
from tests.fixtures.http_server import Reply, WebServer
from tests.fixtures.reading import listing

SOURCE = listing(
    format="csv",
    path="rows.zip",
)


def packed(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder, self.spool = folder, folder / "spool"
        self.spool.mkdir()

    def read(self, content: bytes, of: Definition = SOURCE) -> list[tuple[str, list[str]]]:
        """File and cells of each row."""
        (self.folder / "rows.zip").write_bytes(content)
        files = fetch(of, self.spool, Outgoing("Gongshi-tests"), self.folder)
        found = [row for fetched in files for row in rows(fetched, of)]
        return [(row.where.file, list(row.cells.values())) for row in found if isinstance(row, RawRow)]

    def refused(self, content: bytes, of: Definition = SOURCE) -> str:
        with pytest.raises(SourceUnreadable) as caught:
            self.read(content, of)
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


FILES = {
    "b/2.csv": "n\n乙\n",
    "a/1.CSV": "n\n甲\n".encode("gb18030"),
    "readme.txt": "x",
    "__MACOSX/a/._1.csv": "x",
    "a/.hidden.csv": "x",
    "a/~$1.csv": "x",
    "empty/": "",
}


def test_the_fitting_files_are_read_in_order(desk: Desk) -> None:
    assert desk.read(packed(FILES)) == [("rows.zip/a/1.CSV", ["甲"]), ("rows.zip/b/2.csv", ["乙"])]


def test_files_can_be_chosen_by_name(desk: Desk) -> None:
    chosen = {"处罚2026.txt": "n\n甲\n", "处罚2025.txt": "n\n乙\n", "old.zip": b"PK\x03\x04"}
    of = replace(SOURCE, files="处罚2026*")
    assert desk.read(packed(chosen), of) == [("rows.zip/处罚2026.txt", ["甲"])]


@pytest.mark.parametrize("names", ["gb18030", "utf-8"])
def test_names_without_a_flag_are_recognised(desk: Desk, names: str) -> None:
    name = "行政处罚.csv".encode(names)
    stand_in = b"x" * (len(name) - 4) + b".csv"
    content = packed({stand_in.decode(): "n\n甲\n"}).replace(stand_in, name)
    assert desk.read(content) == [("rows.zip/行政处罚.csv", ["甲"])]


def test_an_archive_is_known_by_its_content(desk: Desk, http_server: WebServer) -> None:
    reply = Reply(200, packed(FILES), {"Content-Type": "text/csv; charset=utf-8"})
    of = replace(SOURCE, path=None, url=http_server.on("/download?id=7", reply))
    files = fetch(of, desk.spool, Outgoing("Gongshi-tests", Limits(whole=5)), desk.folder)
    assert [fetched.name for fetched in files] == [
        f"{http_server.url}/download?id=7/a/1.CSV",
        f"{http_server.url}/download?id=7/b/2.csv",
    ]


def test_archives_lie_in_a_drop_folder_beside_files(desk: Desk) -> None:
    drop = desk.folder / "drop"
    drop.mkdir()
    (drop / "b.zip").write_bytes(packed({"1.csv": "n\n乙\n"}))
    (drop / "a.csv").write_text("n\n甲\n")
    of = replace(SOURCE, path="drop")
    files = fetch(of, desk.spool, Outgoing("Gongshi-tests"), desk.folder, sleep=lambda _: None)
    assert [fetched.name for fetched in files] == ["drop/a.csv", "drop/b.zip/1.csv"]


def test_a_workbook_is_no_archive_but_may_be_in_one(desk: Desk) -> None:
    import openpyxl

    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["n"])
    book.active.append(["甲"])
    book.save(content)
    of = replace(SOURCE, format="xlsx")
    assert desk.read(content.getvalue(), of) == [("rows.zip", ["甲"])]
    assert desk.read(packed({"a.xlsx": content.getvalue()}), of) == [("rows.zip/a.xlsx", ["甲"])]


def test_nothing_is_written_beside_the_spool(desk: Desk) -> None:
    assert desk.read(packed({"../../evil.csv": "n\n甲\n", "/etc/evil.csv": "n\n乙\n"}))
    assert {path.name for path in desk.folder.iterdir()} == {"rows.zip", "spool"}
    assert {path.parent for path in desk.folder.rglob("*.csv")} == {desk.spool}


def encrypted() -> bytes:
    content = bytearray(packed({"a.csv": "n\n甲\n"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def odd_method() -> bytes:
    content = bytearray(packed({"a.csv": "n\n甲\n"}))
    content[8] = 99
    content[content.index(b"PK\x01\x02") + 10] = 99
    return bytes(content)


def lying() -> bytes:
    """A bomb that calls itself small."""
    content = bytearray(packed({"a.csv": b"0" * (300 << 20)}))
    struct.pack_into("<L", content, 22, 10)
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, 10)
    return bytes(content)


WHOLE = packed({"a.csv": "n\n" + "\n".join(map(str, range(5000)))})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (packed({"a.txt": "x", "b.doc": "x"}), "rows.zip has no .csv files; it has a.txt, b.doc."),
        (packed({}), "rows.zip has no .csv files; it has nothing."),
        (
            packed({"a.csv": "n\n", "b.ZIP": packed({"c.csv": "n\n"})}),
            "rows.zip holds another archive, b.ZIP: unpack that one first.",
        ),
        (
            packed({"a.csv": packed({"c.csv": "n\n"})}),
            "rows.zip holds another archive, a.csv: unpack that one first.",
        ),
        (encrypted(), "rows.zip/a.csv is protected by a password."),
        (odd_method(), "rows.zip is packed in a way that cannot be read: ask its publisher for plain ZIP."),
        (WHOLE[:-30], "rows.zip is an archive that is cut off or damaged."),
        (WHOLE[:200], "rows.zip is an archive that is cut off or damaged."),
        (WHOLE.replace(WHOLE[100:104], b"\0\0\0\0", 1), "rows.zip is an archive that is cut off or damaged."),
        (
            packed({"a.csv": b"0" * (300 << 20)}),
            "rows.zip/a.csv unpacks to more than any table would; it is not read.",
        ),
        (lying(), "rows.zip is an archive that is cut off or damaged."),
        (
            packed({f"{number}.csv": "n\n" for number in range(1001)}),
            "rows.zip has 1,001 files, more than 1,000.",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(desk: Desk, content: bytes, says: str) -> None:
    assert desk.refused(content).startswith(says)


def test_all_files_together_are_capped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 50_000)
    one = "n\n" + "\n".join(map(str, range(5000)))
    assert desk.refused(packed({"a.csv": one, "b.csv": one, "c.csv": one})) == (
        "rows.zip/c.csv unpacks to more than any table would; it is not read."
    )


def test_a_list_of_contents_without_end_is_not_read(desk: Desk) -> None:
    content = bytearray(WHOLE)
    struct.pack_into("<L", content, content.rindex(b"PK\x05\x06") + 12, 100 << 20)
    assert desk.refused(bytes(content)) == "rows.zip lists far too many files; it is not read."
