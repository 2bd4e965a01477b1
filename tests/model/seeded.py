"""Chance that can be had again: the same for the same seed."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Seeded:
    """Chance that is the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Begin with that seed."""
        self.random = random.Random(seed)  # noqa: S311 - chance that can be had again

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""
        return options[int(self.random.random() * len(options))]

    def upto(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.random.random() * (high - low + 1))
