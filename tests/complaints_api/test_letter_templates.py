"""Templates: what may be one, what it must say; a value stays literal; our letters are in plain English."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaint_events.codes import CODE_LISTS
from complaints_api.letters.catalogue import LETTERS, Requirement
from complaints_api.letters.checking import samples, tried
from complaints_api.letters.composing import (
    LARGEST_TEMPLATE,
    SECTIONS,
    TEMPLATES,
    BadTemplateError,
    built_in,
    compose,
    lacking,
    template,
)
from complaints_api.letters.facts import EXTENDED_BECAUSE, NAMES, REFUSED_BECAUSE, WAITS, Facts, long_date
from complaints_api.letters.markdown import blocks_of, one_line
from complaints_api.letters.rendering import KINDS, Head
from tests.complaints_api.letters_read import text_of

SAMPLE = next(samples(LETTERS["acknowledgement"]))
HEAD = Head("A letter", "A council", date(2024, 2, 5))


@pytest.mark.parametrize("name", TEMPLATES)
def test_our_own_templates_would_be_taken(name: str) -> None:
    trial = tried({name: built_in(name)}, name)
    assert trial.good, trial


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ nobody }}", "no value of the name 'nobody'"),
        ("{{ name.__class__ }}", "only loop.first and loop.last"),
        ("{{ name.upper() }}", "call is not allowed"),
        ("{{ name|upper }}", "filter is not allowed"),
        ("{{ name[0] }}", "getitem is not allowed"),
        ("{{ 9**9**9 }}", "pow is not allowed"),
        ("{{ name * 1000000 }}", "mul is not allowed"),
        ("{{ name ~ name }}", "concat is not allowed"),
        ("{% set a = 1 %}", "assign is not allowed"),
        ("{% include 'x' %}", "include is not allowed"),
        ("{% import 'x' as y %}", "import is not allowed"),
        ("{% extends 'x' %}", "extends is not allowed"),
        ("{% macro x() %}{% endmacro %}", "macro is not allowed"),
        ("{% for a in range(10) %}{% endfor %}", "a loop goes over address"),
        ("{% for a in name %}{% endfor %}", "a loop goes over address"),
        ("{% for a in address %}{% for b in address %}{% endfor %}{% endfor %}", "not inside another"),
        ("{% for a in address recursive %}{{ loop(address) }}{% endfor %}", "call is not allowed"),
        ("{% if %}", "line 1"),
        ("Dear\n{{ name", "line 2"),
        ("{% if name < 3 %}{% endif %}", "cannot be filled in"),
        ("{{ body }}", "cannot be filled in"),
        ("{{ withdrawn_on }}{{ none }}", "not there"),
        ("{{ young }}", "not there"),
        ("{{ signed_by }}", "not there: ask for it with {% if %}"),
        ("{{ " + "(" * 9000 + "1" + ")" * 9000 + " }}", "nested too deeply"),
        ("{{ " + "not " * 4000 + "1 }}", "nested too deeply"),
        ("{% if name %}" * 1400, "nested too deeply"),
        ("x" * (LARGEST_TEMPLATE + 1), "more than 20000 characters"),
    ],
)
def test_what_is_no_template_of_a_letter_is_refused_saying_why(text: str, says: str) -> None:
    trial = tried({"withdrawal_confirmation": text}, "withdrawal_confirmation")
    assert any(says in broken for broken in trial.broken), trial.broken
    assert not trial.good


def test_a_letter_that_grows_beyond_measure_is_stopped() -> None:
    endless = replace(SAMPLE, name="n" * 100_000)
    with pytest.raises(BadTemplateError, match="500000 characters"):
        compose({"acknowledgement": "{{ name }}" * 2_000}, "acknowledgement", endless)


EVERY_REQUIREMENT: list[tuple[str, Requirement]] = [
    (name, one) for name, letter in LETTERS.items() for one in letter.requires
]


@pytest.mark.parametrize(("name", "one"), EVERY_REQUIREMENT, ids=lambda value: getattr(value, "name", value))
def test_each_requirement_is_missed_by_a_template_without_it(name: str, one: Requirement) -> None:
    """A template that says nothing misses it; with our own words it is met."""
    bare = {"frame": "Hello.\n\n{{ body }}", name: "Nothing more."}
    missing = {(letter, found.requirement): found for letter, found in tried(bare, name).missing}
    assert missing[name, one.name].source == one.source
    assert (name, one.name) not in {
        (letter, found.requirement) for letter, found in tried({name: built_in(name)}, name).missing
    }


@pytest.mark.parametrize(
    ("name", "cut", "requirement"),
    [
        ("acknowledgement", "{{ received_on }}", "received_on"),
        ("acknowledgement", "{{ due_on }}", "due_on"),
        ("acknowledgement", "until {{ waiting }}", "due_on"),
        ("acknowledgement", "{{ advocate_section }}", "advocacy"),
        ("acknowledgement", "{{ paragraphs }}", "paragraphs"),
        ("extension", "{{ extended_because }}", "why_extended"),
        ("extension", "{{ extended_to }}", "extended_to"),
        ("extension", "{{ ombudsman_section }}", "ombudsman"),
        ("stage_1_response", "The law sets no time limit for asking for stage 2.", "no_time_limit"),
        ("stage_1_response", "reply to this letter or tell us in person", "how_to_ask"),
        ("stage_1_response", "{{ ombudsman_section }}", "ombudsman_after_last_answer"),
        ("adjudication", "{{ panel_until }}", "panel_until"),
        ("withdrawal_confirmation", "{{ withdrawn_on }}", "withdrawn"),
        ("refusal", "{{ refused_because }}", "why_refused"),
        ("ombudsman_section", "{{ ombudsman_phone }}", "ombudsman"),
        ("ombudsman_section", "{{ ombudsman_web }}", "ombudsman"),
        ("ombudsman_section", "within 12 months", "ombudsman_time_limit"),
        ("advocate_section", "{% if young %}", "advocacy"),
        ("frame", "{{ reference }}", "reference"),
        ("frame", "{{ body }}", "ombudsman"),
    ],
)
def test_what_is_cut_out_of_a_template_is_missed(name: str, cut: str, requirement: str) -> None:
    text = built_in(name)
    assert cut in text
    instead = "{% if not young %}" if cut.startswith("{%") else "that"
    trial = tried({name: text.replace(cut, instead)}, name)
    assert requirement in {found.requirement for _, found in trial.missing}, trial


def test_a_council_may_use_its_own_sentences() -> None:
    own = """
We got your letter of {{ received_on }}.
{% if due_on %}Expect to hear from us by {{ due_on }}.
{% else %}We wait until {{ waiting }}.
{% endif %}
{{ paragraphs }}
{% if young %}Our **advocates** can speak for you.{% endif %}

Complain to the Local Government and Social Care Ombudsman: www.lgo.org.uk or 0300 061 0614.
"""
    trial = tried({"acknowledgement": own}, "acknowledgement")
    assert trial.good, trial


def test_a_date_is_not_found_within_another() -> None:
    letter, facts = LETTERS["extension"], replace(SAMPLE, extended_to=date(2024, 3, 4))
    lacks = {one.requirement for one in lacking(letter, facts, "By 14 March 2024, 4 March 2024x.")}
    assert "extended_to" in lacks
    lacks = {one.requirement for one in lacking(letter, facts, "By **4 March\n2024**.")}
    assert "extended_to" not in lacks
    assert long_date(date(2024, 3, 4)) == "4 March 2024"


def test_a_letter_that_can_say_neither_a_day_nor_what_we_wait_for_is_not_sent() -> None:
    facts = replace(SAMPLE, due_on=None, waiting=None)
    markdown = compose({}, "acknowledgement", facts)
    assert [one.requirement for one in lacking(LETTERS["acknowledgement"], facts, markdown)] == ["due_on"]


def test_every_code_that_a_letter_tells_has_words() -> None:
    assert set(EXTENDED_BECAUSE) == set(CODE_LISTS["extension_reason"].values)
    assert set(REFUSED_BECAUSE) == set(CODE_LISTS["ineligible_reason"].values)


def test_every_value_is_there_for_some_letter() -> None:
    code = " ".join(part for text in map(built_in, TEMPLATES) for part in re.findall(r"{[{%].*?[%}]}", text))
    used = set(re.findall(r"[a-z_0-9]+", code))
    assert {name for name in (*NAMES, *SECTIONS) if name not in used} == {"procedure"}


NAMES_OF_PEOPLE = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
).filter(lambda name: bool(name.strip())) | st.sampled_from(
    [
        "*x*",
        "__x__",
        "<script>alert(1)</script>",
        "{{ name }}",
        "{% if x %}",
        "# One",
        "1. One",
        "1) One",
        "- One",
        "+ One",
        "> One",
        "`x`",
        "[a](http://b)",
        "![a](b)",
        "&amp;",
        "&#60;",
        "a\\",
        "\\*",
        "---",
        "===",
        "~~~",
        "|a|b|",
        "http://x.test",
        "a  b\tc",
        "a\n\n# b",
        "    code",
    ]
)


@pytest.mark.parametrize("format_", KINDS)
@given(name=NAMES_OF_PEOPLE, line=NAMES_OF_PEOPLE)
def test_a_value_stands_in_the_letter_as_it_is(format_: str, name: str, line: str) -> None:
    facts = replace(SAMPLE, name=name, address=(line, line), signed_by=line, reference="R-1")
    markdown = compose({}, "acknowledgement", facts)
    rendered = next(kind.render for known, kind in KINDS.items() if known == format_)
    text = text_of(format_, rendered(markdown, HEAD))
    assert f"{one_line(name)} {one_line(line)} {one_line(line)} Our reference: R-1" in text
    assert f"Dear {one_line(name)}, Thank you" in text
    assert f"Yours sincerely, {one_line(line)} Complaints officer" in text or facts.job_title is None
    assert not lacking(LETTERS["acknowledgement"], facts, markdown)


@given(st.text(max_size=300))
def test_an_officer_s_text_loses_no_letter_and_leaves_ours_alone(text: str) -> None:
    """Markdown takes marks and numbers of lists, never a letter; and it ends with its own block."""
    spoken = blocks_of(text)
    assert sum(map(str.isalpha, "".join(spoken))) == sum(map(str.isalpha, text))
    ours = blocks_of(compose({}, "acknowledgement", replace(SAMPLE, paragraphs=None)))
    both = blocks_of(compose({}, "acknowledgement", replace(SAMPLE, paragraphs=text)))
    place = next(place for place, block in enumerate(ours) if block == "What happens now")
    assert both == [*ours[:place], *spoken, *ours[place:]]


SENTENCE = re.compile(r"(?<=[.!?:])\s+")
VOWELS = re.compile(r"[aeiouy]+")
NO_PLAIN_ENGLISH = re.compile(
    r"\b(e\.?g|i\.?e|etc|inter alia|pursuant|aforementioned|herein|hereby|therein|commence|in lieu|per annum"
    r"|ad hoc|vis-à-vis|viz|prior to|in respect of|with regard to|utilise|the complainant|the authority)\b",
    re.IGNORECASE,
)


def syllables(word: str) -> int:
    """About how many syllables an English word has."""
    bare = re.sub(r"[^a-z]", "", word.lower())
    silent = bare.endswith("e") and not bare.endswith(("le", "ee")) and len(VOWELS.findall(bare)) > 1
    return max(1, len(VOWELS.findall(bare)) - silent)


def test_syllables_are_counted_about_right() -> None:
    known = {
        "we": 1,
        "time": 1,
        "people": 2,
        "complaint": 2,
        "ombudsman": 3,
        "investigation": 5,
        "advocate": 3,
    }
    assert {word: syllables(word) for word in known} == known


def sentences_of(name: str, facts: Facts) -> list[list[str]]:
    """The letter's own sentences, word by word: without the officer's text, letterhead and signature."""
    own = replace(facts, paragraphs=None, contact=None)
    blocks = blocks_of(compose({"frame": "{{ body }}"}, name, own))
    said = [words for block in blocks for words in SENTENCE.split(block)]
    return [re.findall(r"[\w'-]+", words) for words in said if words]


@pytest.mark.parametrize("name", LETTERS)
def test_our_letters_are_in_plain_english(name: str) -> None:
    """Mean sentence at most 20 words, none over 30, Flesch reading ease at least 60, "we" and "you"."""
    for facts in samples(LETTERS[name]):
        sentences = sentences_of(name, facts)
        words = [word for sentence in sentences for word in sentence]
        mean = len(words) / len(sentences)
        ease = 206.835 - 1.015 * mean - 84.6 * sum(map(syllables, words)) / len(words)
        assert mean <= 20
        assert max(map(len, sentences)) <= 30, max(sentences, key=len)
        assert ease >= 60, (ease, facts)
        assert {"we", "you"} <= {word.lower() for word in words}
        assert not NO_PLAIN_ENGLISH.search(" ".join(words))


@pytest.mark.parametrize("words", [*WAITS.values(), *EXTENDED_BECAUSE.values(), *REFUSED_BECAUSE.values()])
def test_reasons_are_in_plain_english(words: str) -> None:
    assert len(words.split()) <= 18
    assert not NO_PLAIN_ENGLISH.search(words)


def test_a_template_is_read_once() -> None:
    assert template(built_in("frame")) is template(built_in("frame"))
