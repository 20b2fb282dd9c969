"""Every link of a call's chain meets every fault: what is repeated, what is not, and how often the server is asked.

`test_chain.py` has the answer, the token and the proxy's CONNECT, and what else each link does.
"""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from broken_server import Behaviour, BrokenServer, broken_server, respond
from calling import NoWait, Way, client_at
from criteo_retail_media import downloads, reports
from criteo_retail_media.errors import ServerError, TokenError
from test_chain import CALLS, FAULTS, FILE, both, calls, cut, status, with_credentials
from test_reports import BODY, CREATE, OUTPUT, STATUS

faults = pytest.mark.parametrize("fault", FAULTS)
ERRORS = (httpx.TransportError, ServerError)
CONTENT = b"day,sales\r\n"


def redirect(server: BrokenServer, connection: socket.socket) -> None:
    """A redirect that keeps method and body, to the same origin."""
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 307 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def state(name: str) -> Behaviour:
    """The state of report 7."""
    return status(200, json.dumps({"data": {"id": "7", "attributes": {"status": name}}}).encode())


@calls
@faults
def test_after_a_redirect(way: Way, kind: str, fault: Behaviour) -> None:
    """A read is made again, from its beginning; a write is not."""
    target, kwargs = CALLS[kind]
    with (
        broken_server(redirect, fault, redirect, respond) as server,
        client_at(server.url, follow_redirects=True) as client,
    ):
        if kind == "write":
            with pytest.raises(ERRORS):
                way.call(client, target, kwargs)
        else:
            assert way.call(client, target, kwargs) == {"data": []}
        assert len(server.requests) == (2 if kind == "write" else 4)


@calls
@pytest.mark.parametrize("link", ["api", "token", "proxy"])
def test_refused(way: Way, kind: str, link: str) -> None:
    """Every call is made again, as often as the policy says."""
    target, kwargs = CALLS[kind]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    policy = NoWait(jitter=0)
    settings: dict[str, Any] = {"httpx_args": {"proxy": url}} if link == "proxy" else {}
    make = with_credentials if link == "token" else client_at
    error = TokenError if link == "token" else httpx.ConnectError
    base_url = "https://api.invalid" if link == "proxy" else url
    with make(base_url, retry=policy, **settings) as client, pytest.raises(error):
        way.call(client, target, kwargs)
    assert policy.waits == [1, 2, 4]


@both
@faults
def test_of_the_body_of_a_download(tmp_path: Path, is_async: bool, fault: Behaviour) -> None:
    """It begins again, and the file is whole."""
    with broken_server(fault, cut(CONTENT, len(CONTENT))) as server, client_at(server.url) as client:
        arguments: dict[str, Any] = {"file_id": "7", "client": client}
        if is_async:
            asyncio.run(downloads.to_file_async(FILE, tmp_path / "f", **arguments))
        else:
            downloads.to_file(FILE, tmp_path / "f", **arguments)
        assert len(server.requests) == 2
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("f", CONTENT)]


@both
@faults
@pytest.mark.parametrize("link", ["create", "poll", "output"])
def test_of_a_report(tmp_path: Path, is_async: bool, fault: Behaviour, link: str) -> None:
    """Its state and its file are asked for again, beyond what the policy allows; it is created once."""
    created = status(201, b'{"data": {"id": "7", "attributes": {"status": "pending"}}}')
    steps = {"create": created, "poll": state("success"), "output": cut(CONTENT, len(CONTENT))}
    plan = [step for name, behave in steps.items() for step in ([fault, fault] if name == link else []) + [behave]]
    with broken_server(*plan) as server, client_at(server.url, retry=NoWait(max_attempts=1)) as client:
        arguments: dict[str, Any] = {"create": CREATE, "status": STATUS, "output": OUTPUT, "body": BODY}
        arguments |= {"account_id": "42", "to": tmp_path / "f", "client": client}

        def run() -> None:
            if is_async:
                asyncio.run(reports.run_async(**arguments))
            else:
                reports.run(**arguments)

        if link == "create":
            with pytest.raises(ERRORS):
                run()
            assert len(server.requests) == 1
            assert list(tmp_path.iterdir()) == []
        else:
            run()
            assert len(server.requests) == 5
            assert (tmp_path / "f").read_bytes() == CONTENT
