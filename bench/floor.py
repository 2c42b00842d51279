"""The floor of a harvest: rows of CSV into SQLite and tantivy, by hand, with nothing else done to them.

No checks, no masks, no joins, no log, no second look: what any harvest of the same rows must cost at least.
`python -m bench.floor SAMPLES FOLDER` prints how many rows it stored.
"""

import csv
import json
import sqlite3
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import tantivy

from harvesters.samples.plans import PLANS, Plan

CSV_PLANS = [plan for plan in PLANS if plan.format == "csv"]
BATCH = 2000


def rows(plan: Plan, samples: Path) -> Iterator[list[str]]:
    """The cells of each row, the header among them."""
    with (samples / plan.path).open(encoding=plan.encoding, newline="") as file:
        yield from csv.reader(file, delimiter=plan.delimiter)


def store(samples: Path, folder: Path) -> int:
    """Stores all rows and makes them searchable; gives their number."""
    database = sqlite3.connect(folder / "floor.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, source TEXT, cells TEXT)")
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("id", stored=True, indexed=True, fast=True)
    schema.add_text_field("source", tokenizer_name="raw", fast=True)
    schema.add_text_field("text", tokenizer_name="whitespace", index_option="position")
    fields = schema.build()
    (folder / "floor").mkdir()
    index = tantivy.Index(fields, str(folder / "floor"))
    writer = index.writer(64_000_000, 1)
    count = 0
    for plan in CSV_PLANS:
        stream = rows(plan, samples)
        while batch := list(islice(stream, BATCH)):
            numbered = list(enumerate(batch, count))
            entries = [(id, plan.id, json.dumps(cells, ensure_ascii=False)) for id, cells in numbered]
            with database:
                database.executemany("INSERT INTO rows VALUES (?, ?, ?)", entries)
            for id, cells in numbered:
                text = " | ".join(cells)
                tokens = " ".join(text[place : place + 2] for place in range(len(text)))
                document = {"id": id, "source": plan.id, "text": tokens}
                writer.add_document(tantivy.Document.from_dict(document, fields))
            writer.commit()
            count += len(batch)
    writer.wait_merging_threads()
    database.close()
    return count


if __name__ == "__main__":
    print(store(Path(sys.argv[1]), Path(sys.argv[2])))
