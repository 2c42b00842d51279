"""How well the masks do on texts whose truth is known, and how long they take."""

import time
from collections.abc import Callable

import pytest

from publisher import masking
from tests.fixtures.personal_texts import Maker, score

DIGITLESS = "采取伪造、隐匿账簿和虚假申报手段，不缴少缴应纳税款，经税务机关通知申报而拒不申报，造成严重后果。"
TYPICAL = (
    "经查，海南瀚海商贸有限公司于2025年3月8日起宣称所售商品“全国销量第一”，不能提供证明，货值金额23500元。"
)


def test_nearly_all_that_is_personal_is_masked_and_nearly_nothing_else() -> None:
    found = score(Maker(seed=1).texts(6_000))
    examples = "\n".join(found.wrong[:20])
    assert min(found.hidden.values()) >= 30, "a class with too few texts to be measured"
    assert found.recall >= 0.99, examples
    assert found.false_masks <= 0.01, examples
    assert found.frayed <= 0.01, examples
    assert not [sort for sort, count in found.hidden.items() if found.leaked[sort] > count / 100], examples


def test_the_measure_sees_what_leaks_and_what_is_lost() -> None:
    texts = list(Maker(seed=2).texts(200))
    assert score(iter(texts), lambda text, of_person: text).recall == 0
    assert score(iter(texts), lambda text, of_person: masking.NUMBER_MASK).false_masks == 1


@pytest.mark.parametrize(("text", "microseconds"), [(DIGITLESS, 5), (TYPICAL, 20)])
def test_a_text_is_masked_in_microseconds(text: str, microseconds: int) -> None:
    best = min(_seconds(lambda: [masking.text(text) for _ in range(1_000)]) for _ in range(5)) / 1_000
    assert best < 3 * microseconds / 1_000_000, "three times what it is on an idle machine"


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "1",
            "1 ",
            "1*",
            "1.1",
            "460100*",
            "13812345678 ",
            "46010019900101 ",
            "6222 ",
            "0898-",
            "400-",
            "+86 ",
        ),
        *(
            "4 6 0 1 0 0 1 9 9 0 0 1 0 1 1 2 3 ",
            "2025-03-08 ",
            "4.60100199",
            "电话1",
            "电话1234567、",
            "身份证号",
            "账号1",
        ),
        *(
            "住址",
            "住址：",
            "住海口市",
            "住所",
            "地 ",
            "户籍",
            "地址：（",
            "a@",
            "a.",
            "微信号a",
            "1980年1月",
            "，1",
            "男，",
        ),
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (1_000_000 // len(piece.encode()))
    assert _seconds(lambda: masking.text(text, of_person=True)) < 1


def _seconds(work: Callable[[], object]) -> float:
    """Of this process's own work: others use the machine too."""
    begun = time.process_time()
    work()
    return time.process_time() - begun
