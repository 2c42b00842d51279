"""Headers of the samples: both generations of the national standard, as they are met in the wild."""

from collections.abc import Mapping
from dataclasses import dataclass

UNWANTED = ("number", "stamp", "owner_identity")
"""Columns that definitions ignore: a running number, a time stamp, the representative's identity number."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file. `field` is ours, or one of UNWANTED; `unit` is that of money, in yuan; `default`
    stands where the decision says nothing."""

    header: str
    field: str
    unit: int = 1
    default: str | None = None


def columns(
    spelled: Mapping[str, str], units: Mapping[str, int] | None = None, **defaults: str
) -> tuple[Column, ...]:
    units = units or {}
    return tuple(
        Column(header, field, units.get(field, 1), defaults.get(field)) for header, field in spelled.items()
    )


_CHINESE_2018 = {
    "行政相对人名称": "subject",
    "行政相对人类别": "subject_type",
    "行政相对人代码_1(统一社会信用代码)": "uscc",
    "行政相对人代码_2(工商注册号)": "registration_number",
    "行政相对人代码_3(组织机构代码)": "organisation_code",
    "行政相对人代码_4(税务登记号)": "tax_number",
    "行政相对人代码_5(事业单位证书号)": "institution_number",
    "行政相对人代码_6(社会组织登记证号)": "social_organisation_number",
    "法定代表人": "legal_representative",
    "证件号码": "identity_number",
}
CHINESE_2018_PENALTY = _CHINESE_2018 | {
    "行政处罚决定书文号": "document_number",
    "违法行为类型": "violation_type",
    "违法事实": "facts",
    "处罚依据": "basis",
    "处罚类别": "category",
    "处罚内容": "decision",
    "罚款金额(万元)": "fine",
    "没收违法所得、没收非法财务的金额(万元)": "confiscated",
    "暂扣或吊销证照名称及编号": "licence_revoked",
    "处罚决定日期": "decided_on",
    "公示日期": "disclosed_on",
    "公示截止期": "public_until",
    "处罚机关": "authority",
    "数据来源单位": "data_source",
    "备注": "remark",
}
CHINESE_2018_PERMIT = _CHINESE_2018 | {
    "行政许可决定文书名称": "title",
    "行政许可决定文书号": "document_number",
    "许可类别": "category",
    "许可证书名称": "certificate_name",
    "许可编号": "certificate_number",
    "许可内容": "decision",
    "许可决定日期": "decided_on",
    "有效期自": "valid_from",
    "有效期至": "valid_until",
    "许可机关": "authority",
    "当前状态": "state",
    "数据来源单位": "data_source",
    "备注": "remark",
}
_CODES_2018 = {
    "{}_XDR_MC": "subject",
    "{}_XDR_LB": "subject_type",
    "{}_XDR_SHXYM": "uscc",
    "{}_XDR_GSZC": "registration_number",
    "{}_XDR_ZZJG": "organisation_code",
    "{}_XDR_SWDJ": "tax_number",
    "{}_XDR_SYDW": "institution_number",
    "{}_XDR_SHZZ": "social_organisation_number",
    "{}_FRDB": "legal_representative",
    "{}_XDR_ZJHM": "identity_number",
    "{}_WSH": "document_number",
    "{}_JDRQ": "decided_on",
    "{}_LYDW": "data_source",
    "BZ": "remark",
}
CODES_2018_PENALTY = _CODES_2018 | {
    "CF_WFXW": "violation_type",
    "CF_SY": "facts",
    "CF_YJ": "basis",
    "CF_CFLB": "category",
    "CF_NR": "decision",
    "CF_NR_FK": "fine",
    "CF_NR_WFFF": "confiscated",
    "CF_NR_ZKDX": "licence_revoked",
    "CF_GSJZQ": "public_until",
    "CF_CFJG": "authority",
}
CODES_2018_PERMIT = _CODES_2018 | {
    "XK_XKWS": "title",
    "XK_XKLB": "category",
    "XK_XKZS": "certificate_name",
    "XK_XKBH": "certificate_number",
    "XK_NR": "decision",
    "XK_YXQZ": "valid_from",
    "XK_YXQZI": "valid_until",
    "XK_XKJG": "authority",
    "XK_ZT": "state",
}
_CODES_2015 = {
    "{}_WSH": "document_number",
    "{}_XDR": "subject",
    "{}_XDR_SHXYM": "uscc",
    "{}_XDR_ZDM": "organisation_code",
    "{}_XDR_GSDJ": "registration_number",
    "{}_XDR_SWDJ": "tax_number",
    "{}_XDR_SFZ": "identity_number",
    "{}_FR": "legal_representative",
    "{}_JDRQ": "decided_on",
    "{}_XZJG": "authority",
    "{}_ZT": "state",
    "{}_SYFW": "scope_of_use",
    "DFBM": "region",
    "SJC": "stamp",
    "BZ": "remark",
}
CODES_2015_PENALTY = _CODES_2015 | {
    "CF_CFMC": "title",
    "CF_SY": "facts",
    "CF_YJ": "basis",
    "CF_CFLB1": "category",
    "CF_JG": "decision",
    "CF_SXQ": "public_until",
    "CF_SXYZCD": "severity",
}
CODES_2015_PERMIT = _CODES_2015 | {
    "XK_XMMC": "title",
    "XK_SPLB": "category",
    "XK_NR": "decision",
    "XK_JZQ": "valid_until",
}
CHINESE_2015_PENALTY = {
    "行政处罚决定书文号": "document_number",
    "处罚名称": "title",
    "处罚类别1": "category",
    "处罚事由": "facts",
    "处罚依据": "basis",
    "行政相对人名称": "subject",
    "行政相对人代码_1(统一社会信用代码)": "uscc",
    "行政相对人代码_2(组织机构代码)": "organisation_code",
    "行政相对人代码_3(工商登记码)": "registration_number",
    "行政相对人代码_4(税务登记号)": "tax_number",
    "行政相对人代码_5(居民身份证号)": "identity_number",
    "法定代表人姓名": "legal_representative",
    "处罚结果": "decision",
    "处罚决定日期": "decided_on",
    "公示截止期": "public_until",
    "处罚机关": "authority",
    "当前状态": "state",
    "地方编码": "region",
    "数据更新时间戳": "stamp",
    "信息使用范围": "scope_of_use",
    "备注": "remark",
}
WAN = {"fine": 10_000, "confiscated": 10_000}


def coded(prefix: str, codes: Mapping[str, str]) -> dict[str, str]:
    return {code.format(prefix): field for code, field in codes.items()}


def bracketed(names: Mapping[str, str], left: str, right: str) -> dict[str, str]:
    return {name.replace("(", left).replace(")", right): field for name, field in names.items()}


def lower(names: Mapping[str, str], keep: int = 0) -> dict[str, str]:
    """Codes in lower case, but for their first `keep` letters (`cf_wsh`, `XK_wsh`)."""
    return {code[:keep] + code[keep:].lower(): field for code, field in names.items()}


def camel(names: Mapping[str, str]) -> dict[str, str]:
    def spell(code: str) -> str:
        first, *others = code.lower().split("_")
        return first + "".join(part.capitalize() for part in others)

    return {spell(code): field for code, field in names.items()}


TAX_VIOLATIONS = {
    "纳税人名称": "subject",
    "统一社会信用代码（纳税人识别号）": "uscc",
    "法定代表人或者负责人姓名": "legal_representative",
    "法定代表人证件号码": "owner_identity",
    "案件性质": "listing_reason",
    "主要违法事实": "facts",
    "相关法律依据": "basis",
    "公告文号": "document_number",
    "处罚金额（元）": "fine",
    "公布日期": "listed_on",
    "公布机关": "authority",
}

PROCUREMENT_VIOLATIONS = {
    "序号": "number",
    "供应商名称": "subject",
    "统一社会信用代码": "uscc",
    "违法失信行为": "listing_reason",
    "具体情形": "facts",
    "处罚依据": "basis",
    "处罚结果": "measures",
    "罚款（元）": "fine",
    "处罚文号": "document_number",
    "处罚日期": "listed_on",
    "公布截止日期": "public_until",
    "执法单位": "authority",
}

WAGE_ARREARS = {
    "企业名称": "subject",
    "统一社会信用代码": "uscc",
    "法定代表人": "legal_representative",
    "列入事由": "listing_reason",
    "列入决定书文号": "document_number",
    "列入决定机关名称": "authority",
    "列入日期": "listed_on",
    "移出日期": "removed_on",
}

A_LEVEL_TAXPAYERS = {
    "纳税人识别号": "uscc",
    "纳税人名称": "subject",
    "评价年度": "rating_year",
    "评价等级": "rating_level",
    "评定日期": "listed_on",
    "有效期至": "valid_until",
}

ABNORMAL_OPERATIONS = {
    "企业名称": "subject",
    "统一社会信用代码/注册号": "uscc",
    "法定代表人（负责人）": "legal_representative",
    "列入文号": "document_number",
    "列入原因": "listing_reason",
    "列入日期": "listed_on",
    "列入决定机关": "authority",
    "移出日期": "removed_on",
}

COMMITMENTS = {
    "companyName": "subject",
    "creditCode": "uscc",
    "legalPerson": "legal_representative",
    "promiseNo": "document_number",
    "promiseTitle": "title",
    "promiseItem": "matter",
    "acceptDept": "recipient",
    "content": "decision",
    "promiseDate": "decided_on",
    "endDate": "valid_until",
    "fulfilState": "commitment_state",
}

TRANSPORT_RATINGS = {
    "序号": "number",
    "企业名称": "subject",
    "统一社会信用代码": "uscc",
    "考核年度": "rating_year",
    "考核等级": "rating_level",
    "公布日期": "listed_on",
    "有效期至": "valid_until",
    "考核机关": "authority",
}

TAX_ARREARS = {
    "纳税人名称": "subject",
    "纳税人识别号": "uscc",
    "法定代表人姓名": "legal_representative",
    "法定代表人证件号码": "owner_identity",
    "欠税税种": "matter",
    "欠税余额": "amount_owed",
    "当期新发生的欠税金额": "new_arrears",
    "公告日期": "listed_on",
    "公告机关": "authority",
}

JUDGMENT_DEBTORS = {
    "被执行人姓名/名称": "subject",
    "统一社会信用代码": "uscc",
    "身份证号码": "identity_number",
    "法定代表人或者负责人姓名": "legal_representative",
    "执行法院": "authority",
    "执行依据文号": "document_number",
    "立案时间": "stamp",
    "案号": "case_number",
    "生效法律文书确定的义务": "obligation",
    "被执行人的履行情况": "performance",
    "失信被执行人行为具体情形": "facts",
    "发布时间": "listed_on",
}

SAMPLING = {
    "bgbh": "document_number",
    "ggmc": "title",
    "bcydwmc": "subject",
    "tyshxydm": "uscc",
    "spmc": "product",
    "scrq": "batch",
    "jyjl": "result",
    "bhgxm": "facts",
    "fbrq": "decided_on",
    "fbjg": "authority",
}
