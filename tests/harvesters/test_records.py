"""The row that is kept as evidence: as its source wrote it, with nothing personal in it."""

import json

from harvesters.formats import RawRow
from harvesters.mapping import Mapper
from tests.harvesters.test_mapping import (
    IDENTITY,
    REGISTRY,
    ROW,
    WHERE,
    ZONE,
    definition,
    draft,
    mapper,
    seal,
)


def test_the_row_is_kept_as_its_source_wrote_it() -> None:
    cells = ROW | {"备注栏": "电话13876543210", "行政相对人代码_4(税务登记号)": IDENTITY + "01"}
    kept = json.loads(draft(cells).record)
    assert kept["行政处罚决定书文号"] == "琼旅罚〔2026〕１号"
    assert kept["处罚决定日期"] == "2026/3/8"
    assert kept["备注栏"] == "电话******"
    assert kept["行政相对人代码_4(税务登记号)"] == "******"
    assert "公示截止期" not in kept  # blank
    assert "地址" not in kept  # dropped by the standard


def test_the_hash_of_a_row_cannot_be_tried_out_without_the_key() -> None:
    row = RawRow(WHERE, ROW)
    own, others = (Mapper(definition(), REGISTRY, key, ZONE).row_hash(row) for key in (seal, str.upper))
    assert own == mapper(definition()).row_hash(row) != others


def test_nothing_personal_is_in_the_row_that_is_kept() -> None:
    person = ROW | {
        "行政相对人名称": "王　小明",
        "行政相对人类别": "自然人",
        "行政相对人代码_1(统一社会信用代码)": "",
        "证件号码": IDENTITY,
        "违法事实": "王 小明无证驾驶，身份证460100199001011235",
        "联系人": "王小明之妻李某",
    }
    told = draft(person).record
    for personal in (IDENTITY, "小明", "李某", "张三", "460100199001011235"):
        assert personal not in told
    private = draft(ROW | {"罚款金额(万元)": "0.5"}, definition(private=frozenset({"fine"})))
    assert "罚款金额(万元)" not in json.loads(private.record)


def test_only_the_identifier_itself_is_kept_under_its_field() -> None:
    """Two columns may fill one field; the row is told by the first, whatever the second holds."""
    kept = json.loads(draft(ROW | {"行政相对人代码_1": IDENTITY}).record)
    assert kept["行政相对人代码_1"] == "******"
    assert kept["行政相对人代码_1(统一社会信用代码)"] == ROW["行政相对人代码_1(统一社会信用代码)"]


def test_a_name_is_masked_however_it_is_spaced() -> None:
    for name, told in (("张　三丰", "经查，张三丰于三月"), ("张三丰", "经查，张 三　丰于三月")):
        person = ROW | {
            "行政相对人名称": name,
            "行政相对人类别": "自然人",
            "证件号码": IDENTITY,
            "违法事实": told,
        }
        found = draft(person | {"行政相对人代码_1(统一社会信用代码)": "", "法定代表人": ""})
        assert found.content["facts"] == "经查，张＊＊于三月"
        assert "三丰" not in "".join(found.record.split()).replace("　", "")
