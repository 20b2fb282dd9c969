"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "7f9469b7aa8a1ba3a25542ffdc22847cd9ef7a0c9397e29a2edd75484a5457b3"
TEMPLATES_SHA256 = "2f07300848e3514ead8c9f7190d5c3dfde507051b56721b1e3f040e35a9e25df"
RUNTIME_SHA256 = "3b6a22cc03bf1b73f8c03799c5b6157e068a2a49241ed1b7b4c50d750b9fd167"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
