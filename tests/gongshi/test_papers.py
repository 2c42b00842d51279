"""`gongshi cases papers`, and what `gongshi schedule` does with evidence."""

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gongshi.bootstrap import Platform
from gongshi.housekeeping import jobs
from publisher import casework
from publisher.case_rules import CaseKind
from publisher.cases import Applicant, Application, Role
from publisher.casework import Clerk, Said
from publisher.evidence import Upload
from publisher.publish import publish
from tests.fixtures.commands import Installation
from tests.fixtures.mail_server import MailBox
from tests.fixtures.papers import pdf
from tests.fixtures.store import draft


@pytest.fixture
def gongshi(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "data")
    assert made("db", "upgrade").returncode == 0
    return made


@pytest.fixture
def made(gongshi: Installation) -> Iterator[Platform]:
    """The same, with one case in it."""
    platform = gongshi.platform()
    now = platform.settings.clock()
    desk = platform.desk
    with platform.store.writing() as store:
        publish(store, [platform.store.contents.written(draft())], desk, now)
    with platform.store.reading() as store:
        (id,) = [id for id, _, _ in store.public_ids(now)]
    report = Application(CaseKind.REPORT, id, "公司已注销")
    platform.reception.apply(report, [Upload("证据.pdf", io.BytesIO(pdf()))])
    yield platform
    platform.close()


def test_papers_are_written_for_their_reader_alone(
    gongshi: Installation, made: Platform, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    told = gongshi("cases", "papers", "C000001", "--into", str(folder))
    assert (told.returncode, told.stderr) == (0, "")
    (file,) = folder.iterdir()
    assert told.stdout == f"{file}  证据.pdf\n"
    assert (file.read_bytes(), file.stat().st_mode & 0o777, file.suffix) == (pdf(), 0o600, ".pdf")
    again = gongshi("cases", "papers", "C000001", "--into", str(folder))
    assert (again.returncode, again.stderr) == (
        1,
        f"{file} cannot be written: File exists; name another folder with --into.\n",
    )
    assert "There is no case C000002" in gongshi("cases", "papers", "C000002").stderr


def test_the_scheduler_sweeps_what_is_of_no_case_and_keeps_the_rest(made: Platform) -> None:
    (orphan,) = made.shelf.take([Upload("a.pdf", io.BytesIO(pdf()))])
    folder = made.settings.folder / "evidence"
    assert len(list(folder.iterdir())) == 2
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    (sweep,) = [job for job in jobs(made, made.index) if job.name == "evidence swept"]
    sweep.do()
    assert len(list(folder.iterdir())) == 1
    assert not (folder / orphan.key).exists()


def test_the_scheduler_deletes_the_files_of_forgotten_applicants(made: Platform) -> None:
    with made.store.writing() as store:
        case = store.case(1)
        assert case
        office, now = made.office, made.settings.clock() - made.settings.evidence * 2

        casework.refuse(store, case.number, Said(Clerk("li"), "查无此事"), office, now)
    (forget,) = [job for job in jobs(made, made.index) if job.name == "applicants forgotten"]
    forget.do()
    assert list((made.settings.folder / "evidence").iterdir()) == []


def test_a_letter_carries_its_cases_link(made: Platform, mailbox: MailBox) -> None:
    with made.store.reading() as store:
        case = store.case(1)
    assert case
    who = Applicant("王小明", Role.OTHER, "", "wang@example.org")
    token = made.reception.apply(Application(CaseKind.REPORT, case.item, "公司已注销", who), [])
    made.settings = replace(made.settings, smtp_url=f"smtp://{mailbox.start()}")
    sender = made.sender()
    assert sender
    assert sender.once().sent == 1
    text = mailbox.taken[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"http://127.0.0.1:8000/cases/{token}" in text.splitlines()
