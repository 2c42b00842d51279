"""The operator's mail server."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Self
from urllib.parse import unquote, urlsplit

from publisher.errors import GongshiError, SettingsError

TIMEOUT = 30.0
"""Seconds to wait for each answer of the server."""

_PORTS = {"smtp": 587, "smtps": 465}


class ServerAway(GongshiError):
    """The mail server cannot be used at all just now; no letter is to blame."""


class PutOff(GongshiError):
    """The server may take this letter another time."""


class Rejected(GongshiError):
    """The server will never take this letter."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over. `tls`: encrypted from the first byte; else from STARTTLS on, where the
    server offers it."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str = field(repr=False)

    @classmethod
    def at(cls, url: str) -> Self:
        """The server of smtp://host, smtps://user:password@host:465. Raises SettingsError, which does not
        repeat the address: it may hold a password."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            parts, port = urlsplit(""), 0
        plain = not (parts.path.strip("/") or parts.query or parts.fragment)
        if not (parts.hostname and port and plain):
            raise SettingsError(
                "GONGSHI_SMTP_URL is no address of a mail server like smtp://mail.example.org:587 or "
                "smtps://user:password@mail.example.org, with : / @ in a password written as %3A %2F %40."
            )
        user = unquote(parts.username) if parts.username else None
        return cls(parts.hostname, port, parts.scheme == "smtps", user, unquote(parts.password or ""))

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"

    @contextmanager
    def open(self) -> Iterator["Connection"]:
        """A connection, signed in. Raises ServerAway."""
        try:
            client = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(f"The mail server {self.name} cannot be used: {_told(error)}.") from error
        try:
            yield Connection(client, self.name)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        client: smtplib.SMTP
        if self.tls:
            client = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            client = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            client.ehlo()
            if not self.tls and client.has_extn("starttls"):
                client.starttls(context=context)
                client.ehlo()
            elif self.user and not self.tls and not _is_loopback(self.host):
                raise smtplib.SMTPNotSupportedError("it has no STARTTLS, and no password is sent in the open")
            if self.user:
                client.login(self.user, self.password)
        except BaseException:
            client.close()
            raise
        return client


class Connection:
    """A mail server that listens."""

    def __init__(self, client: smtplib.SMTP, name: str) -> None:
        self._client, self._name = client, name

    def send(self, message: EmailMessage) -> None:
        """Hands one message over. Raises PutOff, Rejected, ServerAway."""
        try:
            self._client.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refusal(code, text) from error
        except smtplib.SMTPSenderRefused as error:  # the operator's own address: not the letter's fault
            raise ServerAway(f"The mail server {self._name} takes no letters: {_told(error)}.") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == 421:
                raise ServerAway(f"The mail server {self._name} closes: {_told(error)}.") from error
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(f"The mail server {self._name} broke off: {_told(error)}.") from error


_ADDRESS = re.compile(r"<?[^\s<>]*@[^\s<>]*>?")
"""Servers repeat whom they refuse; who that is, is not kept."""


def _refusal(code: int, text: bytes | str) -> PutOff | Rejected:
    said = f"the mail server answered {code} {_ADDRESS.sub('…', _line(text))}"
    return Rejected(said) if code >= 500 else PutOff(said)


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_line(error.smtp_error)}"
    return _line(str(getattr(error, "strerror", None) or error or type(error).__name__))


def _line(text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(words.split())[:200].rstrip(".")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
