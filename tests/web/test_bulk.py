"""Bulk files: what stands in them, what leaves them and when, and how they are fetched."""

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import NotFound, Refused
from publisher.publish import unlist
from publisher.schemas.addresses import Addresses
from publisher.schemas.lines import Lines
from publisher.schemas.output import ItemSchema
from tests.fixtures.site import BASE_URL, HOSTILE, Site
from tests.fixtures.store import ZONE, code, draft

NDJSON, CSV = "/data/items.ndjson.gz", "/data/items.csv.gz"


def lines(site: Site, path: str = NDJSON) -> list[dict[str, Any]]:
    response = site.client.get(path)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in gzip.decompress(response.data).splitlines()]


def titles(site: Site, path: str = NDJSON) -> list[str]:
    return [item["title"] for item in lines(site, path)]


def rows(site: Site, path: str = CSV) -> list[dict[str, str]]:
    text = gzip.decompress(site.client.get(path).data).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def shops(numbers: Sequence[int], **given: object) -> Iterator[Any]:
    return (draft(f"{n}", name=f"海口{n}店", uscc=code(n), title=f"第{n}件", **given) for n in numbers)


def withdraw(site: Site, key: str) -> None:
    """Its source has it no more."""
    world = site.world
    with world.store.writing() as store:
        [known] = store.sightings_by_key("tourism/penalties", [key]).values()
        unlist(store, [known.id], {known.item}, world.desk, world.clock())


# what stands in them


def test_a_line_says_what_the_api_says(filled_site: Site) -> None:
    registry = filled_site.world.registry
    schema = ItemSchema(Addresses(BASE_URL), ZONE)
    made = Lines(Addresses(BASE_URL), ZONE, registry.fields)
    with filled_site.world.public() as public:
        items = [item for _, part in public.bulk.in_order(100) for item in part]
    items += [
        replace(item, corrected_at=item.changed_at, objected_at=item.changed_at, region=None)
        for item in items[:3]
    ]
    assert {item.kind for item in items} == set(registry.kinds)
    for item in items:
        assert json.loads(made.ndjson([item])) == json.loads(json.dumps(schema.dump(item)))


def test_files_hold_everything_once_and_those_that_end_first_in_front(filled_site: Site) -> None:
    filled_site.dumps.build()
    found = lines(filled_site)
    with filled_site.world.public() as public:
        assert len(found) == len({item["id"] for item in found}) == sum(public.counts_by_kind().values())
    penalties = lines(filled_site, "/data/penalty.ndjson.gz")
    assert penalties == [item for item in found if item["kind"] == "penalty"]
    ends = [item["public_until"] or "9" for item in penalties]
    assert ends == sorted(ends)
    assert [row["id"] for row in rows(filled_site)] == [item["id"] for item in found]


def test_a_table_has_the_values_of_the_api(filled_site: Site) -> None:
    filled_site.dumps.build()
    by_id = {item["id"]: item for item in lines(filled_site)}
    for row in rows(filled_site):
        item = by_id[row["id"]]
        for column, value in row.items():
            assert value == text(item, column), column
    assert HOSTILE in {row["title"] for row in rows(filled_site)}


def text(item: Any, column: str) -> str:
    """What stands at the column's place in the JSON."""
    for name in column.split("."):
        item = item.get(name) if item else None
    return " ".join(item) if isinstance(item, list) else item or ""


def test_cells_are_no_formulas_and_keep_their_line_breaks(site: Site) -> None:
    site.world.publish(draft("1", title="=1+1", facts="一\n二"))
    site.dumps.build()
    [row] = rows(site)
    assert (row["title"], row["content.facts"]) == ("'=1+1", "一\n二")


def test_the_manifest_tells_counts_sums_and_where_the_log_goes_on(filled_site: Site) -> None:
    filled_site.dumps.build()
    manifest = filled_site.client.get("/data/manifest.json").json
    assert manifest is not None
    assert (manifest["schema"], manifest["made_at"]) == (1, "2026-11-23T04:00:00Z")
    kinds = [None, *filled_site.world.registry.kinds]
    assert [(file["kind"], file["format"]) for file in manifest["files"]] == [
        (kind, format) for kind in kinds for format in ("ndjson", "csv")
    ]
    for file in manifest["files"]:
        path = file["url"].removeprefix(BASE_URL)
        packed = filled_site.client.get(path).data
        assert (file["bytes"], file["sha256"]) == (len(packed), sha256(packed).hexdigest())
        found = lines(filled_site, path) if file["format"] == "ndjson" else rows(filled_site, path)
        assert file["items"] == len(found)
    after = filled_site.client.get(f"/api/v1/changes?since={manifest['changes']}").json
    assert after == {"data": [], "meta": {**after["meta"], "more": False}}  # type: ignore[index]


# what leaves them


def test_an_item_leaves_the_files_at_the_second_of_its_end(site: Site) -> None:
    site.world.publish(*shops(range(20), public_until=date(2026, 11, 23)), *shops(range(20, 30)))
    site.dumps.build()
    site.world.clock.now = site.world.clock.now.replace(hour=23, minute=59, second=59)
    assert len(titles(site)) == len(rows(site)) == 30
    site.world.clock.tick(seconds=1)
    assert (
        sorted(titles(site))
        == sorted(row["title"] for row in rows(site))
        == [f"第{n}件" for n in range(20, 30)]
    )


def test_what_is_taken_back_corrected_or_new(site: Site) -> None:
    site.world.publish(*shops(range(10)))
    site.dumps.build()
    cursor = site.client.get("/data/manifest.json").json["changes"]  # type: ignore[index]
    withdraw(site, "3")
    site.world.publish(draft("4", name="海口4店", uscc=code(4), title="第4件，更正"), *shops([10]))
    expected = sorted(["第4件，更正", *(f"第{n}件" for n in (0, 1, 2, 5, 6, 7, 8, 9))])
    assert sorted(titles(site)) == sorted(row["title"] for row in rows(site)) == expected
    site.world.publish(*shops([3]))
    assert sorted(titles(site)) == expected  # the change log tells of it
    after = site.client.get(f"/api/v1/changes?since={cursor}").json
    told = {entry["item"]["title"] for entry in after["data"]}  # type: ignore[index]
    assert told == {"第3件", "第4件，更正", "第10件"}


def test_one_change_costs_one_member(site: Site) -> None:
    site.world.publish(*shops(range(30)))
    before = site.dumps.build()
    withdraw(site, "3")
    after = site.dumps.now()
    assert [member.count for member in before.members] == [7, 7, 7, 7, 2]
    assert sum(member.count for member in after.members) == 29
    assert len({member.name for member in before.members} - {member.name for member in after.members}) == 1
    assert after.through > before.through
    assert site.dumps.now() == after


def test_nothing_is_left_on_the_disk_of_what_has_ended(site: Site, tmp_path: Path) -> None:
    site.world.publish(*shops(range(10)))
    site.dumps.build()
    withdraw(site, "3")
    assert len(titles(site)) == 9
    kept = [gzip.decompress(file.read_bytes()).decode() for file in tmp_path.glob("dumps/*/*.gz")]
    assert len(kept) == 4
    assert "第3件" not in "".join(kept)


def test_a_download_ends_before_a_member_in_which_an_item_has_ended_meanwhile(site: Site) -> None:
    site.world.publish(*shops(range(14), public_until=date(2026, 11, 23)), *shops(range(14, 30)))
    site.dumps.build()
    given = site.dumps.file(None, "ndjson").after(0)
    first = gzip.decompress(next(given) + next(given))
    assert len(first.splitlines()) == 7
    site.world.clock.tick(hours=12)
    with pytest.raises(NotFound, match="replaced meanwhile"):
        next(given)


def test_a_download_goes_on_where_nothing_has_ended(site: Site) -> None:
    site.world.publish(*shops(range(14), public_until=date(2026, 11, 23)), *shops(range(14, 30)))
    site.dumps.build()
    given = site.dumps.file(None, "ndjson").after(0)
    parts = [next(given), next(given), next(given)]
    site.world.clock.tick(hours=12)
    parts += list(given)
    assert len(gzip.decompress(b"".join(parts)).splitlines()) == 30


# making them


@pytest.mark.parametrize(
    "path", [NDJSON, "/data/manifest.json", "/data/nothing.csv.gz", "/data/items.xlsx.gz"]
)
def test_before_the_first_there_is_none(site: Site, path: str) -> None:
    assert site.client.get(path).status_code == 404


def test_a_file_of_no_kind_is_none(filled_site: Site) -> None:
    filled_site.dumps.build()
    assert filled_site.client.get("/data/nothing.csv.gz").status_code == 404


def test_a_kind_without_items_is_an_empty_file(site: Site) -> None:
    site.dumps.build()
    assert lines(site, "/data/permit.ndjson.gz") == rows(site, "/data/permit.csv.gz") == []


def test_a_new_dump_takes_the_place_of_the_old_and_of_what_died(site: Site, tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    site.world.publish(*shops(range(10)))
    first = site.dumps.build()
    site.world.publish(*shops(range(10, 12)))
    with pytest.raises(KeyboardInterrupt):
        site.dumps.build(stop)
    assert len(titles(site)) == 10
    assert len(list(tmp_path.glob("dumps/dump-*"))) == 2
    second = site.dumps.build()
    assert len(titles(site)) == 12
    assert [folder.name for folder in tmp_path.glob("dumps/dump-*")] == [second.folder] != [first.folder]


def test_two_do_not_make_it_at_the_same_time(site: Site) -> None:
    site.world.publish(*shops([1]))

    def again() -> None:
        with pytest.raises(Refused, match="Another process makes the bulk files"):
            site.dumps.build()

    site.dumps.build(again)
    site.dumps.build()


# fetching them


def test_a_part_of_a_file_is_that_part(filled_site: Site) -> None:
    filled_site.dumps.build()
    whole = filled_site.client.get(CSV)
    size, tag = len(whole.data), whole.headers["ETag"]
    assert (whole.headers["Accept-Ranges"], whole.content_length) == ("bytes", size)
    for first, last in [(0, 0), (0, 99), (5, size - 1), (700, 1500), (size - 1, size + 100)]:
        asked = {"Range": f"bytes={first}-{last}", "If-Range": tag}
        part = filled_site.client.get(CSV, headers=asked)
        assert (part.status_code, part.data) == (206, whole.data[first : last + 1]), (first, last)
        assert part.headers["Content-Range"] == f"bytes {first}-{min(last, size - 1)}/{size}"
    assert filled_site.client.get(CSV, headers={"Range": "bytes=-10"}).data == whole.data[-10:]
    beyond = filled_site.client.get(CSV, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")


def test_a_file_is_known_again_until_something_leaves_it(site: Site) -> None:
    site.world.publish(*shops(range(10)))
    site.dumps.build()
    first = site.client.get(NDJSON)
    asked = {"If-None-Match": first.headers["ETag"]}
    same = site.client.get(NDJSON, headers=asked)
    assert (same.status_code, same.data) == (304, b"")
    withdraw(site, "3")
    assert site.client.get(NDJSON, headers=asked).status_code == 200
    moved = {"Range": "bytes=10-20", "If-Range": first.headers["ETag"]}
    assert site.client.get(NDJSON, headers=moved).status_code == 200


def test_a_head_tells_the_size(filled_site: Site) -> None:
    filled_site.dumps.build()
    response = filled_site.client.head(NDJSON)
    assert (response.content_length, response.data) == (len(filled_site.client.get(NDJSON).data), b"")
    assert response.mimetype == "application/gzip"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_nobody_keeps_a_file_past_midnight(site: Site) -> None:
    site.dumps.build()
    site.world.clock.now = site.world.clock.now.replace(hour=23, minute=59, second=50)
    assert site.client.get(NDJSON).headers["Cache-Control"] == "public, max-age=10, s-maxage=1"
