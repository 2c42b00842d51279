"""The second floor of a harvest: a lean script that ends with the same answers, as somebody would write it
for these files alone.

Each row is checked (subject, day, code), kept with where it stood, merged with the same decision from another
source, logged, and indexed in the same fields. What it leaves out makes a product of it: a second pass,
masks for persons, laws, corrections, joining by name, quarantine, a second process.
`python -m bench.lean SAMPLES FOLDER` prints how many rows it stored.
"""

import json
import re
import sqlite3
import sys
import time
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from hashlib import blake2b
from itertools import islice
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

import tantivy

from bench.floor import BATCH, CSV_PLANS, rows
from harvesters.samples.plans import Plan
from publisher.indexing import SCHEMA
from publisher.kinds import load_registry
from search.engines.embedded_index import facets, fields, tokenizing

COMMIT = 10_000
"""Rows of one commit of the index."""

_TABLES = """
CREATE TABLE item (id TEXT PRIMARY KEY, subject TEXT, name TEXT, uscc TEXT, content TEXT, day TEXT,
                   source TEXT, seen REAL);
CREATE INDEX by_subject ON item (subject, day);
CREATE INDEX by_name ON item (name, uscc);
CREATE TABLE sighting (id INTEGER PRIMARY KEY, source TEXT, key TEXT, item TEXT, hash BLOB, raw TEXT,
                       file TEXT, row INTEGER, seen REAL, UNIQUE (source, key));
CREATE INDEX by_hash ON sighting (source, hash);
CREATE INDEX by_item ON sighting (item);
CREATE TABLE change (seq INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT, subject TEXT, seen REAL);
"""
_ITEM = "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_SIGHTING = (
    "INSERT INTO sighting (source, key, item, hash, raw, file, row, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
_CHANGE = "INSERT INTO change (item, subject, seen) VALUES (?, ?, ?)"

_DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?")
_RUN = re.compile("[㐀-鿿]+|[0-9a-z]+")
_BLANK = frozenset(("", "无", "null", "/", "—"))
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_CHARACTERS)}
_WEIGHTS = [pow(3, place, 31) for place in range(17)]


class Entry(NamedTuple):
    """A row that passed its checks."""

    id: str
    subject: str
    name: str
    uscc: str
    day: date
    content: Mapping[str, str]
    key: str
    raw: str
    row: int


def read(plan: Plan, samples: Path) -> Iterator[Entry]:
    """The good rows of a file."""
    lines = rows(plan, samples)
    names = {column.header: column.field for column in plan.columns}
    header = [names[cell] for cell in next(lines)]
    for number, cells in enumerate(lines, 2):
        content = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        content = {name: text for name, text in content.items() if text not in _BLANK}
        name, day, code = (
            content.get("subject"),
            _day(content.get(plan.dated_by, "")),
            content.get("uscc", ""),
        )
        if len(cells) != len(header) or not name or day is None or (code and not _is_code(code)):
            continue
        name = unicodedata.normalize("NFKC", name)
        document = content.get("document_number", "")
        id = _id(
            plan.make.__name__, document, content.get("authority", ""), name, "" if document else str(day)
        )
        raw = json.dumps(cells, ensure_ascii=False)
        key = f"{document} | {code or name}" if document else f"{code or name} | {day}"
        yield Entry(id, _id(code or name), name, code, day, content, key, raw, number)


def store(samples: Path, folder: Path) -> int:
    """Stores all good rows and makes them searchable; gives their number."""
    database = sqlite3.connect(folder / "lean.db")
    database.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {_TABLES}")
    (folder / "lean").mkdir()
    schema = fields(SCHEMA)
    index = tokenizing(tantivy.Index(schema, str(folder / "lean")))
    writer = index.writer(64_000_000, 1)
    searched = {name for name, field in load_registry().fields.items() if field.searched}
    count = waiting = 0
    for plan in CSV_PLANS:
        stream = read(plan, samples)
        while batch := list(islice(stream, BATCH)):
            _keep(database, plan, batch)
            for document in _documents(plan, batch, searched):
                writer.delete_documents_by_term("key", document["key"])
                writer.add_document(tantivy.Document.from_dict(document, schema))
            count, waiting = count + len(batch), waiting + len(batch)
            if waiting >= COMMIT:
                writer.commit()
                waiting = 0
    writer.commit()
    writer.wait_merging_threads()
    database.close()
    return count


def _keep(database: sqlite3.Connection, plan: Plan, batch: Iterable[Entry]) -> None:
    now, items, sightings, changes = time.time(), [], [], []
    for entry in batch:
        id, subject, name, code, day, content, key, raw, row = entry
        said = json.dumps(content, ensure_ascii=False)
        items.append((id, subject, name, code, str(day), said, plan.id, now))
        seen = blake2b(raw.encode(), digest_size=16).digest()
        sightings.append((plan.id, key, id, seen, raw, plan.path, row, now))
        changes.append((id, subject, now))
    with database:
        database.executemany(_ITEM, items)
        database.executemany(_SIGHTING, sightings)
        database.executemany(_CHANGE, changes)


def _documents(plan: Plan, batch: Iterable[Entry], searched: Collection[str]) -> Iterator[dict[str, Any]]:
    """The items, and their subjects once."""
    subjects: dict[str, dict[str, Any]] = {}
    sector = plan.id.partition("/")[0]
    for entry in batch:
        content, days = entry.content, entry.day.toordinal()
        codes = [code for code in (entry.uscc, content.get("document_number", "")) if code]
        name, number = _tokens([entry.name]), _tokens(codes)
        said = [text for field, text in content.items() if field in searched]
        newest = days << 42 | int(entry.id[:10], 16)
        both = {
            "ends": 2**62,
            "text.name": name,
            "text.number": number,
            "keyword.exact_name": [entry.name],
            "folded.exact_name": [entry.name.casefold()],
            "edge.exact_name": [entry.name.casefold()],
            "number.newest": newest,
        }
        authority = content.get("authority", "")
        yield both | {
            "key": f"items\x1f{entry.id}",
            "collection": "items",
            "id": entry.id,
            "all": f"{name} ‖ {number} ‖ {_tokens(said)}",
            "keyword.code": codes,
            "folded.code": [code.casefold() for code in codes],
            "edge.code": [code.casefold() for code in codes],
            "keyword.kind": [plan.make.__name__],
            "keyword.sector": [sector],
            "keyword.authority": [authority],
            "keyword.source": [plan.id],
            "keyword.year": [str(entry.day.year)],
            "keyword.subject": [entry.subject],
            facets(0): f"{plan.make.__name__}\x1e{sector}\x1e{plan.id}\x1e{entry.day.year}",
            facets(1): authority,
            "number.amount": 0,
            "number.day": days,
            "number.valid_from": 0,
            "number.valid_until": 2**62,
        }
        subjects[entry.subject] = both | {
            "key": f"subjects\x1f{entry.subject}",
            "collection": "subjects",
            "id": entry.subject,
            "all": f"{name} ‖ {number}",
        }
    yield from subjects.values()


def _tokens(texts: Iterable[str]) -> str:
    found: list[str] = []
    for text in texts:
        for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
            if run.isascii():
                found.append(run)
            else:
                found += [run[0], *map(add, run, run[1:]), run[-1]]
        found.append("‖")
    return " ".join(found)


def _id(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()


def _day(text: str) -> date | None:
    found = _DAY.match(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _is_code(code: str) -> bool:
    """By GB 32100-2015."""
    if len(code) != 18 or not set(code) <= _VALUES.keys():
        return False
    total = sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, code, strict=False))
    return _CHARACTERS[-total % 31] == code[17]


if __name__ == "__main__":
    print(store(Path(sys.argv[1]), Path(sys.argv[2])))
