"""Rows to drafts: the rules of both generations, what is refused in which words, what stays hidden."""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from harvesters.formats import RawRow
from harvesters.mapping import Mapper, NotPublic
from harvesters.source import Definition
from publisher.identifiers import identity_check_character, uscc_check_character
from publisher.items import Draft, Refusal, RowRef
from publisher.kinds import Label, load_registry
from publisher.periods import Period
from publisher.sources import NamedList
from publisher.subjects import PartyType

REGISTRY = load_registry()
ZONE = ZoneInfo("Asia/Shanghai")
WHERE = RowRef("rows.csv", 7)

CODE = "91110000802100433B"
IDENTITY = "46010019900101123" + identity_check_character("46010019900101123")
SELF_EMPLOYED = "92460100MA5RH0EF8" + uscc_check_character("92460100MA5RH0EF8")

ROW = {
    "行政相对人名称": "海南 椰风贸易有限公司",
    "行政相对人类别": "法人及非法人组织",
    "行政相对人代码_1(统一社会信用代码)": CODE,
    "行政相对人代码_2(工商注册号)": "",
    "法定代表人": "张三",
    "证件号码": "",
    "行政处罚决定书文号": "琼旅罚〔2026〕１号",
    "违法行为类型": "无证经营",
    "违法事实": "擅自经营旅行社业务",
    "处罚内容": "罚款5000元",
    "罚款金额(万元)": "0.5",
    "处罚决定日期": "2026/3/8",
    "公示截止期": "",
    "处罚机关": "海口市旅游局",
    "地址": "海口市龙华区某路1号",
}


def seal(text: str) -> str:
    return hmac.new(b"key", text.encode(), "sha256").hexdigest()


def definition(**changes: Any) -> Definition:
    penalties = Definition(
        file=Path("tourism/penalties.toml"),
        version="1",
        id="tourism/penalties",
        sector="tourism",
        title=Label("处罚", "Penalties"),
        authority="海南省旅游局",
        kind="penalty",
        format="csv",
        key=("document_number", "subject"),
        region="460000",
        standard="cn-double-disclosure",
        period_months=12,
    )
    return replace(penalties, **changes)


def listed(**changes: Any) -> Definition:
    named = NamedList("list", Label("名单", "List"), "blacklist", "tourism", "局")
    fields = {
        "subject": ("Name",),
        "aliases": ("Alias",),
        "former_names": ("Formerly",),
        "listed_on": ("Start",),
        "removed_on": ("End",),
        "source_url": ("Link",),
    }
    base: dict[str, Any] = {"kind": "blacklist", "standard": None, "period_months": None, "key": ("subject",)}
    return definition(**base | {"list": named, "fields": fields, "region": None} | changes)


def mapper(of: Definition) -> Mapper:
    return Mapper(of, REGISTRY, seal, ZONE)


def mapped(cells: Mapping[str, str], of: Definition | None = None) -> Draft | Refusal | NotPublic:
    return mapper(of or definition()).draft(RawRow(WHERE, cells), b"hash")


def draft(cells: Mapping[str, str], of: Definition | None = None) -> Draft:
    found = mapped(cells, of)
    assert isinstance(found, Draft), found
    return found


def refusal(cells: Mapping[str, str], of: Definition | None = None) -> Refusal:
    found = mapped(cells, of)
    assert isinstance(found, Refusal), found
    return found


def test_a_whole_row() -> None:
    found = draft(ROW)
    assert (found.source, found.where, found.row_hash) == ("tourism/penalties", WHERE, b"hash")
    assert (found.kind, found.list, found.sector, found.region) == ("penalty", None, "tourism", "460000")
    assert (found.party.name, found.party.type) == ("海南 椰风贸易有限公司", PartyType.ORGANISATION)
    assert (found.party.identifiers, found.party.legal_representative) == ({"uscc": CODE}, "张三")
    assert found.party.personal_key is None
    assert found.content == {
        "document_number": "琼旅罚〔2026〕１号",
        "violation_type": "无证经营",
        "facts": "擅自经营旅行社业务",
        "decision": "罚款5000元",
        "fine": Decimal(5000),
        "decided_on": date(2026, 3, 8),
        "authority": "海口市旅游局",
    }
    assert found.period == Period(date(2026, 3, 8), date(2027, 3, 8), "months:12")


def test_the_key_does_not_depend_on_how_it_is_written() -> None:
    other = ROW | {
        "行政处罚决定书文号": "琼旅罚[2026]1号",
        "行政相对人代码_1(统一社会信用代码)": f" {CODE.lower()} ",
    }
    assert draft(other).key == draft(ROW).key
    assert CODE in draft(ROW).key


def test_a_long_key_is_a_digest() -> None:
    assert len(draft(ROW | {"行政处罚决定书文号": "号" * 300}).key) <= 200


def test_the_authority_is_the_definitions_where_no_cell_says_it() -> None:
    assert draft(ROW | {"处罚机关": "—"}).content["authority"] == "海南省旅游局"


@pytest.mark.parametrize(
    ("code", "region"),
    [("460100", "460100"), ("460100000000", "460100"), ("海口市", "460100"), ("110000", "460000")],
)
def test_the_region_is_the_rows_where_it_is_known(code: str, region: str) -> None:
    assert draft(ROW | {"地方编码": code}).region == region


@pytest.mark.parametrize("until", ["2099-12-31", "长期", "无", ""])
def test_a_publication_without_end_keeps_the_rules_end(until: str) -> None:
    assert draft(ROW | {"公示截止期": until}).period.last_day == date(2027, 3, 8)


def test_the_sources_own_end_counts() -> None:
    assert draft(ROW | {"公示截止期": "2026-06-30"}).period == Period(
        date(2026, 3, 8), date(2026, 6, 30), "public_until"
    )


def test_a_permit_lasts_as_long_as_it_says() -> None:
    permit = definition(kind="permit", period_months=12)
    cells = {
        "XK_XDR_MC": "海南公司",
        "XK_WSH": "1号",
        "XK_JDRQ": "20260308",
        "XK_YXQZ": "20260308",
        "XK_YXQZI": "长期",
    }
    assert draft(cells, permit).period == Period(date(2026, 3, 8), None, "none")
    assert draft(cells | {"XK_YXQZI": "20280307"}, permit).period.last_day == date(2028, 3, 7)


@pytest.mark.parametrize("fine", ["5000", "5000.00"])
def test_yuan_in_a_column_of_ten_thousands_is_kept_out(fine: str) -> None:
    found = draft(ROW | {"罚款金额(万元)": fine})
    assert "fine" not in found.content
    assert found.content["decision"] == "罚款5000元"


def test_an_amount_that_the_text_does_not_name_stays() -> None:
    assert draft(ROW | {"罚款金额(万元)": "0.7"}).content["fine"] == 7000


def test_the_definition_may_say_the_unit() -> None:
    of = definition(units={"fine": Decimal(1)})
    assert draft(ROW | {"罚款金额(万元)": "5000"}, of).content["fine"] == 5000


def test_several_columns_of_one_field() -> None:
    cells = {
        "CF_XDR": "海南公司",
        "CF_WSH": "",
        "cfWsh": "1号",
        "CF_JDRQ": "20260308",
        "CF_CFLB1": "罚款",
        "CF_CFLB2": "没收",
    }
    found = draft(cells)
    assert found.content["document_number"] == "1号"
    assert found.content["category"] == "罚款；没收"


def test_the_definition_overrides_the_standard() -> None:
    of = definition(fields={"document_number": ("备注",)})
    assert draft(ROW | {"备注": "2号"}, of).content["document_number"] == "2号"


@pytest.mark.parametrize(
    ("told", "kept"),
    [("1", "general"), ("2", "grave"), ("3", "serious"), ("0", None), ("较重", "grave"), ("Minor", "minor")],
)
def test_severity(told: str, kept: str | None) -> None:
    assert draft(ROW | {"失信严重程度": told}).content.get("severity") == kept


# What is not public.


@pytest.mark.parametrize(
    "cells",
    [{"信息使用范围": "1"}, {"信息使用范围": "2"}, {"CF_ZT": "1", "CF_SYFW": "0"}, {"当前状态": "撤销"}],
)
def test_rows_that_are_not_public(cells: dict[str, str]) -> None:
    base = {"CF_XDR": "海南公司", "CF_WSH": "1号", "CF_JDRQ": "20260308"}
    found = mapped(base | cells)
    assert isinstance(found, NotPublic)
    assert found.key == draft(base).key
    assert "海南公司" not in repr(replace(found, key=None))


def test_a_hidden_row_with_a_mistake_is_still_hidden() -> None:
    found = mapped(ROW | {"信息使用范围": "1", "处罚决定日期": "2026-02-30"})
    key = draft(ROW).key  # what was public under it must go
    assert found == NotPublic("tourism/penalties", key, WHERE, b"hash", "its scope_of_use is 1")


def test_the_same_state_means_opposites_in_the_two_generations() -> None:
    of = definition(kind="permit")
    base = {"XK_XDR_MC": "海南公司", "XK_WSH": "1号", "XK_JDRQ": "20260308", "XK_ZT": "1"}
    assert isinstance(mapped(base | {"XK_XKWS": "证"}, of), Draft)
    assert isinstance(mapped(base | {"XK_XMMC": "证"}, of), NotPublic)
    assert refusal(base, of).column == "XK_ZT"


def test_private_fields_are_dropped() -> None:
    assert "facts" not in draft(ROW, definition(private=frozenset({"facts"}))).content


PERSON = ROW | {
    "行政相对人名称": "李四",
    "行政相对人类别": "自然人",
    "行政相对人代码_1(统一社会信用代码)": "",
    "证件号码": IDENTITY,
    "违法事实": f"李四（身份证{IDENTITY}，电话13812345678）擅自经营",
}


# Lists of other countries.


def test_a_list_with_headers_of_its_own() -> None:
    cells = {
        "Name": "Acme  Ltd",
        "Alias": "Acme; AC ;Acme Ltd;",
        "Formerly": "Old Acme; Older",
        "Start": "January 31, 2024",
        "End": "",
        "Link": "https://example.org/list",
    }
    of = listed(split={"aliases": ";"}, constants={"program": "Section 1260H"})
    found = draft(cells, of)
    assert (found.party.name, found.party.aliases) == ("Acme Ltd", ("Acme", "AC"))
    assert found.party.former_names == ("Old Acme; Older",)
    assert (found.list, found.key, found.region) == ("list", "acme ltd", None)
    assert found.content == {
        "authority": "海南省旅游局",
        "program": "Section 1260H",
        "listed_on": date(2024, 1, 31),
        "source_url": "https://example.org/list",
    }
    assert draft(cells | {"End": "2025-01-07"}, of).period.last_day == date(2025, 1, 6)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://example.org", "see there", f"https://example.org/{IDENTITY}"]
)
def test_only_web_addresses_are_links(link: str) -> None:
    cells = {"Name": "Acme", "Alias": "", "Formerly": "", "Start": "", "End": "", "Link": link}
    assert "source_url" not in draft(cells, listed()).content


# Refusals, word for word.
