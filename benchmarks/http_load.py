"""The load of the HTTP benchmark, in a process of its own: keep-alive clients that post and count.

    python -m benchmarks.http_load --port 8000 --key KEY --clients 32 --seconds 3

Each client is a bare protocol on a socket: it sends the same bytes again as soon as it has the whole answer.
So the client costs a small part of what any server costs. Ends with a line of JSON.
"""

import argparse
import asyncio
import json
import secrets
import time
from typing import Any

import uvloop

from benchmarks.complaint_form import BODY

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Client(asyncio.Protocol):
    """One client: posts, waits for the whole answer, posts again until the time is over."""

    def __init__(self, head: bytes, until: float, *, keyed: bool) -> None:
        self._head = head
        self._until = until
        self._keyed = keyed
        self._buffer = b""
        self._sent_at = 0.0
        self.seconds: list[float] = []
        self.failed: bytes | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        key = b"idempotency-key: %b\r\n" % secrets.token_hex(16).encode() if self._keyed else b""
        self._transport.write(self._head + key + b"\r\n" + BODY)

    def data_received(self, data: bytes) -> None:
        """Wait for the whole answer, then go on."""
        self._buffer += data
        head, found, body = self._buffer.partition(_END)
        if not found or len(body) < _length(head):
            return
        self._buffer = b""
        now = time.perf_counter()
        if head[9:12] != b"201":
            self.failed = head + _END + body
        self.seconds.append(now - self._sent_at)
        if self.failed or now >= self._until:
            self._transport.close()
            self.done.set_result(None)
        else:
            self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell whoever waits if the server hung up."""
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server hung up"))


def _length(head: bytes) -> int:
    after = head.lower().partition(_LENGTH)[2]
    return int(after.partition(b"\r\n")[0])


async def load(asked: argparse.Namespace) -> dict[str, float]:
    """Post for the time asked; requests a second, and how long the middle and the slowest hundredth took."""
    lines = (
        "POST /v1/complaints HTTP/1.1",
        "host: 127.0.0.1",
        f"authorization: Bearer {asked.key}",
        "content-type: application/json",
        f"content-length: {len(BODY)}",
    )
    head = "".join(f"{line}\r\n" for line in lines).encode()
    begun = time.perf_counter()
    clients = [Client(head, begun + asked.seconds, keyed=asked.keyed) for _ in range(asked.clients)]
    loop = asyncio.get_running_loop()
    for client in clients:
        await loop.create_connection(lambda made=client: made, "127.0.0.1", asked.port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - begun
    for client in clients:
        if client.failed:
            raise SystemExit(client.failed.decode(errors="replace"))
    return _summed_up([one for client in clients for one in client.seconds], took)


def _summed_up(seconds: list[float], took: float) -> dict[str, float]:
    seconds.sort()
    return {
        "requests": len(seconds),
        "requests_a_second": round(len(seconds) / took, 1),
        "p50_ms": round(seconds[len(seconds) // 2] * 1000, 2),
        "p99_ms": round(seconds[len(seconds) * 99 // 100] * 1000, 2),
    }


def main() -> None:
    """Load a server and print what it did."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", default="")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--keyed", action="store_true", help="an Idempotency-Key with each")
    print(json.dumps(uvloop.run(load(parser.parse_args()))))


if __name__ == "__main__":
    main()
