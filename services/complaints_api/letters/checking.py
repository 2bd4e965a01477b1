"""Whether a template may take the place of another: it is tried on made-up complaints of every kind.

The same requirements are asked again of every letter that is made (`composing.lacking`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Final, NamedTuple

from complaint_events.procedures import DEFAULT_PROCEDURE, stages_of
from complaints_api.letters.catalogue import LETTERS, Letter
from complaints_api.letters.composing import BadTemplateError, Missing, compose, lacking, template
from complaints_api.letters.facts import EXTENDED_BECAUSE, REFUSED_BECAUSE, WAITS, Facts


class Trial(NamedTuple):
    """What came of a template: why it is none (`broken`), and which letters lack what."""

    broken: tuple[str, ...]
    missing: tuple[tuple[str, Missing], ...]

    @property
    def good(self) -> bool:
        """Whether the template may be taken."""
        return not self.broken and not self.missing


def tried(templates: Mapping[str, str], changed: str) -> Trial:
    """A changed template among an authority's own, on every letter that it stands in."""
    try:
        template(templates[changed])
    except BadTemplateError as error:
        return Trial((f"{changed}: {error}",), ())
    broken: dict[str, None] = {}
    missing: dict[tuple[str, Missing], None] = {}
    for name in _standing_in(changed):
        for facts in samples(LETTERS[name]):
            try:
                lacks = lacking(LETTERS[name], facts, compose(templates, name, facts))
            except BadTemplateError as error:
                broken[f"{name}: {error}"] = None
            else:
                missing |= dict.fromkeys((name, one) for one in lacks)
    rows = ((name, one.name) for name in LETTERS for one in LETTERS[name].requires)
    place = {row: number for number, row in enumerate(rows)}
    return Trial(tuple(broken), tuple(sorted(missing, key=lambda one: place[one[0], one[1].requirement])))


def _standing_in(changed: str) -> list[str]:
    """The letters that a template stands in: a letter's own in that letter, any other possibly in all."""
    return [changed] if changed in LETTERS else list(LETTERS)


def samples(letter: Letter) -> Iterator[Facts]:
    """Made-up facts of every kind that matters to a letter: whose, by which procedure, with and without."""
    for procedure, young, (waiting, overdue), made in product(
        letter.procedures, (True, False), _TIMES, (_BARE, _FULL)
    ):
        stages = stages_of(procedure) if letter.name == "acknowledgement" else (1,)
        for stage in stages:
            yield replace(
                made,
                title=letter.title,
                procedure=procedure,
                statutory=procedure == DEFAULT_PROCEDURE,
                stage=stage,
                stage_2_follows=2 in stages_of(procedure),
                young=young,
                waiting=waiting,
                due_on=None if waiting else date(2024, 2, 19),
                overdue=overdue,
            )


_TIMES: Final = ((None, False), (None, True), *((waiting, False) for waiting in WAITS.values()))
"""What the answer waits for, and whether it is late: its time runs, has run out, or stands still."""

_BARE: Final = Facts(
    council="Borough of Samples",
    title="",
    reference="SAM-2B4D-6F8H",
    sent_on=date(2024, 2, 5),
    name="Sam O'Sample",
    address=(),
    procedure=DEFAULT_PROCEDURE,
    statutory=True,
    young=False,
    received_on=date(2024, 2, 2),
    extended_to=date(2024, 3, 8),
    extended_because=EXTENDED_BECAUSE["complex"],
    panel_until=date(2024, 3, 27),
    refused_because=REFUSED_BECAUSE["out_of_time"],
    withdrawn_on=date(2024, 2, 1),
)
_FULL: Final = replace(
    _BARE,
    address=("1 High Street", "Sampleton", "SA1 2MP"),
    advocacy_providers="Advocates for Children",
    contact="01632 960001",
    signed_by="Alex Officer",
    job_title="Complaints officer",
    paragraphs="A first paragraph of the officer.\n\n- one point\n- another point",
)
