"""Every rule by which an event may be refused is specified, with the source that the code gives for it."""

from importlib import import_module
from pathlib import Path

import pytest

from complaints_api.domain.deciding import SAME_EVENT_TWICE
from tests.spec.scenario import NAMED, SPECIFIED, Law

for file in sorted(Path(__file__).parent.glob("test_*.py")):
    if file.stem != Path(__file__).stem:
        import_module(f"tests.spec.{file.stem}")

ELSEWHERE = {SAME_EVENT_TWICE}
"""Refused where the log is read: its example is in tests/complaints_api."""

each = pytest.mark.parametrize(
    "law",
    [law for name in sorted(SPECIFIED) for law in SPECIFIED[name]],
    ids=lambda law: f"{law.rule}-{law.id}" if law.id else law.rule,
)


@each
def test_a_command_that_breaks_it_is_refused_by_name(law: Law) -> None:
    law.refuses_the_command()


@each
def test_a_command_that_keeps_it_is_recorded(law: Law) -> None:
    law.lets_the_lawful_pass()


@each
def test_history_that_broke_it_is_taken_if_it_can_have_happened(law: Law) -> None:
    law.takes_the_event_as_history()


@pytest.mark.parametrize("name", sorted(set(NAMED) - ELSEWHERE))
def test_a_rule_has_an_example_that_breaks_it_and_one_that_keeps_it(name: str) -> None:
    assert SPECIFIED.get(name), f"no test names the rule {name}"


@pytest.mark.parametrize("name", sorted(SPECIFIED))
def test_a_specified_rule_exists_and_cites_the_same_source(name: str) -> None:
    assert {law.source for law in SPECIFIED[name]} == {NAMED[name].source}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_rule_says_in_a_sentence_what_it_asks(name: str) -> None:
    rule = NAMED[name]
    assert rule.name == name
    assert rule.source
    assert rule.says.endswith(".")
    assert len(rule.says.split()) > 4
