"""Every rule by which an event may be refused is specified, with the source that the code gives for it."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.spec.scenario import NAMED, SPECIFIED

for file in sorted(Path(__file__).parent.glob("test_*.py")):
    if file.stem != Path(__file__).stem:
        import_module(f"tests.spec.{file.stem}")


@pytest.mark.parametrize("name", sorted(NAMED))
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
