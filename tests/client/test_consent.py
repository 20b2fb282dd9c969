"""A user's consent: PKCE (RFC 7636), and what is said where the consent has ended."""

from __future__ import annotations

import io
import pickle
import re
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from auth_calls import TLS
from calling import READ, NoWait, Way, client_of, read_kwargs, write_kwargs
from criteo_retail_media import AuthenticatedClient, AuthorizationCode, RefreshToken, TokenError
from criteo_retail_media.auth import code_challenge, create_pkce_pair
from criteo_retail_media.errors import EncodeError, PermissionDeniedError
from criteo_retail_media.types import File
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo, answer, oauth_error, problem

VERIFIER, CHALLENGE = create_pkce_pair()
REDIRECT = "https://me.example.com/consented"


def test_challenge_is_that_of_the_rfc() -> None:
    """RFC 7636 appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_pairs_are_new_and_well_formed() -> None:
    """Each is another, and of the characters and the length that the RFC allows."""
    pairs = [create_pkce_pair() for _ in range(20)]
    assert len(set(pairs)) == 20
    for verifier, challenge in pairs:
        assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", challenge)
        assert code_challenge(verifier) == challenge


@pytest.mark.parametrize("secret", [None, CLIENT_SECRET])
def test_code_with_a_verifier(criteo: FakeCriteo, way: Way, secret: str | None) -> None:
    """The verifier goes with the code, once; without a secret none is sent, also when the token is renewed."""
    criteo.valid_tokens.add("t-1")
    criteo.token_answers.append(answer({"access_token": "t-1", "refresh_token": "r-1", "expires_in": 0}))
    criteo.token_answers.append(answer({"access_token": "t-1", "refresh_token": "r-2"}))
    criteo.add_segments(1)
    auth = AuthorizationCode(CLIENT_ID, secret, "c-0", REDIRECT, code_verifier=VERIFIER)
    with AuthenticatedClient(criteo.url, auth=auth, retry=NoWait()) as client:
        for _ in range(2):
            way.call(client, READ, read_kwargs())
    first, second = (parse_qs(call.body.decode()) for call in criteo.token_calls)
    assert first["code_verifier"] == [VERIFIER]
    assert second == {"client_id": [CLIENT_ID], "grant_type": ["refresh_token"], "refresh_token": ["r-1"]} | (
        {} if secret is None else {"client_secret": [secret]}
    )
    assert ("client_secret" in first) is (secret is not None)


def test_secret_may_be_left_out_with_a_verifier_only() -> None:
    """An environment variable that is not set is no application without a secret."""
    with pytest.raises(ValueError, match="client_secret"):
        AuthorizationCode("id", None, "code", REDIRECT)
    with pytest.raises(ValueError, match=r"client_secret.*public_client"):
        RefreshToken("id", None, "token")
    assert RefreshToken("id", None, "token", public_client=True).refresh_token == "token"


@pytest.mark.parametrize("verifier", ["short", "x" * 129, "é" * 50, "a b" * 20, "x" * 43 + "\n"])
def test_verifier_that_is_none_is_refused(verifier: str) -> None:
    """By name, without its value."""
    with pytest.raises(ValueError, match="code_verifier") as caught:
        AuthorizationCode("id", None, "code", REDIRECT, code_verifier=verifier)
    assert verifier not in str(caught.value)


def test_verifier_is_a_secret(criteo: FakeCriteo, way: Way) -> None:
    """It is in no repr, and in no error though the server repeats it."""
    auth = AuthorizationCode(CLIENT_ID, None, "c-0-d-e", REDIRECT, code_verifier=VERIFIER)
    criteo.token_answers.append(oauth_error("invalid_grant", 400, f"no {VERIFIER}"))
    with AuthenticatedClient(criteo.url, auth=auth, retry=NoWait()) as client, pytest.raises(TokenError) as caught:
        way.call(client, READ, read_kwargs())
    assert VERIFIER not in f"{auth}{caught.value}{pickle.dumps(caught.value)!r}"


def test_refused_refresh_token_says_what_to_do(criteo: FakeCriteo, way: Way) -> None:
    """A refresh token that is no longer good is final at once, and the error says: ask for consent again."""
    auth = RefreshToken(CLIENT_ID, CLIENT_SECRET, "spent", token_url=criteo.token_url)
    client = AuthenticatedClient(criteo.url, auth=auth, retry=NoWait())
    with client, pytest.raises(TokenError, match="ask for consent again") as caught:
        way.call(client, READ, read_kwargs())
    assert (caught.value.error, caught.value.is_transient, len(criteo.token_calls)) == ("invalid_grant", False, 1)


def test_403_says_what_to_do(criteo: FakeCriteo, way: Way) -> None:
    """So does a 403, which a consent that was withdrawn gets."""
    criteo.answers.append(problem(403, "no-consent"))
    with client_of(criteo) as client, pytest.raises(PermissionDeniedError, match="ask for consent again"):
        way.call(client, READ, read_kwargs())


def test_grants_work_with_any_httpx_client(criteo: FakeCriteo) -> None:
    """A code with its verifier is an ``httpx.Auth`` like the others."""
    criteo.valid_tokens.add("t-1")
    criteo.token_answers.append(answer({"access_token": "t-1"}))
    auth = AuthorizationCode(CLIENT_ID, None, "c", REDIRECT, code_verifier=VERIFIER, token_url=criteo.token_url)
    with httpx.Client(auth=auth, verify=TLS) as http:
        url = criteo.url + write_kwargs()["url"]
        assert http.patch(url, json={"data": []}).status_code == 200
    assert len(criteo.token_calls) == 1


# --- files to upload ---


@pytest.mark.parametrize("text", ["a\r\nX: y", "a\nb", "a\x00", "a\x7f", "a\u2028b", "\x85", 7, b"a"])
@pytest.mark.parametrize("name", ["file_name", "mime_type"])
def test_controls_in_a_files_name_or_type_are_refused(name: str, text: Any) -> None:
    """A line end would add headers and parts to the body: refused by name, also where it is set later."""
    with pytest.raises(EncodeError, match=name) as caught:
        File(io.BytesIO(), **{name: text})
    assert str(caught.value).isprintable()
    file = File(io.BytesIO(), "na\u00efve \u2014 name.txt", 'text/plain; charset="utf-8"')
    setattr(file, name, text)
    with pytest.raises(EncodeError, match=name):
        file.to_tuple()
