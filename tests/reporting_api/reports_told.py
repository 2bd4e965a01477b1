"""Reading a report's texts back: every number in them must be the cell that it says it is."""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from reporting_api.report_document import SUPPRESSED, Chart, Figure, KeyFigures, Paragraph, Report, Source
from reporting_api.sections.notes import ENTRIES
from reporting_api.sections.setting import Setting
from reporting_api.tables.answer import Answer

_LITERAL: Final = re.compile(
    r"within \d+ working days|\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}-\d{2}|day 0|not 0%|add up to 100"
    r"|Children Act 1989|Regulations 2006|2006 Regulations|Regulation 13|[Ss]tages? [123]|section 26A|1 April"
    r"|31 March"
)
"""Numbers of the law, of stages and of the calendar: no figures."""

_NONE: Final = frozenset({"no", "none", "none of the", "as many as", "was not"})
_WHOLE: Final = frozenset({"all", "only", "was"})


def paragraphs(report: Report) -> Iterator[Paragraph]:
    for section in report.sections:
        yield from (block for block in section.blocks if isinstance(block, Paragraph))


def key_figures(report: Report) -> dict[str, Figure]:
    blocks = [block for section in report.sections for block in section.blocks]
    return {one.label: one for block in blocks if isinstance(block, KeyFigures) for one in block.figures}


def charts(report: Report) -> Iterator[Chart]:
    for section in report.sections:
        yield from (block for block in section.blocks if isinstance(block, Chart))


def text_of(report: Report, section: str) -> str:
    """The generated sentences of a section."""
    found = next(one for one in report.sections if one.id == section)
    return "\n".join(block.text for block in found.blocks if isinstance(block, Paragraph))


def cell(setting: Setting, source: Source) -> Any:
    """The cell that a source names, of the tables the report was composed from."""
    if source.table == ENTRIES:
        return getattr(setting.entries, source.column)
    answers = setting.answers if source.year == setting.scope.year.key else setting.before
    return answers[source.table].rows[source.row][source.column]


def number(shown: str) -> Decimal:
    """A number as a text has it."""
    return Decimal(shown.strip("%\N{POUND SIGN}+").replace(",", "").replace("\N{MINUS SIGN}", "-"))


def is_told(shown: str, value: Any) -> bool:
    """Whether the words tell the value."""
    if SUPPRESSED in (shown, value):
        return bool(shown == value)
    if shown.lower() in _NONE:
        return bool(value == 0)
    if shown.lower() in _WHOLE:
        return bool(value)
    if value is None:
        return shown in ("N/A", "not applicable")
    return abs(number(shown)) in (value, abs(value))


def check_texts(report: Report, setting: Setting) -> None:
    """Every number in every generated sentence is a cell, and the sentence has no other number."""
    for paragraph in paragraphs(report):
        rest, said = "", _LITERAL.sub("", _without_labels(paragraph.text, setting))
        for source in paragraph.sources:
            assert is_told(source.shown, cell(setting, source)), (paragraph.text, source)
            before, found, said = said.partition(_as_in(said, source.shown))
            assert found, (paragraph.text, source)
            rest += before
        assert not re.search(r"\d", rest + said), (paragraph.text, rest + said)


def _as_in(text: str, shown: str) -> str:
    """The words as they stand in the text: a sentence begins with a capital."""
    places = [(text.find(form), form) for form in (shown, shown[:1].upper() + shown[1:]) if form in text]
    return min(places)[1] if places else shown


def _without_labels(text: str, setting: Setting) -> str:
    profile = setting.scope.profile
    names = [team.label for team in profile.teams] + [theme.label for theme in profile.themes]
    for name in (*names, profile.name):
        text = text.replace(name, "")
    return text


def check_key_figures(report: Report, setting: Setting) -> None:
    """Every key figure is a cell, is worked out from the cells beside it, and so is its change."""
    for figure in key_figures(report).values():
        values = [cell(setting, source) for source in figure.sources]
        assert is_told(figure.value, values[0]), figure
        if SUPPRESSED in (figure.value, figure.numerator, figure.denominator):
            assert figure.change is None or figure.value != SUPPRESSED
        elif figure.numerator is not None and figure.denominator is not None:
            numerator, denominator = number(figure.numerator), number(figure.denominator)
            assert [numerator, denominator] == values[1:3]
            assert figure.basis.startswith(f"{figure.numerator} of {figure.denominator} ")
            assert values[0] == (percentage(numerator, denominator) if denominator else None)
        if figure.change is not None:
            _check_change(figure.change, Decimal(values[0]), Decimal(values[-1]))


def _check_change(text: str, now: Decimal, earlier: Decimal) -> None:
    if now == earlier:
        assert text.startswith("the same as ")
        return
    assert number(text.split(" ", 1)[0]) == abs(now - earlier), text
    assert re.search(r"\b(more|higher)\b", text) if now > earlier else re.search(r"\b(fewer|lower)\b", text)
    given = re.search(r"\(([^,)%]+(?:,\d{3})*)%?(?:, (.+)%)?\)$", text)
    assert given is not None, text
    assert number(given[1]) == earlier, text
    if given[2]:
        assert number(given[2]) == percentage(now - earlier, earlier), text


def percentage(part: Decimal, whole: Decimal) -> Decimal:
    """A percentage to one decimal, worked out here and not by the product."""
    return (100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def check_charts(report: Report, tables: Sequence[Answer]) -> None:
    """A chart shows figures of one column of one table, and its text no others."""
    columns = [
        {float(row[key]) for row in answer.rows if isinstance(row.get(key), int | Decimal)}
        for answer in tables
        for key in (column.key for column in answer.table.columns)
    ]
    for chart in charts(report):
        for series in chart.series:
            heights = {value for value in series.values if value is not None}
            assert any(heights <= column for column in columns), (chart.id, series)
        shown = {value for series in chart.series for value in series.values if value is not None}
        for told in re.findall(
            r"(?:from|to|largest|smallest|:) (\d[\d,.]*\d|\d)(?=%? (?:in|\())", chart.text
        ):
            assert float(told.replace(",", "")) in shown, (chart.id, chart.text)
