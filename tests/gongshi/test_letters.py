"""`gongshi letters`, and what the doctor says of them."""

from datetime import timedelta
from pathlib import Path

import pytest

from publisher.letters import Letter
from tests.fixtures.commands import Installation
from tests.fixtures.mail_server import MailBox

SECRET = "top%20secret"


@pytest.fixture
def gongshi(tmp_path: Path) -> Installation:
    """An installation with a letter in its outbox."""
    made = Installation(tmp_path / "data")
    assert made("db", "upgrade").returncode == 0
    platform = made.platform()
    facts = {"step": "granted", "number": "2026-7", "case": "7", "due": ""}
    before = platform.settings.clock() - timedelta(minutes=5)  # each command's clock begins anew
    with platform.store.writing() as store:
        store.post([Letter("case", "1", "li@example.org", "zh", facts)], before)
    platform.close()
    return made


def test_without_a_mail_server_letters_wait_and_the_doctor_says_so(gongshi: Installation) -> None:
    assert "Letters: 1 wait, and no mail server is set; set GONGSHI_SMTP_URL." in gongshi("doctor").stdout
    told = gongshi("letters", "send")
    assert (told.returncode, told.stderr) == (
        1,
        "No mail server is set, so letters wait; set GONGSHI_SMTP_URL.\n",
    )
    assert "waits" in gongshi("letters", "list").stdout


def test_letters_are_sent_by_command(gongshi: Installation, mailbox: MailBox) -> None:
    url = f"smtp://{mailbox.start()}"
    told = gongshi("letters", "send", GONGSHI_SMTP_URL=url, GONGSHI_MAIL_FROM="office@example.org")
    assert (told.returncode, told.stdout) == (0, "1 letters sent, 0 put off, 0 given up.\n")
    assert "首封邮件中的链接" in mailbox.taken[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mailbox.taken[0]["From"] == "公示 <office@example.org>"
    listed = gongshi("letters", "list", "--json").stdout
    assert '"state": "sent"' in listed
    assert "li@example.org" not in listed
    assert "Letters: 0 wait." in gongshi("doctor").stdout


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            {"GONGSHI_SMTP_URL": f"smtp://u:{SECRET}@127.0.0.1:1"},
            "The mail server 127.0.0.1:1 cannot be used: Connection refused.\n",
        ),
        ({"GONGSHI_SMTP_URL": f"http://u:{SECRET}@h"}, "GONGSHI_SMTP_URL is no address of a mail server"),
        (
            {"GONGSHI_MAIL_FROM": "office"},
            "GONGSHI_MAIL_FROM is no mail address such as gongshi@example.org.",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence_without_the_password(
    gongshi: Installation, settings: dict[str, str], says: str
) -> None:
    told = gongshi("letters", "send", **settings)
    assert told.returncode == 1
    assert told.stderr.startswith(says)
    assert SECRET not in told.stderr + told.stdout
