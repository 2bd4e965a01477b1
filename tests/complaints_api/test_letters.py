"""Letters over HTTP: each written from a complaint's story, in both formats, opened again as readers do."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from complaints_api.letters.catalogue import LETTERS
from complaints_api.letters.rendering import KINDS
from tests.complaints_api.house import House
from tests.complaints_api.letters_read import Page, text_of, word_file

Json = dict[str, Any]
Steps = list[tuple[str, Json]]

NAME = "Robin *Sparrow* <b>&amp;</b> {{ name }}"
PERSONAL = {"name": NAME, "address": "1 Canary Row\r\n\nNestling\nNE5 7ST"}
OMBUDSMAN = ("Local Government and Social Care Ombudsman", "www.lgo.org.uk", "0300 061 0614")
ANSWERED: Json = {"stage": 1, "issue_outcomes": [{"issue": 1, "outcome": "not_upheld"}]}

TO_STAGE_2: Steps = [
    (
        "eligibility_assessed",
        {"on": "2023-02-07", "decision": "accepted", "procedure": "children_statutory"},
    ),
    ("stage_responded", {"on": "2023-02-20", **ANSWERED}),
    ("escalated", {"on": "2023-03-01", "to_stage": 2}),
    ("io_appointed", {"on": "2023-03-02"}),
    ("ip_appointed", {"on": "2023-03-02"}),
]
ADJUDICATED: Steps = [
    *TO_STAGE_2,
    ("investigation_report_received", {"on": "2023-03-20", "author": "io"}),
    ("investigation_report_received", {"on": "2023-03-20", "author": "ip"}),
    ("adjudicated", {"on": "2023-03-27", "outcome": "not_upheld", "received_on": "2023-03-29"}),
]
PANEL: Steps = [
    *ADJUDICATED,
    ("escalated", {"on": "2023-04-12", "to_stage": 3, "reasons": "They did not ask me."}),
    ("panel_appointed", {"on": "2023-04-17"}),
    ("panel_held", {"on": "2023-05-10"}),
    ("panel_report_issued", {"on": "2023-05-15"}),
    ("stage3_responded", {"on": "2023-05-22", "outcome": "upheld"}),
]
CORPORATE: Json = {"procedure": "corporate_code"}
CHILD: Json = {"complainant": {"ref": "P-9", "category": "child_looked_after"}}

STORIES: dict[str, tuple[str, Json, Steps, str, tuple[str, ...]]] = {
    "acknowledgement": (
        "acknowledgement",
        {},
        [],
        "2023-02-07",
        ("6 February 2023", "answer by 20 February 2023", *OMBUDSMAN),
    ),
    "acknowledgement when the answer is late": (
        "acknowledgement",
        {},
        [],
        "2023-02-21",
        ("should have had our answer by 20 February 2023", "we are sorry", *OMBUDSMAN),
    ),
    "acknowledgement of a child's": (
        "acknowledgement",
        CHILD,
        [],
        "2023-02-07",
        ("Help from an advocate", "answer by 20 February 2023", *OMBUDSMAN),
    ),
    "acknowledgement while an advocate is awaited": (
        "acknowledgement",
        CHILD,
        [("advocate_requested", {"on": "2023-02-07"})],
        "2023-02-07",
        ("does not run until your advocate has been appointed", *OMBUDSMAN),
    ),
    "acknowledgement of stage 2": (
        "acknowledgement",
        {},
        TO_STAGE_2,
        "2023-03-02",
        ("at stage 2, and we will", "answer by 5 April 2023", *OMBUDSMAN),
    ),
    "acknowledgement of stage 3": (
        "acknowledgement",
        {},
        PANEL[: len(ADJUDICATED) + 1],
        "2023-04-13",
        ("The panel will meet by 26 May 2023", *OMBUDSMAN),
    ),
    "acknowledgement under the Code": (
        "acknowledgement",
        CORPORATE,
        [],
        "2023-02-07",
        ("answer by 27 February 2023", *OMBUDSMAN),
    ),
    "extension of stage 1": (
        "extension",
        {},
        [("extended", {"on": "2023-02-17", "stage": 1, "reason": "complex", "new_due": "2023-03-06"})],
        "2023-02-17",
        ("because your complaint is complex", "6 March 2023", *OMBUDSMAN),
    ),
    "extension of stage 2": (
        "extension",
        {},
        [
            *TO_STAGE_2,
            (
                "extended",
                {"on": "2023-03-30", "stage": 2, "reason": "complainant_request", "new_due": "2023-05-31"},
            ),
        ],
        "2023-03-30",
        ("because you asked us to wait", "31 May 2023", *OMBUDSMAN),
    ),
    "stage 1 answer under the Act": (
        "stage_1_response",
        {},
        TO_STAGE_2[:2],
        "2023-02-20",
        ("ask for stage 2", "The law sets no time limit", "reply to this letter"),
    ),
    "stage 1 answer under the Code": (
        "stage_1_response",
        CORPORATE,
        [("stage_responded", {"on": "2023-02-20", **ANSWERED})],
        "2023-02-20",
        ("ask for stage 2", "reply to this letter"),
    ),
    "the only answer of another procedure": (
        "stage_1_response",
        {"procedure": "non_statutory"},
        [("stage_responded", {"on": "2023-02-20", **ANSWERED})],
        "2023-02-20",
        ("This was our last answer", *OMBUDSMAN),
    ),
    "adjudication": (
        "adjudication",
        {},
        ADJUDICATED,
        "2023-03-30",
        # received on 29 March: 20 working days later, past Good Friday and Easter Monday (R18(2))
        ("review panel", "by 28 April 2023", "tell us why", *OMBUDSMAN),
    ),
    "last answer under the Code": (
        "stage_2_response",
        CORPORATE,
        [
            ("stage_responded", {"on": "2023-02-20", **ANSWERED}),
            ("escalated", {"on": "2023-03-01", "to_stage": 2}),
            ("stage_responded", {"on": "2023-03-20", **ANSWERED, "stage": 2}),
        ],
        "2023-03-20",
        ("within 12 months", *OMBUDSMAN),
    ),
    "answer to the panel": (
        "stage_3_response",
        {},
        PANEL,
        "2023-05-22",
        ("the last stage", "within 12 months", *OMBUDSMAN),
    ),
    "signposting": ("ombudsman_signposting", {}, [], "2023-02-07", ("within 12 months", *OMBUDSMAN)),
    "withdrawal": (
        "withdrawal_confirmation",
        {},
        [("withdrawn", {"on": "2023-02-09"})],
        "2023-02-10",
        ("withdrawn on 9 February 2023",),
    ),
    "refusal": (
        "refusal",
        {},
        [
            (
                "eligibility_assessed",
                {"on": "2023-02-09", "decision": "refused", "reason": "out_of_time", "note": "Too late."},
            )
        ],
        "2023-02-10",
        ("you complained more than a year after the problem arose", "within 12 months", *OMBUDSMAN),
    ),
}


async def told(
    house: House, received: Json, steps: Sequence[tuple[str, Json]] = (), /, **personal: str
) -> str:
    """A complaint with a name to write to, after these steps; its id."""
    made = await house.receive(**{"personal": {**PERSONAL, **personal}, **received})
    for event, body in steps:
        answer = await house.post(f"/v1/complaints/{made['id']}/{event}", body)
        assert answer.status_code == 200, answer.text
    found: str = made["id"]
    return found


async def sent(house: House, name: str, status: int = 201, /, **body: Any) -> Any:
    """A letter sent, or the problem that it makes."""
    answer = await house.post(f"/v1/complaints/{name}/letters", body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def letters_of(house: House, name: str) -> Any:
    return (await house.get(f"/v1/complaints/{name}/letters")).json()


@pytest.mark.parametrize("format_", KINDS)
@pytest.mark.parametrize("story", STORIES)
async def test_a_letter_says_what_the_law_wants(house: House, story: str, format_: str) -> None:
    letter, received, steps, day, says = STORIES[story]
    name = await told(house, received, steps)
    made = await sent(
        house,
        name,
        letter=letter,
        format=format_,
        sent_on=day,
        signed_by="Jo _Wren_",
        job_title="Complaints officer",
        contact="01632 960001",
        paragraphs="We read **all** you wrote.\n\n1. First\n2. Second",
    )
    answer = await house.get(made["location"])
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == made["document"]
    text = text_of(format_, answer.content)
    always = ("Borough of Testing", made["reference"], f"Dear {NAME},", "1 Canary Row Nestling NE5 7ST")
    ours = ("We read all you wrote. First Second", "Jo _Wren_", "Complaints officer", "01632 960001")
    for words in (*always, *ours, LETTERS[letter].title, *says):
        assert words in text, words
    if letter != "acknowledgement" or not received.get("complainant"):
        assert ("Help from an advocate" in text) is bool(received.get("complainant"))


def test_every_letter_is_told_a_story() -> None:
    assert {letter for letter, *_ in STORIES.values()} == set(LETTERS)


async def test_a_page_needs_nothing_else_and_can_be_read_aloud(house: House) -> None:
    name = await told(house, CHILD)
    answer = await house.post(
        f"/v1/complaints/{name}/letters/preview",
        {"letter": "acknowledgement", "format": "html", "sent_on": "2023-02-07"},
    )
    page = Page(answer.content)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert ("html", {"lang": "en-GB"}) in page.elements
    assert {"title", "main", "h1", "h2"} <= page.tags
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert not page.tags & {"script", "img", "link", "iframe", "object", "b"}
    assert not any(name in ("href", "src") for _, attributes in page.elements for name in attributes)
    assert b"url(" not in answer.content
    assert b"@import" not in answer.content


def _numbering(paragraph: Any) -> int | None:
    properties = paragraph._p.pPr
    numbered = properties is not None and properties.numPr is not None
    return properties.numPr.numId.val if numbered else None


async def test_a_word_file_has_headings_lists_a_language_and_no_time_of_writing(house: House) -> None:
    name = await told(house, {})
    body = {
        "letter": "acknowledgement",
        "sent_on": "2023-02-07",
        "paragraphs": "1. one\n2. two\n\nAnd\n\n1. again",
    }
    first = await house.post(f"/v1/complaints/{name}/letters/preview", body)
    file = word_file(first.content)
    styles = {paragraph.text: paragraph.style.name for paragraph in file.paragraphs if paragraph.style}
    assert styles["We have your complaint"] == "Heading 1"
    assert styles["What happens now"] == "Heading 2"
    assert styles["one"] == styles["again"] == "List Number"
    numbered = {paragraph.text: _numbering(paragraph) for paragraph in file.paragraphs}
    assert numbered["one"] == numbered["two"] != numbered["again"]
    assert file.core_properties.language == "en-GB"
    assert file.core_properties.title == "We have your complaint"
    assert NAME not in file.core_properties.title + file.core_properties.author
    assert file.core_properties.created is not None
    assert file.core_properties.created.date().isoformat() == "2023-02-07"
    assert (await house.post(f"/v1/complaints/{name}/letters/preview", body)).content == first.content
