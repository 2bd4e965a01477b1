"""The scheduler on a real database: what is recorded, what gets into the outbox, and what is delivered."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from complaint_events.scalars import LONDON
from complaint_events.working_days import is_working_day
from complaints_api.delivery import MAIL, MailRound, next_try
from complaints_api.domain.reminders import Rhythm
from complaints_api.mail import Letterhead, MailServer
from complaints_api.recording import Command, Recording
from complaints_api.scheduling import Scheduler, Turn
from complaints_api.store.event_store import EventStore, engine_on
from complaints_api.store.mailboxes import Mailboxes, Owner
from complaints_api.store.outbox import CLAIMED_FOR, TRIED_FOR, Outbox, Waiting
from complaints_api.worklist import Worklist
from tests.complaints_api.house import ALPHA, BETA, RECEIVED, House
from tests.complaints_api.post_office import HOST, PostOffice, post_office
from tests.complaints_api.test_database_away import Door
from tests.databases import DatabaseServer

DAY = timedelta(days=1)
DUE_ON = "2023-02-20"
"""When the answer to a complaint of 6 February 2023 is due: ten working days."""


@dataclass
class Clock:
    """The time as a test wants it: nine in the morning in London, unless it says otherwise."""

    at: datetime = field(default_factory=lambda: morning("2023-02-15"))

    def __call__(self) -> datetime:
        return self.at

    def turn_to(self, day: str) -> None:
        self.at = morning(day)


def morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), LONDON).replace(hour=9)


@dataclass
class Office:
    """A house with a scheduler whose clock a test sets, and the council's mail server."""

    house: House
    clock: Clock
    desk: Recording
    scheduler: Scheduler
    mail: PostOffice

    async def at(self, day: str) -> Turn:
        """A turn in the morning of a day, and as many more as it asks for."""
        self.clock.turn_to(day)
        return await self.scheduler.catch_up()

    async def has_mailbox(self, address: str = "council@council.test", owner: Owner | None = None) -> None:
        boxes = Mailboxes(self.desk.store.engine)
        await boxes.set(ALPHA, owner or Owner("authority"), address)

    async def reminded(self, reference: str, authority: str = ALPHA) -> list[tuple[str, str, str]]:
        """The reminders recorded on a complaint: the day, the obligation, the day it is due."""
        stream = await self.desk.load(authority, "complaint", reference)
        found = [one for one in stream.history if one.event.event == "reminder_sent"]
        assert all(one.actor == "scheduler" for one in found)
        told = [one.event.model_dump(mode="json") for one in found]
        return [(one["on"], one["obligation"], one["due_on"]) for one in told]

    async def waiting(self) -> Any:
        """The only row of the outbox."""
        row = await self.house.sql("SELECT to_jsonb(o) FROM outbox o")
        assert row is not None
        return json.loads(row)


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def scheduler_on(
    desk: Recording, clock: Clock, mail: PostOffice | None = None, rhythm: Rhythm | None = None
) -> Scheduler:
    server = MailServer(HOST, mail.port, "none") if mail else None
    letterhead = Letterhead("complaints@council.test")
    rounds = MailRound(desk, server, letterhead, clock) if server else None
    return Scheduler(desk, Worklist(desk.store), rhythm or Rhythm(), clock, 6, rounds)


@pytest.fixture
async def office(own_house: House, mail: PostOffice) -> AsyncIterator[Office]:
    clock = Clock()
    desk = Recording(own_house.desk.store, own_house.desk.vault, clock)
    scheduler = scheduler_on(desk, clock, mail)
    yield Office(own_house, clock, desk, scheduler, mail)
    await scheduler.worklist.close()


async def test_three_days_before_on_the_day_and_each_day_after_until_it_is_answered(office: Office) -> None:
    await office.house.receive(reference="C-1")
    day = date(2023, 2, 6)
    while day <= date(2023, 2, 24):
        await office.at(str(day))
        day += DAY
    answered = {"stage": 1, "on": "2023-02-24", "issue_outcomes": [{"issue": 1, "outcome": "upheld"}]}
    assert (await office.house.post("/v1/complaints/C-1/stage_responded", answered)).status_code == 200
    await office.at("2023-02-27")
    days = ["2023-02-15", "2023-02-20", "2023-02-21", "2023-02-22", "2023-02-23", "2023-02-24"]
    assert await office.reminded("C-1") == [(on, "respond", DUE_ON) for on in days]


async def test_after_twenty_working_days_only_the_worklist_tells(office: Office) -> None:
    await office.house.receive(reference="C-1")
    for on in ("2023-03-20", "2023-03-21", "2024-06-03"):
        await office.at(on)
    assert [on for on, *_ in await office.reminded("C-1")] == ["2023-03-20"]
    owed = await office.house.sql("SELECT count(*) FROM owed WHERE obligation = 'respond'")
    assert owed == 1


async def test_a_day_is_reminded_once_however_often_it_looks_and_whoever_starts_anew(office: Office) -> None:
    await office.house.receive(reference="C-1")
    assert (await office.at("2023-02-15")).recorded == 1
    assert (await office.at("2023-02-15")).recorded == 0
    again = scheduler_on(office.desk, office.clock)
    assert (await again.catch_up()).recorded == 0
    missed_nothing = await office.at("2023-02-16")
    assert missed_nothing.recorded == 0
    assert len(await office.reminded("C-1")) == 1


async def test_what_was_missed_is_made_good_once_before_the_day(office: Office) -> None:
    await office.house.receive(reference="C-1")
    for on in ("2023-02-17", "2023-02-18", "2023-02-19"):
        await office.at(on)
    assert await office.reminded("C-1") == [("2023-02-17", "respond", DUE_ON)]


@asynccontextmanager
async def more_schedulers(office: Office, count: int) -> AsyncIterator[list[Scheduler]]:
    """Schedulers with connections of their own, as other processes have them."""
    async with engine_on(office.house.url, pool_size=count * 8) as engine:
        made = []
        for _ in range(count):
            desk = Recording(EventStore(engine), office.house.desk.vault, office.clock)
            made.append(scheduler_on(desk, office.clock, office.mail))
        yield made
        for one in made:
            await one.worklist.close()
            await one.desk.store._group_commit.finished()


async def test_two_schedulers_at_the_same_time_remind_once_and_send_once(office: Office) -> None:
    await office.has_mailbox()
    for number in range(25):
        await office.house.receive(reference=f"C-{number}")
    office.clock.turn_to("2023-02-15")
    async with more_schedulers(office, 3) as others:
        turns = await asyncio.gather(*(one.catch_up() for one in others))
    assert sum(turn.recorded for turn in turns) == 25
    for number in range(25):
        assert len(await office.reminded(f"C-{number}")) == 1
    assert await office.house.sql("SELECT count(*) FROM outbox") == 25
    assert sum(turn.sent for turn in turns) == len(office.mail.arrived) == 25
    assert len({made["Message-ID"] for made in office.mail.arrived}) == 25


async def test_nothing_before_the_hour_and_nothing_on_a_day_off(office: Office) -> None:
    """In summer five in the morning UTC is six in London."""
    await office.house.receive(reference="C-1", on="2023-06-05")
    office.clock.at = datetime(2023, 6, 14, 4, 59, tzinfo=UTC)
    assert (await office.scheduler.catch_up()).recorded == 0
    office.clock.at = datetime(2023, 6, 14, 5, 0, tzinfo=UTC)
    assert (await office.scheduler.catch_up()).recorded == 1
    assert not is_working_day(date(2023, 6, 24))
    assert (await office.at("2023-06-24")).recorded == 0


async def test_every_authority_is_served_and_one_that_cannot_be_keeps_nobody_waiting(office: Office) -> None:
    await office.house.receive(reference="C-1")
    await office.desk.begin(BETA, "complaint", "D-1", Command("received", RECEIVED, "officer"))
    await office.house.sql("UPDATE event SET type = 'from_the_future' WHERE authority = $1", ALPHA)
    await office.at("2023-02-15")
    assert len(await office.reminded("D-1", BETA)) == 1


async def test_what_was_promised_is_reminded_of_after_closing(office: Office) -> None:
    """LGSCO Complaint Handling Code 6.6: the complaint is answered when the answer is known."""
    await office.house.receive(reference="C-1")
    remedy = {"source": "council", "types": ["apology"], "due_on": "2023-03-10", "on": "2023-02-20"}
    learning = {"theme": "staff", "action": "Answer calls.", "due_on": "2023-03-09", "on": "2023-02-20"}
    answered = {"stage": 1, "on": "2023-02-20", "issue_outcomes": [{"issue": 1, "outcome": "upheld"}]}
    for event, body in (
        ("stage_responded", answered),
        ("remedy_agreed", {"remedy": "R-1", **remedy}),
        ("remedy_agreed", {"remedy": "R-2", **remedy}),
        ("learning_recorded", {"learning": "L-1", **learning}),
        ("closed", {"on": "2023-02-21"}),
    ):
        answer = await office.house.post(f"/v1/complaints/C-1/{event}", body)
        assert answer.status_code == 200, answer.text
    await office.at("2023-03-10")
    assert (await office.desk.load(ALPHA, "complaint", "C-1")).complaint.over == "closed"
    assert sorted(await office.reminded("C-1")) == [
        ("2023-03-10", "complete_remedy", "2023-03-10"),
        ("2023-03-10", "implement_learning", "2023-03-09"),
    ]


async def test_the_officer_gets_it_else_the_team_else_the_council(office: Office) -> None:
    await office.has_mailbox("officer@council.test", Owner("officer", "officer-7"))
    await office.has_mailbox("north@council.test", Owner("team", "north"))
    await office.has_mailbox()
    await office.house.receive(reference="C-1")
    await office.house.receive(reference="C-2")
    await office.house.receive(reference="C-3", team="south")
    allocated = {"officer": "officer-7", "on": "2023-02-07"}
    assert (await office.house.post("/v1/complaints/C-1/allocated", allocated)).status_code == 200
    await office.at("2023-02-15")
    assert {made["Subject"].partition(":")[0]: made["To"] for made in office.mail.arrived} == {
        "C-1": "officer@council.test",
        "C-2": "north@council.test",
        "C-3": "council@council.test",
    }


async def test_without_a_mailbox_it_waits_and_goes_when_there_is_one(office: Office) -> None:
    await office.house.receive(reference="C-1")
    await office.at("2023-02-15")
    row = await office.waiting()
    assert (row["error"], row["attempts"], row["delivered_at"]) == ("no mailbox", 1, None)
    await office.has_mailbox()
    office.clock.at += timedelta(minutes=5)
    assert (await office.scheduler.turn()).sent == 1
    row = await office.waiting()
    assert (row["error"], row["next_at"]) == (None, None)
    assert row["delivered_at"] is not None


async def test_a_message_not_taken_now_is_tried_again_and_arrives_once(office: Office) -> None:
    await office.has_mailbox()
    await office.house.receive(reference="C-1")
    office.mail.to_recipients = ["450 busy", "451 still busy"]
    await office.at("2023-02-15")
    assert (await office.waiting())["error"] == "SMTP 450"
    for _ in range(3):
        office.clock.at += timedelta(minutes=10)
        await office.scheduler.turn()
    assert len(office.mail.arrived) == 1
    assert (await office.waiting())["attempts"] == 3


async def test_a_message_refused_for_good_is_given_up_and_said_without_the_address(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.has_mailbox("wrong@council.test")
    await office.house.receive(reference="C-1")
    office.mail.to_recipients = ["550 there is no wrong@council.test"]
    await office.at("2023-02-15")
    row = await office.waiting()
    assert (row["error"], row["next_at"], row["delivered_at"]) == ("SMTP 550", None, None)
    assert "gave up" in caplog.text
    assert "wrong@" not in caplog.text


async def test_a_server_that_is_away_is_asked_once_a_turn_and_given_up_after_three_days(
    office: Office,
) -> None:
    await office.has_mailbox()
    for number in range(3):
        await office.house.receive(reference=f"C-{number}", on="2023-02-08")
    assert office.scheduler.mail is not None
    office.scheduler.mail = MailRound(
        office.desk, MailServer(HOST, 1, "none"), Letterhead("c@council.test"), office.clock
    )
    office.clock.turn_to("2023-02-17")
    await office.scheduler.turn()
    assert await office.house.sql("SELECT sum(attempts) FROM outbox") == 1
    for _ in range(12 * 4 * 4):
        office.clock.at += timedelta(minutes=30)
        await office.scheduler.mail.deliver(asyncio.Event())
    left = "SELECT count(*) FROM outbox WHERE next_at IS NULL AND error = 'ConnectionRefusedError'"
    assert await office.house.sql(left) == 3


async def test_what_was_done_meanwhile_is_not_sent(office: Office) -> None:
    await office.house.receive(reference="C-1")
    await office.at("2023-02-15")
    answered = {"stage": 1, "on": "2023-02-15", "issue_outcomes": [{"issue": 1, "outcome": "upheld"}]}
    assert (await office.house.post("/v1/complaints/C-1/stage_responded", answered)).status_code == 200
    await office.has_mailbox()
    await office.at("2023-02-16")
    row = await office.waiting()
    assert (row["error"], row["next_at"]) == ("done meanwhile", None)
    assert office.mail.arrived == []


async def test_after_days_without_a_mailbox_one_mail_comes_not_one_for_each_day(office: Office) -> None:
    await office.house.receive(reference="C-1")
    for on in ("2023-02-20", "2023-02-21"):
        await office.at(on)
    await office.has_mailbox()
    await office.at("2023-02-22")
    await office.at("2023-02-23")
    assert [str(made["Date"])[:16] for made in office.mail.arrived] == [
        "Wed, 22 Feb 2023",
        "Thu, 23 Feb 2023",
    ]


async def test_a_channel_opened_later_sends_nothing_old(office: Office) -> None:
    await office.has_mailbox()
    await office.house.receive(reference="C-1")
    office.scheduler.mail, mail = None, office.scheduler.mail
    await office.at("2023-02-15")
    assert await office.house.sql("SELECT count(*) FROM outbox") == 0
    office.scheduler.mail = mail
    await office.at("2023-02-19")
    assert await office.house.sql("SELECT count(*) FROM outbox") == 0
    assert await office.house.sql("SELECT position FROM checkpoint WHERE follower = 'outbox:mail'") > 0


async def test_every_reminder_gets_into_the_outbox_once_even_when_the_checkpoint_is_lost(
    office: Office,
) -> None:
    await office.has_mailbox()
    for number in range(5):
        await office.house.receive(reference=f"C-{number}")
    await office.at("2023-02-15")
    await office.house.sql("DELETE FROM checkpoint")
    await office.at("2023-02-15")
    assert await office.house.sql("SELECT count(*) FROM outbox WHERE delivered_at IS NOT NULL") == 5
    assert len(office.mail.arrived) == 5


async def test_who_dies_with_a_claim_leaves_it_to_others_and_cannot_settle_it_later(office: Office) -> None:
    await office.has_mailbox()
    await office.house.receive(reference="C-1")
    office.scheduler.mail, mail = None, office.scheduler.mail
    await office.at("2023-02-15")
    outbox = Outbox(office.desk.store.engine)
    assert await outbox.fill(ALPHA, MAIL, office.clock()) == 1
    dead = await outbox.claim(MAIL, office.clock())
    assert dead is not None
    office.scheduler.mail = mail
    assert (await office.scheduler.turn()).sent == 0
    office.clock.at += CLAIMED_FOR
    assert (await office.scheduler.turn()).sent == 1
    await outbox.put_off(dead, "too late", office.clock())
    assert (await office.waiting())["error"] is None


async def test_a_database_that_is_away_is_waited_for(office: Office, server: DatabaseServer) -> None:
    await office.house.receive(reference="C-1")
    office.clock.turn_to("2023-02-15")
    door = Door(server, office.house.url)
    await door.shut()
    try:
        running = asyncio.create_task(office.scheduler.follow(0.05))
        await asyncio.sleep(0.5)
        assert not running.done()
    finally:
        await door.open()
    async with asyncio.timeout(20):
        while not await office.reminded("C-1"):  # noqa: ASYNC110 - another process's row: nobody sets an event
            await asyncio.sleep(0.05)
    office.scheduler.stop.set()
    await asyncio.wait_for(running, 10)


def test_pauses_double_and_end_after_three_days() -> None:
    start = datetime(2023, 2, 15, 9, tzinfo=UTC)
    now, tries = start, [start]
    for attempt in range(1, 100):
        one = Waiting(ALPHA, 1, MAIL, uuid4(), 1, start, attempt)
        again = next_try(one, now, 0.5)
        if again is None:
            break
        now = again
        tries.append(now)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert max(pauses) == timedelta(hours=4)
    assert TRIED_FOR - timedelta(hours=4) <= tries[-1] - start < TRIED_FOR
    one = Waiting(ALPHA, 1, MAIL, UUID(int=1), 1, start, 3)
    assert next_try(one, start, 0.0) == start + timedelta(minutes=2)
    assert next_try(one, start, 1.0) == start + timedelta(minutes=6)
