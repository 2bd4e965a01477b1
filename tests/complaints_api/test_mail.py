"""Mail: what a reminder says, and how it is handed to a real server that is willing or not."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from complaints_api import mail
from complaints_api.mail import Address, Due, Letterhead, MailNotTakenError, MailServer, MailServerAwayError
from tests.complaints_api.post_office import HOST, certified, post_office

STREAM = UUID(int=11)
DUE = Due(STREAM, "MER-22-001", "respond", date(2023, 4, 20), date(2023, 4, 17), 1)
HEAD = Letterhead("complaints@council.test", "https://complaints.council.test/")


def made(due: Due = DUE, head: Letterhead = HEAD) -> EmailMessage:
    at = datetime(2023, 4, 17, 6, tzinfo=UTC)
    return mail.message(due, head, "north@council.test", f"{STREAM.hex}.7", at)


def test_it_says_what_is_owed_by_when_and_where_and_names_nobody() -> None:
    assert made().get_content().splitlines() == [
        "Complaint MER-22-001",
        "",
        "To do: Send the answer (stage 1).",
        "Due on: Thursday 20 April 2023",
        "There are 3 working days left.",
        "",
        f"The complaint is here: https://complaints.council.test/v1/complaints/{STREAM}",
        "Nothing more is sent about this once it is recorded as done.",
    ]
    assert made()["Subject"] == "MER-22-001: Send the answer"
    assert made()["Message-ID"] == f"<{STREAM.hex}.7@council.test>"


@pytest.mark.parametrize(
    ("today", "says"),
    [
        ("2023-04-19", "There is 1 working day left."),
        ("2023-04-20", "That is today."),
        ("2023-04-22", "It is overdue by 1 working day."),
        ("2023-04-24", "It is overdue by 2 working days."),
        ("2023-05-02", "It is overdue by 7 working days."),
    ],
)
def test_how_late_it_is_in_working_days(today: str, says: str) -> None:
    """1 May 2023 is a bank holiday."""
    due = Due(STREAM, "MER-22-001", "respond", date(2023, 4, 20), date.fromisoformat(today))
    assert says in made(due).get_content()


def test_at_the_weekend_after_it_no_working_day_has_passed() -> None:
    due = Due(STREAM, "MER-22-001", "respond", date(2023, 4, 21), date(2023, 4, 22))
    assert "It is overdue.\n" in made(due).get_content()


def test_without_a_public_address_it_names_the_reference_only() -> None:
    text = made(head=Letterhead("complaints@council.test")).get_content()
    assert "http" not in text
    assert "by its reference" in text


@pytest.mark.parametrize("reference", ["A\r\nBcc: x@y.test", "A\nB", "A\u2028B", "Beschwerde Ö 1"])
def test_a_reference_cannot_become_a_header(reference: str) -> None:
    """A council's reference may hold line breaks; on the wire it is one header."""
    with post_office() as office:
        MailServer(HOST, office.port, "none").send(
            made(Due(STREAM, reference, "respond", DUE.due_on, DUE.today))
        )
    (found,) = office.arrived
    assert found["Subject"] == f"{' '.join(reference.split())}: Send the answer"
    assert found["Bcc"] is None


GOOD = ["a@b.test", "first.last+tag@sub.council.gov.uk", "x@localhost"]
BAD = [
    "",
    "a",
    "@b.test",
    "a@",
    "a@b.test, c@d.test",
    "A <a@b.test>",
    "a@b.test\nBcc: c@d.test",
    "a@b.test\n",
    "a b@c.test",
    "a@-b.test",
    "a@b..test",
    "ä@b.test",
    "a@" + "b" * 300,
]


@pytest.mark.parametrize("address", GOOD)
def test_a_plain_address_is_taken(address: str) -> None:
    assert TypeAdapter[str](Address).validate_python(address) == address


@pytest.mark.parametrize("address", BAD)
def test_anything_else_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter[str](Address).validate_python(address)
    assert (
        refused.value.errors(include_input=False)[0]["msg"] == "must be one plain mail address, name@domain"
    )


def test_over_starttls_with_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with post_office(tls_context=context, require_starttls=True, auth_required=True) as office:
        MailServer(HOST, office.port, "starttls", "complaints", "secret").send(made())
        assert (office.encrypted, office.logged_in) == ([True], [b"complaints"])
        with pytest.raises(MailServerAwayError, match=r"^SMTPAuthenticationError 535$"):
            MailServer(HOST, office.port, "starttls", "complaints", "wrong").send(made())


def test_over_tls_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with post_office(ssl_context=context) as office:
        MailServer(HOST, office.port, "tls").send(made())
        assert len(office.arrived) == 1


def test_a_server_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    context, _ = certified(tmp_path)
    with post_office(tls_context=context) as office:
        with pytest.raises(MailServerAwayError, match="SSLCertVerificationError"):
            MailServer(HOST, office.port, "starttls", "complaints", "secret").send(made())
        assert (office.offered, office.logged_in) == (0, [])


def test_a_server_without_starttls_gets_nothing_in_clear() -> None:
    with post_office() as office:
        with pytest.raises(MailServerAwayError, match="SMTPNotSupportedError"):
            MailServer(HOST, office.port, "starttls").send(made())
        assert office.offered == 0


@pytest.mark.parametrize(("code", "for_good"), [("450", False), ("452", False), ("550", True), ("554", True)])
def test_a_message_that_is_not_taken(code: str, *, for_good: bool) -> None:
    """At the recipient or at the message; the server's words may repeat an address and are not kept."""
    with post_office() as office:
        office.to_recipients = [f"{code} no north@council.test here"]
        office.to_messages = [f"{code} not from north@council.test"]
        for _ in range(2):
            with pytest.raises(MailNotTakenError, match=f"^SMTP {code}$") as refused:
                MailServer(HOST, office.port, "none").send(made())
            assert refused.value.for_good is for_good
        MailServer(HOST, office.port, "none").send(made())
        assert len(office.arrived) == 1


@contextmanager
def talking(*lines: bytes) -> Iterator[int]:
    """A server that says these lines whatever it hears, then nothing more, and keeps the line open."""
    over = threading.Event()

    def answer() -> None:
        with listening.accept()[0] as line:
            for said in lines:
                line.sendall(said)
            over.wait(10)

    with socket.create_server((HOST, 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("said", [(), (b"220 hello\r\n",)], ids=["no greeting", "no answer"])
def test_a_server_that_is_silent_is_waited_for_no_longer_than_allowed(
    said: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.2)
    with (
        talking(*said) as port,
        pytest.raises(MailServerAwayError, match=r"TimeoutError|SMTPServerDisconnected"),
    ):
        MailServer(HOST, port, "none").send(made())


def test_a_farewell_that_fails_does_not_undo_what_was_taken() -> None:
    """Else it would be sent twice."""
    lines = [
        b"220 hello\r\n",
        b"250 you\r\n",
        b"250 from\r\n",
        b"250 to\r\n",
        b"354 go\r\n",
        b"250 taken\r\n",
    ]
    with talking(*lines, b"421 bye\r\n") as port:
        MailServer(HOST, port, "none").send(made())


def test_nobody_there() -> None:
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(MailServerAwayError, match="ConnectionRefusedError"):
        MailServer(HOST, port).send(made())


def test_a_password_never_shows() -> None:
    assert "secret" not in repr(MailServer(HOST, 587, "tls", "complaints", "secret"))
