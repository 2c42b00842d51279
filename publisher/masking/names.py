"""Names of natural persons: the mask for them, and how they are told from names of businesses. Pure."""

import re
from enum import StrEnum

NAMELESS = "＊＊＊"
"""What stands in place of a name of which not even the first character is told."""


class NamePolicy(StrEnum):
    """What becomes of natural persons' names: masked, in full where the law has it so, or left out."""

    MASK = "mask"
    FULL = "full"
    OMIT = "omit"

    def shown(self, name: str) -> str:
        """A person's name as it may be shown."""
        if self is NamePolicy.FULL:
            return name
        return person_name(name) if self is NamePolicy.MASK else NAMELESS


_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧"
    "计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫"
    "经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓"
    "牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙"
    "池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古"
    "易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯"
    "相查后荆红游竺权逯盖益桓公肖涂岳闫付代仝苟佟覃兰原米鹿初揭代邸"
    "趙錢孫鄭馮陳衛蔣韓楊許呂張嚴華謝鄒蘇範魯韋馬鳳魯黃蕭龐賈顏鍾駱萬盧應鄧單榮陸劉葉龍龔閻聶關譚"
)
_BUSINESS_ENDINGS = (
    *(
        "公司",
        "集团",
        "集團",
        "中心",
        "酒店",
        "超市",
        "银行",
        "餐厅",
        "学校",
        "医院",
        "药房",
        "政府",
        "合作社",
        "工商户",
    ),
    *("厂", "店", "铺", "局", "社", "馆", "廠", "鋪", "館"),
)


def person_name(name: str) -> str:
    """A person's name for public pages: its first character, then ＊ for at most two (张＊, 欧＊＊)."""
    bare = name.strip()
    return bare[:1] + "＊" * min(2, len(bare) - 1) if bare else bare


def without_name(name: str, value: str, instead: str | None = None) -> str:
    """A text with a person's name masked, or with `instead` in its place, wherever it stands and however its
    characters are spaced."""
    letters = "".join(name.split())
    if not letters or letters[0] not in value or letters[-1] not in value:
        return value  # as in most cells of a row
    mask = person_name(letters) if instead is None else instead
    return re.sub(r"\s*".join(map(re.escape, letters)), lambda _: mask, value)


def looks_like_person(name: str) -> bool:
    """Whether a bare name, without any code beside it, is to be taken for a natural person's.

    Two to four Han characters that begin with a surname and end as no business does. It errs towards masking.
    """
    bare = "".join(name.split())
    return (
        2 <= len(bare) <= 4
        and bare[0] in _SURNAMES
        and all("㐀" <= character <= "鿿" for character in bare)
        and not ends_like_business(bare)
    )


def ends_like_business(name: str) -> bool:
    """Whether a name ends as those of businesses do, and hardly a person's."""
    return name.rstrip("）)").endswith(_BUSINESS_ENDINGS)
