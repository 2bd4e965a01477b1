"""`python -m tests.model.soak N [SEED]`: N random commands, by a seeded generator, against the model."""

import sys
import time
from collections import Counter
from datetime import date, timedelta

from tests.model.playing import DivergenceError, Play
from tests.model.seeded import Seeded


def main(steps: int, seed: int) -> None:
    """Play complaints of 30 commands until so many were given; say at which seed the two part."""
    counts: Counter[str] = Counter()
    done, began = 0, time.perf_counter()
    while done < steps:
        dice = Seeded(seed)
        play = Play(date(2021, 6, 1) + timedelta(days=dice.upto(0, 900)))
        try:
            for _ in range(30):
                play.step(dice)
        except DivergenceError as error:
            print(f"seed {seed}:\n{error}")
            raise SystemExit(1) from None
        counts += play.counts
        done, seed = done + 30, seed + 1
    print(f"{done} commands without divergence in {time.perf_counter() - began:.1f} s")
    print("\n".join(f"{count:7} {name}" for name, count in counts.most_common()))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
