"""Random commands against the model: 20,000 steps drawn by Hypothesis, compared after every one.

Every run draws the same steps. `python -m tests.model.soak N [SEED]` plays any number of others.
"""

from collections import Counter
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from complaint_events.events import EVENTS
from tests.model.counting import working_day
from tests.model.playing import Play
from tests.model.seeded import Seeded
from tests.model.words import IMPOSSIBLE, UNLAWFUL

STEPS = 20_000
STEPS_EACH = 40
PLAYED: Counter[str] = Counter()


class OneComplaint(RuleBasedStateMachine):
    """The service's domain and the model, side by side."""

    @initialize(days=st.integers(0, 900))
    def begins(self, days: int) -> None:
        """On some day, with nothing recorded."""
        self.play = Play(date(2021, 6, 1) + timedelta(days=days))

    @rule(seed=st.integers(0, 2**32 - 1))
    def next_command(self, seed: int) -> None:
        """Accepted by both or refused by both, for the same reason; then everything is the same in both.

        One number stands for a whole command: Hypothesis finds the fewest commands that part the two.
        """
        self.play.step(Seeded(seed))
        PLAYED["steps"] += 1

    def teardown(self) -> None:
        """Count what was played."""
        PLAYED.update(self.play.counts if hasattr(self, "play") else {})


def test_twenty_thousand_random_commands_do_not_part_the_service_from_the_model() -> None:
    """The whole procedure: law, corrections, late entries, history, and looking back from any day."""
    PLAYED.clear()
    every_day = settings(
        derandomize=True,
        max_examples=STEPS // STEPS_EACH * 11 // 10,
        stateful_step_count=STEPS_EACH,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    run_state_machine_as_test(OneComplaint, settings=every_day)
    assert PLAYED["steps"] >= STEPS
    _went_everywhere()


def _went_everywhere() -> None:
    """A run that never answers a stage, or never breaks a rule, would show nothing of it."""
    events = {name for name, model in EVENTS.items() if model.kind == "complaint"}
    rules = {rule for table in (IMPOSSIBLE, UNLAWFUL) for rules in table.values() for rule in rules}
    missed = {name for name in events | rules if not PLAYED[name]}
    assert len(missed) <= 5, missed


def test_the_model_passes_over_proclaimed_bank_holidays() -> None:
    """The funeral of Elizabeth II, the coronation, and the Platinum Jubilee are no working days."""
    assert working_day(date(2022, 9, 16), 1) == date(2022, 9, 20)
    assert working_day(date(2023, 5, 5), 1) == date(2023, 5, 9)
    assert working_day(date(2022, 6, 1), 1) == date(2022, 6, 6)
