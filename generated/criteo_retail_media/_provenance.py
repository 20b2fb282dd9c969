"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "7f9469b7aa8a1ba3a25542ffdc22847cd9ef7a0c9397e29a2edd75484a5457b3"
TEMPLATES_SHA256 = "92d5e1e923500e30c6db216a3383978956f6d5a84cf30fdf9885a1a76d9b18f7"
RUNTIME_SHA256 = "0ffadb097b5d32311281b64b758dab763f38eb964c8d62e87e6c8e24a9de76df"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
