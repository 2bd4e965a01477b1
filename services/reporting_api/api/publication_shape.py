"""The shapes of what is said about publications and restatements, for the API's description."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from complaint_events.codes import Procedure
from complaint_events.procedures import DEFAULT_PROCEDURE
from complaint_events.scalars import Day
from reporting_api.api.question import Question
from reporting_api.database.publications import Publication
from reporting_api.tables.periods import Span

FormatName = Literal["json", "html", "pdf", "docx", "xlsx", "csv"]
Value = str | float | bool | list[str] | None


def _printable(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("characters", "must not contain the character 0")
    return text


class _Covering(BaseModel):
    """A procedure and period."""

    model_config = ConfigDict(extra="forbid")

    procedure: Literal[Procedure, "all"] = DEFAULT_PROCEDURE
    from_: Day | None = Field(None, alias="from", description="The first day of a quarter, else the year's.")
    to: Day | None = Field(None, description="The last day of a quarter, else the year's.")

    def spans(self, year: str) -> tuple[Span, Span]:
        """The period and the year. Raises `Problem` (422) saying what exists."""
        return Question.model_construct(from_=self.from_, to=self.to).spans(year)


class PublicationOrder(_Covering):
    """What to publish of the year: everything has a default."""

    formats: list[FormatName] = Field(
        list(get_args(FormatName)), min_length=1, description="JSON is always published too."
    )
    note: Annotated[str, AfterValidator(_printable)] | None = Field(
        None,
        max_length=2000,
        description="What the public is told of this publication, such as why there is another.",
    )


class Latest(_Covering):
    """The last publication of which procedure and period is asked for, in which format."""

    format: str | None = Field(None, description="Goes before the Accept header.")


class PublishedFormat(BaseModel):
    """A format of a publication; `sha256` is the hash of its bytes, and its entity tag."""

    format: str
    media_type: str
    sha256: str
    size: int
    url: str


class PublishedReport(BaseModel):
    """A publication. `content_hash` is the SHA-256 of what `sha256sum` prints of its files, by name.

    `as_of_position` is the last event that the figures show, `known_at` when that was recorded.
    """

    authority: str
    year: str
    number: int
    title: str
    note: str | None
    procedure: str
    period: dict[Literal["from", "to"], date]
    complete: bool
    as_of: date
    known_at: datetime
    as_of_position: int
    published_at: datetime
    content_hash: str
    url: str
    restatement: str
    formats: list[PublishedFormat]

    @classmethod
    def of(cls, publication: Publication, **more: str) -> Self:
        """What there is to say of a publication; addresses are relative to the service."""
        url = address_of(publication)
        return cls(
            authority=publication.authority,
            year=publication.year,
            number=publication.number,
            title=publication.title,
            note=publication.note,
            procedure=publication.procedure,
            period={"from": publication.starts_on, "to": publication.ends_on},
            complete=publication.complete,
            as_of=publication.as_of,
            known_at=publication.known_at,
            as_of_position=publication.position,
            published_at=publication.published_at,
            content_hash=publication.content_hash,
            url=url,
            restatement=f"{url}/restatement",
            formats=[
                PublishedFormat(
                    format=kept.format,
                    media_type=kept.media_type,
                    sha256=kept.sha256,
                    size=kept.size,
                    url=f"{url}?format={kept.format}",
                )
                for kept in publication.formats
            ],
            **more,
        )


class OwnPublication(PublishedReport):
    """A publication as the council's own staff see it: with who published it."""

    published_by: str


class PublishedReports(BaseModel):
    """What an authority has published, by year and number."""

    publications: list[PublishedReport]


class OwnPublications(BaseModel):
    """What was published of a year, by number, as the council's own staff see it."""

    publications: list[OwnPublication]


class RestatedCell(BaseModel):
    """A cell that is not what was published; null stands for not applicable, or for no such row."""

    table: str
    title: str
    row: dict[str, str | int | None]
    column: str
    label: str
    published: Value
    now: Value
    difference: float | None


class CellStep(BaseModel):
    """What the cell was right before and right after some events (by position).

    Without events: a later release of this software works it out differently.
    """

    events: list[int]
    before: Value
    after: Value
    difference: float | None


class RestatedCellExplained(RestatedCell):
    """The same with its steps in the order recorded; their differences add up to the cell's."""

    because: list[CellStep]


class RestatingEvent(BaseModel):
    """An event that changed published cells; of a correction, what it corrects and in which fields."""

    position: int
    type: str
    kind: str
    reference: str
    on: date
    recorded_at: datetime
    corrects: dict[str, Any] | None
    fields: list[str]


class EventCount(BaseModel):
    """How many events of a type were entered on a day; of corrections, what type they correct."""

    type: str
    corrects: str | None
    recorded_on: date
    events: int


class PublicRestatedCell(RestatedCell):
    """The same with the events that changed it, counted."""

    because: list[EventCount]


class _Restatement(BaseModel):
    authority: str
    year: str
    number: int
    title: str
    procedure: str
    period: dict[Literal["from", "to"], date]
    as_of: date
    published_at: datetime
    cells: int


class RestatementDocument(_Restatement):
    """What became of a publication: every changed cell, and the events that changed it."""

    published_position: int
    position: int
    changed: list[RestatedCellExplained]
    events: list[RestatingEvent]


class PublicRestatement(_Restatement):
    """What became of a publication, as the public may see it; `withheld`: other cells changed too."""

    withheld: bool
    changed: list[PublicRestatedCell]
    events: list[EventCount]


def address_of(publication: Publication) -> str:
    """The public address of a publication, relative to the service."""
    return f"/published/{publication.authority}/{publication.year}/{publication.number}"
