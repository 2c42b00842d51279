"""What a letter says: its template, filled, in the language of who gets it."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from publisher.catalogues import load_catalogue
from publisher.kinds import Label
from publisher.letters import Letter

More = Callable[[Letter], Mapping[str, str]]


class Printer:
    """Makes messages from letters. `sender` is the address that they come from, `base_url` the site's;
    `more` gives facts that a letter is only told when it is sent."""

    def __init__(self, sender: str, name: Label, base_url: str, more: More = lambda _letter: {}) -> None:
        self._sender, self._name, self._base_url, self._more = sender, name, base_url, more
        self._host = urlsplit(base_url).hostname or "localhost"
        self._environments: dict[str, Environment] = {}

    def message(self, letter: Letter, now: datetime) -> EmailMessage:
        """The letter as mail: the first paragraph of its text is the subject; as HTML it says the same.

        A letter has the same Message-ID whenever it is sent, so that a repetition is known as one.
        """
        environment, name = self._environment(letter.language), self._name.get(letter.language)
        values = {
            **letter.facts,
            **self._more(letter),
            "base_url": self._base_url,
            "site": name,
            "language": letter.language,
        }
        text = environment.get_template(f"mail/{letter.kind}.txt").render(values)
        subject, *paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))
        html = environment.get_template("mail/letter.html").render(
            values, subject=subject, paragraphs=paragraphs
        )
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(name, addr_spec=self._sender)
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:40]}@{self._host}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = letter.language
        message.set_content("\n\n".join(paragraphs) + "\n")
        message.add_alternative(html, subtype="html")
        return message

    def _environment(self, language: str) -> Environment:
        if language not in self._environments:
            made = Environment(
                loader=PackageLoader("templates", ""),
                undefined=StrictUndefined,
                autoescape=select_autoescape(("html",)),
                trim_blocks=True,
                lstrip_blocks=True,
                extensions=["jinja2.ext.i18n"],
            )
            catalogue = load_catalogue(language)
            made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
            self._environments[language] = made
        return self._environments[language]
