"""What the client's tests share: one server, and a fresh fake Criteo on it for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from calling import ASYNC, SYNC, Way, client_of
from criteo_retail_media import AuthenticatedClient
from fake_criteo import FakeCriteo, LoopbackServer, no_authorities
from hypothesis import HealthCheck, settings
from pytest_httpserver import HTTPServer

# How fast a machine is decides no test.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="module", autouse=True)
def _no_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with no_authorities(tmp_path_factory.mktemp("authorities")):
        yield


@pytest.fixture(scope="session")
def criteo_server() -> Iterator[HTTPServer]:
    """One server for all tests."""
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def criteo(criteo_server: HTTPServer) -> Iterator[FakeCriteo]:
    """A fake Criteo that behaves; the test fails on a request it does not expect."""
    criteo_server.clear()
    yield FakeCriteo(criteo_server)
    criteo_server.check()


@pytest.fixture
def client(criteo: FakeCriteo) -> Iterator[AuthenticatedClient]:
    """A client of the fake, with a token of its own and retries that take no time."""
    with client_of(criteo) as client:
        yield client


@pytest.fixture(params=[SYNC, ASYNC], ids=["sync", "async"])
def way(request: pytest.FixtureRequest) -> Way:
    """Both ways to call."""
    way: Way = request.param
    return way
