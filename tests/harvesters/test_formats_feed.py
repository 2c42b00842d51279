"""RSS and Atom: entries as rows, whatever their dialect; half feeds and what is none."""

from pathlib import Path

import pytest

from harvesters.formats import Fetched, RawRow, rows
from tests.fixtures.http_server import WebServer
from tests.fixtures.reading import Layout, Reader, brief


@pytest.fixture
def file(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "rows.xml", Layout("feed"))


def rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f"{head}\n<rss version='2.0'><channel><title>公告</title>{''.join(items)}</channel></rss>\n"


ITEM = """<item><title>对&lt;b&gt;海口椰风&lt;/b&gt;的 处罚</title><link>/a/1.html</link>
<guid isPermaLink="false">urn:1</guid><pubDate>Sun, 08 Mar 2026 09:00:00 +0800</pubDate>
<description><![CDATA[<p>罚款<span style="display:none">赌场</span>100元</p>
<script>x</script><p>二</p>]]></description>
<category>处罚</category><category>税务</category><author>税务局</author></item>"""


def test_rss(file: Reader) -> None:
    file.file.write_text(rss(ITEM, "<item/>"))
    fetched = Fetched(file.file, "rows.xml", url="https://example.org/list/rss.xml")
    first, second = [dict(row.cells) for row in rows(fetched, file.layout) if isinstance(row, RawRow)]
    assert first == {
        "title": "对海口椰风的 处罚",
        "link": "https://example.org/a/1.html",
        "id": "urn:1",
        "published": "2026-03-08T09:00:00+08:00",
        "updated": "",
        "author": "税务局",
        "categories": "处罚; 税务",
        "summary": "罚款100元\n二",
        "content": "",
    }
    assert list(second) == list(first)
    assert not any(second.values())


def test_atom(file: Reader) -> None:
    (cells,) = file.cells("""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry>
    <title type="html">&lt;i>海口椰风&lt;/i></title><link href="http://example.org/1"/><id>urn:1</id>
    <published>2026-03-08T09:00:00+08:00</published><updated>2026-03-09T09:00:00Z</updated>
    <author><name>税务局</name></author><category term="处罚"/><summary>一</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>二</p></div></content></entry></feed>""")
    assert list(cells.values()) == [
        *("海口椰风", "http://example.org/1", "urn:1", "2026-03-08T09:00:00+08:00", "2026-03-09T09:00:00Z"),
        *("税务局", "处罚", "一", "二"),
    ]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Sun, 08 Mar 2026 09:00:00 +0800", "2026-03-08T09:00:00+08:00"),
        ("8 March 2026 09:00 GMT", "2026-03-08T09:00:00+00:00"),
        ("2026年3月8日", "2026年3月8日"),
        ("2026-03-08 09:00:00", "2026-03-08 09:00:00"),
        ("Sun, 38 Mar 2026 09:00:00 +0800", "Sun, 38 Mar 2026 09:00:00 +0800"),
        ("yesterday", "yesterday"),
    ],
)
def test_dates_are_never_guessed(file: Reader, said: str, read: str) -> None:
    (cells,) = file.cells(rss(f"<item><pubDate>{said}</pubDate></item>"))
    assert cells["published"] == read


@pytest.mark.parametrize(("encoding", "says"), [("gb18030", "gb2312"), ("utf-8", "gbk"), ("utf-16", "x")])
def test_encodings(file: Reader, encoding: str, says: str) -> None:
    content = rss(ITEM, head=f'<?xml version="1.0" encoding="{says}"?>').encode(encoding)
    assert file.cells(content)[0]["title"] == "对海口椰风的 处罚"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "rows.xml is empty."),
        ("<html><title>登录</title>", 'rows.xml is an HTML page ("登录") where a feed was due.'),
        ("<list><item/></list>", "rows.xml is neither RSS nor Atom."),
        (
            '{"data": []}',
            'rows.xml is JSON where a feed was due: if it has the rows, say format = "json".',
        ),
        (rss(ITEM)[:-30], "rows.xml is cut off: its feed has no end."),
        (rss(ITEM, ITEM)[:500], "rows.xml is cut off: its feed has no end."),
    ],
)
def test_what_is_no_feed_is_one_sentence(file: Reader, content: str, says: str) -> None:
    assert file.refused(content) == says


def test_a_bad_entry_costs_no_other(file: Reader) -> None:
    long = f"<item><title>{'x' * 10_000_000}</title></item>"
    bad = ITEM.encode().replace("椰".encode(), b"\xff")
    content = rss(ITEM, long, "@@", ITEM).encode().replace(b"@@", bad)
    assert [reason if isinstance(reason, str) else "good" for _, reason in brief(file.read(content))] == [
        "good",
        "the cell has 10,000,000 characters, more than 1,048,576",
        "the cell holds bytes that are not utf-8",
        "good",
    ]


def test_entities_are_not_followed(file: Reader, http_server: WebServer) -> None:
    bomb = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};&e{n - 1};&e{n - 1};">' for n in range(1, 40))
    head = f'<!DOCTYPE rss [<!ENTITY e0 "x">{bomb}<!ENTITY f SYSTEM "{http_server.url}/secret">]>'
    found = file.cells(rss("<item><title>&e39;&f;</title></item>", head=head))
    assert len(found[0]["title"]) < 100
    assert http_server.asked == []


def test_what_looks_like_an_address_is_not_fetched(file: Reader, http_server: WebServer) -> None:
    assert file.refused(f"{http_server.url}/secret") == "rows.xml is neither RSS nor Atom."
    assert http_server.asked == []
