"""How a complaint is shown over HTTP: decisions, remedies, stages and clocks, as it stands and as it was."""

import jsonschema

from complaints_api.recording import AUTHORITY_STREAM, Command
from tests.complaint_events.stories import PROFILE_JSON
from tests.complaints_api.house import ALPHA, House
from tests.complaints_api.test_daily_work import PERSONAL, Json, read, told


async def test_the_document_is_what_the_description_says(house: House) -> None:
    """Every property that is shown is described, and is of the type that the description gives it."""
    described = house.app.openapi()
    schemas = described["components"]["schemas"]
    path = await told(house, await house.receive(personal=PERSONAL, safeguarding_flag=True), *INVESTIGATED)
    to_panel = {"on": "2023-06-12", "to_stage": 3, "reasons": "Not all was looked at."}
    await told(house, {"id": path.rpartition("/")[2]}, ("escalated", to_panel))
    for query, role in (("", "caseworker"), ("", "auditor"), ("?as_of=2023-02-05", "caseworker")):
        shown = await read(house, path + query, role)
        jsonschema.validate(shown, {**schemas["ComplaintShown"], "components": described["components"]})
        assert shown.keys() <= schemas["ComplaintShown"]["properties"].keys()
        for name, part in (("StageShown", "stages"), ("Deadline", "deadlines")):
            for one in shown[part]:
                assert one.keys() <= schemas[name]["properties"].keys()
    owed = await read(house, f"{path}/deadlines")
    jsonschema.validate(owed, {**schemas["DeadlinesShown"], "components": described["components"]})
    assert owed.keys() == schemas["DeadlinesShown"]["properties"].keys()


async def test_every_decision_is_listed_with_its_words_for_casework(house: House) -> None:
    steps: list[tuple[str, Json]] = [
        ("decision_freeze_decided", {"on": "2023-02-07", "frozen": True, "reason": "The move waits."}),
        (
            "eligibility_assessed",
            {"on": "2023-02-08", "decision": "accepted", "procedure": "children_statutory"},
        ),
        ("adr_offered", {"on": "2023-02-09", "type": "mediation"}),
        ("adr_concluded", {"on": "2023-02-14", "result": "declined"}),
        ("deferred_concurrent", {"on": "2023-02-15", "ground": "disciplinary", "reason": "A hearing."}),
    ]
    path = await told(house, await house.receive(), *steps)
    shown = (await read(house, path))["decisions"]
    plain = [{"event": event, **body} for event, body in steps]
    assert [{key: one[key] for key in want} for one, want in zip(shown, plain, strict=True)] == plain
    audited = (await read(house, path, "auditor"))["decisions"]
    assert (audited[0]["frozen"], audited[0]["sealed"]) == (True, ["reason"])
    assert "reason" not in audited[0]
    assert [one["event"] for one in (await read(house, f"{path}?as_of=2023-02-08"))["decisions"]] == [
        "decision_freeze_decided",
        "eligibility_assessed",
    ]


ANSWERED: list[tuple[str, Json]] = [
    ("acknowledged", {"on": "2023-02-07"}),
    (
        "eligibility_assessed",
        {"on": "2023-02-07", "decision": "accepted", "procedure": "children_statutory"},
    ),
    ("extended", {"on": "2023-02-15", "stage": 1, "reason": "complex", "new_due": "2023-03-03"}),
    (
        "stage_responded",
        {
            "on": "2023-03-01",
            "stage": 1,
            "team": "south",
            "issue_outcomes": [{"issue": 1, "outcome": "not_upheld"}],
        },
    ),
]
INVESTIGATED: list[tuple[str, Json]] = [
    *ANSWERED,
    ("escalated", {"on": "2023-03-08", "to_stage": 2}),
    ("io_appointed", {"on": "2023-03-13", "internal": False}),
    ("ip_appointed", {"on": "2023-03-14"}),
    ("statement_of_complaint_agreed", {"on": "2023-04-03"}),
    ("investigation_report_received", {"on": "2023-05-15", "author": "io"}),
    ("investigation_report_received", {"on": "2023-05-16", "author": "ip"}),
    ("adjudicated", {"on": "2023-06-02", "outcome": "upheld", "received_on": "2023-06-06"}),
]


async def test_a_remedy_tells_what_was_promised_paid_and_thought_of_it(house: House) -> None:
    remedy = {
        "on": "2023-03-02",
        "remedy": "R-1",
        "source": "council",
        "types": ["apology"],
        "amount": 100.5,
        "due_on": "2023-04-03",
    }
    path = await told(
        house,
        await house.receive(),
        *ANSWERED,
        ("remedy_agreed", remedy),
        ("remedied", {"on": "2023-03-10", "remedy": "R-1", "amount": 50.25}),
        ("remedied", {"on": "2023-03-20", "remedy": "R-1", "amount": 50.25}),
    )
    [one] = (await read(house, path))["remedies"]
    promised = {name: value for name, value in remedy.items() if name != "on"}
    assert one == {
        **promised,
        "agreed_on": "2023-03-02",
        "achieved_on": "2023-03-20",
        "paid": 100.5,
        "satisfaction": None,
    }
    [then] = (await read(house, f"{path}?as_of=2023-03-10"))["remedies"]
    assert (then["achieved_on"], then["paid"]) == ("2023-03-10", 50.25)
    assert (await read(house, f"{path}?as_of=2023-03-01"))["remedies"] == []


async def test_the_ombudsmans_referral_and_decision_learning_survey_and_costs(house: House) -> None:
    path = await told(
        house,
        await house.receive(),
        *ANSWERED,
        ("cost_recorded", {"on": "2023-03-02", "stage": 1, "amount": 120.5, "what": "interpreter"}),
        ("cost_recorded", {"on": "2023-03-03", "stage": 1, "amount": 79.75}),
        (
            "learning_recorded",
            {
                "on": "2023-03-03",
                "learning": "A",
                "theme": "staff",
                "action": "Ring back.",
                "due_on": "2023-04-28",
            },
        ),
        ("learning_recorded", {"on": "2023-03-03", "learning": "B", "theme": "staff", "action": "Write."}),
        ("learning_not_implemented", {"on": "2023-04-03", "learning": "A", "reason": "No money."}),
        ("survey_recorded", {"on": "2023-03-20", "answers": {"listened": "partly"}, "satisfied": False}),
        ("lgsco_referred", {"on": "2023-05-02", "lgsco_ref": "23000001"}),
        (
            "lgsco_decided",
            {"on": "2023-09-01", "lgsco_ref": "23000001", "decision": "upheld", "sub": "fault_injustice"},
        ),
        (
            "remedy_agreed",
            {
                "on": "2023-09-05",
                "remedy": "R-1",
                "source": "lgsco",
                "types": ["apology"],
                "lgsco_ref": "23000001",
            },
        ),
        ("satisfaction_recorded", {"on": "2023-10-02", "remedy": "R-1", "status": "complete_satisfied"}),
    )
    shown = await read(house, path)
    assert shown["lgsco"] == [
        {
            "lgsco_ref": "23000001",
            "referred_on": "2023-05-02",
            "decided_on": "2023-09-01",
            "decision": "upheld",
            "sub": "fault_injustice",
            "recommendations_accepted": None,
        }
    ]
    assert [(one["learning"], one["implemented"], one["ended_on"]) for one in shown["learning"]] == [
        ("A", False, "2023-04-03"),
        ("B", None, None),
    ]
    assert (shown["learning"][0]["action"], shown["learning"][0]["reason"]) == ("Ring back.", "No money.")
    assert (shown["surveys"][0]["answers"], shown["surveys"][0]["satisfied"]) == (
        {"listened": "partly"},
        False,
    )
    assert shown["costs"] == {"total": 200.25, "stages": [{"stage": 1, "amount": 200.25}]}
    assert shown["remedies"][0]["satisfaction"] == "complete_satisfied"
    before = await read(house, f"{path}?as_of=2023-08-31")
    assert (before["lgsco"][0]["decision"], before["remedies"]) == (None, [])
    assert "No money" not in (await house.get(path, "auditor")).text


async def test_letters_and_reminders_that_went_out_are_listed(house: House) -> None:
    letter = {"on": "2023-02-07", "letter": "acknowledgement", "document": "0" * 64}
    reminder = {"on": "2023-02-15", "obligation": "respond", "due_on": "2023-02-20"}
    path = await told(house, await house.receive(), ("letter_sent", letter), ("reminder_sent", reminder))
    shown = await read(house, path)
    assert (shown["letters_sent"], shown["reminders_sent"]) == ([letter], [reminder])


async def test_a_stage_shows_its_clock_its_people_and_its_findings(house: House) -> None:
    path = await told(house, await house.receive(), *INVESTIGATED)
    first, second = (await read(house, path))["stages"]
    assert first["clock"] == {
        "started_on": "2023-02-06",
        "rule": "SI 2006/1738 reg 14(1), (5)",
        "target_on": "2023-02-20",
        "maximum_on": "2023-03-06",
        "waiting_for": None,
        "working_days": 17,
    }
    assert first["issue_outcomes"] == [{"issue": 1, "outcome": "not_upheld"}]
    assert (first["outcome"], first["answered_by"], first["extensions"][0]["reason"]) == (
        "not_upheld",
        "south",
        "complex",
    )
    assert second["appointed"] == [
        {"event": "io_appointed", "on": "2023-03-13", "internal": False},
        {"event": "ip_appointed", "on": "2023-03-14"},
    ]
    assert [(one["author"], one["on"]) for one in second["reports"]] == [
        ("io", "2023-05-15"),
        ("ip", "2023-05-16"),
    ]
    assert (second["statement_agreed_on"], second["notice_received_on"], second["outcome"]) == (
        "2023-04-03",
        "2023-06-06",
        "upheld",
    )
    assert second["clock"]["working_days"] == 57
    assert second["local_basis"] is None


async def test_a_panels_days_are_shown_and_its_time_counts_to_its_meeting(house: House) -> None:
    path = await told(
        house,
        await house.receive(),
        *INVESTIGATED,
        ("escalated", {"on": "2023-06-12", "to_stage": 3, "reasons": "Not all was looked at."}),
        ("panel_appointed", {"on": "2023-06-19"}),
        ("panel_held", {"on": "2023-07-10"}),
        ("panel_report_issued", {"on": "2023-07-13"}),
    )
    third = (await read(house, path))["stages"][2]
    assert (third["panel_appointed_on"], third["panel_held_on"], third["panel_report_on"]) == (
        "2023-06-19",
        "2023-07-10",
        "2023-07-13",
    )
    assert (third["clock"]["working_days"], third["open"]) == (20, True)


async def test_stage_2_counts_by_law_first_and_by_the_councils_own_basis_beside_it(own_house: House) -> None:
    """Issue: the statutory basis first, with the authority's local basis beside it, labelled in words."""
    house = own_house
    applied = {
        "on": "2018-04-01",
        "stage2_local_basis": {"from": "statement_of_complaint_agreed", "to": "closed"},
    }
    await applied_to(house, applied)
    made = await house.receive()
    path = await told(house, made, *INVESTIGATED)
    running = (await read(house, f"{path}?as_of=2023-05-12"))["stages"][1]
    assert (running["clock"]["started_on"], running["clock"]["working_days"]) == ("2023-03-08", 43)
    ours = running["local_basis"]
    assert (ours["started_on"], ours["target_on"], ours["maximum_on"]) == (
        "2023-04-03",
        "2023-05-12",
        "2023-07-10",
    )
    assert (ours["working_days"], ours["ended_on"]) == (25, None)
    owed = (await read(house, f"{path}/deadlines?as_of=2023-05-12"))["deadlines"]
    respond = next(one for one in owed if one["obligation"] == "respond")
    assert (respond["due_on"], respond["working_days_so_far"]) == ("2023-04-14", 43)
    assert respond["local_basis"] == ours
    for words in (
        "The council itself counts from the agreed statement of complaint (3 April 2023)",
        "to the day the complaint is closed",
        "the law counts from the request to the day the adjudication is sent",
    ):
        assert words in ours["words"]
    assert all(one["local_basis"] is None for one in owed if one is not respond)
    await told(house, made, ("closed", {"on": "2023-06-12", "disposal": "responded"}))
    ended = (await read(house, path))["stages"][1]["local_basis"]
    assert (ended["ended_on"], ended["working_days"]) == ("2023-06-12", 45)


async def test_the_councils_closure_days_are_counted_and_shown_outside_the_act_only(own_house: House) -> None:
    """SI 2006/1738 reg 2 knows no closure days; the council's own procedures may."""
    await applied_to(own_house, {"on": "2018-04-01", "closure_days": ["2023-02-14", "2023-02-15"]})
    found: dict[str, Json] = {}
    for procedure in ("corporate_local", "children_statutory"):
        made = await own_house.receive(procedure=procedure)
        owed = (await read(own_house, f"/v1/complaints/{made['id']}/deadlines?as_of=2023-02-13"))["deadlines"]
        found[procedure] = next(one for one in owed if one["obligation"] == "respond")
    own, by_law = found["corporate_local"], found["children_statutory"]
    assert (own["due_on"], own["working_days_so_far"], own["working_days_left"]) == ("2023-03-01", 5, 10)
    assert own["closure_days_passed"] == ["2023-02-14", "2023-02-15"]
    assert "the council was closed: 14 February 2023, 15 February 2023" in own["reason"]
    assert (by_law["due_on"], by_law["working_days_left"]) == ("2023-02-20", 5)
    assert by_law["closure_days_passed"] == []
    assert "closed" not in by_law["reason"]


async def test_a_right_lasts_until_its_day_and_nobody_is_late_with_it(house: House) -> None:
    """SI 2006/1738 reg 18(2): twenty working days from receipt of the notice."""
    path = await told(house, await house.receive(), *INVESTIGATED)

    async def right(day: str) -> Json | None:
        owed = (await read(house, f"{path}/deadlines?as_of={day}"))["deadlines"]
        return next((one for one in owed if one["obligation"] == "may_ask_for_panel"), None)

    last = await right("2023-07-04")
    assert last is not None
    assert (last["due_on"], last["waiting_on"], last["overdue"]) == ("2023-07-04", "complainant", False)
    assert "It is possible until 4 July 2023, after 20 working days." in last["reason"]
    assert await right("2023-07-05") is None


async def applied_to(house: House, profile: Json) -> None:
    """Apply a changed profile to the authority, from the beginning."""
    command = Command("profile_applied", {**PROFILE_JSON, **profile}, "setup")
    await house.desk.record(ALPHA, "authority", AUTHORITY_STREAM, command)
    house.desk._profiles.clear()


async def test_a_complaint_settled_by_the_next_day_owes_nothing_and_opened_no_stage_to_answer(
    house: House,
) -> None:
    """Cheshire West 2016-17: resolved by close of the next day is not a complaint."""
    made = await house.receive()
    path = await told(house, made, ("early_resolved", {"on": "2023-02-07", "route": "informal"}))
    shown = await read(house, path)
    assert (shown["state"], shown["deadlines"], shown["nonconformities"]) == ("settled", [], [])
    assert shown["stages"][0]["clock"]["working_days"] is None
    assert shown["decisions"][0] == {"event": "early_resolved", "on": "2023-02-07", "route": "informal"}
    assert (await read(house, f"{path}?as_of=2023-02-06"))["state"] == "stage_1"
