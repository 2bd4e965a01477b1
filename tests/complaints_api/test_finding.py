"""Spellings: what one person writes in many ways is one word, and what is recorded is found as asked."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from complaints_api.finding import (
    MOST_WORDS,
    WordsError,
    emails,
    name_words,
    phone,
    plain,
    postcodes,
    words_asked,
    words_recorded,
)

NATIONAL = st.from_regex(r"[1235789][0-9]{8,9}", fullmatch=True)
PUNCTUATION = st.sampled_from(["", " ", "-", ".", "  ", ") ", " ("])


@given(st.text(max_size=60))
def test_plain_letters_stay_as_they_are(text: str) -> None:
    once = plain(text)
    assert plain(once) == once


@given(st.text(max_size=60))
def test_a_word_is_its_own_word(text: str) -> None:
    for read in (name_words, emails, phone, postcodes):
        for word in read(text):
            assert read(word) == {word}


@given(st.text(max_size=60))
def test_what_was_recorded_is_found_as_it_was_written(text: str) -> None:
    """Whatever words can be asked for with a text are among those recorded of it."""
    assume(len(name_words(text)) <= MOST_WORDS)
    for field, recorded_as in {
        "name": "name",
        "email": "email",
        "phone": "phone",
        "postcode": "address",
    }.items():
        recorded = words_recorded({f"personal.{recorded_as}": text, "changes.personal.narrative": text})
        if recorded:
            assert words_asked({field: text}) <= recorded
        else:
            with pytest.raises(WordsError) as none:
                words_asked({field: text})
            assert none.value.field == field


@given(
    NATIONAL,
    st.lists(PUNCTUATION, min_size=11, max_size=11),
    st.sampled_from(["0", "+44", "0044 ", "+44 (0) "]),
)
def test_a_telephone_number_is_one_word_however_it_is_written(
    national: str, between: list[str], prefix: str
) -> None:
    written = prefix + "".join(digit + gap for digit, gap in zip(national, between, strict=False))
    assert phone(written) == {national}
    assert words_asked({"phone": f"0{national}"}) <= words_recorded({"personal.phone": f"home: {written}"})


@given(st.lists(NATIONAL, min_size=1, max_size=3, unique=True))
def test_each_of_several_numbers_is_found(numbers: list[str]) -> None:
    written = " or ".join(f"0{number[:4]} {number[4:]} (day)" for number in numbers)
    for number in numbers:
        assert words_asked({"phone": f"+44 {number}"}) <= words_recorded({"personal.phone": written})


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Zoë  O\u2019Brien-SMITH", {"zoe", "obrien", "smith"}),
        ("Łukasz Żółć", {"lukasz", "zolc"}),
        ("Søren Bjørk", {"soren", "bjork"}),
        ("Weiß, Jürgen", {"weiss", "jurgen"}),
        ("Ａｎｎ　Ｌｅｅ", {"ann", "lee"}),  # noqa: RUF001 - the wide letters are the point
        ("محمد", {"محمد"}),
        ("Robert the 3rd", {"robert", "the", "3rd"}),
        ("— …", set()),
    ],
)
def test_the_words_of_a_name(written: str, words: set[str]) -> None:
    assert name_words(written) == words


def test_an_apostrophe_may_be_left_out_or_parted() -> None:
    recorded = words_recorded({"personal.name": "Sean O'Brien"})
    for asked in ("obrien", "O\u2019Brien", "Brien", "o brien sean"):
        assert words_asked({"name": asked}) <= recorded


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("1 High Street, Wokingham RG40 1BN", {"RG401BN"}),
        ("flat 2\nsw1a1aa", {"SW1A1AA"}),
        ("M1  1AE and B33 8TH", {"M11AE", "B338TH"}),
        ("XSW1A 1AAX", set()),
        ("12 Short Lane", set()),
    ],
)
def test_the_postcodes_of_an_address(written: str, found: set[str]) -> None:
    assert postcodes(written) == found


def test_an_e_mail_address_is_found_whole_within_what_was_written() -> None:
    assert emails("Ann <Ann.Lee@Example.TEST>; mailto:b@example.test") == {
        "ann.lee@example.test",
        "b@example.test",
    }


def test_only_personal_details_have_words() -> None:
    assert (
        words_recorded({"note": "Ann", "personal.narrative": "ann@example.test", "reasons": "RG40 1BN"})
        == set()
    )
    deep = {"changes.changes.personal.name": "Ann", "changes.personal.email": "a@example.test"}
    assert words_recorded(deep) == {"name|ann", "email|a@example.test"}


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", "-"), ("email", "ann"), ("email", "@"), ("phone", "none"), ("postcode", "RG40")],
)
def test_what_has_no_words_names_its_field_and_not_its_text(field: str, text: str) -> None:
    with pytest.raises(WordsError) as none:
        words_asked({field: text})
    assert none.value.field == field
    assert text not in none.value.must.split()


def test_a_long_text_is_read_in_a_moment() -> None:
    """Texts may have 100,000 characters; none makes the search for words slow."""
    for text in ("a" * 100_000, "1" * 100_000, "SW1A " * 20_000, "a@" * 50_000, "+" * 100_000, "é" * 100_000):
        words_recorded(
            dict.fromkeys(("personal.name", "personal.email", "personal.phone", "personal.address"), text)
        )
