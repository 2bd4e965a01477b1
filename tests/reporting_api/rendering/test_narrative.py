"""The council's own words: what is kept of them, and what never becomes part of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from reporting_api.rendering.narrative import html_of, levels_without_gaps, printed, tokens_of


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# One\n## Two", "<h3>One</h3>\n<h4>Two</h4>\n"),
        ("###### Deep first\n# Then", "<h3>Deep first</h3>\n<h3>Then</h3>\n"),
        ("# One\n#### Four", "<h3>One</h3>\n<h4>Four</h4>\n"),
        ("#\n\nWords", "<p>Words</p>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("![seen *as*](https://example.org/p.png)", "<p>seen *as*</p>\n"),
        ("[](https://example.org/)", '<p><a href="https://example.org/">https://example.org/</a></p>\n'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>\n"),
        ("[x](/relative)", "<p>[x](/relative)</p>\n"),
    ],
)
def test_what_markdown_becomes(markdown: str, expected: str) -> None:
    assert html_of(markdown) == expected


_HARMLESS = {
    "p", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "br", "a",
    "h3", "h4", "h5", "h6", "div",
}  # fmt: skip


@given(st.text(alphabet="<>[]()!#*_`-> \n1.ab:/\"'&\\=jhtps", max_size=60))
def test_whatever_is_typed_only_harmless_elements_come_out(markdown: str) -> None:
    page = html.fragment_fromstring(html_of(markdown), create_parent="div")
    for element in page.iter():
        assert element.tag in _HARMLESS
        assert set(element.attrib) <= {"href", "title", "start", "class"}
        assert element.get("href", "http:").startswith(("http:", "https:", "mailto:", "HTTP"))


@given(st.lists(st.integers(1, 6), max_size=12))
def test_no_level_of_heading_is_skipped(typed: list[int]) -> None:
    levels = levels_without_gaps(typed, 3)
    for before, after in zip([2, *levels], levels, strict=False):
        assert 3 <= after <= min(before + 1, 6)


@given(st.text(alphabet=st.characters(codec=None), max_size=20))
def test_any_text_can_be_put_into_a_document(text: str) -> None:
    html.fragment_fromstring(html_of(text), create_parent="div")
    printed(text).encode()
    assert printed(printed(text)) == printed(text)


def test_words_without_markup_stay_as_they_are() -> None:
    words = 'It\'s 5 < 6 & "so" on'
    tokens = tokens_of(words)
    assert [token.content for token in tokens if token.type == "inline"] == [words]
