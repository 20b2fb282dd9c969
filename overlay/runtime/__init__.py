"""Typed client for the Criteo Retail Media API.

    from criteo_retail_media import AuthenticatedClient, ClientCredentials
    from criteo_retail_media.api.audience import bulk_update_audience_segments

Each operation is a module of `api` with ``sync``, ``asyncio``, ``sync_detailed`` and ``asyncio_detailed``.
"""

from ._provenance import API_VERSION, __version__
from .auth import AuthorizationCode, ClientCredentials, RefreshToken
from .client import AuthenticatedClient, Client
from .errors import ApiError, CriteoError, DecodeError, EncodeError, TokenError
from .retry import RetryPolicy
from .types import UNSET, File, Unset

__all__ = [
    "API_VERSION",
    "UNSET",
    "ApiError",
    "AuthenticatedClient",
    "AuthorizationCode",
    "Client",
    "ClientCredentials",
    "CriteoError",
    "DecodeError",
    "EncodeError",
    "File",
    "RefreshToken",
    "RetryPolicy",
    "TokenError",
    "Unset",
    "__version__",
]
