"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "9a6de01dfa8d075d72c8affe424ffa69ebffed5c86f7bb0058bfa5e93e70a12f"
TEMPLATES_SHA256 = "58c15bcd8928f5b14edc3b9db0d1c4f006412fada103d90a24e9fc6a8352161a"
RUNTIME_SHA256 = "296e474d8e59a196b4053de1111a15d8b87baeac7e5eeed9b194ac900eafd3c8"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
