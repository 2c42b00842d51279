"""Ten files in differing shapes, and what a good definition makes of each."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import xlwt

from publisher.identifiers import identity_check_character
from tests.fixtures.store import code

PERSON = "吴小明"
TELEPHONE = "0898-66778899"
MOBILE = "13976543210"


def identity(number: int) -> str:
    """An identity number that is right by its check character, and nobody's."""
    first = f"4601001990010{number:04}"
    return first + identity_check_character(first)


def firm(number: int) -> str:
    return f"海南第{number}贸易有限公司"


@dataclass(frozen=True)
class Shape:
    """A file, and what is to come of it. `edits`: the lines that a person must still correct, old → new, at
    most three. `content` is what the first row's draft says, `name` its subject."""

    file: str
    write: Callable[[Path], object]
    kind: str
    name: str
    content: Mapping[str, str]
    drafts: int
    edits: Mapping[str, str] = field(default_factory=dict)
    standard: bool = False
    key: Sequence[str] = ("document_number", "subject")
    last_day: str | None = None


def _text(header: str, rows: Iterable[str], encoding: str, delimiter: str = ",") -> Callable[[Path], object]:
    """Lines with commas between their cells, whatever stands there in the file."""
    text = "\r\n".join((header, *rows)).replace(",", delimiter)
    return lambda path: path.write_bytes(text.encode(encoding))


def _json(value: object) -> Callable[[Path], object]:
    return lambda path: path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _xlsx(lines: Iterable[str], sheet: str, cover: str | None = None) -> Callable[[Path], object]:
    """Numbers become numbers; a cover sheet stands before the table."""

    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        if cover:
            book.create_sheet("说明").append([cover])
        table = book.create_sheet(sheet)
        for line in lines:
            cells = line.split(",")
            table.append(
                [float(cell) if cell.replace(".", "").isdigit() and len(cell) < 8 else cell for cell in cells]
            )
        book.save(path)

    return write


def _xls(lines: Iterable[str]) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        book = xlwt.Workbook(encoding="utf-8")
        sheet = book.add_sheet("Sheet1")
        for place, line in enumerate(lines):
            for column, text in enumerate(line.split(",")):
                sheet.write(place, column, text)
        book.save(str(path))

    return write


PENALTIES_2018 = Shape(
    "market-penalties.csv",
    _text(
        "序号,行政相对人名称,行政相对人类别,行政相对人代码_1(统一社会信用代码),法定代表人,证件号码,联系电话,行政处罚决定书文号,"
        "违法行为类型,违法事实,处罚依据,处罚类别,处罚内容,罚款金额(万元),处罚决定日期,公示截止期,处罚机关",
        [
            f"{n},{firm(n)},法人及非法人组织,{code(n)},陈大文,,{TELEPHONE},琼市监处罚〔2026〕{n}号,价格违法,未按规定明码标价,"
            f"《价格法》第四十二条,罚款,罚款20000元,2,2026-03-{n + 1:02},2027-03-08,海南省市场监督管理局"
            for n in range(1, 12)
        ]
        + [
            f"12,{PERSON},自然人,,,{identity(1)},{MOBILE},琼市监处罚〔2026〕12号,价格违法,{PERSON}未按规定明码标价,"
            f"《价格法》第四十二条,罚款,对{PERSON}罚款500元,0.05,2026-03-08,,海南省市场监督管理局"
        ],
        "utf-8-sig",
    ),
    "penalty",
    firm(1),
    {"document_number": "琼市监处罚〔2026〕1号", "fine": "20000", "decided_on": "2026-03-02"},
    12,
    standard=True,
    last_day="2027-03-08",
)

PERMITS_2015 = Shape(
    "permits.csv",
    _text(
        "XK_WSH,XK_XMMC,XK_SPLB,XK_NR,XK_XDR,XK_XDR_SHXYM,XK_XDR_ZDM,XK_XDR_GSDJ,XK_XDR_SWDJ,XK_XDR_SFZ,XK_FR,"
        "XK_JDRQ,XK_JZQ,XK_XZJG,XK_ZT,DFBM,SJC,BZ",
        [
            f"琼农许〔2025〕{n}号,水域滩涂养殖证,普通,准予养殖,{firm(n)},{code(n)},,,,,李建国,2025/{n}/8,2027/5/7,"
            "海南省农业农村厅,0,460000,2026-01-01,"
            for n in range(1, 11)
        ],
        "gb18030",
        ";",
    ),
    "permit",
    firm(1),
    {"title": "水域滩涂养殖证", "decided_on": "2025-01-08", "valid_until": "2027-05-07"},
    10,
    standard=True,
    last_day="2027-05-07",
)

BLACKLIST_GB = Shape(
    "重大税收违法失信主体.csv",
    _text(
        "纳税人名称,统一社会信用代码（纳税人识别号）,法定代表人或者负责人姓名,法定代表人证件号码,案件性质,主要违法事实,相关法律依据,"
        "处罚金额（元）,公布日期,公布机关",
        [
            f"{firm(n)},{code(n)},王芳,{identity(n)},虚开增值税专用发票,虚开发票{n}份,《税收征收管理法》第六十三条,679312,"
            f"2026年3月{n}日,国家税务总局海南省税务局"
            for n in range(1, 9)
        ],
        "gb18030",
    ),
    "blacklist",
    firm(1),
    {
        "listing_reason": "虚开增值税专用发票",
        "fine": "679312",
        "listed_on": "2026-03-01",
        "facts": "虚开发票1份",
    },
    8,
    {"# period = { months = 36 }": "period = { months = 36 }"},
    key=("subject", "listed_on"),
    last_day="2029-03-01",
)

ENGLISH = Shape(
    "debarred-suppliers.csv",
    _text(
        "Ref,Company Name,Aliases,Country,Reason for listing,Listed on,End date,Contact person,Press release",
        [
            f"D-{n},Harbour Works {n} Ltd.,{'Harbour|HW' if n == 1 else ''},Fiji,False tender,"
            f"{n + 12}/03/2025,,John Roe,https://example.org/x"
            for n in range(1, 10)
        ],
        "utf-8",
        ";",
    ),
    "blacklist",
    "Harbour Works 1 Ltd.",
    {"listing_reason": "False tender", "listed_on": "2025-03-13", "source_url": "https://example.org/x"},
    9,
    {'authority = "?"': 'authority = "Ministry of Works"'},
    key=("subject", "listed_on"),
)

ABNORMAL_XLSX = Shape(
    "list.xlsx",
    _xlsx(
        [
            "海口市市场监督管理局经营异常名录",
            "填报单位：信用监管科,,截至2026年9月30日",
            "序号,企业名称,统一社会信用代码/注册号,法定代表人（负责人）,列入原因,列入日期,列入决定机关,移出日期,注册地址",
            *(
                f"{n},{firm(n)},{code(n)},林志强,未按规定公示年度报告,2026/2/{n},海口市市场监督管理局,,海口市大同路{n}号"
                for n in range(1, 10)
            ),
            "合计,9",
        ],
        "名录",
        cover="本表由信用监管科填报",
    ),
    "watchlist",
    firm(1),
    {
        "listing_reason": "未按规定公示年度报告",
        "listed_on": "2026-02-01",
        "authority": "海口市市场监督管理局",
    },
    9,
    key=("subject", "listed_on"),
)

RATING_XLS = Shape(
    "ratings.xls",
    _xls(
        [
            "海南省交通运输厅2025年度道路运输企业质量信誉考核结果",
            "企业名称,统一社会信用代码,考核等级,公布日期,考核机关",
            *(f"{firm(n)},{code(n)},AAA,2026-06-30,海南省交通运输厅" for n in range(1, 9)),
        ]
    ),
    "rating",
    firm(1),
    {"rating_level": "AAA", "rating_year": "2025", "listed_on": "2026-06-30"},
    8,
    key=("subject", "rating_year"),
)

NESTED_JSON = Shape(
    "wage-list.json",
    _json(
        {
            "code": 200,
            "pages": [{"number": 1}],
            "data": {
                "total": 9,
                "rows": [
                    {
                        "id": f"a{n}",
                        "subject": {"name": firm(n), "creditCode": code(n)},
                        "列入事由": "拖欠农民工工资",
                        "列入决定机关名称": "海南省人力资源和社会保障厅",
                        "列入日期": 1772323200000 + n * 86_400_000,
                        "移出日期": None,
                    }
                    for n in range(9)
                ],
            },
        }
    ),
    "blacklist",
    firm(0),
    {
        "listing_reason": "拖欠农民工工资",
        "listed_on": "2026-03-01",
        "authority": "海南省人力资源和社会保障厅",
    },
    9,
    key=("subject", "listed_on"),
)

ENTITY_JSON = Shape(
    "commitments.json",
    _json(
        {
            "result": {
                "list": [
                    {
                        "id": n,
                        "entity": {
                            "companyName": firm(n),
                            "creditCode": code(n),
                            "promiseNo": f"诺{n}",
                            "promiseTitle": "环保承诺书",
                            "promiseItem": "达标排放",
                            "acceptDept": "海南省生态环境厅",
                            "promiseDate": "2026-01-31",
                            "endDate": "2027-01-31",
                            "phone": MOBILE,
                        },
                    }
                    for n in range(1, 8)
                ]
            }
        }
    ),
    "commitment",
    firm(1),
    {"title": "环保承诺书", "matter": "达标排放", "decided_on": "2026-01-31", "valid_until": "2027-01-31"},
    7,
    {'authority = "?"': 'authority = "海南省生态环境厅"'},
    last_day="2027-01-31",
)

FREE_CHINESE = Shape(
    "supplier.csv",
    _text(
        "编号,被认定供应商名称,社会信用代码,违法失信情形说明,具体认定依据,认定时间,惩戒截止时间,作出认定的机关,内部流水",
        [
            f"{n},{firm(n)},{code(n)},提供虚假材料谋取中标,《政府采购法》第七十七条,2026.03.{n:02},2028.03.01,"
            f"海南省财政厅,L{n}"
            for n in range(1, 9)
        ],
        "utf-8",
        "\t",
    ),
    "blacklist",
    firm(1),
    {"listing_reason": "提供虚假材料谋取中标", "listed_on": "2026-03-01", "authority": "海南省财政厅"},
    8,
    key=("subject", "listed_on"),
    last_day="2028-03-01",
)

ARREARS_WAN = Shape(
    "欠税公告.xlsx",
    _xlsx(
        [
            "国家税务总局海口市税务局欠税公告",
            "单位：万元",
            "纳税人名称,纳税人识别号,法定代表人姓名,身份证号码,经营地点,欠税税种,欠税余额,公告日期",
            *(
                f"{firm(n)},{code(n)},周强,{identity(n)},海口,{tax},12.5,2026-09-30"
                for n in range(1, 6)
                for tax in ("增值税", "企业所得税")
            ),
        ],
        "公告",
    ),
    "arrears",
    firm(1),
    {"matter": "增值税", "amount_owed": "125000", "listed_on": "2026-09-30"},
    10,
    {"# period = { months = 36 }": "period = { months = 3 }"},
    key=("subject", "listed_on", "matter"),
    last_day="2026-12-30",
)

SHAPES = (
    *(PENALTIES_2018, PERMITS_2015, BLACKLIST_GB, ENGLISH, ABNORMAL_XLSX),
    *(RATING_XLS, NESTED_JSON, ENTITY_JSON, FREE_CHINESE, ARREARS_WAN),
)
