"""The same random commands through the real application, on a real PostgreSQL, beside the model."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from complaints_api.recording import AUTHORITY_STREAM, Command
from tests.complaints_api.house import ALPHA, House, begun
from tests.model.commands import chance, command, made
from tests.model.model import judged
from tests.model.playing import CLOSURE_DAYS, PROFILE, next_day
from tests.model.seeded import Seeded
from tests.model.standing import Standing, stands
from tests.model.story import Told, as_it_reads
from tests.model.words import explains

COMPLAINTS = 15
COMMANDS_EACH = 30
BY_OTHER_WAYS = ("received", "personal_data_erased")
"""Receipt creates a complaint; erasure destroys keys: neither is a plain command."""


@dataclass
class Play:
    """A complaint in the service, and what the model knows of it."""

    house: House
    dice: Seeded
    day: date
    path: str = ""
    told: list[Told] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def standing(self) -> Standing:
        """Where it stands, by the model."""
        return stands(as_it_reads(self.told), CLOSURE_DAYS)

    async def receive(self) -> None:
        """The receipt, drawn until it is one."""
        told: Told = {}
        while not told or judged([], told, self.day, live=True).words:
            told = made(self.dice, "received", self.standing, self.day)
        answer = await self.house.post("/v1/complaints", _body(told))
        assert answer.status_code == 201, answer.text
        self.path = answer.headers["Location"]
        self._recorded(told, answer)

    async def step(self) -> None:
        """Some days pass, and one command comes."""
        self.day = next_day(self.dice, self.standing, self.day)
        told = command(self.dice, self.standing, self.told, self.day)
        if told["event"] in BY_OTHER_WAYS:
            return
        head, today = await self.house.head(), self.house.desk.today
        answer = await self.house.post(f"{self.path}/{told['event']}", _body(told))
        words = judged(self.told, told, today, live=True, closure_days=CLOSURE_DAYS).words
        if words:
            self._refused(told, answer, words)
            assert await self.house.head() == head
        else:
            assert answer.status_code == 200, (answer.text, told, self.told)
            assert answer.json()["position"] == head + 1
            self._recorded(told, answer)

    def _refused(self, told: Told, answer: httpx.Response, words: frozenset[str]) -> None:
        assert answer.status_code in (409, 422), (answer.text, words, told, self.told)
        rule = answer.json()["type"].removeprefix("/problems/")
        assert explains(rule, words), (answer.text, words, told, self.told)
        self.counts["refused"] += 1

    def _recorded(self, told: Told, answer: httpx.Response) -> None:
        self.told.append(told)
        self.counts["recorded"] += 1
        assert answer.json()["version"] == len(self.told)
        assert answer.headers["ETag"] == f'"{len(self.told)}"'

    async def compare(self) -> None:
        """The complaint as it is, as it was on some day, and its history, as the model has them."""
        shown = await self._get("")
        assert shown["version"] == len(self.told)
        assert _seen(shown) == _expected(self.standing), (shown, self.told)
        day = self.dice.pick(self.told)["on"]
        past = stands(as_it_reads(self.told, date.fromisoformat(day)), CLOSURE_DAYS)
        assert _seen(await self._get(f"?as_of={day}")) == _expected(past), (day, self.told)

    async def compare_history(self) -> None:
        """Every event in order, and the complaint as it was known after each of them."""
        history = (await self._get("/history"))["events"]
        assert [(one["event"], one["on"]) for one in history] == [
            (one["event"], one["on"]) for one in self.told
        ]
        for number in range(1, len(history) + 1, 7):
            known_at = history[number - 1]["recorded_at"].replace("+", "%2B")
            known = stands(as_it_reads(self.told[:number]), CLOSURE_DAYS)
            assert _seen(await self._get(f"?known_at={known_at}")) == _expected(known), (known_at, self.told)

    async def _get(self, what: str) -> dict[str, Any]:
        answer = await self.house.get(self.path + what)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def _body(told: Told) -> Told:
    """The command's fields, and words where a text goes with it."""
    plain = {name: value for name, value in told.items() if name not in ("event", "_texts")}
    return {**plain, **dict.fromkeys(told["_texts"], "In words.")}


def _seen(shown: dict[str, Any]) -> dict[str, Any]:
    stages = {stage["stage"]: stage for stage in shown["stages"]}
    return {
        "state": shown["state"],
        "procedure": shown["procedure"],
        "issues": {issue["no"] for issue in shown["issues"]},
        "stages": {
            number: (stage["opened_on"], stage["acknowledged_on"], stage["extended_to"], stage["answered_on"])
            for number, stage in stages.items()
        },
    }


def _expected(standing: Standing) -> dict[str, Any]:
    return {
        "state": standing.word(),
        "procedure": standing.procedure,
        "issues": standing.issues,
        "stages": {
            number: (stage.opened, stage.acknowledged, stage.extended, stage.answered)
            for number, stage in standing.stages.items()
        },
    }


@pytest_asyncio.fixture(loop_scope="session")
async def council(
    fresh_complaints_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """The service with the profile that the model knows, and the complaints that others are linked to."""
    async with begun(fresh_complaints_url, tmp_path_factory.mktemp("keys")) as house:
        applied = PROFILE.data() | {"on": "2018-04-01"}
        await house.desk.record(
            ALPHA, "authority", AUTHORITY_STREAM, Command("profile_applied", applied, "setup")
        )
        house.desk._profiles.clear()
        for reference in ("OTHER-1", "OTHER-2"):
            await house.receive(reference=reference)
        yield house


async def test_random_commands_over_http_are_answered_as_the_model_says(council: House) -> None:
    """Status, rule, version, ETag, positions, the complaint now, on a day and at an instant, and the feed."""
    counts: Counter[str] = Counter()
    for number in range(COMPLAINTS):
        dice = Seeded(number)
        play = Play(council, dice, date(2021, 6, 1) + timedelta(days=dice.upto(0, 900)))
        await play.receive()
        for _ in range(COMMANDS_EACH):
            await play.step()
            if chance(dice, 30):
                await play.compare()
        await play.compare_history()
        counts += play.counts
    assert counts["recorded"] > 150
    assert counts["refused"] > 100
    await _feed_is_gapless(council)


async def _feed_is_gapless(council: House) -> None:
    answer = await council.get("/v1/events?after=0&limit=1000", role="auditor")
    positions = [one["position"] for one in answer.json()]
    assert positions == list(range(1, await council.head() + 1))
