"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "9a6de01dfa8d075d72c8affe424ffa69ebffed5c86f7bb0058bfa5e93e70a12f"
TEMPLATES_SHA256 = "4fb4d23f11a086b0ddab56bd87558fecc31024804dcdf1a612e9fca3f54dff75"
RUNTIME_SHA256 = "adb669e51ea52a80dfff8229de13c11383e4fb5755f635c7e7ed20b6adef96b7"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
