"""A table's answer: its rows with what they say they are, from facts seen at one position."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from complaint_events.profile import Profile, ProfileApplied, in_force
from reporting_api.tables.layout import Row
from reporting_api.tables.periods import Span
from reporting_api.tables.scope import Scope
from reporting_api.tables.table import Table


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a table for one question; `position` is the last event that the figures show."""

    table: Table
    scope: Scope
    rows: Sequence[Row]
    known_at: datetime
    position: int

    def document(self) -> dict[str, Any]:
        """The answer as JSON has it: dates as text, percentages and money as numbers."""
        period = self.scope.period
        return {
            "id": self.table.id,
            "title": self.table.title,
            "authority": self.scope.authority,
            "period": {"from": period.start.isoformat(), "to": period.end.isoformat()},
            "procedure": self.scope.procedure if self.table.has_procedure else None,
            "basis": self.table.basis,
            "complete": self.scope.complete,
            "as_of": self.scope.as_of.isoformat(),
            "known_at": self.known_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "as_of_position": self.position,
            "columns": self.table.shown(),
            "rows": [{key: _plain(value) for key, value in row.items()} for row in self.rows],
        }


def scope_of(
    authority: str,
    procedure: str,
    spans: tuple[Span, Span],
    as_of: date,
    profiles: Sequence[ProfileApplied],
) -> Scope:
    """The question for a period and the year it is asked under (`spans`), by the profile then in force."""
    period, year = spans
    nobody_yet = Profile(name=authority, teams=(), themes=())
    holds = in_force(profiles, min(period.end, as_of)) or nobody_yet
    versions = tuple(sorted(profiles, key=lambda profile: profile.on))
    return Scope(authority, procedure, period, year, as_of, holds, versions)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
