"""What documents may say beyond what Criteo's do today: each habit has a small document, and its one right reading."""

from __future__ import annotations

import datetime
import inspect
import json
import sys
import typing
from typing import Any

import pytest
from support.whole_client import VERSIONS, WholeClient, client_of

WAYS = ("sync", "asyncio", "sync_detailed", "asyncio_detailed")


def test_parameters_are_sent_in_their_styles() -> None:
    """No list is repeated that goes between commas, no object lost, no date-time without an offset."""
    client = client_of("parameter-styles")
    models, operation = client.module("models"), client.operations["GetThings"]
    request = operation._get_kwargs(
        ids=["1", "2"],
        price=models.GetThingsPrice(min_=1),
        filter_=models.GetThingsFilter.from_dict({"a": [1]}),
        since=datetime.date(2026, 1, 2),
        kinds=["a", models.GetThingsKindsItem.B],
    )
    assert request["url"].partition("?")[2].split("&") == [
        "ids=1,2",
        "price%5Bmin%5D=1",
        "filter=%7B%22a%22%3A%5B1%5D%7D",
        "since=2026-01-02T00%3A00%3A00%2B00%3A00",
        "kinds=a",
        "kinds=b",
    ]


def test_a_discriminator_decides() -> None:
    """Which model an object is; one of an unknown kind is kept as it is, and written as it is."""
    client = client_of("union-with-discriminator")
    models, operation = client.module("models"), client.operations["GetCreative"]
    read: Any = operation.OPERATION.answers[200]

    def answer(body: Any) -> Any:
        return read(type("Answer", (), {"content": json.dumps(body).encode()})())

    assert answer({"kind": "video", "seconds": 5}) == models.Video(kind="video", seconds=5)
    assert answer({"kind": "banner", "width": 5}) == models.Banner(kind="banner", width=5)
    assert answer({"kind": "hologram", "width": "5"}) == {"kind": "hologram", "width": "5"}
    with pytest.raises(client.module("errors").DecodeError):
        answer({"kind": "video", "seconds": "5"})
    with pytest.raises(client.module("errors").DecodeError):
        answer("banner")


def test_what_a_discriminator_decides_is_written() -> None:
    """A model whose kind is another's is refused, and so is a dict of a known kind."""
    client = client_of("union-with-discriminator")
    models, codec = client.module("models"), client.module("_codec")
    write = codec.write_by_discriminator("kind", lambda: {"banner": models.Banner, "video": models.Video})
    assert write(models.Banner(kind="banner", width=1)) == {"kind": "banner", "width": 1}
    assert write({"kind": "hologram"}) == {"kind": "hologram"}
    for wrong in (models.Banner(kind="video"), models.Banner(), {"kind": "video"}, "banner", None):
        with pytest.raises(client.module("errors").EncodeError):
            write(wrong)


def test_integer_enums_are_open() -> None:
    """A value that is not listed is kept, as of string enums; true is none."""
    client = client_of("integer-enum")
    models = client.module("models")
    for level in (1, 2, 3, None):
        thing = models.Thing.from_dict({"level": level})
        assert (thing.level, thing.to_dict()) == (level, {"level": level})
    assert [models.Thing.from_dict({"level": level}).level.is_known for level in (1, 3)] == [True, False]
    assert models.Thing(level=2).to_dict() == {"level": 2}
    for wrong in (True, "1", 1.5):
        with pytest.raises(client.module("errors").DecodeError):
            models.Thing.from_dict({"level": wrong})
        with pytest.raises(client.module("errors").EncodeError):
            models.Thing(level=wrong).to_dict()


def test_a_guid_is_a_string() -> None:
    """As the API spelled it."""
    text = "6F9619FF-8B86-D011-B42D-00CF4FC964FF"
    thing = client_of("guid").module("models").Thing.from_dict({"traceId": text})
    assert (thing.trace_id, thing.to_dict()) == (text, {"traceId": text})


@pytest.fixture(params=VERSIONS)
def whole(request: pytest.FixtureRequest) -> WholeClient:
    return client_of(request.param)


def test_hints_hold_at_run_time(whole: WholeClient) -> None:
    """Of each function of each operation, and of each model: their names are there."""
    for module in whole.operations.values():
        for way in WAYS:
            function = getattr(module, way)
            assert typing.get_type_hints(function).keys() == {*inspect.signature(function).parameters, "return"}
        assert dir(module) == sorted(WAYS)
    models = whole.module("models")
    for name in models.__all__:
        model = getattr(models, name)
        assert typing.get_type_hints(model) or issubclass(model, (str, int))
        assert typing.get_type_hints(model.__init__) is not None


def test_a_name_that_is_no_model_is_an_import_error() -> None:
    """At run time too; the checkers say so in `test_typing`."""
    client = client_of("shipped")
    with pytest.raises(AttributeError, match="NoSuchModel"):
        client.module("models").NoSuchModel  # noqa: B018 (looking it up is the test)
    assert f"{client.package.__name__}.models" in sys.modules
