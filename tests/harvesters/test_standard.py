"""Every spelling of the national standard, in both generations, and how they are told apart."""

from decimal import Decimal

import pytest

from harvesters.standard import DROPPED, load

STANDARD = load()

# Companions that only one generation has.
OF_2018 = ("违法行为类型", "公示截止期", "数据来源单位")
OF_2015 = ("失信严重程度", "信息使用范围")

EITHER = {
    "subject": [
        "行政相对人名称",
        "CF_XDR_MC",
        "XK_XDR_MC",
        "cfXdrMc",
        "cf_XDR-mc",
        "行政相对人名称：",
        "*行政相对人名称",
        "行政相对人名称(必填)",
    ],
    "uscc": [
        "行政相对人代码_1(统一社会信用代码)",
        "行政相对人代码_1（统一社会信用代码）",
        "行政相对人代码1【统一社会信用代码】",
        "行政相对人代码_1：统一社会信用代码",
        "行政相对人代码_3(统一社会信用代码)",
        "行政相对人代码_1(统一社会信用代码)(为法人和其他组织时，必填)",
        "行政相对人代码_1",
        "统一社会信用代码",
        "CF_XDR_SHXYM",
        "xkXdrShxym",
    ],
    "registration_number": [
        "行政相对人代码_2(工商注册号)",
        "行政相对人代码_3(工商登记码)",
        "行政相对人代码_9（工商注册号）",
    ],
    "organisation_code": [
        "行政相对人代码_3(组织机构代码)",
        "行政相对人代码_2（组织机构代码）",
        "组织机构代码",
    ],
    "tax_number": ["行政相对人代码_4(税务登记号)", "CF_XDR_SWDJ", "行政相对人代码_4"],
    "identity_number": [
        "行政相对人代码_5(居民身份证号)",
        "行政相对人代码_5（身份证号码）",
        "行政相对人代码_2(居民身份证号)",
        "行政相对人代码_6(自然人身份证号)",
        "居民身份证号",
        "证件号码",
    ],
    "legal_representative": [
        "法定代表人",
        "法定代表人（负责人）",
        "法定代表人(负责人)姓名",
        "CF_FDDB",
        "法人代表",
    ],
    "document_number": [
        "行政处罚决定书文号",
        "行政许可决定文书号",
        "文书号",
        "决定书编号",
        "CF_WSH",
        "cf_WSH",
        "cfWsh",
        "XK_WSH",
    ],
    "facts": ["违法事实", "处罚事由", "违法事实(处罚事由)", "CF_SY"],
    "basis": ["处罚依据", "CF_YJ"],
    "decision": ["XK_NR", "许可内容"],
    "fine": ["罚款金额(万元)", "罚款金额（万元）", "处罚金额", "罚没款金额"],
    "confiscated": [
        "没收违法所得、没收非法财物的金额(万元)",
        "没收违法所得、没收非法财务的金额（万元）",
        "没收违法所得没收非法财物的金额",
    ],
    "decided_on": ["处罚决定日期", "许可决定日期", "CF_JDRQ", "XK_JDRQ"],
    "public_until": ["公示截止期", "公开截止期"],
    "disclosed_on": [
        "公示日期",
        "公开日期",
        "发布日期",
        "发布时间",
        "公示日期（年/月/日）",
        "CF_GSRQ",
        "xkGsrq",
    ],
    "authority": ["处罚机关", "许可机关"],
    "remark": ["备注", "BZ"],
    "state": ["当前状态", "CF_ZT", "XK_ZT"],
    "region": ["地方编码", "CF_DFBM", "DFBM", "areaCode"],
    DROPPED: [
        "法定代表人身份证号",
        "法定代表人(身份证号)",
        "法定代表人证件号码(居民身份证号)",
        "CF_FR_ZJHM",
        "CF_FR_SFZH",
        "XK_FR_SFZH",
        "地址",
        "联系电话",
        "手机号",
        "性别",
        "年龄",
        "CF_SJC",
        "sjgxsjc",
    ],
}
ONLY_2018 = {
    "subject_type": ["行政相对人类别", "CF_XDR_LB", "XK_XDR_LB"],
    "registration_number": ["CF_XDR_GSZC", "XK_XDR_GSZC"],
    "organisation_code": ["CF_XDR_ZZJG"],
    "institution_number": ["行政相对人代码_5(事业单位证书号)", "CF_XDR_SYDW"],
    "social_organisation_number": ["行政相对人代码_6(社会组织登记证号)", "CF_XDR_SHZZ"],
    "identity_number": ["CF_XDR_ZJHM", "XK_XDR_ZJHM"],
    "legal_representative": ["CF_FRDB", "XK_FRDB"],
    "title": ["行政许可决定文书名称", "XK_XKWS"],
    "violation_type": ["违法行为类型", "CF_WFXW"],
    "category": ["处罚类别", "许可类别", "CF_CFLB", "XK_XKLB"],
    "decision": ["处罚内容", "CF_NR"],
    "fine": ["CF_NR_FK"],
    "confiscated": ["CF_NR_WFFF"],
    "licence_revoked": ["暂扣或吊销证照名称及编号", "CF_NR_ZKDX"],
    "certificate_name": ["许可证书名称", "XK_XKZS"],
    "certificate_number": ["许可编号", "XK_XKBH"],
    "valid_from": ["有效期自", "XK_YXQZ"],
    "valid_until": ["有效期至", "处罚有效期", "CF_YXQ", "XK_YXQZI"],
    "public_until": ["CF_GSJZQ"],
    "authority": ["CF_CFJG", "XK_XKJG"],
    "authority_uscc": ["CF_CFJGDM", "XK_XKJGDM"],
    "data_source": ["数据来源单位", "CF_SJLY", "XK_LYDW"],
    DROPPED: ["CF_SJLYDM", "XK_LYDWDM"],
}
ONLY_2015 = {
    "subject": ["CF_XDR", "XK_XDR"],
    "registration_number": ["CF_XDR_GSDJ", "工商登记码"],
    "organisation_code": ["CF_XDR_ZDM"],
    "identity_number": ["CF_XDR_SFZ", "XK_XDR_SFZ"],
    "legal_representative": ["CF_FR", "XK_FR"],
    "title": ["处罚名称", "案件名称", "项目名称", "CF_CFMC", "CF_AJMC", "XK_XMMC"],
    "category": ["CF_CFLB1", "CF_CFLB2", "审批类别", "XK_SPLB"],
    "decision": ["处罚结果", "CF_JG"],
    "valid_until": ["许可截止期", "CF_JZQ", "XK_JZQ"],
    "public_until": ["CF_SXQ"],
    "authority": ["CF_XZJG", "XK_XZJG"],
    "scope_of_use": ["信息使用范围", "CF_SYFW", "XK_SYFW"],
    "severity": ["失信严重程度", "CF_SXYZCD"],
}


def _spelled(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(header, field) for field, headers in table.items() for header in headers]


@pytest.mark.parametrize(("header", "field"), _spelled(EITHER))
@pytest.mark.parametrize("companions", [(), OF_2018, OF_2015])
def test_spellings_of_either_generation(header: str, field: str, companions: tuple[str, ...]) -> None:
    assert STANDARD.fields([header, *companions])[header] == field


@pytest.mark.parametrize(("header", "field"), _spelled(ONLY_2018))
def test_spellings_of_2018(header: str, field: str) -> None:
    assert STANDARD.generation([header]) == "2018"
    assert STANDARD.fields([header])[header] == field


@pytest.mark.parametrize(("header", "field"), _spelled(ONLY_2015))
def test_spellings_of_2015(header: str, field: str) -> None:
    assert STANDARD.generation([header]) == "2015"
    assert STANDARD.fields([header])[header] == field


@pytest.mark.parametrize(
    ("companions", "second", "third", "fifth"),
    [
        (OF_2018, "registration_number", "organisation_code", "institution_number"),
        (OF_2015, "organisation_code", "registration_number", "identity_number"),
        ((*OF_2018, OF_2015[0]), "registration_number", "organisation_code", "identity_number"),
        ((), None, None, "identity_number"),
    ],
)
def test_a_bare_number_means_what_the_companions_prove(
    companions: tuple[str, ...], second: str | None, third: str | None, fifth: str
) -> None:
    fields = STANDARD.fields(["行政相对人代码_2", "行政相对人代码_3", "行政相对人代码_5", *companions])
    assert fields.get("行政相对人代码_2") == second
    assert fields.get("行政相对人代码_3") == third
    assert fields["行政相对人代码_5"] == fifth


def test_an_unknown_header_has_no_field() -> None:
    assert STANDARD.fields(["序号", "行政相对人传真"]) == {}


def test_a_representatives_number_is_never_the_subjects() -> None:
    fields = STANDARD.fields(["法定代表人身份证号", "CF_FR_ZJHM", "法定代表人（证件号码）", "负责人身份证件"])
    assert set(fields.values()) == {DROPPED}


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("罚款金额(万元)", 10_000),
        ("罚款金额（单位：万元）", 10_000),
        ("罚款金额", 10_000),
        ("CF_NR_FK", 10_000),
        ("cfNrWfff", 10_000),
        ("罚款金额（元）", 1),
        ("处罚金额", 1),
        ("处罚金额（万元）", 10_000),
        ("没收违法所得、没收非法财务的金额", 10_000),
    ],
)
def test_units_of_money(header: str, unit: int) -> None:
    assert STANDARD.unit(header) == Decimal(unit)


@pytest.mark.parametrize(
    ("field", "value", "generation", "public"),
    [
        ("state", "0", "2015", True),
        ("state", "1", "2015", False),
        ("state", "2", "2015", True),
        ("state", "3", "2015", True),
        ("state", "1", "2018", True),
        ("state", "2", "2018", False),
        ("state", "0", "2018", None),
        ("state", "1", None, None),
        ("state", "撤销", None, False),
        ("state", "1-撤销", "2015", False),
        ("state", "有效", None, True),
        ("state", "怪", "2018", None),
        ("scope_of_use", "0", "2015", True),
        ("scope_of_use", "1", "2015", False),
        ("scope_of_use", "2", "2015", False),
        ("scope_of_use", "公示", None, True),
        ("scope_of_use", "授权查询", None, False),
        ("scope_of_use", "9", "2015", None),
    ],
)
def test_which_rows_are_public(field: str, value: str, generation: str | None, public: bool | None) -> None:
    assert STANDARD.is_public(field, value, generation) is public  # type: ignore[arg-type]
