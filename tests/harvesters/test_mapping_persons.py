"""Rows about natural persons and self-employed businesses: who is one, what of them is masked."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.formats import RawRow
from harvesters.mapping import Mapper
from publisher.identifiers import identity_check_character
from publisher.items import Draft
from publisher.joining import Identity
from publisher.masking import NamePolicy
from publisher.subjects import PartyType
from tests.harvesters.test_mapping import (
    IDENTITY,
    PERSON,
    REGISTRY,
    ROW,
    SELF_EMPLOYED,
    WHERE,
    ZONE,
    definition,
    draft,
    listed,
    mapped,
    seal,
)


def test_a_natural_person_is_masked_everywhere() -> None:
    found = draft(PERSON)
    assert (found.party.name, found.party.type) == ("李＊", PartyType.PERSON)
    assert (found.party.identifiers, found.party.legal_representative) == ({}, None)
    assert found.content["facts"] == "李＊（身份证******，电话******）擅自经营"
    assert "李四" not in repr(found)
    assert found.party.personal_key


def test_full_names_where_law_has_it_so() -> None:
    found = draft(PERSON, definition(persons=NamePolicy.FULL))
    assert found.party.name == "李四"
    assert IDENTITY not in repr(found)


def test_a_name_is_left_out_altogether_where_its_source_says_so() -> None:
    found = draft(PERSON, definition(persons=NamePolicy.OMIT))
    assert (found.party.name, found.party.type) == ("＊＊＊", PartyType.PERSON)
    assert found.content["facts"] == "＊＊＊（身份证******，电话******）擅自经营"
    assert found.party.personal_key == draft(PERSON).party.personal_key
    assert "李" not in repr(found)


SHOP = ROW | {
    "行政相对人名称": "海口龙华张三丰水果店",
    "行政相对人类别": "个体工商户",
    "行政相对人代码_1(统一社会信用代码)": SELF_EMPLOYED,
    "法定代表人": "张三丰",
    "违法事实": "海口龙华张三丰水果店的经营者张三丰擅自经营",
}


@pytest.mark.parametrize(
    ("policy", "operator"),
    [(NamePolicy.MASK, "张＊＊"), (NamePolicy.OMIT, "＊＊＊"), (NamePolicy.FULL, "张三丰")],
)
def test_the_operator_of_a_self_employed_business_is_masked_its_own_name_is_public(
    policy: NamePolicy, operator: str
) -> None:
    found = draft(SHOP, definition(persons=policy))
    assert (found.party.name, found.party.type) == ("海口龙华张三丰水果店", PartyType.SELF_EMPLOYED)
    assert found.party.legal_representative == operator
    assert found.content["facts"] == f"海口龙华张三丰水果店的经营者{operator}擅自经营"
    assert json.loads(found.record)["法定代表人"] == operator


def test_a_self_employed_business_without_a_name_of_its_own_is_masked() -> None:
    coded = draft(SHOP | {"行政相对人名称": "张三丰"})
    assert (coded.party.name, coded.party.type) == ("张＊＊", PartyType.SELF_EMPLOYED)
    assert coded.party.uscc == SHOP["行政相对人代码_1(统一社会信用代码)"]
    bare = draft(SHOP | {"行政相对人名称": "张三丰", "行政相对人代码_1(统一社会信用代码)": ""})
    assert (bare.party.name, bare.party.type) == ("张＊＊", PartyType.PERSON)
    assert bare.party.personal_key  # never joined with another of that name


@pytest.mark.parametrize("business", ["何记", "金太阳", "海口金太阳烟行"])
@pytest.mark.parametrize("operator", ["王小明", "王小明（经营者）", "李大海、王小明"])
def test_an_operator_is_masked_whatever_the_business_is_called(business: str, operator: str) -> None:
    facts = f"{business}的经营者王小明擅自经营"
    found = draft(SHOP | {"行政相对人名称": business, "法定代表人": operator, "违法事实": facts})
    assert found.party.type is PartyType.SELF_EMPLOYED
    assert "王小明" not in repr(found)
    assert not found.party.names_person


def test_several_persons_of_one_row_are_each_masked() -> None:
    found = draft(PERSON | {"行政相对人名称": "李四、王小明", "违法事实": "王小明与李四擅自经营"})
    assert found.content["facts"] == "王＊＊与李＊擅自经营"
    assert "李四" not in repr(found)


def test_the_representative_of_a_company_is_public() -> None:
    assert draft(ROW | {"法定代表人": "张三丰"}).party.legal_representative == "张三丰"


def test_persons_of_one_name_are_told_apart_by_the_document() -> None:
    hidden = PERSON | {"证件号码": "460100********1234"}
    another = PERSON | {"行政处罚决定书文号": "2号"}
    assert draft(hidden).party.personal_key == draft(PERSON).party.personal_key
    assert draft(another).party.personal_key != draft(PERSON).party.personal_key
    assert draft(PERSON | {"行政相对人名称": "李五"}).party.personal_key != draft(PERSON).party.personal_key


def test_persons_of_one_name_in_one_document_are_told_apart_by_their_number() -> None:
    hidden, other = (PERSON | {"证件号码": number} for number in ("460100********1234", "110105194912310021"))
    number = draft(PERSON).party.personal_number
    assert number
    assert number not in (None, draft(other).party.personal_number)
    assert draft(hidden).party.personal_number is None
    another = draft(PERSON | {"行政处罚决定书文号": "2号"})  # nobody gets a profile
    assert another.party.personal_number not in (None, number)
    assert draft(ROW).party.personal_number is None


def test_without_a_document_persons_of_one_name_are_told_apart_by_their_number() -> None:
    fields = {"subject": ("Name",), "identity_number": ("Number",), "listed_on": ("Start",)}
    of = listed(fields=fields, key=("subject", "listed_on"))
    cells = {"Name": "李四", "Number": IDENTITY, "Start": "2026-03-08"}
    other = cells | {"Number": "110105194912310021"}
    assert draft(cells, of).party.personal_key != draft(other, of).party.personal_key
    assert draft(cells, of).key != draft(other, of).key


@pytest.mark.parametrize(
    "cells",
    [
        {"行政相对人类别": ""},
        {"行政相对人类别": "02"},
        {"行政相对人类别": "", "证件号码": "", "行政相对人代码_1(统一社会信用代码)": IDENTITY},
        {"行政相对人类别": "", "证件号码": "", "行政相对人代码_1(统一社会信用代码)": "460100********1234"},
        {"行政相对人类别": "", "证件号码": "E12345678"},
        {"行政相对人类别": "", "证件号码": ""},
        {"行政相对人类别": "法人"},
    ],
)
def test_who_is_taken_for_a_natural_person(cells: dict[str, str]) -> None:
    assert draft(PERSON | cells).party.type is PartyType.PERSON


def test_the_code_decides_what_a_party_is() -> None:
    wrong = ROW | {"行政相对人类别": "自然人", "行政相对人代码_1(统一社会信用代码)": SELF_EMPLOYED}
    assert draft(wrong).party.type is PartyType.SELF_EMPLOYED
    assert draft(wrong).party.name == ROW["行政相对人名称"]


def test_a_representatives_number_makes_no_person_of_a_company() -> None:
    cells = ROW | {
        "行政相对人代码_1(统一社会信用代码)": "",
        "行政相对人类别": "",
        "法定代表人身份证号": IDENTITY,
    }
    assert draft(cells).party.type is PartyType.ORGANISATION


def test_a_tax_number_made_of_an_identity_number_is_no_identifier() -> None:
    cells = ROW | {
        "行政相对人类别": "个体工商户",
        "行政相对人代码_1(统一社会信用代码)": SELF_EMPLOYED,
        "税务登记号": f"{IDENTITY}01",
    }
    assert draft(cells).party.identifiers == {"uscc": SELF_EMPLOYED}


@pytest.mark.parametrize("filler", ["000000000000000000", "/", "无", "00000000000000000X"])
def test_fillers_identify_nobody(filler: str) -> None:
    assert draft(ROW | {"行政相对人代码_1(统一社会信用代码)": filler}).party.identifiers == {}


@given(
    st.sampled_from(
        sorted({*ROW, "税务登记号", "备注", "当前状态", "信息使用范围", "失信严重程度", "地方编码", "别的列"})
    ),
    st.sampled_from([ROW, PERSON]),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
    st.sampled_from(["{}", "号码{}。", "（{}）", "{}01", "张三 {}"]),
)
def test_no_identity_number_gets_through(
    column: str, row: dict[str, str], born: date, order: int, text: str
) -> None:
    first17 = f"460100{born:%Y%m%d}{order:03}"
    number = first17 + identity_check_character(first17)
    found = mapped(row | {column: text.format(number)})
    assert number not in repr(found)
    assert number[:17] not in repr(found)


def test_what_tells_persons_apart_is_keyed_and_the_same_at_every_source() -> None:
    """Who sees the hash cannot try all identity numbers; who has the key joins what two sources say."""
    here, there = draft(PERSON, definition(id="a/b")), draft(PERSON, definition(id="c/d"))
    row = RawRow(WHERE, PERSON)
    elsewhere = Mapper(definition(), REGISTRY, lambda text: seal(f"another key{text}"), ZONE)
    other = elsewhere.draft(row, elsewhere.row_hash(row))
    assert isinstance(other, Draft)
    identity = Identity(b"key")
    assert here.party.personal_key == there.party.personal_key != other.party.personal_key
    assert identity.item(here) == identity.item(there) != identity.item(other)
    assert here.key != other.key
