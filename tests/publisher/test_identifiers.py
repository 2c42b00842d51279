"""The checks of identifiers against codes that are known to be right, and against one wrong character."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.identifiers import (
    USCC_CHARACTERS,
    BadIdentifier,
    holds_identity_number,
    identity_check_character,
    identity_number,
    is_half_masked,
    organisation_code_check,
    organisation_code_fits,
    party_type_of,
    registration_number_check,
    uscc,
    uscc_check_character,
)
from publisher.subjects import PartyType

# Published codes of well-known organisations.
REAL = ["91110000802100433B", "914403001922038216", "91440300708461136T", "91330100799655058B"]

first17 = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["11", "12", "31", "51", "91", "92", "93", "N1", "N2", "A1", "Y1"]),
        st.integers(100000, 999999).map(str),
        st.text(USCC_CHARACTERS, min_size=9, max_size=9),
    ),
)
identities = st.builds(
    lambda region, born, order: f"{region}{born:%Y%m%d}{order:03}",
    st.sampled_from(["460100", "110101", "440305", "652301", "810000"]),
    st.dates(min_value=date(1900, 1, 1)).filter(lambda day: day.year < 2100),
    st.integers(0, 999),
).map(lambda first: first + identity_check_character(first))


@pytest.mark.parametrize("code", REAL)
def test_real_codes_are_valid(code: str) -> None:
    assert uscc(code) == code
    assert organisation_code_fits(code)


@given(first17)
def test_every_code_with_its_check_character_is_valid(start: str) -> None:
    code = start + uscc_check_character(start)
    assert uscc(code) == code


@given(first17, st.integers(0, 16), st.sampled_from(USCC_CHARACTERS))
def test_one_wrong_character_is_found(start: str, place: int, other: str) -> None:
    wrong = start[:place] + other + start[place + 1 :]
    if wrong != start:
        with pytest.raises(BadIdentifier):
            uscc(wrong + uscc_check_character(start))


@pytest.mark.parametrize(
    "text",
    [
        " 9111 0000 8021 00433b ",
        "９１１１００００８０２１００４３３Ｂ",
        "91110000-802100433-b",
        "91110000802100433B\u3000",
    ],
)
def test_spaces_width_and_case_do_not_matter(text: str) -> None:
    assert uscc(text) == "91110000802100433B"


@pytest.mark.parametrize("text", ["", "  ", "0" * 18, "1" * 18, "00000000000000000X", "9" * 15, "----"])
def test_blanks_and_fillers_are_no_code(text: str) -> None:
    assert uscc(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("91110000802100433C", "its check character is C where B is right"),
        ("460100000012345", "a unified social credit code has 18 characters, this has 15"),
        ("9111000080210043IB", "it holds characters that no unified social credit code has in that place"),
    ],
)
def test_what_is_wrong_is_said_without_the_code(text: str, why: str) -> None:
    with pytest.raises(BadIdentifier) as raised:
        uscc(text)
    assert str(raised.value) == why


@pytest.mark.parametrize(("first8", "check"), [("80210043", "3"), ("D2143569", "X"), ("MA005XXX", None)])
def test_organisation_code_check(first8: str, check: str | None) -> None:
    assert organisation_code_check(first8) in ({check} if check else set("0123456789X"))


def test_registration_number_check() -> None:
    assert registration_number_check("11010800000001") == "6"


@pytest.mark.parametrize(
    ("code", "type"),
    [
        ("92460100MA5RH0EF8X", PartyType.SELF_EMPLOYED),
        ("11460000008173578W", PartyType.AUTHORITY),
        ("91110000802100433B", PartyType.ORGANISATION),
        ("52460000MJP0000000", PartyType.ORGANISATION),
    ],
)
def test_party_type(code: str, type: PartyType) -> None:
    assert party_type_of(code) is type


@given(identities)
def test_identity_numbers_are_known_in_every_disguise(number: str) -> None:
    assert identity_number(number) == number
    assert identity_number(number.lower()) == number
    assert identity_number(f"{number[:6]} {number[6:14]} {number[14:]}") == number
    assert holds_identity_number(number)
    assert holds_identity_number(number + "01")


def test_a_mistyped_identity_number_is_still_one() -> None:
    assert identity_number("11010519491231002X") == "11010519491231002X"
    assert identity_number("110105194912310021") == "110105194912310021"


def test_an_old_identity_number_gets_its_century_and_check_character() -> None:
    assert identity_number("110105491231002") == "11010519491231002X"


@pytest.mark.parametrize(
    "code", [*REAL, "460100999999999", "110105194913310021", "990105194912310021", "", "张三"]
)
def test_what_is_no_identity_number(code: str) -> None:
    assert identity_number(code) is None


@given(first17)
def test_no_code_of_an_enterprise_is_taken_for_a_person(start: str) -> None:
    code = start + uscc_check_character(start)
    if code.startswith(("91", "92", "93", "N", "A", "Y")):
        assert not holds_identity_number(code)


def test_a_right_registration_number_is_no_identity_number() -> None:
    first14 = "46010060010112"
    assert not holds_identity_number(first14 + registration_number_check(first14))
    assert holds_identity_number(first14 + str((int(registration_number_check(first14)) + 1) % 10))


@pytest.mark.parametrize(
    "text",
    ["460100********1234", "4601001990****1234", "460100＊＊＊＊＊＊＊＊＊＊＊＊", "460100xxxxxxxx1234"],
)
def test_half_masked(text: str) -> None:
    assert is_half_masked(text)
