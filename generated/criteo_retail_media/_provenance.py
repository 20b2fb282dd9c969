"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "cee349e331d22e1b23b9a5cd401c17550b48779dbb5a7e1f6a27c51c5d1fe0e1"
TEMPLATES_SHA256 = "2d49f2cceaeb2b04b11d0a69387a8d4a520b1ef2113d1357932ff3c402b042c3"
RUNTIME_SHA256 = "604502f3fcd888f2d155d71111b0a66ac6830976e6a41ed82e23c074f01f7555"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
