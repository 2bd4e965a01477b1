"""The sections of the annual report, in order. A new one is an entry in the module of its subject.

They are those of councils' published reports and of the 2006 Regulations (domain: annual report sections).
"""

from typing import Final

from reporting_api.sections import afterwards, course, notes, opening, people, redress, subjects
from reporting_api.sections.part import Part

__all__ = ["PARTS", "SLOTS", "TABLES", "Part"]

PARTS: Final[tuple[Part, ...]] = (
    *opening.PARTS,
    *course.PARTS,
    people.WHO,
    *subjects.PARTS,
    *redress.PARTS,
    *people.PARTS,
    *afterwards.PARTS,
    *notes.PARTS,
)
"""Every section of the report."""

SLOTS: Final[dict[str, str]] = {part.id: part.title for part in PARTS}
"""Where the council's own words go: the section's title by the slot, which is the section's id."""

TABLES: Final[tuple[str, ...]] = tuple(shown.table for part in PARTS for shown in part.tables)
"""The tables of the report by id, in order."""
