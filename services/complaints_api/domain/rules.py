"""All rules together: which of them bind an event."""

from collections.abc import Sequence
from functools import cache

from complaint_events.event_model import Event
from complaints_api.domain import (
    forbidden,
    forbidden_afterwards,
    forbidden_at_later_stages,
    forbidden_at_receipt,
    forbidden_extensions,
    impossible,
)
from complaints_api.domain.rule import NAMED, RULES, Breach, Rule, Setting, declare


@cache
def rules_of(model: type[Event], *, historic: bool) -> Sequence[Rule]:
    """The rules that bind an event: all of them for a command, for history only the impossible."""
    return [rule for rule in RULES.get(model, ()) if rule.always or not historic]


__all__ = [
    "NAMED",
    "RULES",
    "Breach",
    "Rule",
    "Setting",
    "declare",
    "forbidden",
    "forbidden_afterwards",
    "forbidden_at_later_stages",
    "forbidden_at_receipt",
    "forbidden_extensions",
    "impossible",
    "rules_of",
]
