"""Codes of certificates: typed as people type, and every slip seen."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from publisher.case_links import CaseLinks, new_seal
from publisher.certificates import ALPHABET, Certificate, new_code, read_code
from tests.fixtures.store import NOON

PLACES, SIGNS = st.integers(0, 17), st.sampled_from(ALPHABET)


def test_codes_are_random_and_typed_in_any_way() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    for code in codes:
        shown = Certificate(code, "i", "penalty", 1, NOON, NOON).shown_code
        assert len(shown) == 22
        for typed in (code, shown, shown.lower(), code.replace("0", "O").replace("1", "l"), f" {shown} "):
            assert read_code(typed) == code


@given(PLACES, SIGNS)
def test_one_wrong_sign_is_seen(place: int, sign: str) -> None:
    code = new_code()
    wrong = code[:place] + sign + code[place + 1 :]
    assert read_code(wrong) == (code if wrong == code else None)


@given(PLACES, PLACES)
def test_two_exchanged_signs_are_seen(first: int, second: int) -> None:
    code = new_code()
    signs = list(code)
    signs[first], signs[second] = signs[second], signs[first]
    assert read_code("".join(signs)) == (code if "".join(signs) == code else None)


@given(st.text(max_size=30))
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None


def test_a_digest_covers_all_that_is_said_and_no_zone() -> None:
    one = Certificate("c", "i", "penalty", 1, NOON, NOON)
    assert one.digest == Certificate("c", "i", "penalty", 1, NOON.astimezone(UTC), NOON).digest
    others = {
        Certificate("d", "i", "penalty", 1, NOON, NOON).digest,
        Certificate("c", "j", "penalty", 1, NOON, NOON).digest,
        Certificate("c", "i", "permit", 1, NOON, NOON).digest,
        Certificate("c", "i", "penalty", 1, datetime(2026, 1, 1, tzinfo=UTC), NOON).digest,
        Certificate("c", "i", "penalty", 1, NOON, datetime(2026, 1, 1, tzinfo=UTC)).digest,
    }
    assert len(others | {one.digest}) == 6


def test_a_link_needs_the_key() -> None:
    seal = new_seal()
    links = CaseLinks("https://gongshi.example", "a key")
    assert links.token(seal) == CaseLinks("https://other.example", "a key").token(seal)
    assert len({links.token(seal), links.token(new_seal()), CaseLinks("", "another").token(seal)}) == 3
    assert len(links.token(seal)) == 43
    assert "a key" not in repr(links)
