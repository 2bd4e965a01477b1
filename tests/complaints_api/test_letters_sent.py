"""What becomes of a letter: sealed, recorded once, opened again, erased with the key; how one is refused."""

import asyncio
import hashlib
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from complaints_api.letters.catalogue import LETTERS
from complaints_api.letters.sending import RULES
from complaints_api.recording import Command
from complaints_api.store.letters import OwnTemplates, SentLetters
from complaints_api.store.personal_data import TamperedTextError
from tests.complaints_api.house import ALPHA, House
from tests.complaints_api.test_letters import ADJUDICATED, CHILD, PANEL, letters_of, sent, told
from tests.complaints_api.test_personal_data import everything

ACK: dict[str, Any] = {"letter": "acknowledgement", "format": "html", "sent_on": "2023-02-07"}
CANARY = "c4n4ry-sp4rr0w"


async def refused(house: House, name: str, rule: str, **body: Any) -> Any:
    """The problem of a letter that is refused, as a preview and when sent; nothing is recorded or kept."""
    before = await house.head(), await house.sql("SELECT count(*) FROM letter")
    found = await sent(house, name, 409, **{**ACK, **body})
    assert found["type"] == f"/problems/{rule}"
    assert (await house.get(found["type"])).status_code == 200
    assert (await house.head(), await house.sql("SELECT count(*) FROM letter")) == before
    return found


async def test_a_letter_is_recorded_with_the_hash_of_what_went_out(house: House) -> None:
    name = await told(house, {})
    made = await sent(house, name, **ACK)
    assert made["version"] == 2
    assert made["location"] == f"/v1/complaints/{name}/letters/{made['document']}"
    history = (await house.get(f"/v1/complaints/{name}/history")).json()["events"]
    assert history[-1]["event"] == "letter_sent"
    assert history[-1]["on"] == "2023-02-07"
    assert history[-1]["data"] == {"letter": "acknowledgement", "document": made["document"]}
    [listed] = (await letters_of(house, name))["letters"]
    assert listed.pop("recorded_at")
    assert listed == {
        "letter": "acknowledgement",
        "document": made["document"],
        "on": "2023-02-07",
        "actor": "the caseworker",
        "format": "html",
        "location": made["location"],
    }


async def test_the_letter_sent_is_the_letter_previewed(house: House) -> None:
    name = await told(house, {})
    before = await house.head()
    seen = await house.post(f"/v1/complaints/{name}/letters/preview", ACK)
    assert seen.status_code == 200
    assert (await house.head(), await house.sql("SELECT count(*) FROM letter WHERE stream = $1", name)) == (
        before,
        0,
    )
    made = await sent(house, name, **ACK)
    assert hashlib.sha256(seen.content).hexdigest() == made["document"]


async def test_no_table_holds_a_word_of_a_letter_in_the_clear(own_house: House) -> None:
    name = await told(own_house, {}, name="Canary Nightingale")
    words = {"signed_by": "Warbler", "contact": "Goldfinch", "paragraphs": "You told us of a kingfisher."}
    for format_ in ("html", "docx"):
        await sent(own_house, name, **{**ACK, **words, "format": format_})
    kept = await own_house.sql("SELECT count(*) FROM letter")
    assert kept == 2
    found = await everything(own_house.url)
    assert b"letter_sent" in found
    for word in (b"Canary", b"Nightingale", b"Warbler", b"Goldfinch", b"kingfisher", b"Yours sincerely"):
        assert word not in found


async def test_a_letter_opens_only_where_it_was_kept(house: House) -> None:
    ours, other = await told(house, {}), await told(house, {})
    made = await sent(house, ours, **ACK)
    await sent(house, other, **ACK)
    await house.sql("UPDATE letter SET stream = $1 WHERE stream = $2 RETURNING 1", other, ours)
    stream = (await house.desk.load(ALPHA, "complaint", other)).stream
    with pytest.raises(TamperedTextError):
        await SentLetters(house.desk.store.engine, house.desk.vault).open(ALPHA, stream, made["document"])


async def test_an_erased_person_s_letter_is_gone_for_good(house: House) -> None:
    name = await told(house, {"complainant": {"ref": "P-gone", "category": "parent"}})
    made = await sent(house, name, **ACK)
    subject = await house.sql("SELECT subject FROM letter WHERE document = $1", made["document"])
    await house.sql("DELETE FROM keystore.subject_key WHERE subject = $1 RETURNING 1", subject)
    answer = await house.get(made["location"])
    assert answer.status_code == 410
    assert answer.json()["type"] == "/problems/erased"
    assert len((await letters_of(house, name))["letters"]) == 1
    await refused(house, name, "nobody_to_write_to")


@pytest.mark.parametrize("format_", ["html", "docx"])
async def test_a_retry_gets_the_same_answer_and_records_nothing(house: House, format_: str) -> None:
    name = await told(house, {}, adjustments="Large print")
    path, body = f"/v1/complaints/{name}/letters", {**ACK, "format": format_}
    first = await house.post(path, body, Idempotency_Key=f"one-{format_}")
    reached = await house.head()
    change = {"on": "2023-02-08", "personal": {"name": "Another Name", "adjustments": "Braille"}}
    assert (await house.post(f"/v1/complaints/{name}/details_changed", change)).status_code == 200
    again = await house.post(path, body, Idempotency_Key=f"one-{format_}", If_Match='"1"')
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["etag"] == first.headers["etag"]
    assert await house.head() == reached + 1
    other = await house.post(path, {**body, "signed_by": "Jo"}, Idempotency_Key=f"one-{format_}")
    assert other.json()["type"] == "/problems/idempotency-key-reused"


async def test_one_request_sent_several_times_at_once_is_one_letter(house: House) -> None:
    name = await told(house, {})
    path, before = f"/v1/complaints/{name}/letters", await house.head()
    answers = await asyncio.gather(*(house.post(path, ACK, Idempotency_Key="at once") for _ in range(5)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert await house.head() == before + 1


async def test_the_same_letter_twice_is_two_events_of_one_document(house: House) -> None:
    name = await told(house, {})
    first, second = await sent(house, name, **ACK), await sent(house, name, **ACK)
    assert first["document"] == second["document"]
    assert second["version"] == first["version"] + 1
    assert await house.sql("SELECT count(*) FROM letter WHERE document = $1", first["document"]) == 1


async def test_a_complaint_that_has_changed_since_is_not_written_on(house: House) -> None:
    name = await told(house, {}, [("acknowledged", {"on": "2023-02-07"})])
    answer = await house.post(f"/v1/complaints/{name}/letters", ACK, If_Match='"1"')
    assert (answer.status_code, answer.headers["etag"]) == (412, '"2"')
    answer = await house.post(f"/v1/complaints/{name}/letters", ACK, If_Match='"2"')
    assert answer.status_code == 201


async def test_letters_and_other_commands_at_once_each_find_their_place(house: House) -> None:
    name = await told(house, {})
    logged = {"on": "2023-02-07", "direction": "in", "method": "email"}
    work = [house.post(f"/v1/complaints/{name}/contact_logged", logged) for _ in range(6)]
    answers = await asyncio.gather(
        *work, *(house.post(f"/v1/complaints/{name}/letters", ACK) for _ in range(2))
    )
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len((await letters_of(house, name))["letters"]) == 2


async def test_what_must_be_known_before_writing_is_told_and_must_have_been_read(house: House) -> None:
    told_us = {"safe_contact": f"Only by night, {CANARY}", "adjustments": "Large print"}
    name = await told(house, {}, **told_us)
    problem = await refused(house, name, "safe_contact_not_read")
    assert problem["errors"][0]["field"] == "safe_contact_read"
    assert CANARY not in str(problem)
    made = await sent(house, name, **ACK, safe_contact_read=True)
    assert made["before_sending"] == told_us
    assert (await letters_of(house, name))["before_sending"] == told_us
    seen = (await house.get(f"/v1/complaints/{name}/letters", "auditor")).text
    assert "before_sending" not in seen
    assert CANARY not in seen


async def test_an_anonymous_complaint_has_nobody_to_write_to(house: House) -> None:
    anonymous = {"complainant": {"category": "parent"}, "anonymous": True}
    nameless = await house.receive(**anonymous)
    await refused(house, nameless["id"], "nobody_to_write_to")
    unnamed = await house.receive(personal={"email": "robin@example.test"})
    await refused(house, unnamed["id"], "nobody_to_write_to")
    blank = await told(house, {}, name=" \n ")
    await refused(house, blank, "nobody_to_write_to")


@pytest.mark.parametrize("letter", sorted(set(LETTERS) - {"acknowledgement", "ombudsman_signposting"}))
async def test_a_letter_waits_for_what_it_is_about(house: House, letter: str) -> None:
    problem = await refused(house, await told(house, {}), "letter_out_of_place", letter=letter)
    assert problem["errors"][0]["field"] == "letter"


async def test_a_letter_is_not_dated_before_what_it_is_about(house: House) -> None:
    more = {"on": "2023-02-15", "stage": 1, "reason": "complex", "new_due": "2023-03-06"}
    name = await told(house, CHILD, [("extended", more)])
    await refused(house, name, "letter_out_of_place", letter="extension", sent_on="2023-02-14")
    await refused(house, name, "letter_out_of_place", sent_on="2023-02-05")
    await sent(house, name, **{**ACK, "letter": "extension", "sent_on": "2023-02-15"})


async def test_a_letter_gives_nobody_a_day_that_has_passed(house: House) -> None:
    """Reg 18(2): 20 working days from 29 March 2023 end on 28 April; a letter after it cannot offer them."""
    name = await told(house, {}, ADJUDICATED)
    problem = await refused(
        house, name, "letter_gives_a_past_day", letter="adjudication", sent_on="2023-04-29"
    )
    assert "2023-04-28" in problem["errors"][0]["message"]
    await sent(house, name, **{**ACK, "letter": "adjudication", "sent_on": "2023-04-28"})


async def test_a_request_for_a_panel_is_not_acknowledged_once_it_has_met(house: House) -> None:
    name = await told(house, {}, PANEL[:-2])
    await refused(house, name, "letter_out_of_place", sent_on="2023-05-10")
    await sent(house, name, **{**ACK, "sent_on": "2023-05-09"})


async def test_what_is_answered_is_what_the_description_promises(house: House) -> None:
    schemas = (await house.get("/openapi.json")).json()["components"]["schemas"]
    made = await sent(house, await told(house, {}), **ACK)
    Draft202012Validator({**schemas["LetterMade"], "components": {"schemas": schemas}}).validate(made)
    promised = schemas["LetterBody"]
    Draft202012Validator(promised).validate({**ACK, "paragraphs": "Hello.", "safe_contact_read": True})
    assert set(promised["properties"]["letter"]["enum"]) == set(LETTERS)
    assert promised["additionalProperties"] is False


async def test_an_answered_complaint_is_acknowledged_no_more(house: House) -> None:
    name = await told(house, {}, [("withdrawn", {"on": "2023-02-08"})])
    await refused(house, name, "letter_out_of_place", sent_on="2023-02-09")
    await sent(house, name, **ACK)


async def test_a_letter_that_lacks_something_is_refused_naming_each(own_house: House) -> None:
    name = await told(own_house, CHILD)
    templates = OwnTemplates(own_house.desk.store.engine)
    await templates.put(ALPHA, "acknowledgement", "Dear {{ name }}, thank you.", "test")
    problem = await refused(own_house, name, "letter_lacks_required_content", paragraphs="Hello.")
    assert [one["rule"] for one in problem["errors"]] == [
        "paragraphs",
        "received_on",
        "due_on",
        "advocacy",
        "ombudsman",
    ]
    assert "Children Act 1989 s26A" in str(problem)
    await templates.put(ALPHA, "acknowledgement", "{{ withdrawn_on }}", "test")
    await refused(own_house, name, "letter_template_broken")
    await templates.put(ALPHA, "acknowledgement", "", "test")
    await sent(own_house, name, **ACK)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"letter": CANARY}, "letter"),
        ({"format": "pdf"}, "format"),
        ({"sent_on": "2023-02-30"}, "sent_on"),
        ({"sent_on": 0}, "sent_on"),
        ({"sent_on": "2099-01-01"}, "sent_on"),
        ({"paragraphs": ""}, "paragraphs"),
        ({"paragraphs": "x" * 20_001}, "paragraphs"),
        ({"paragraphs": f"{CANARY}\x00"}, "paragraphs"),
        ({"paragraphs": "- " * 60 + CANARY}, "(body)"),
        ({"signed_by": 5}, "signed_by"),
        ({"signed_by": f"{CANARY}\x07"}, "signed_by"),
        ({"contact": "x" * 301}, "contact"),
        ({"safe_contact_read": "yes"}, "safe_contact_read"),
        ({CANARY: 1}, "(unknown)"),
    ],
)
@pytest.mark.parametrize("path", ["letters", "letters/preview"])
async def test_a_field_that_breaks_a_rule_is_named_and_nothing_echoed(
    house: House, path: str, body: dict[str, Any], field: str
) -> None:
    name = await told(house, {})
    before = await house.head()
    answer = await house.post(f"/v1/complaints/{name}/{path}", {**ACK, **body})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert CANARY not in answer.text
    assert await house.head() == before


@pytest.mark.parametrize(
    "text", ["\ufffe", "a\uffffb", "\u202e", "1.", "# x", "```\nx\n```", "---", "> x", "\\"]
)
@pytest.mark.parametrize("format_", ["html", "docx"])
async def test_whatever_a_text_holds_the_letter_is_made(house: House, format_: str, text: str) -> None:
    name = await told(house, {}, name=f"Robin {text}", address=text)
    made = await sent(house, name, **{**ACK, "format": format_, "paragraphs": text, "signed_by": text})
    assert (await house.get(made["location"])).status_code == 200


async def test_what_is_not_there_answers_404(house: House) -> None:
    ours, other = await told(house, {}), await told(house, {})
    made = await sent(house, ours, **ACK)
    for document in ("0" * 64, "x", "%00"):
        answer = await house.get(f"/v1/complaints/{ours}/letters/{document}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-letter")
    answer = await house.get(f"/v1/complaints/{other}/letters/{made['document']}")
    assert answer.json()["type"] == "/problems/unknown-letter"
    for path in ("letters", f"letters/{made['document']}"):
        assert (await house.get(f"/v1/complaints/nothing/{path}")).status_code == 404
    assert (await house.post("/v1/complaints/nothing/letters", ACK)).status_code == 404
    foreign = {"Authorization": f"Bearer {house.foreign['caseworker']}"}
    assert (await house.client.get(made["location"], headers=foreign)).status_code == 404


async def test_a_letter_recorded_from_elsewhere_is_listed_without_a_document(house: House) -> None:
    name = await told(house, {})
    said = {"on": "2023-02-07", "letter": "leaflet", "document": "ab" * 32}
    await house.desk.record(ALPHA, "complaint", name, Command("letter_sent", said, "import"))
    [listed] = (await letters_of(house, name))["letters"]
    assert (listed["letter"], listed["format"], listed["location"]) == ("leaflet", None, None)
    assert (await house.get(f"/v1/complaints/{name}/letters/{'ab' * 32}")).status_code == 404


async def test_only_who_does_the_casework_writes_and_reads_letters(house: House) -> None:
    name = await told(house, {})
    made = await sent(house, name, **ACK)
    for role in house.keys:
        writes = {"caseworker", "manager"}
        for path in ("letters", "letters/preview"):
            status = (await house.post(f"/v1/complaints/{name}/{path}", ACK, role)).status_code
            assert (status < 400) is (role in writes), (role, path)
        for path in ("/v1/letters", made["location"]):
            assert ((await house.get(path, role)).status_code == 200) is (role in writes), (role, path)
        status = (await house.get(f"/v1/complaints/{name}/letters", role)).status_code
        assert (status == 200) is (role in {*writes, "auditor"}), role


async def test_the_catalogue_says_what_each_letter_needs_and_where_that_stands(house: House) -> None:
    found = (await house.get("/v1/letters")).json()
    assert [row["letter"] for row in found["letters"]] == list(LETTERS)
    for row in found["letters"]:
        assert row["source"]
        assert row["needs"]
        assert {one["requirement"] for one in row["requires"]} >= {"reference", "paragraphs"}
        assert all(one["says"] and one["source"] for one in row["requires"])


def test_every_rule_of_letters_says_in_a_sentence_what_it_asks() -> None:
    for rule in RULES.values():
        assert rule.says.endswith(".")
        assert rule.source
