"""The token goes to the API's origin only, whatever the URL and the redirects say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from typing import Any

import httpx
import pytest
from auth_calls import TLS, client_credentials, search_url
from criteo_retail_media.auth import OriginAuth, StaticToken
from criteo_retail_media.errors import TokenError
from fake_criteo import FakeCriteo, LoopbackServer, answer, problem
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

BODY: dict[str, object] = {"data": {}}
Post = Callable[..., httpx.Response]


def post_sync(auth: httpx.Auth, base_url: str, url: str, *, follow: bool = False, **settings: Any) -> httpx.Response:
    """One call through an ``OriginAuth``, sent as the client sends it."""
    with httpx.Client(verify=TLS, **settings) as http:
        kept = OriginAuth(auth, base_url, http, follow_redirects=follow)
        return http.post(url, json=BODY, auth=kept, follow_redirects=False)


def post_async(auth: httpx.Auth, base_url: str, url: str, *, follow: bool = False, **settings: Any) -> httpx.Response:
    async def main() -> httpx.Response:
        async with httpx.AsyncClient(verify=TLS, **settings) as http:
            kept = OriginAuth(auth, base_url, http, follow_redirects=follow)
            return await http.post(url, json=BODY, auth=kept, follow_redirects=False)

    return asyncio.run(main())


sync_and_async = pytest.mark.parametrize("post", [post_sync, post_async], ids=["sync", "async"])


class Elsewhere:
    """Another origin: the same host, another port. It keeps the headers it was sent."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        self.authority = f"{server.host}:{server.port}"
        self.received: list[dict[str, str]] = []
        self.answer = answer({})
        server.expect_request("/caught").respond_with_handler(self._catch)

    def _catch(self, request: Request) -> Response:
        self.received.append({name.lower(): value for name, value in request.headers.items()})
        return self.answer


@pytest.fixture(scope="module")
def second_server() -> Iterator[HTTPServer]:
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def elsewhere(second_server: HTTPServer) -> Iterator[Elsewhere]:
    """A second server, which fails the test on a request it does not expect."""
    second_server.clear()
    yield Elsewhere(second_server)
    second_server.check()


class NewRequest(httpx.Auth):
    """An auth of somebody else's, that signs a copy."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        yield httpx.Request(
            request.method,
            request.url,
            content=request.content,
            headers={**request.headers, "X-Key": "hidden"},
            extensions=request.extensions,
        )


def redirect(location: str, status: int = 307) -> Response:
    return Response(status=status, headers={"Location": location})


class TwoHeaders(httpx.Auth):
    """An auth of somebody else's, that signs with two headers and repeats on 401."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["X-Key"] = "hidden-1"
        request.headers["X-Sign"] = "hidden-2"
        response = yield request
        if response.status_code == 401:
            request.headers["X-Sign"] = "hidden-3"
            yield request


AUTHS = [
    pytest.param(lambda criteo: client_credentials(criteo), id="grant"),
    pytest.param(lambda criteo: StaticToken("hidden-token"), id="static"),
    pytest.param(lambda criteo: StaticToken("hidden-token", "", "X-Token"), id="static in X-Token"),
    pytest.param(lambda criteo: httpx.BasicAuth("hidden", "hidden"), id="basic"),
    pytest.param(lambda criteo: TwoHeaders(), id="two headers"),
    pytest.param(lambda criteo: NewRequest(), id="new request"),
]


def assert_no_token(headers: dict[str, str]) -> None:
    assert not {"authorization", "x-token", "x-key", "x-sign"} & set(headers)
    assert not any("token-" in value or "hidden" in value for value in headers.values())


# --- requests elsewhere ---


@sync_and_async
@pytest.mark.parametrize("make", AUTHS)
def test_request_to_another_port_has_no_token(
    post: Post, make: Callable[[FakeCriteo], httpx.Auth], criteo: FakeCriteo, elsewhere: Elsewhere
) -> None:
    """An absolute URL to another port goes out without a token, and none is even asked for."""
    assert post(make(criteo), criteo.url, elsewhere.url + "/caught").status_code == 200
    (headers,) = elsewhere.received
    assert_no_token(headers)
    assert criteo.token_calls == []


@sync_and_async
def test_user_name_in_the_url_does_not_look_like_the_host(post: Post, criteo: FakeCriteo, elsewhere: Elsewhere) -> None:
    """``http://127.0.0.1:80@elsewhere/`` is elsewhere."""
    authority = criteo.url.removeprefix("http://")
    post(client_credentials(criteo), criteo.url, f"http://{authority}@{elsewhere.authority}/caught")
    (headers,) = elsewhere.received
    assert_no_token(headers)


@pytest.mark.parametrize(
    ("base_url", "url", "same"),
    [
        ("https://api.criteo.com", "https://api.criteo.com/x", True),
        ("https://api.criteo.com/base/", "https://api.criteo.com/x", True),
        ("https://api.criteo.com", "https://API.Criteo.com:443/x", True),
        ("https://api.criteo.com:443", "https://api.criteo.com/x", True),
        ("https://bücher.example.com", "https://xn--bcher-kva.example.com/x", True),
        ("https://api.criteo.com", "http://api.criteo.com/x", False),
        ("http://api.criteo.com", "https://api.criteo.com/x", False),
        ("https://api.criteo.com", "http://api.criteo.com:443/x", False),
        ("https://api.criteo.com", "https://api.criteo.com:8443/x", False),
        ("https://api.criteo.com", "https://api.criteo.com.example.com/x", False),
        ("https://api.criteo.com", "https://xapi.criteo.com/x", False),
        ("https://api.criteo.com", "https://criteo.com/x", False),
        ("https://api.criteo.com", "https://api.criteo.com@example.com/x", False),
        ("https://api.criteo.com", "https://api.criteo.com:443@example.com/x", False),
        ("https://api.criteo.com", "https://example.com/api.criteo.com", False),
        ("https://api.criteo.com", "https://example.com#@api.criteo.com/", False),
        ("https://api.criteo.com", "https://example.com?@api.criteo.com/", False),
        # Elsewhere for a browser, but httpx takes all before the @ for a user name, and connects to what follows.
        ("https://api.criteo.com", "https://example.com\\@api.criteo.com/", True),
        ("https://api.criteo.com", "https://api.criteo.com./x", False),
    ],
)
def test_origin_is_scheme_host_and_port(base_url: str, url: str, same: bool) -> None:
    """Case and default ports do not matter, all else does; the host compared is the one httpx connects to."""
    with httpx.Client(verify=TLS) as http:
        auth = OriginAuth(StaticToken("t"), base_url, http)
        request = httpx.Request("GET", url)
        sent = next(auth.sync_auth_flow(request))
    assert ("authorization" in sent.headers) is same


# --- redirects ---


@sync_and_async
@pytest.mark.parametrize("make", AUTHS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_another_port_takes_no_token_along(
    post: Post, status: int, make: Callable[[FakeCriteo], httpx.Auth], criteo: FakeCriteo, elsewhere: Elsewhere
) -> None:
    """A followed redirect to another origin arrives without any header that the auth had set."""
    criteo.answers.append(redirect(elsewhere.url + "/caught", status))
    assert post(make(criteo), criteo.url, search_url(criteo), follow=True).status_code == 200
    (headers,) = elsewhere.received
    assert_no_token(headers)


@sync_and_async
def test_redirect_is_not_followed_unless_asked(post: Post, criteo: FakeCriteo) -> None:
    """Without ``follow_redirects`` the redirect is the answer."""
    criteo.answers.append(redirect("/elsewhere"))
    assert post(client_credentials(criteo), criteo.url, search_url(criteo)).status_code == 307
    assert len(criteo.calls) == 1


@sync_and_async
def test_redirect_within_the_origin_keeps_the_token(post: Post, criteo: FakeCriteo) -> None:
    """A redirect to another path of the API is followed with the token, the method and the body."""
    criteo.answers.append(redirect(search_url(criteo)))
    response = post(client_credentials(criteo), criteo.url, search_url(criteo), follow=True)
    assert (response.status_code, [each.status_code for each in response.history]) == (200, [307])
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-1"]
    assert criteo.calls[0].body == criteo.calls[1].body == b'{"data":{}}'


@sync_and_async
def test_redirect_back_to_the_origin_gets_the_token_again(post: Post, criteo: FakeCriteo, elsewhere: Elsewhere) -> None:
    """Away and back: the hop away has no token, the hop back has one."""
    elsewhere.answer = redirect(search_url(criteo))
    criteo.answers.append(redirect(elsewhere.url + "/caught"))
    assert post(client_credentials(criteo), criteo.url, search_url(criteo), follow=True).status_code == 200
    (headers,) = elsewhere.received
    assert_no_token(headers)
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-1"]


@sync_and_async
def test_401_after_a_redirect_is_repeated_too(post: Post, criteo: FakeCriteo) -> None:
    """A token that ends between a call and its redirect is renewed."""
    criteo.answers.extend([redirect(search_url(criteo)), problem(401, "authorization-token-expired")])
    assert post(client_credentials(criteo), criteo.url, search_url(criteo), follow=True).status_code == 200
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-1", "token-2"]


@sync_and_async
def test_redirects_without_end_are_an_error(post: Post, criteo: FakeCriteo) -> None:
    """httpx counts these redirects as its own."""
    criteo.answers.extend([redirect(search_url(criteo)) for _ in range(30)])
    with pytest.raises(httpx.TooManyRedirects):
        post(client_credentials(criteo), criteo.url, search_url(criteo), follow=True, max_redirects=3)
    assert len(criteo.calls) == 4


@pytest.mark.parametrize("broken", [False, True], ids=["after 503", "after a broken connection"])
@pytest.mark.parametrize("header", ["Authorization", "X-Token"])
def test_token_of_an_earlier_attempt_does_not_go_along(
    header: str, broken: bool, criteo: FakeCriteo, elsewhere: Elsewhere
) -> None:
    """A request that is tried again still has its token's header; a redirect of the second attempt drops it."""

    def break_off(request: httpx.Request) -> None:
        http.event_hooks = {}
        raise httpx.ConnectError("broken")

    with httpx.Client(verify=TLS) as http:
        auth = OriginAuth(StaticToken("hidden-token", header=header), criteo.url, http, follow_redirects=True)
        request = http.build_request("POST", search_url(criteo), json=BODY)
        if broken:
            http.event_hooks = {"request": [break_off]}
            with pytest.raises(httpx.ConnectError):
                http.send(request, auth=auth, follow_redirects=False)
        else:
            criteo.answers.append(problem(503, "unavailable"))
            assert http.send(request, auth=auth, follow_redirects=False).status_code == 503
        assert header in request.headers
        criteo.answers.append(redirect(elsewhere.url + "/caught"))
        assert http.send(request, auth=auth, follow_redirects=False).status_code == 200
    (headers,) = elsewhere.received
    assert_no_token(headers)


def test_upgrade_to_https_is_another_origin() -> None:
    """httpx keeps the token from http to https of a host; here it is dropped, since the scheme differs."""
    with httpx.Client(verify=TLS) as http:
        flow = OriginAuth(StaticToken("t"), "http://a.example.com", http, follow_redirects=True).sync_auth_flow(
            httpx.Request("GET", "http://a.example.com/")
        )
        sent = next(flow)
        assert sent.headers["authorization"] == "Bearer t"
        response = httpx.Response(301, request=sent)
        response.next_request = httpx.Request("GET", "https://a.example.com/", headers=sent.headers)
        assert "authorization" not in flow.send(response).headers


# --- the client that is lent ---


@sync_and_async
def test_token_request_goes_through_the_clients_httpx_client(
    post: Post, criteo: FakeCriteo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls and token requests share one httpx client and no proxy of the environment; its hooks see calls alone."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    seen: list[str] = []

    def see(request: httpx.Request) -> None:
        seen.append(request.url.path)

    async def see_async(request: httpx.Request) -> None:
        see(request)

    hooks = {"request": [see if post is post_sync else see_async]}
    auth = client_credentials(criteo)
    response = post(auth, criteo.url, search_url(criteo), trust_env=False, event_hooks=hooks)
    assert response.status_code == 200
    assert len(criteo.token_calls) == 1
    assert seen == [httpx.URL(search_url(criteo)).path]


@sync_and_async
def test_lent_client_that_follows_redirects_does_not_take_the_secret_along(
    post: Post, criteo: FakeCriteo, elsewhere: Elsewhere
) -> None:
    """A redirect of the token endpoint is a TokenError, whatever the client's own setting."""
    criteo.token_answers.append(redirect(elsewhere.url + "/caught"))
    with pytest.raises(TokenError, match="redirect"):
        post(client_credentials(criteo), criteo.url, search_url(criteo), follow_redirects=True)
    assert elsewhere.received == []


@sync_and_async
def test_default_headers_of_the_client_do_not_reach_the_token_endpoint(post: Post, criteo: FakeCriteo) -> None:
    """The token request has the call's User-Agent, and none of the client's other headers or parameters."""
    headers = {"User-Agent": "us/1", "X-Mine": "1", "Authorization": "Bearer other"}
    post(client_credentials(criteo), criteo.url, search_url(criteo), headers=headers, params={"limit": "5"})
    (sent,) = criteo.token_calls
    assert sent.headers["user-agent"] == "us/1"
    assert not {"x-mine", "authorization"} & set(sent.headers)
    assert sent.query == ""
    assert criteo.calls[0].token == "token-1"


def test_standalone_token_request_uses_the_environments_proxy(
    criteo: FakeCriteo, second_server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a client to lend, the token request still goes through the proxy that the environment names."""
    second_server.clear()
    second_server.expect_request("/oauth2/token", method="POST").respond_with_json({"access_token": "by-proxy"})
    monkeypatch.setenv("HTTP_PROXY", second_server.url_for(""))
    criteo.valid_tokens.add("by-proxy")
    with httpx.Client(auth=client_credentials(criteo), verify=TLS, trust_env=False) as http:
        assert http.post(search_url(criteo), json=BODY).status_code == 200
    second_server.check()
    assert criteo.token_calls == []
