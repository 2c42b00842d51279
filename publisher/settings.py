"""Settings from the environment, each described once; nothing else reads `os.environ`."""

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from publisher.errors import SettingsError
from publisher.kinds import Label
from publisher.letters import BadAddress, mail_address


@dataclass(frozen=True, slots=True)
class Described:
    """A setting: its name, the default that stands for it, and what it is for. Docs are checked against
    these."""

    name: str
    default: str
    help: str


_SOURCE = re.compile(r"GONGSHI_SOURCE_(?P<name>[A-Z0-9]+(?:_[A-Z0-9]+)*)_(?P<what>TOKEN|HEADER)")
_HEADER = re.compile(
    r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(?P<value>[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)"
)

DESCRIBED = (
    Described(
        "GONGSHI_DATA", "gongshi-data", "Folder for the embedded store and index, keys, samples and spools."
    ),
    Described(
        "GONGSHI_DATABASE_URL",
        "SQLite under the data folder",
        "The store: `sqlite:///path` or `postgresql+psycopg://user:password@host/database`.",
    ),
    Described(
        "GONGSHI_SEARCH_URL",
        "embedded under the data folder",
        "The search engine: `elasticsearch+http://host:9200` or `elasticsearch+https://user:password@host:9200`.",
    ),
    Described(
        "GONGSHI_SOURCES",
        "none",
        "A folder of further source definitions, laid out as `<sector>/<name>.toml`.",
    ),
    Described(
        "GONGSHI_BASE_URL",
        "http://127.0.0.1:8000",
        "The site's public address; links and feed ids begin with it.",
    ),
    Described(
        "GONGSHI_IDENTITY_KEY",
        "made once in the data folder",
        "Keys the ids that have a personal part. Never change it.",
    ),
    Described("GONGSHI_SECRET_KEY", "made once in the data folder", "Signs what the site hands out."),
    Described(
        "GONGSHI_CONTACT",
        "the site's address",
        "What the User-Agent of harvests tells a source's keeper: a mail address or URL.",
    ),
    Described(
        "GONGSHI_SOURCE_<NAME>_TOKEN",
        "none",
        'For sources whose definition says `auth = "NAME"`: sent to them as `Authorization: Bearer …`.',
    ),
    Described(
        "GONGSHI_SOURCE_<NAME>_HEADER",
        "none",
        "The same for sources that want another header: the whole of it, such as `X-Api-Key: …`.",
    ),
    Described(
        "GONGSHI_SMTP_URL",
        "none: letters wait",
        "The mail server: `smtp://host:587` (STARTTLS where it is offered) or `smtps://user:password@host`.",
    ),
    Described(
        "GONGSHI_MAIL_FROM",
        "gongshi@ and the host of the site's address",
        "The address that letters come from.",
    ),
    Described(
        "GONGSHI_EVIDENCE_MIB",
        "2048",
        "How many MiB of evidence are kept at a time, of all applications; what comes then is not taken.",
    ),
    Described("GONGSHI_HARVESTS_AT_ONCE", "4", "How many sources `gongshi schedule` reads at the same time."),
    Described(
        "GONGSHI_EVIDENCE_DAYS",
        "30",
        "How many days after the decision on a case who applied for it, and their papers, are erased.",
    ),
    Described(
        "GONGSHI_NOTICE_DAYS",
        "30",
        "For how many days the page of a decision says that its authority took it back, and nothing else.",
    ),
    Described(
        "GONGSHI_PROXIES",
        "127.0.0.1,::1",
        "Addresses or networks of the proxies before the site: whom these say they ask for is the visitor.",
    ),
    Described("GONGSHI_TIMEZONE", "Asia/Shanghai", "Where days begin and end."),
    Described("GONGSHI_LANGUAGES", "zh,en", "Languages of the site; the first is the default."),
    Described("GONGSHI_ENV", "production", "`production` or `development`."),
    Described(
        "GONGSHI_NOW",
        "the real time",
        "In development only: when the clock of each command begins, such as 2026-11-23T23:59:50+08:00.",
    ),
)

SITE_NAME = Label("公示", "Gongshi")

LANGUAGES = ("zh", "en")
"""Languages that the site can be read in."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the program was told. `ahead`: by how much the clock is ahead of the real time (development
    only)."""

    folder: Path
    database_url: str
    search_url: str | None
    sources: Path | None
    base_url: str
    identity_key: bytes
    secret_key: str
    contact: str
    source_headers: Mapping[str, tuple[str, str]] = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    evidence_mib: int
    harvests_at_once: int
    proxies: tuple[str, ...]
    evidence: timedelta
    notice: timedelta
    zone: ZoneInfo
    languages: tuple[str, ...]
    development: bool
    ahead: timedelta

    def clock(self) -> datetime:
        """Now, as aware UTC."""
        return datetime.now(UTC) + self.ahead


def read(environment: Mapping[str, str]) -> Settings:
    """Raises SettingsError, which names the setting. Makes the data folder and its keys where they are
    missing."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    for name in given:
        known = name in {setting.name for setting in DESCRIBED} or _SOURCE.fullmatch(name)
        if name.startswith("GONGSHI_") and not known:
            raise SettingsError(f"{name} is no setting; the settings are listed in docs/settings.md.")
    folder = Path(given.get("GONGSHI_DATA", "gongshi-data")).expanduser().absolute()
    development = _choice(given, "GONGSHI_ENV", ("production", "development")) == "development"
    base_url = _address(given, "GONGSHI_BASE_URL", "http://127.0.0.1:8000", ("http", "https")).rstrip("/")
    search_url = given.get("GONGSHI_SEARCH_URL")
    if search_url:
        _address(given, "GONGSHI_SEARCH_URL", "", ("elasticsearch+http", "elasticsearch+https"))
    sources = Path(given["GONGSHI_SOURCES"]).absolute() if "GONGSHI_SOURCES" in given else None
    if sources and not sources.is_dir():
        raise SettingsError(f"GONGSHI_SOURCES names {sources}, which is no folder.")
    return Settings(
        folder=_folder(folder),
        database_url=given.get("GONGSHI_DATABASE_URL", f"sqlite:///{folder / 'gongshi.db'}"),
        search_url=search_url,
        sources=sources,
        base_url=base_url,
        identity_key=(given.get("GONGSHI_IDENTITY_KEY") or _kept(folder / "identity.key")).encode(),
        secret_key=given.get("GONGSHI_SECRET_KEY") or _kept(folder / "secret.key"),
        contact=given.get("GONGSHI_CONTACT", base_url),
        source_headers=_source_headers(given),
        smtp_url=given.get("GONGSHI_SMTP_URL"),
        mail_from=_mail_from(given, base_url),
        evidence_mib=_number(given, "GONGSHI_EVIDENCE_MIB", 2048, most=9999),
        harvests_at_once=_number(given, "GONGSHI_HARVESTS_AT_ONCE", 4, most=64),
        proxies=_networks(given, "GONGSHI_PROXIES", "127.0.0.1,::1"),
        evidence=timedelta(days=_number(given, "GONGSHI_EVIDENCE_DAYS", 30, most=3650)),
        notice=timedelta(days=_number(given, "GONGSHI_NOTICE_DAYS", 30, most=3650)),
        zone=_zone(given),
        languages=_languages(given),
        development=development,
        ahead=_ahead(given, development),
    )


def _source_headers(given: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By the name that definitions use, the header that tells a source who asks."""
    found: dict[str, tuple[str, str]] = {}
    for setting, value in given.items():
        if not (named := _SOURCE.fullmatch(setting)):
            continue
        header = _HEADER.fullmatch(f"Authorization: Bearer {value}" if named["what"] == "TOKEN" else value)
        if not header:
            raise SettingsError(f"{setting} is no header; write it like X-Api-Key: 12345, in ASCII.")
        if named["name"] in found:
            raise SettingsError(f"{setting} is one too many: give {named['name']} a token or a header.")
        found[named["name"]] = (header["name"], header["value"])
    return found


def _mail_from(given: Mapping[str, str], base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    try:
        return mail_address(given["GONGSHI_MAIL_FROM"]) if "GONGSHI_MAIL_FROM" in given else f"gongshi@{host}"
    except BadAddress as error:
        raise SettingsError("GONGSHI_MAIL_FROM is no mail address such as gongshi@example.org.") from error


def _networks(given: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    """Each as an address, or as a network with its length."""
    named = tuple(part.strip() for part in given.get(name, default).split(",") if part.strip())
    for part in named:
        try:
            ip_network(part)
        except ValueError as error:
            raise SettingsError(
                f"{name} has {part!r}, which is no address or network such as 10.0.0.0/8."
            ) from error
    return named


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = given.get(name, choices[0])
    if value not in choices:
        raise SettingsError(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
    return value


def _number(given: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    value = given.get(name, str(default))
    if not re.fullmatch(r"[1-9][0-9]{0,3}", value) or int(value) > most:
        raise SettingsError(f"{name} is {value!r}; it must be a whole number from 1 to {most}.")
    return int(value)


def _address(given: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = given.get(name, default)
    try:
        parts = urlsplit(value)
        known = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none, brackets that do not close
        known = False
    if not known:
        begins = " or ".join(f"{scheme}://" for scheme in schemes)
        raise SettingsError(
            f"{name} is no address that begins with {begins} and goes on with a host, or host:port."
        )
    return value


def _languages(given: Mapping[str, str]) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(part.strip() for part in given.get("GONGSHI_LANGUAGES", "zh,en").split(",")))
    if unknown := [language for language in asked if language not in LANGUAGES]:
        raise SettingsError(f"GONGSHI_LANGUAGES has {unknown[0]!r}; known are {', '.join(LANGUAGES)}.")
    return asked


def _zone(given: Mapping[str, str]) -> ZoneInfo:
    name = given.get("GONGSHI_TIMEZONE", "Asia/Shanghai")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"GONGSHI_TIMEZONE is {name!r}, which is no time zone such as Asia/Shanghai."
        ) from error


def _ahead(given: Mapping[str, str], development: bool) -> timedelta:
    if "GONGSHI_NOW" not in given:
        return timedelta(0)
    if not development:
        raise SettingsError(
            "GONGSHI_NOW is only for GONGSHI_ENV=development: a public site must not lie about the time."
        )
    try:
        moment = datetime.fromisoformat(given["GONGSHI_NOW"])
    except ValueError as error:
        raise SettingsError("GONGSHI_NOW is no moment such as 2026-11-23T12:00:00+08:00.") from error
    if moment.tzinfo is None:
        raise SettingsError("GONGSHI_NOW has no time zone; write it like 2026-11-23T12:00:00+08:00.")
    return moment - datetime.now(UTC)


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            f"GONGSHI_DATA names {folder}, which cannot be made: {error.strerror}."
        ) from error
    return folder


def _kept(file: Path) -> str:
    """A key that is made once and then kept, readable by its owner only. It appears whole or not at all,
    so that two processes that start together agree on one."""
    try:
        if not file.exists():
            with tempfile.NamedTemporaryFile("w", dir=_folder(file.parent)) as fresh:  # made with mode 0600
                fresh.write(secrets.token_urlsafe(32))
                fresh.flush()
                with contextlib.suppress(FileExistsError):
                    os.link(fresh.name, file)
        return file.read_text().strip()
    except OSError as error:
        raise SettingsError(f"The key {file} cannot be made or read: {error.strerror}.") from error
