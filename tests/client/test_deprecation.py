"""The end of an API version is announced by its answers, and told to the caller once."""

from __future__ import annotations

import threading
import warnings

import httpx
import pytest
from calling import DOWNLOAD, READ, TOKEN, WRITE, Way, client_of, read_kwargs, write_kwargs
from criteo_retail_media import API_VERSION, AuthenticatedClient
from criteo_retail_media._call import call
from criteo_retail_media.errors import GoneError
from fake_criteo import FakeCriteo, problem


def test_warns_once_for_each_client(criteo: FakeCriteo, way: Way) -> None:
    """Two calls of a client warn once, with the date and the API version; another client warns again."""
    criteo.deprecated(sunset="Wed, 27 Jan 2027 00:00:00 GMT")
    criteo.add_segments(1)
    for _ in range(2):
        with client_of(criteo) as client, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            way.call(client, READ, read_kwargs())
            way.detailed(client, READ, read_kwargs())
        assert [str(warning.message) for warning in caught] == [
            f"Criteo's API version {API_VERSION} is deprecated and ends on Wed, 27 Jan 2027 00:00:00 GMT:"
            " move to a newer release of criteo-retail-media"
        ]
        assert caught[0].category is DeprecationWarning


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({"Deprecation": "true"}, "is deprecated: move"),
        ({"Sunset": "Wed, 27 Jan 2027 00:00:00 GMT"}, "is deprecated and ends on Wed, 27 Jan 2027 00:00:00 GMT: move"),
        ({"deprecation": "@1798761600"}, r"is deprecated \(since @1798761600\): move"),
    ],
)
def test_either_header_is_enough(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, headers: dict[str, str], text: str
) -> None:
    """``Deprecation`` and ``Sunset`` each warn alone; a date that is there is told."""
    criteo.extra_headers |= headers
    criteo.add_segments(1)
    with pytest.warns(DeprecationWarning, match=text):
        way.call(client, READ, read_kwargs())


def test_warning_points_at_the_caller(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """The warning names a file outside of the package, so that Python's default filter can show it."""
    criteo.deprecated()
    with pytest.warns(DeprecationWarning) as caught:
        way.call(client, WRITE, write_kwargs())
    assert "criteo_retail_media" not in caught[0].filename


def test_errors_warn_too(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """An error answer announces the end as well as a success."""
    criteo.deprecated()
    criteo.answers.append(problem(410, "gone"))
    with pytest.warns(DeprecationWarning), pytest.raises(GoneError, match="newer release"):
        way.call(client, READ, read_kwargs())


def test_threads_warn_once(criteo: FakeCriteo, client: AuthenticatedClient) -> None:
    """Threads that get their first answers at the same moment warn once between them."""
    criteo.deprecated()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        threads = [threading.Thread(target=call, args=(client, WRITE, write_kwargs())) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(criteo.calls) == 16
    assert len(caught) == 1


def test_no_header_no_warning(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """Answers without the headers warn of nothing (warnings are errors in these tests)."""
    assert way.call(client, WRITE, write_kwargs())["data"] == []


def test_a_warning_that_is_an_error_gives_the_connection_back(criteo: FakeCriteo, way: Way) -> None:
    """Under ``-W error`` a stream that warns ends there, and does not hold its place for ever."""
    criteo.deprecated()
    (segment,) = criteo.add_segments(1)
    with client_of(criteo, limits=httpx.Limits(max_connections=1), timeout=5) as client:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(DeprecationWarning):
                way.read_stream(client, DOWNLOAD, read_kwargs(segment))
        assert client.connection().gate.streams == 0
        assert way.read_stream(client, DOWNLOAD, read_kwargs(segment))


def test_the_warning_repeats_no_token(criteo: FakeCriteo, way: Way) -> None:
    """Whatever the server writes into its headers."""
    criteo.extra_headers |= {"Sunset": f"not before {TOKEN}", "Deprecation": TOKEN}
    with client_of(criteo) as client, pytest.warns(DeprecationWarning) as caught:
        way.call(client, WRITE, write_kwargs())
    assert TOKEN not in str(caught[0].message)
