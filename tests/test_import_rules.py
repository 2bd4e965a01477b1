"""The import contract of our own making: it must be able to fail."""

import grimp
import pytest

from tests.import_rules import ImportsOnly


@pytest.fixture
def graph() -> grimp.ImportGraph:
    made = grimp.ImportGraph()
    for module in ("shop.domain", "shop.domain.order", "shop.web"):
        made.add_module(module)
    for library in ("pydantic", "json", "sqlalchemy"):
        made.add_module(library, is_squashed=True)
    for library in ("pydantic", "json", "shop.domain"):
        made.add_import(importer="shop.domain.order", imported=library)
    return made


def contract() -> ImportsOnly:
    return ImportsOnly("pure", {}, {"module": "shop.domain", "allowed": ["pydantic"]})


def test_itself_the_standard_library_and_the_allowed_pass(graph: grimp.ImportGraph) -> None:
    assert contract().check(graph, verbose=False).kept


@pytest.mark.parametrize("stranger", ["sqlalchemy", "shop.web"])
def test_anything_else_does_not(graph: grimp.ImportGraph, stranger: str) -> None:
    graph.add_import(importer="shop.domain.order", imported=stranger)
    found = contract().check(graph, verbose=False)
    assert not found.kept
    assert found.metadata["strangers"] == [("shop.domain.order", stranger)]


def test_a_package_that_is_not_there_is_an_error(graph: grimp.ImportGraph) -> None:
    graph.remove_module("shop.domain")
    with pytest.raises(ValueError, match="no module"):
        contract().check(graph, verbose=False)
