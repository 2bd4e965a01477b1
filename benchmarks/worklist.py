"""The worklist of 100,000 open complaints: pages and counts over HTTP, and the same of the bare table.

    python -m benchmarks.worklist [--complaints 100000] [--rounds 60] [--pages 200]

The log is filled through the store's own append, in two passes, so that a complaint's events lie far apart.
The service, a process of its own, then catches up when it is first asked. Latencies are those of one client:
whole requests over HTTP with a real key, the worklist's own look at the log included. "bare" is the same
question in SQL, sent by the driver in the same round: what the table itself takes. "after a command" is the
first page asked right after a command was answered, so that a complaint is worked in first.

Memory is the service's own, resident: before and after catching up, and after paging.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy.dialects.postgresql.asyncpg import dialect

from benchmarks.complaint_form import AUTHORITY, PROFILE
from benchmarks.measuring import complaints_database, conclude, database_server, free_port, new_key, served
from complaint_events.events import EVENTS
from complaints_api.domain.due import spans
from complaints_api.store.event_store import EventStore, make_engine, stream_id
from complaints_api.store.log_rows import Append, Appended, NewEvent
from complaints_api.store.worklist_reading import Wanted, counts_query

TODAY = date.today()  # noqa: DTZ011 - days apart are what matters
TEAMS = [team["code"] for team in json.loads(PROFILE.read_bytes())["teams"]]
THEME = "other_reason"
_AT_ONCE = 500


def stream_of(number: int) -> UUID:
    """The id of a complaint by its number."""
    return stream_id(AUTHORITY, "complaint", f"B-{number}")


def first_events(number: int) -> list[tuple[str, date, dict[str, Any]]]:
    """Receipt within the last five weeks; one in two hundred with a concern for a child."""
    on = TODAY - timedelta(days=number % 35)
    received = {
        "method": "email",
        "procedure": ("children_statutory", "corporate_local")[number % 4 == 3],
        "team": TEAMS[number % len(TEAMS)],
        "complainant": {"ref": f"{number:032x}", "category": "parent"},
        "issues": [{"no": 1, "theme": THEME}],
        "safeguarding_flag": number % 200 == 0,
    }
    return [("received", on, received), ("acknowledged", on, {})]


def later_events(number: int) -> list[tuple[str, date, dict[str, Any]]]:
    """An officer, but for one in ten; and for one in five an answer and a request for stage 2."""
    on = TODAY - timedelta(days=number % 35)
    events: list[tuple[str, date, dict[str, Any]]] = [("advocacy_info_given", on, {})]
    if number % 10 != 1:
        events.append(("allocated", on, {"officer": f"officer-{number % 150}"}))
    if number % 5 == 0:
        findings = [{"issue": 1, "outcome": "not_upheld"}]
        events += [
            ("stage_responded", on, {"stage": 1, "issue_outcomes": findings}),
            ("escalated", on, {"to_stage": 2}),
        ]
    return events


def append_of(number: int, before: int, told: Sequence[tuple[str, date, dict[str, Any]]]) -> Append:
    """Events of a complaint on their way into the log."""
    stream = stream_of(number)
    events = (EVENTS[name].model_validate({"on": on.isoformat(), **data}) for name, on, data in told)
    rows = tuple(
        NewEvent(stream, version, event.event, event.encoded(), event.on, "benchmark")
        for version, event in enumerate(events, before + 1)
    )
    return Append(stream, before, rows, "complaint", f"B-{number}")


async def fill(url: str, complaints: int) -> None:
    """Fill the log."""
    store = EventStore(make_engine(url))
    for before, told in ((0, first_events), (2, later_events)):
        for first in range(0, complaints, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, complaints))
            appends = [append_of(number, before, told(number)) for number in numbers]
            done = await store.append_all(AUTHORITY, appends)
            assert all(isinstance(one, Appended) for one in done), done[0]
    await store.close()
    connection = await asyncpg.connect(url)
    await connection.execute("ANALYZE")
    await connection.close()


@dataclass
class Service:
    """The service under measurement, and a connection to its database beside it."""

    http: httpx.AsyncClient
    database: asyncpg.Connection
    process: int

    async def get(self, path: str) -> tuple[float, httpx.Response]:
        """Ask, and say how many milliseconds it took."""
        begun = time.perf_counter()
        answer = await self.http.get(path)
        took = (time.perf_counter() - begun) * 1000
        assert answer.status_code == httpx.codes.OK, answer.text
        return took, answer

    async def bare(self, query: str, *values: Any) -> float:
        """The same of the driver."""
        begun = time.perf_counter()
        await self.database.fetch(query, *values)
        return (time.perf_counter() - begun) * 1000

    def resident(self, mark: str = "VmRSS") -> float:
        """The process's resident memory in MB."""
        status = Path(f"/proc/{self.process}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith(mark))
        return int(line.split()[1]) / 1024

    async def catch_up(self) -> float:
        """Ask until nothing is behind; events a second."""
        begun, (_, first) = time.perf_counter(), await self.get("/v1/worklist?limit=1")
        events = first.json()["as_of_position"] + first.json()["behind"]
        while (await self.get("/v1/worklist?limit=1"))[1].json()["behind"]:
            pass
        return float(events / (time.perf_counter() - begun))

    async def after_a_command(self, number: int) -> float:
        """The first page, right after a command."""
        body = {"officer": f"officer-{number}"}
        done = await self.http.post(f"/v1/complaints/{stream_of(number)}/allocated", json=body)
        assert done.status_code == httpx.codes.OK, done.text
        took, answer = await self.get("/v1/worklist")
        assert answer.json()["as_of_position"] >= done.json()["position"]
        return took

    async def page_on(self, pages: int) -> list[float]:
        """Pages by cursor, one after the other."""
        url, taken, rows = "/v1/worklist?limit=50", [], 0
        for _ in range(pages):
            took, answer = await self.get(url)
            taken.append(took)
            rows += len(answer.json()["items"])
            if answer.json()["next"] is None:
                break
            url = answer.links["next"]["url"]
        print(f"  {len(taken)} pages, {rows} rows")
        return taken


ORDER = "ORDER BY urgent DESC, falls_on, stream, number LIMIT 51"
ALL = "SELECT * FROM owed WHERE authority = $1"


def questions() -> dict[str, tuple[str, tuple[str, tuple[Any, ...]]]]:
    """Each question as a path of the service, and as SQL with its values."""
    seen = spans(TODAY, 3)
    team, officer = TEAMS[0], "officer-7"
    soon = seen["soon"]
    counting = counts_query(AUTHORITY, Wanted(), seen).compile(dialect=dialect())  # type: ignore[no-untyped-call]
    values = tuple(counting.params[name] for name in counting.positiontup or ())
    due = f"{ALL} AND team = $2 AND falls_on BETWEEN $3 AND $4 {ORDER}"
    one = stream_of(77)
    events = "SELECT * FROM event WHERE authority = $1 AND stream = $2 ORDER BY version"
    return {
        "first page": ("/v1/worklist", (f"{ALL} {ORDER}", (AUTHORITY,))),
        "of a team": (
            f"/v1/worklist?team={team}",
            (f"{ALL} AND team = $2 {ORDER}", (AUTHORITY, team)),
        ),
        "of a team, soon due": (f"/v1/worklist?team={team}&due=soon", (due, (AUTHORITY, team, *soon))),
        "of an officer": (
            f"/v1/worklist?officer={officer}",
            (f"{ALL} AND officer = $2 {ORDER}", (AUTHORITY, officer)),
        ),
        "without an officer": (
            "/v1/worklist?officer=none",
            (f"{ALL} AND officer IS NULL {ORDER}", (AUTHORITY,)),
        ),
        "of what nobody owes": (
            "/v1/worklist?obligation=hold_panel",
            (f"{ALL} AND obligation = $2 {ORDER}", (AUTHORITY, "hold_panel")),
        ),
        "of stage 2": ("/v1/worklist?stage=2", (f"{ALL} AND stage = 2 {ORDER}", (AUTHORITY,))),
        "counts": ("/v1/worklist/counts", (str(counting), values)),
        "counts of a team": (
            f"/v1/worklist/counts?team={team}",
            (
                "SELECT obligation, count(*) FROM owed WHERE authority = $1 AND team = $2 GROUP BY 1",
                (AUTHORITY, team),
            ),
        ),
        "deadlines of one": (f"/v1/complaints/{one}/deadlines", (events, (AUTHORITY, one))),
    }


async def measure(service: Service, rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Ask every question so many times, over HTTP and of the driver in turn."""
    asked = questions()
    ours: dict[str, list[float]] = {name: [] for name in [*asked, "after a command"]}
    bare: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(rounds):
        for name, (path, (query, values)) in asked.items():
            ours[name].append((await service.get(path))[0])
            bare[name].append(await service.bare(query, *values))
        ours["after a command"].append(await service.after_a_command(number))
    return ours, bare


def shown(name: str, taken: Sequence[float], beside: Sequence[float] = ()) -> dict[str, float]:
    """The middle, the worst twentieth, and how many times the bare query's middle it is."""
    found = {"p50_ms": round(median(taken), 1), "p95_ms": round(quantiles(taken, n=20)[-1], 1)}
    if beside:
        found["bare_p50_ms"] = round(median(beside), 2)
        found["times_bare"] = round(median(a / b for a, b in zip(taken, beside, strict=True)), 1)
    print(f"  {name:<22}", "  ".join(f"{key} {value:>8}" for key, value in found.items()), flush=True)
    return found


async def run(url: str, address: str, process: int, key: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Everything that is measured while the service runs."""
    headers = {"Authorization": f"Bearer {key}"}
    database = await asyncpg.connect(url)
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as http:
        service = Service(http, database, process)
        await http.get("/health/ready")
        memory = {"started": service.resident()}
        rate = await service.catch_up()
        memory["caught up"] = service.resident()
        print(f"  caught up: {rate:,.0f} events a second", flush=True)
        await database.execute("VACUUM ANALYZE")
        await measure(service, 3)
        ours, bare = await measure(service, asked.rounds)
        figures = {name: shown(name, taken, bare.get(name, ())) for name, taken in ours.items()}
        memory["before paging"] = service.resident()
        figures["next pages"] = shown("next pages", await service.page_on(asked.pages))
        memory |= {"after paging": service.resident(), "peak": service.resident("VmHWM")}
        rows = await database.fetchval("SELECT count(*) FROM owed")
    await database.close()
    return {"rows": rows, "caught_up_events_a_second": round(rate), "memory_mb": _rounded(memory), **figures}


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    print("  memory, MB:", {name: round(value, 1) for name, value in figures.items()}, flush=True)
    return {name: round(value, 1) for name, value in figures.items()}


def main() -> None:
    """Measure and conclude."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--complaints", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--pages", type=int, default=200)
    asked = parser.parse_args()
    with database_server() as server, ExitStack() as stack:
        environment = stack.enter_context(complaints_database(server, PROFILE))
        asyncio.run(fill(environment["DATABASE_URL"], asked.complaints))
        print(f"{asked.complaints:,} open complaints", flush=True)
        key, port = new_key(environment, "caseworker", "--authority", AUTHORITY), free_port()
        program = str(Path(sys.executable).with_name("complaints"))
        own = {**environment, "COMPLAINTS_PORT": str(port)}
        process = stack.enter_context(served([program, "serve"], own, port))
        address = f"http://127.0.0.1:{port}"
        found = asyncio.run(run(environment["DATABASE_URL"], address, process.pid, key, asked))
    conclude(
        "worklist",
        complaints=asked.complaints,
        **found,
        goal="the first page under 50 ms; memory that does not grow with the number of complaints",
    )


if __name__ == "__main__":
    main()
