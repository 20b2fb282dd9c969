"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "da2abc01ef560a60079d9bbf45b96f4c861ec4cfccafe6f1d04f8887dd2393ed"
TEMPLATES_SHA256 = "af484e7e508078229a793508183d2f958fbceb196f2ff2406ccf257232ba3a15"
RUNTIME_SHA256 = "000b8e68d48619a5c14cfa455e67162a8aec45a8c68824ff7f5122ab0b5a53ef"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
