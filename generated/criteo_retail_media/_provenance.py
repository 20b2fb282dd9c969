"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "cee349e331d22e1b23b9a5cd401c17550b48779dbb5a7e1f6a27c51c5d1fe0e1"
TEMPLATES_SHA256 = "3d0196d9d10d0e2a2f254508e02a11252d814e9da03aea19b50c5a52ae404abf"
RUNTIME_SHA256 = "8337756262f2a3ff76efc0e264e96bb7f87044d5e7429364acd313a852df9ba3"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
