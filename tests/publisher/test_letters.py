"""Letters: posted with what they tell of, sent once, by a real mail server that is not always well."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from publisher.errors import Refused, SettingsError
from publisher.kinds import Label
from publisher.leases import Lease
from publisher.letters import BadAddress, Letter, mail_address
from publisher.notify.rendering import Printer
from publisher.notify.sending import Outcome, Sender
from publisher.notify.smtp import MailServer, ServerAway
from publisher.store import Store
from tests.fixtures.mail_server import MailBox
from tests.fixtures.store import Clock

LINK = "https://gongshi.example/cases/abc"
FACTS = {"step": "opened", "number": "2026-7", "link": LINK, "due": ""}


def letter(key: str = "1", to: str = "li@example.org", language: str = "en", **facts: str) -> Letter:
    return Letter("case", key, to, language, {**FACTS, **facts})


def post(store: Store, clock: Clock, *letters: Letter) -> None:
    with store.writing() as writing:
        writing.post(letters, clock())


def sender(store: Store, clock: Clock, where: str) -> Sender:
    printer = Printer("gongshi@gongshi.example", Label("公示", "Gongshi"), "https://gongshi.example")
    lease = partial(Lease, store, "letters", "sending of letters", partial(datetime.now, UTC))
    return Sender(store, MailServer.at(f"smtp://{where}"), printer, clock, lease)


def test_a_letter_is_sent_once_as_text_and_html(store: Store, clock: Clock, mailbox: MailBox) -> None:
    where = mailbox.start()
    post(store, clock, letter())
    post(store, clock, letter(step="granted"))  # the same key again
    assert sender(store, clock, where).once() == Outcome(sent=1)
    assert sender(store, clock, where).once() == Outcome()
    (message,) = mailbox.taken
    assert message["Subject"] == "Case 2026-7: we have your application"
    assert (message["To"], message["From"]) == ("li@example.org", "Gongshi <gongshi@gongshi.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = (part.get_content() for part in message.iter_parts())
    assert LINK in text.splitlines()
    assert f'<a href="{LINK}"' in html
    with store.reading() as reading:
        (posted,) = reading.letters(10)
    assert (posted.sent_at, posted.letter.to, posted.letter.facts) == (clock(), "", {})


def test_a_letter_speaks_the_language_of_who_gets_it(store: Store, clock: Clock, mailbox: MailBox) -> None:
    where = mailbox.start()
    post(store, clock, letter(language="zh"))
    sender(store, clock, where).once()
    assert mailbox.taken[0]["Subject"] == "案件 2026-7：已收到申请"
    assert mailbox.taken[0]["From"] == "公示 <gongshi@gongshi.example>"


def test_what_a_transaction_takes_back_is_not_sent(store: Store, clock: Clock, mailbox: MailBox) -> None:
    where = mailbox.start()
    with suppress(ZeroDivisionError), store.writing() as writing:
        writing.post([letter()], clock())
        raise ZeroDivisionError
    assert sender(store, clock, where).once() == Outcome()


def test_a_server_that_is_away_costs_nothing_however_long(
    store: Store, clock: Clock, mailbox: MailBox
) -> None:
    post(store, clock, letter())
    with pytest.raises(ServerAway, match=r"127\.0\.0\.1:1 cannot be used: Connection refused\."):
        sender(store, clock, "127.0.0.1:1").once()
    clock.tick(days=30)
    assert sender(store, clock, mailbox.start()).once() == Outcome(sent=1)


def test_a_letter_that_is_put_off_is_tried_for_two_days(store: Store, clock: Clock, mailbox: MailBox) -> None:
    where = mailbox.start()
    mailbox.answers["li@example.org"] = ["450 4.2.1 try later"]
    post(store, clock, letter(), letter("2", "wang@example.org"))
    begin, waits = clock.now, []
    assert sender(store, clock, where).once() == Outcome(sent=1, put_off=1)
    while True:
        with store.reading() as reading:
            posted = next(one for one in reading.letters(10) if one.letter.key == "1")
        if posted.failed_at:
            break
        waits.append(posted.due_at - clock())
        clock.now = posted.due_at
        sender(store, clock, where).once()
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    assert timedelta(days=1, hours=18) < clock.now - begin <= timedelta(days=2)
    assert posted.error == "the mail server answered 450 4.2.1 try later"
    assert (posted.letter.to, len(mailbox.taken)) == ("", 1)


def test_a_letter_that_nobody_will_ever_take_is_given_up(
    store: Store, clock: Clock, mailbox: MailBox
) -> None:
    where = mailbox.start()
    mailbox.answers["li@example.org"] = ["550 5.1.1 <li@example.org>: no such mailbox"]
    post(store, clock, letter(), letter("2", "wang@example.org"))
    assert sender(store, clock, where).once() == Outcome(sent=1, given_up=1)
    with store.reading() as reading:
        assert reading.letters_failed(clock() - timedelta(days=1)) == 1
        failed = next(one for one in reading.letters(10) if one.failed_at)
        assert failed.error == "the mail server answered 550 5.1.1 …: no such mailbox"
        assert reading.letters_waiting().letters == 0


def test_a_letter_that_cannot_be_written_holds_up_no_other(
    store: Store, clock: Clock, mailbox: MailBox
) -> None:
    where = mailbox.start()
    post(store, clock, Letter("unknown", "1", "li@example.org", "en", {}), letter("2"))
    assert sender(store, clock, where).once() == Outcome(sent=1, put_off=1)


def test_only_one_sends_at_a_time(store: Store, clock: Clock, mailbox: MailBox) -> None:
    where = mailbox.start()
    post(store, clock, letter(), letter("2"))
    met: list[str] = []

    def meanwhile() -> None:
        with pytest.raises(Refused) as raised:
            sender(store, clock, where).once()
        met.append(str(raised.value))

    mailbox.on_data = meanwhile
    assert sender(store, clock, where).once() == Outcome(sent=2)
    assert "Another sending of letters is under way" in met[0]
    assert len(mailbox.taken) == 2


def test_a_sender_that_dies_after_the_server_took_a_letter_repeats_that_one_as_the_same(
    store: Store, clock: Clock, mailbox: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = mailbox.start()
    post(store, clock, letter(), letter("2"))
    dying = sender(store, clock, where)
    with monkeypatch.context() as patch:
        patch.setattr(Lease, "keep", _die)
        with pytest.raises(KeyboardInterrupt):
            dying.once()
    assert sender(store, clock, where).once() == Outcome(sent=2)
    ids = [message["Message-ID"] for message in mailbox.taken]
    assert (ids[0], len(set(ids)), len(ids)) == (ids[1], 2, 3)


def _die(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("text", ["", "li", "li@", "li@host", "a b@example.org", "li@example.org\nBcc: x"])
@pytest.mark.parametrize("frame", ["{}", "<{}>", "{},b@example.org"])
def test_what_is_no_address_is_refused(text: str, frame: str) -> None:
    with pytest.raises(BadAddress, match=r"no mail address such as name@example\.org"):
        mail_address(frame.format(text))


def test_no_fact_becomes_a_header(store: Store, clock: Clock, mailbox: MailBox) -> None:
    where = mailbox.start()
    post(store, clock, letter(number="1\r\nBcc: wang@example.org", link="https://x/<b>"))
    sender(store, clock, where).once()
    (message,) = mailbox.taken
    assert (message["Bcc"], message["Subject"]) == (
        None,
        "Case 1 Bcc: wang@example.org: we have your application",
    )
    assert "<b>" not in message.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_password_is_sent_and_never_told(mailbox: MailBox) -> None:
    where = mailbox.start(auth_require_tls=False)
    server = MailServer.at(f"smtp://user:p%40ss%3Aword@{where}")
    with server.open():
        pass
    assert mailbox.signed_in == [(b"user", b"p@ss:word")]
    assert "p@ss" not in repr(server)
    with pytest.raises(ServerAway, match="535") as raised, MailServer.at(f"smtp://user:wrong@{where}").open():
        pass
    assert "wrong" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.org",
        "smtp://:25",
        "smtp://h:x",
        "smtp://u:a/b@h",
        "smtp://h/x",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SettingsError, match="GONGSHI_SMTP_URL is no address of a mail server") as raised:
        MailServer.at(url)
    assert url not in str(raised.value)


def test_a_sent_letter_is_remembered_for_a_year(store: Store, clock: Clock, mailbox: MailBox) -> None:
    where = mailbox.start()
    post(store, clock, letter())
    sender(store, clock, where).once()
    clock.tick(days=366)
    post(store, clock, letter("2"))
    sender(store, clock, where).once()
    with store.reading() as reading:
        assert [one.letter.key for one in reading.letters(10)] == ["2"]
