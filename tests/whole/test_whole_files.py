"""Files and reports of the whole documents: every operation on them is one of the client's, and no other is."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from calling import ASYNC, SYNC, Way
from fake_criteo import FakeCriteo, answer
from multipart_bodies import body_of
from pytest_httpserver import HTTPServer
from support.samples import resolved
from support.whole_client import VERSIONS, WholeClient, client_of, needed, sample
from werkzeug import Response

CONTENT = b"day,sales\r\n2026-01-01,3\r\n"
MD5 = hashlib.md5(CONTENT).hexdigest()
IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1000


# --- downloads ---


def file_operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The operations that answer with something other than JSON of a schema."""
    found = {}
    for methods in document["paths"].values():
        for described in methods.values():
            contents = [
                (kind, content.get("schema", {}))
                for answer in described["responses"].values()
                for kind, content in answer.get("content", {}).items()
            ]
            if any(kind != "application/json" or schema.get("format") == "binary" for kind, schema in contents):
                found[described["operationId"]] = described
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_file_operation_is_covered(site: HTTPServer, version: str, tmp_path: Path) -> None:
    """Each writes its file; every other operation is refused before anything is sent."""
    whole = client_of(version)
    module = whole.module("downloads")
    expected = file_operations(whole.document)
    assert version == "selected" or bool(expected) == (version != "shipped")
    site.expect_request(re.compile("/.*")).respond_with_handler(lambda r: Response(f'{{"p": "{r.path}"}}\n'))
    with whole.package.AuthenticatedClient(site.url_for(""), token="the-token", retry=None) as client:
        for id_, described in expected.items():
            operation = whole.operations[id_]
            arguments = needed(operation, described, whole.document["components"]["schemas"])
            path = re.sub("{.*?}", "42", operation.OPERATION.path)
            module.to_file(operation, tmp_path / id_, client=client, **arguments)
            assert json.loads((tmp_path / id_).read_bytes()) == {"p": path}
            assert list(module.iter_json_lines(operation, client=client, **arguments)) == [{"p": path}]
            assert operation.sync(client=client, **arguments) == (tmp_path / id_).read_bytes()
        for id_ in whole.operations.keys() - expected.keys():
            with pytest.raises(TypeError, match=f"{id_} does not answer with a file"):
                module.to_file(whole.operations[id_], tmp_path / id_, client=client)


# --- reports ---


@dataclass(frozen=True)
class Family:
    """The operationIds of the operations on reports of one kind."""

    status: str
    output: str
    creates: tuple[str, ...]


def within(schema: dict[str, Any], *path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a property deep inside, or an empty one."""
    for name in path:
        schema = resolved(schema, schemas).get("properties", {}).get(name, {})
    return resolved(schema, schemas)


def answer_schema(described: dict[str, Any]) -> dict[str, Any]:
    """The schema of the answer, where it is JSON."""
    answered = next((each for status, each in described["responses"].items() if status.startswith("2")), {})
    schema: dict[str, Any] = answered.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def families(document: dict[str, Any]) -> list[Family]:
    """Found by paths, tags and the values of the status."""
    schemas, paths = document["components"]["schemas"], document["paths"]
    begins: dict[str, list[str]] = {}
    for methods in paths.values():
        for method, described in methods.items():
            status = within(answer_schema(described), "data", "attributes", "status", schemas=schemas)
            if method == "post" and {"pending", "success"} <= set(status.get("enum", [])):
                begins.setdefault(described["tags"][0], []).append(described["operationId"])
    return [
        Family(
            path_item["get"]["operationId"],
            paths[path.removesuffix("status") + "output"]["get"]["operationId"],
            tuple(begins[path_item["get"]["tags"][0]]),
        )
        for path, path_item in paths.items()
        if path.removesuffix("status") + "output" in paths
    ]


def answers_of(whole: WholeClient, family: Family) -> Callable[[Any], Response]:
    """A server that makes a report of the family: pending when it is created, there when it is asked for."""
    schemas = whole.document["components"]["schemas"]
    described = {each["operationId"]: each for methods in whole.document["paths"].values() for each in methods.values()}
    by_path = {whole.operations[id_].OPERATION.path: id_ for id_ in (*family.creates, family.status, family.output)}

    def respond(request: Any) -> Response:
        id_ = by_path[next(path for path in by_path if re.fullmatch(re.sub("{.*?}", "(7|42)", path), request.path))]
        if id_ == family.output:
            return Response(CONTENT)
        schema = answer_schema(described[id_])
        entity = sample(within(schema, "data", schemas=schemas), schemas)
        attributes = sample(within(schema, "data", "attributes", schemas=schemas), schemas)
        attributes |= {"status": "success" if id_ == family.status else "pending"}
        told = {"md5Checksum": MD5, "fileSizeBytes": len(CONTENT)}
        attributes |= {name: value for name, value in told.items() if name in attributes}
        declared = int(next(iter(described[id_]["responses"])))
        return answer({"data": {**entity, "id": "7", "attributes": attributes}}, declared)

    return respond


@pytest.mark.parametrize("version", VERSIONS)
def test_every_report_of_a_document_can_be_had(site: HTTPServer, version: str, tmp_path: Path) -> None:
    """By each operation that begins one; those of another kind are refused before anything is sent."""
    whole = client_of(version)
    run, schemas = whole.module("reports").run, whole.document["components"]["schemas"]
    described = {each["operationId"]: each for methods in whole.document["paths"].values() for each in methods.values()}
    found = families(whole.document)
    assert version == "selected" or len(found) == (0 if version == "shipped" else 3)
    for family in found:
        three = {"status": whole.operations[family.status], "output": whole.operations[family.output]}
        site.clear()
        site.expect_request(re.compile("/.*")).respond_with_handler(answers_of(whole, family))
        url = site.url_for("")
        with whole.package.AuthenticatedClient(url, token="the-token", retry=whole.without_waits()) as client:
            for id_, module in whole.operations.items():
                to = tmp_path / id_
                if id_ in family.creates:
                    arguments = needed(module, described[id_], schemas)
                    report = run(create=module, **three, to=to, client=client, **arguments)
                    assert (report.id, report.status, to.read_bytes()) == ("7", "success", CONTENT)
                else:
                    with pytest.raises(TypeError, match=r"not begin a report|not about the same reports"):
                        run(create=module, **three, to=to, client=client, body=None)
        for other in found:
            if other is not family:
                mixed = {**three, "output": whole.operations[other.output]}
                with pytest.raises(TypeError, match="not about the same reports"):
                    run(create=whole.operations[family.creates[0]], **mixed, to=to, client=client, body=None)
    assert {path.name for path in tmp_path.iterdir()} == {id_ for family in found for id_ in family.creates}


# --- uploads ---


def upload_operations(document: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """The operations that take a file: the file's name among the fields, and what the document says of them."""
    found = {}
    for methods in document["paths"].values():
        for described in methods.values():
            content = described.get("requestBody", {}).get("content", {}).get("multipart/form-data", {})
            for name, schema in content.get("schema", {}).get("properties", {}).items():
                if schema.get("format") == "binary":
                    found[described["operationId"]] = name, described
    return found


@pytest.mark.parametrize("way", [SYNC, ASYNC], ids=["sync", "async"])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_upload_of_a_document(site: HTTPServer, way: Way, version: str) -> None:
    """Each sends the file under the document's name, and the fields that the document does not name."""
    whole = client_of(version)
    schemas, types = whole.document["components"]["schemas"], whole.module("types")
    criteo = FakeCriteo(site)
    found = upload_operations(whole.document)
    assert version == "selected" or bool(found) == (version != "shipped")
    for id_, (name, described) in found.items():
        criteo.server.clear()
        criteo.calls.clear()
        status, answered = next(iter(described["responses"].items()))
        body = answer(sample(answered["content"]["application/json"]["schema"], schemas), int(status))
        criteo.server.expect_request(re.compile("/.*")).respond_with_handler(criteo._api(lambda _, body=body: body))
        criteo.valid_tokens.add("token")
        module = whole.operations[id_]
        model = getattr(whole.package.models, id_ + "Body")
        (field,) = [each.name for each in model.__attrs_attrs__ if each.name != "additional_properties"]
        upload = model(**{field: types.File(io.BytesIO(IMAGE), "logo.png", "image/png")})
        upload["note"] = "größe"
        upload["more"] = types.File(io.BytesIO(b"more"), "more.gif")
        with whole.package.AuthenticatedClient(criteo.url, "token") as client:
            kwargs = module._get_kwargs(body=upload)
            way.call(client, module.OPERATION, kwargs)
        (call,) = criteo.calls
        assert call.body == body_of(
            call,
            (b'name="%s"; filename="logo.png"\r\nContent-Type: image/png' % name.encode(), IMAGE),
            (b'name="note"', "größe".encode()),
            (b'name="more"; filename="more.gif"\r\nContent-Type: image/gif', b"more"),
        )
