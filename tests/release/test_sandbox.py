"""`make sandbox` serves a stand-in for the API, whatever the shell around it has installed."""

from __future__ import annotations

import os
import signal
import subprocess

import httpx
from support.environment import link_environment
from support.workspace import Workspace


def test_the_first_line_tells_where_it_listens(workspace: Workspace) -> None:
    """It gives tokens there until it is interrupted."""
    link_environment(workspace.root)
    command = ["make", "--silent", "sandbox", "ARGS=--port 0"]
    with subprocess.Popen(
        command, cwd=workspace.root, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        grant = {"grant_type": "client_credentials", "client_id": "any", "client_secret": "any"}
        answer = httpx.post(f"{url}/oauth2/token", data=grant)
        assert (answer.status_code, "access_token" in answer.json()) == (200, True)
        os.killpg(server.pid, signal.SIGINT)
