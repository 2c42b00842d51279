"""Folding, tokens, highlights and the parser; none of them ever raises for what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import BadQuery
from search.parse import And, Limits, Not, Or, Value, Word, parse
from search.text import COMMON_WORDS, fold, fold_with_offsets, highlight, sought, sparse, stream, tokens

TYPED = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from('海南旅遊游罰罚有限公司"“”（）()-OR ')), max_size=60
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("行政處罰", "行政处罚"),
        ("海南椰風旅行社（集團）有限公司", "海南椰风旅行社(集团)有限公司"),
        ("ＡＢＣ１２", "abc12"),
        ("琼旅罚〔2026〕1号", "琼旅罚[2026]1号"),
        ("海南  旅游", " 海南 旅游 "),
    ],
)
def test_equal_to_people_is_equal_folded(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(TYPED)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TYPED)
def test_offsets_lead_back_into_the_original(text: str) -> None:
    folded = fold_with_offsets(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))


@given(TYPED, TYPED)
def test_a_highlight_is_the_whole_text_in_pieces(text: str, asked: str) -> None:
    try:
        expression = parse(asked).expression
    except BadQuery:
        return
    assert "".join(piece for piece, _ in highlight(text, expression)) == text


def test_a_simplified_word_marks_the_traditional_text() -> None:
    marked = [piece for piece, hit in highlight("海南省行政處罰決定書", parse("行政处罚").expression) if hit]
    assert marked == ["行政處罰"]


@given(TYPED)
def test_tokens_have_no_spaces(text: str) -> None:
    assert not any(any(character.isspace() for character in token) for token in tokens(text))


RUNS = st.lists(st.sampled_from([*"海南罚a1，", "ab"]), max_size=12).map("".join)


@given(st.lists(RUNS, min_size=1, max_size=3), RUNS)
def test_the_tokens_that_decide_stand_where_the_whole_phrase_does(values: list[str], asked: str) -> None:
    given, wanted = stream(values).split(), sought(asked).tokens
    places = range(len(given) - len(wanted) + 1)
    whole = [at for at in places if tuple(given[at : at + len(wanted)]) == wanted]
    kept = [at for at in places if all(given[at + place] == token for place, token in sparse(wanted))]
    assert kept == whole


def test_a_phrase_of_bigrams_needs_every_second_one() -> None:
    assert [token for _, token in sparse(sought("海南旅游业").tokens)] == ["海南", "旅游", "游业"]
    assert sparse(sought("海南旅游业").tokens)[-1] == (3, "游业")


@pytest.mark.parametrize("word", COMMON_WORDS)
def test_a_common_word_is_one_token_that_stands_wherever_it_does(word: str) -> None:
    (token,) = sought(word).tokens
    assert token in tokens(f"海南{word}某某")
    assert token not in tokens(f"{word[:-1]}，{word[-1]}")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("海南 旅游", And((Word("海南"), Word("旅游")))),
        ('"海南 旅游"', Word("海南 旅游", phrase=True)),
        ("“海南旅游”", Word("海南旅游", phrase=True)),
        ("海南 OR 三亚", Or((Word("海南"), Word("三亚")))),
        ("海南 -三亚", And((Word("海南"), Not(Word("三亚"))))),
        ("", None),
        ("   ", None),
    ],
)
def test_what_people_type_is_read(typed: str, read: object) -> None:
    assert parse(typed).expression == read


@pytest.mark.parametrize("typed", ['"海南', "(海南", "海南)", "OR 海南", "海南 OR", "海南 -"])
def test_what_is_unbalanced_is_mended(typed: str) -> None:
    mended = parse(typed)
    assert mended.mended
    assert mended.expression in (Word("海南"), Word("海南", phrase=True))


LIMITS: Limits = {
    "name": lambda text: Word(text, field="name"),
    "机关": lambda text: Value("authority", (text,)),
}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("name:海南", Word("海南", field="name")),
        ("NAME：海南", Word("海南", field="name")),
        ('name: "海南 旅游"', Word("海南 旅游", field="name")),
        ("酒店 -机关:消防", And((Word("酒店"), Not(Value("authority", ("消防",)))))),
        ("机关:(消防 OR 旅游)", Or((Value("authority", ("消防",)), Value("authority", ("旅游",))))),
        (
            "机关:(消防 (旅游 OR name:海))",
            And(
                (
                    Value("authority", ("消防",)),
                    Or((Value("authority", ("旅游",)), Word("海", field="name"))),
                )
            ),
        ),
        ("10:30 https://a.example/b", And((Word("10:30"), Word("https://a.example/b")))),
    ],
)
def test_what_stands_before_a_colon_limits_what_follows(typed: str, read: object) -> None:
    assert parse(typed, LIMITS).expression == read


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ('海南 "旅游 业', '海南 "旅游 业"'),
        ("(海南 OR 三亚 -机关:消防", "(海南 OR 三亚 -机关:消防)"),
        ("酒店 (海南 OR OR 三亚", "酒店 (海南 OR 三亚)"),
        ("-(a b", "-(a b)"),
        ("机关:(a OR b", "机关:(a OR b)"),
        ("name:", ""),
    ],
)
def test_what_was_mended_is_told_as_one_could_have_typed_it(typed: str, text: str) -> None:
    told = parse(typed, LIMITS)
    assert (told.text, told.mended) == (text, True)
    assert parse(told.text, LIMITS) == told._replace(mended=False)


@given(st.text(alphabet='海南ab -"()OR:：', max_size=30).map(lambda text: text.replace("ab", " name:")))
def test_what_was_read_is_read_the_same_again(text: str) -> None:
    told = parse(text, LIMITS)
    again = parse(told.text, LIMITS)
    plain = [repr(read.expression).replace("phrase=True", "phrase=False") for read in (told, again)]
    assert plain[0] == plain[1]
    assert not again.mended


@given(TYPED)
def test_the_parser_never_raises_for_short_text(text: str) -> None:
    parse(text)


@pytest.mark.parametrize("typed", ["海" * 1001, "a " * 65])
def test_too_much_is_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(BadQuery, match=r"^[^\n]*\.$"):
        parse(typed)


@pytest.mark.parametrize("typed", ["(" * 400 + "a" + ")" * 400, "-(" * 300 + "a"])
def test_needless_depth_is_flattened(typed: str) -> None:
    assert parse(typed).expression in (Word("a"), Not(Word("a")))
