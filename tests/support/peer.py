"""A server that keeps what arrives, and openapi-core's judgement of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.security.exceptions import SecurityProviderError
from openapi_core.security.factories import SecurityProviderFactory
from openapi_core.security.providers import BaseProvider
from openapi_core.validation.request.validators import V30RequestValidator
from pytest_httpserver import HTTPServer
from support.contract import Answer
from werkzeug import Request, Response
from werkzeug.datastructures import Headers, ImmutableMultiDict

from scripts.spec.document import Document

TOKEN = "token"


class Bearer(BaseProvider):
    """What the document's `oauth2` scheme asks of a request: openapi-core has nothing that looks at it."""

    def __call__(self, parameters: RequestParameters) -> Any:
        """Refuse a request without the token."""
        if parameters.header.get("Authorization") != f"Bearer {TOKEN}":
            raise SecurityProviderError("no bearer token")


class OAuth(SecurityProviderFactory):
    """openapi-core's checks of security schemes, and the missing one."""

    PROVIDERS = {**SecurityProviderFactory.PROVIDERS, "oauth2": Bearer}  # noqa: RUF012


class Arrived:
    """A request that arrived, as openapi-core takes it: its path is left percent-encoded, to have as many segments."""

    def __init__(self, request: Request) -> None:
        target = urlsplit(request.environ["REQUEST_URI"])
        self.host_url = "https://api.criteo.com"
        self.path = target.path
        self.wire = (request.environ["REQUEST_URI"], request.get_data(), request.content_type)
        self.method = request.method.lower()
        self.body = request.get_data() or None
        self.content_type = request.content_type or ""
        self.query = parse_qsl(target.query, keep_blank_values=True, strict_parsing=bool(target.query))
        self.headers = request.headers
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(self.query), header=Headers(request.headers), cookie=request.cookies
        )
        self.fields = request.form
        self.files = [(name, part.read(), part.filename, part.content_type) for name, part in request.files.items()]


class Peer:
    """A server that gives the answer it was told to, and keeps what arrived."""

    def __init__(self, server: HTTPServer) -> None:
        self.answer = Answer(204, None, b"")
        self.arrived: list[Arrived] = []
        server.expect_request(re.compile(".*")).respond_with_handler(self._handle)

    def _handle(self, request: Request) -> Response:
        self.arrived.append(Arrived(request))
        response = Response(self.answer.content, self.answer.status)
        del response.headers["Content-Type"]
        if self.answer.content_type:
            response.headers["Content-Type"] = self.answer.content_type
        return response


def validator_of(document: Document) -> V30RequestValidator:
    """What judges requests by an upstream document; a body may have no property that the document does not name."""
    return V30RequestValidator(
        SchemaPath.from_dict(document), security_provider_factory=OAuth(), forbid_unspecified_additional_properties=True
    )
