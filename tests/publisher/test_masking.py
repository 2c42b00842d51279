"""What masks hide, and what they leave alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import masking
from publisher.identifiers import identity_check_character

FIRST17 = "46010019900101123"
IDENTITY = FIRST17 + identity_check_character(FIRST17)
CODE = "91110000802100433B"

# Of those born later a number that is called something else, such as 许可证, stays: it may hold a date.
born = st.dates(date(1900, 1, 1), date(2012, 12, 31))


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张＊"),
        ("张", "张"),
        ("欧阳娜娜", "欧＊＊"),
        ("阿卜杜拉·买买提", "阿＊＊"),
        (" 李四 ", "李＊"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_character(name: str, masked: str) -> None:
    assert masking.person_name(name) == masked


@pytest.mark.parametrize("name", ["张三", "欧阳娜娜", "王 五", "劉備", "李园", "赵会"])
def test_a_bare_name_of_a_person_is_known(name: str) -> None:
    assert masking.looks_like_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "张三水果店",
        "王记餐厅",
        "中国石化",
        "海南贸易有限公司",
        "John",
        "张",
        "方太厂",
        "李记（个体工商户）",
        "",
    ],
)
def test_what_is_no_bare_name_of_a_person(name: str) -> None:
    assert not masking.looks_like_person(name)


@given(born, st.integers(0, 999), st.text(max_size=20), st.text(max_size=20))
def test_no_identity_number_is_left_in_a_text(day: date, order: int, before: str, after: str) -> None:
    first17 = f"460100{day:%Y%m%d}{order:03}"
    number = first17 + identity_check_character(first17)
    text = f"{before} {number} {after}"
    assert number not in masking.text(text)


@given(born, st.integers(0, 999), st.text(max_size=20), st.text(max_size=20))
def test_no_identity_number_is_left_in_a_code(day: date, order: int, before: str, after: str) -> None:
    first17 = f"460100{day:%Y%m%d}{order:03}"
    number = first17 + identity_check_character(first17)
    assert number not in masking.code(f"{before} {number} {after}")


@pytest.mark.parametrize("before", ["", "孙某，", "身份证号", "证件"])
def test_a_childs_identity_number_is_masked_unless_it_is_called_otherwise(before: str) -> None:
    first17 = "46010020150401123"
    number = first17 + identity_check_character(first17)
    assert masking.text(before + number) == before + masking.NUMBER_MASK
    assert masking.text(f"许可证号{number}") == f"许可证号{number}"


@pytest.mark.parametrize(
    "number",
    [
        IDENTITY,
        "４６０１００１９９００１０１１２３４",
        "460100 19900101 1234",
        "460100-19900101-123X",
        "460100900101123",
        f"{IDENTITY}01",
        "460100********1234",
        "4601001990****1234",
        "460100＊＊＊＊＊＊＊＊＊＊＊＊",
        "13812345678",
        "138 1234 5678",
        "+86-138-1234-5678",
        "4 6 0 1 0 0 1 9 9 0 0 1 0 1 1 2 3 4",
        "138****5678",
        "0898-68551234",
        "（0898）68551234",
        "+86-898-68551234",
        "0898-68551234转8001",
        "400-800-8888",
        "+44 20 7946 0958",
        "6222021202001234567",
        "6222 0212 0200 1234 567",
    ],
)
def test_personal_numbers_in_any_shape_are_masked(number: str) -> None:
    assert masking.text(f"当事人（{number}）无证经营") == f"当事人（{masking.NUMBER_MASK}）无证经营"


@pytest.mark.parametrize(
    "text",
    [
        f"统一社会信用代码{CODE}",
        "罚款人民币12,000元",
        "琼旅罚〔2022〕13812号",
        "没收违法所得100000000000元",
        "2026-03-08 10:30:00",
        "6222021202001234568",
        "投诉请拨打12315、0898-12345",
        "注册号460100000123456的企业",
        "罚款13812345678元",
        "琼市监罚〔2023〕13800138000号",
        "第 13800138000 号",
        "处罚决定书文号：460106201503151234",
        "许可证编号：JY14601060012345，有效期至2025-03-08",
        "订单编号2020123113800138000",
        "抽样单编号：XC21460105373730123",
        "发票代码046001900104，发票号码12345678",
        "净含量400ml，规格400-800",
        "微信公众号hnrb2020，QQ音乐2021版本",
        "坐标110.349221,20.017377",
        "举报邮箱：jubao@hainan.gov.cn",
        "通过登记的住所（海口市龙华区滨海大道81号）无法联系",
        "当事人住所地为海口市龙华区滨海大道81号，法定代表人王五",
        "经营地址：海口市龙华区",
        "入住海口市龙华区某酒店",
        "住房城乡建设部门",
        "户籍管理规定，居住登记，住址变更登记",
        "向未满18岁的未成年人售烟",
        "该规定1990年1月1日生效，2023年12月15日生产",
    ],
)
def test_what_is_no_persons_stays(text: str) -> None:
    assert masking.text(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("张某住海口市美兰区和平大道20号A座1804室，系经营者", "张某住******，系经营者"),
        ("符某，男，黎族，住东方市江边乡老村。", "符某，男，黎族，住******。"),
        ("王五，女，1978年5月出生，住址:海口市水头村委会67号", "王五，女，******出生，住址:******"),
        ("王五;电话:1 3 9 7 6 1 2 3 4 5 6", "王五;电话:******"),
        ("陈某(男,身份证号:460029196509201234,住址:三亚市保平村)", "陈某(男,身份证号:******,住址:******)"),
        ("户籍所在地：湖南省衡阳市祁东县，现住址：海口市凤翔路6号", "户籍所在地：******，现住址：******"),
        ("家住海口市龙华区某小区的李某，45岁，", "家住******的李某，******，"),
        ("住 址：海口市盐灶路13号　电　话：13976123456", "住 址：******　电　话：******"),
        ("罚款缴至工商银行，账号2201020809024912345", "罚款缴至工商银行，账号******"),
        ("卡号为6217 0000 1000 2345 678的银行卡", "卡号为******的银行卡"),
        ("手机号：139-7612-3456,139 7612 3457", "手机号：******,******"),
        ("电话66767234、66767235", "电话******、******"),
        ("手机号1397612****", "手机号******"),
        ("护照号E12345678，微信号：zhang_88，QQ 12345678", "护照号E******，微信号：******，QQ ******"),
        ("支付宝账号zhangsan@qq.com", "支付宝账号******"),
        ("身份证号为460029196509209999", "身份证号为******"),
    ],
)  # fmt: skip
def test_what_a_text_tells_of_a_person_is_masked(text: str, masked: str) -> None:
    assert masking.text(text) == masked
    assert masking.text(masked) == masked


@pytest.mark.parametrize(
    "told", ["住所：海口市龙华区国贸路1号", "地址：海口市龙华区国贸路1号", "邮箱a@hainan-trade.cn"]
)
def test_a_persons_own_address_is_masked_a_businesss_is_public(told: str) -> None:
    assert masking.text(told) == told
    assert "国贸" not in masking.text(told, of_person=True)
    assert "hainan-trade" not in masking.text(told, of_person=True)
    introduced = f"张三，男，1980年1月1日出生，{told}"
    assert "国贸" not in masking.text(introduced)


@pytest.mark.parametrize(
    "code",
    ["琼公交决字[2022]第13812345678号", "第460106201503151234号", "460100900101123", CODE, "GB 7718-2011"],
)
def test_codes_keep_what_only_resembles_a_personal_number(code: str) -> None:
    assert masking.code(code) == code


def test_codes_lose_identity_numbers() -> None:
    assert masking.code(f"琼公决字{IDENTITY}号") == f"琼公决字{masking.NUMBER_MASK}号"
    assert (
        masking.code("琼市监罚〔2026〕3号，电话13812345678")
        == f"琼市监罚〔2026〕3号，电话{masking.NUMBER_MASK}"
    )
    assert masking.code("琼公决字460100********1234号") == f"琼公决字{masking.NUMBER_MASK}号"


@given(st.text())
def test_masking_twice_is_masking_once(value: str) -> None:
    once = masking.text(value)
    assert masking.text(once) == once


def test_what_a_workbook_leaves_of_an_identity_number_is_masked() -> None:
    assert masking.text("证件 4.60100199001011E+17 号") == f"证件 {masking.NUMBER_MASK} 号"
    assert masking.text("1.5E+9") == "1.5E+9"


@pytest.mark.parametrize("told", ["张三丰", "张 三 丰", "张　三丰"])
def test_a_name_is_masked_in_a_text_however_it_is_spaced(told: str) -> None:
    assert masking.without_name("张 三丰", f"经查{told}于") == "经查张＊＊于"
    assert masking.without_name("张三丰", f"经查{told}于", "李某") == "经查李某于"
