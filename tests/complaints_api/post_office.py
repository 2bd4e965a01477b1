"""A council's mail server for tests: a real SMTP server that can be unwilling, and certificates for it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class PostOffice:
    """What arrived, and what the server says to the recipients and to the messages it is offered."""

    port: int
    arrived: list[EmailMessage] = field(default_factory=list)
    to_recipients: list[str] = field(default_factory=list)
    to_messages: list[str] = field(default_factory=list)
    offered: int = 0
    logged_in: list[bytes] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: N802 - aiosmtpd's name
        envelope, address = given[2], given[3]
        self.offered += 1
        if self.to_recipients:
            return self.to_recipients.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        if self.to_messages:
            return self.to_messages.pop(0)
        made = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.arrived.append(made)
        self.encrypted.append(session.ssl is not None)
        return "250 taken"

    def authenticate(self, *given: Any) -> AuthResult:
        login = given[4]
        assert isinstance(login, LoginPassword)
        self.logged_in.append(login.login)
        return AuthResult(success=login.password == b"secret", handled=False)


@contextmanager
def post_office(**options: Any) -> Iterator[PostOffice]:
    """A mail server that runs; `options` are those of aiosmtpd's controller."""
    with socket.create_server((HOST, 0)) as probe:
        office = PostOffice(probe.getsockname()[1])
    controller = Controller(
        office, hostname=HOST, port=office.port, authenticator=office.authenticate, **options
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate of 127.0.0.1, and the file of who vouches for it."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "mail.crt", folder / "mail.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, pem, plain))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, secret)
    return context, chain
