"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "9a6de01dfa8d075d72c8affe424ffa69ebffed5c86f7bb0058bfa5e93e70a12f"
TEMPLATES_SHA256 = "c9cc32d97bd2acae0d7ccc3f22c83d1f927154f6f092f48e61235d1311caf2f7"
RUNTIME_SHA256 = "1fcd1343de4df830f9377635d743dc953cdaff7578e284a5b4eb50e510c0686d"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
