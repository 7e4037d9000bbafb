"""One request fixture: filled in, sent as raw bytes, its answer read.

A fixture is HTTP/1.1 as the client sends it, kept with plain newlines so that it can be read and compared: header lines
and multipart bodies go out with CRLF, other bodies as they are. The file's last newline is not part of the body.
`{{length}}` becomes the body's length, the other `{{names}}` come from the run.
"""

import http.client
import gzip
import json
import pathlib
import re
import socket
import time
from dataclasses import dataclass

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
TIMEOUT = 30
# The default limit is 100 requests in 10 s, so one wait is enough; a second refusal is a fault.
LONGEST_PAUSE = 15


@dataclass
class Answer:
    status: int
    content_type: str
    retry_after: str
    body: bytes

    def json(self):
        """The body as JSON; a clear error when it is not."""
        try:
            return json.loads(self.body)
        except ValueError as fault:
            raise AssertionError(f"HTTP {self.status} with a body that is not JSON: {self.body[:300]!r}") from fault


def render(name, values):
    """The bytes of one fixture; a placeholder without a value is an error."""
    text = (FIXTURES / f"{name}.http").read_text(encoding="utf-8")
    head, _, body = text.partition("\n\n")
    head, body = (re.sub(r"\{\{(?!length)(\w+)\}\}", lambda at: values[at[1]], part) for part in (head, body))
    body = body.removesuffix("\n")
    if "multipart/form-data" in head:
        body = body.replace("\n", "\r\n")
    payload = body.encode()
    head = head.replace("{{length}}", str(len(payload)))
    return head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + payload


def send(host, port, name, values):
    """Sends a fixture on a connection of its own; waits once when the server says that there were too many."""
    answer = _exchange(host, port, render(name, values))
    if answer.status == 429:
        time.sleep(min(int(answer.retry_after or "1"), LONGEST_PAUSE))
        answer = _exchange(host, port, render(name, values))
    return answer


def _exchange(host, port, request):
    with socket.create_connection((host, port), timeout=TIMEOUT) as connection:
        connection.sendall(request)
        response = http.client.HTTPResponse(connection, method=request.split(b" ", 1)[0].decode())
        response.begin()
        body = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return Answer(
            status=response.status,
            content_type=response.headers.get("Content-Type", ""),
            retry_after=response.headers.get("Retry-After", ""),
            body=body,
        )
