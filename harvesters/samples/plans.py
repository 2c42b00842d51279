"""The sample sources: what each holds, how its file is laid out, and which others see the same decisions."""

from dataclasses import dataclass

from harvesters.samples import decisions, headers, words
from harvesters.samples.decisions import Maker, Office
from harvesters.samples.headers import Column


@dataclass(frozen=True, slots=True)
class Plan:
    """One sample source.

    `weight` is its share of the decisions, `most` its largest number of them: files that are read whole stay
    small. `path` is relative to the samples' folder. `dates`: spellings, the first by far the commonest;
    `no_day` stands for none, else one of `blanks`. `joins`: other sources that show a decision of this one
    too, with the probability. `brackets` are those of document numbers, `title` is above a workbook's header,
    `dated_by` the date without which no row can be.
    """

    id: str
    path: str
    format: str
    weight: int
    offices: tuple[Office, ...]
    make: Maker
    columns: tuple[Column, ...]
    most: int | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    rows: str = ""
    dates: tuple[str, ...] = ("-",)
    blanks: tuple[str, ...] = ("",)
    no_day: str | None = None
    joins: tuple[tuple[str, float], ...] = ()
    brackets: str = "〔〕"
    title: str = ""
    dated_by: str = "decided_on"


_HAIKOU_MARKET = Office("海口市市场监督管理局", "460100", "海市监处罚")
_MARKET = (
    _HAIKOU_MARKET,
    Office("海口市龙华区市场监督管理局", "460106", "龙华市监处罚"),
    Office("海口市美兰区市场监督管理局", "460108", "美兰市监处罚"),
)
_PROVINCE_TAX = Office("国家税务总局海南省税务局", "460000", "琼税稽公告")

PLANS: tuple[Plan, ...] = (
    Plan(
        "market/haikou-penalties",
        "market/haikou-penalties.csv",
        "csv",
        215,
        _MARKET,
        decisions.penalty(words.MARKET_OFFENCES, persons=0.06),
        headers.columns(
            {"序号": "number"} | headers.bracketed(headers.CHINESE_2018_PENALTY, "（", "）"), headers.WAN
        ),
        dates=("-", "/", "年"),
        blanks=("", "", "", "无", "/", "—"),
        joins=(("government/hainan-double-disclosure", 0.55), ("government/haikou-double-disclosure", 0.3)),
    ),
    Plan(
        "tourism/hainan-penalties",
        "tourism/hainan-penalties.csv",
        "csv",
        80,
        (
            Office("海南省旅游和文化广电体育厅", "460000", "琼旅文罚"),
            Office("三亚市旅游和文化广电体育局", "460200", "三旅文罚"),
        ),
        decisions.penalty(words.TOURISM_OFFENCES),
        headers.columns(
            headers.bracketed(headers.CHINESE_2015_PENALTY, "【", "】"), state="0", scope_of_use="0"
        ),
        encoding="utf-16",
        dates=("年", "/"),
        blanks=("", "null"),
        joins=(("government/hainan-double-disclosure", 0.5),),
    ),
    Plan(
        "public_security/haikou-fire-penalties",
        "public_security/haikou-fire-penalties.csv",
        "csv",
        70,
        (Office("海口市消防救援支队", "460100", "海消行罚决字"),),
        decisions.penalty(words.FIRE_OFFENCES, persons=0.3),
        headers.columns(headers.lower(headers.coded("CF", headers.CODES_2018_PENALTY)), headers.WAN),
        encoding="utf-8-sig",
        dates=("", "-"),
        blanks=("", "null"),
        no_day="1900-01-01",
        joins=(("government/haikou-double-disclosure", 0.4),),
    ),
    Plan(
        "government/hainan-double-disclosure",
        "government/hainan-double-disclosure.csv",
        "csv",
        60,
        (Office("海南省市场监督管理局", "460000", "琼市监罚"),),
        decisions.penalty(words.MARKET_OFFENCES),
        headers.columns(headers.coded("CF", headers.CODES_2015_PENALTY), state="0", scope_of_use="0"),
        encoding="gb18030",
        dates=("/",),
        blanks=("", "/"),
        brackets="[]",
    ),
    Plan(
        "government/haikou-double-disclosure",
        "government/haikou-double-disclosure",
        "json",
        20,
        (Office("海口市综合行政执法局", "460100", "海综执罚"),),
        decisions.penalty(words.MARKET_OFFENCES[:4]),
        headers.columns(headers.camel(headers.coded("CF", headers.CODES_2018_PENALTY)), headers.WAN),
        rows="data.list",
        dates=("epoch",),
        brackets="（）",
    ),
    Plan(
        "food_drug/sanya-permits",
        "food_drug/sanya-permits",
        "json",
        110,
        (Office("三亚市市场监督管理局", "460200", "三市监许"),),
        decisions.permit(words.HEALTH_PERMITS, persons=0.05),
        headers.columns(headers.coded("XK", headers.CODES_2018_PERMIT), state="1"),
        rows="result.results",
        dates=("-", "epoch"),
    ),
    Plan(
        "construction/hainan-permits",
        "construction/hainan-permits.xlsx",
        "xlsx",
        60,
        (Office("海南省住房和城乡建设厅", "460000", "琼建许"),),
        decisions.permit(words.BUILDING_PERMITS),
        headers.columns({"序号": "number"} | headers.CHINESE_2018_PERMIT, state="1"),
        most=400,
        dates=("cell", "年"),
        title="海南省建筑企业行政许可公示表",
    ),
    Plan(
        "marine/sanya-permits",
        "marine/sanya-permits.csv",
        "csv",
        40,
        (Office("三亚市农业农村局", "460200", "三渔许"),),
        decisions.permit(words.MARINE_PERMITS, persons=0.4),
        headers.columns(
            headers.lower(headers.coded("XK", headers.CODES_2015_PERMIT), keep=2), state="0", scope_of_use="0"
        ),
        encoding="gb18030",
        delimiter="\t",
        dates=("-",),
    ),
    Plan(
        "tax/major-violations",
        "tax/major-violations.csv",
        "csv",
        40,
        (_PROVINCE_TAX,),
        decisions.tax_violation,
        headers.columns(headers.TAX_VIOLATIONS),
        encoding="utf-16",
        delimiter="\t",
        dates=("年",),
        dated_by="listed_on",
    ),
    Plan(
        "procurement/serious-violations",
        "procurement/serious-violations.xlsx",
        "xlsx",
        25,
        (Office("海南省财政厅", "460000", "琼财采罚"),),
        decisions.procurement_violation,
        headers.columns(headers.PROCUREMENT_VIOLATIONS),
        most=200,
        dates=("cell",),
        title="政府采购严重违法失信行为信息记录",
        dated_by="listed_on",
    ),
    Plan(
        "labour/wage-arrears",
        "labour/wage-arrears.xls",
        "xls",
        30,
        (Office("海南省人力资源和社会保障厅", "460000", "琼人社欠薪列决"),),
        decisions.wage_arrears,
        headers.columns(headers.WAGE_ARREARS),
        most=200,
        dates=("cell", "-"),
        title="拖欠农民工工资失信联合惩戒对象名单",
        dated_by="listed_on",
    ),
    Plan(
        "tax/a-level-taxpayers",
        "tax/a-level-taxpayers.xls",
        "xls",
        60,
        (_PROVINCE_TAX,),
        decisions.a_level_taxpayer,
        headers.columns(headers.A_LEVEL_TAXPAYERS),
        most=400,
        dates=("cell",),
        title="A级纳税人名单",
        dated_by="listed_on",
    ),
    Plan(
        "market/abnormal-operations",
        "market/abnormal-operations.csv",
        "csv",
        70,
        (_HAIKOU_MARKET._replace(mark="海市监列异"),),
        decisions.abnormal_operation,
        headers.columns(headers.ABNORMAL_OPERATIONS),
        encoding="utf-8-sig",
        dates=("/", "-"),
        blanks=("", "——"),
        dated_by="listed_on",
    ),
    Plan(
        "environment/commitments",
        "environment/commitments.json",
        "json",
        40,
        (Office("海南省生态环境厅", "460000", "琼环诺"),),
        decisions.commitment,
        headers.columns(headers.COMMITMENTS),
        most=20_000,
        rows="data.list[].entity",
        dates=("-",),
    ),
    Plan(
        "transport/ratings",
        "transport/ratings.xlsx",
        "xlsx",
        30,
        (Office("海南省交通运输厅", "460000", "琼交"),),
        decisions.transport_rating,
        headers.columns(headers.TRANSPORT_RATINGS),
        most=200,
        dates=("cell", "年"),
        title="道路运输企业质量信誉考核结果",
        dated_by="listed_on",
    ),
    Plan(
        "tax/arrears",
        "tax/arrears.csv",
        "csv",
        40,
        (_PROVINCE_TAX,),
        decisions.tax_arrears,
        headers.columns(headers.TAX_ARREARS),
        encoding="gb18030",
        delimiter=";",
        dates=("",),
        dated_by="listed_on",
    ),
    Plan(
        "courts/judgment-debtors",
        "courts/judgment-debtors.csv",
        "csv",
        55,
        (
            Office("海口市龙华区人民法院", "460106", "琼0106"),
            Office("三亚市城郊人民法院", "460200", "琼0271"),
        ),
        decisions.judgment_debtor,
        headers.columns(headers.JUDGMENT_DEBTORS),
        dates=("年", "-"),
        dated_by="listed_on",
    ),
    Plan(
        "food_drug/sampling",
        "food_drug/sampling.json",
        "json",
        55,
        (Office("海南省市场监督管理局", "460000", "琼市监"),),
        decisions.sampling,
        headers.columns(headers.SAMPLING),
        most=20_000,
        rows="data.rows",
        dates=("-", "epoch"),
    ),
    Plan(
        "agriculture/hainan-penalties",
        "agriculture/hainan-penalties.ndjson",
        "ndjson",
        25,
        (Office("海南省农业农村厅", "460000", "琼农罚"),),
        decisions.penalty(words.AGRICULTURE_OFFENCES, persons=0.1),
        headers.columns(headers.coded("CF", headers.CODES_2018_PENALTY), headers.WAN),
        dates=("-", "epoch"),
    ),
    Plan(
        "environment/haikou-penalties",
        "environment/haikou-penalties.xml",
        "xml",
        25,
        (Office("海口市生态环境局", "460100", "海环罚决字"),),
        decisions.penalty(words.ENVIRONMENT_OFFENCES),
        headers.columns(
            {"@id": "number"} | headers.lower(headers.coded("CF", headers.CODES_2015_PENALTY)),
            state="0",
            scope_of_use="0",
        ),
        rows="response/data/row",
        dates=("-", "/"),
    ),
    Plan(
        "health/sanya-penalties",
        "health/sanya-penalties",
        "html",
        15,
        (Office("三亚市卫生健康委员会", "460200", "三卫罚"),),
        decisions.penalty(words.HEALTH_OFFENCES, persons=0.1),
        headers.columns(headers.CHINESE_2018_PENALTY, headers.WAN),
        most=200,
        dates=("年", "-"),
        blanks=("", "无"),
        title="行政处罚决定信息公示",
    ),
)
