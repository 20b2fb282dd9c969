"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "da2abc01ef560a60079d9bbf45b96f4c861ec4cfccafe6f1d04f8887dd2393ed"
TEMPLATES_SHA256 = "775d767a45967c14fe83754ef2bf06d019a296e2ac9b143a9d90e116d81bac3e"
RUNTIME_SHA256 = "0bb1e06cc8a315ac86f49837541e036569c5cd58846e50c55866bfc429986aa6"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
