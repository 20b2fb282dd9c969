"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "7f9469b7aa8a1ba3a25542ffdc22847cd9ef7a0c9397e29a2edd75484a5457b3"
TEMPLATES_SHA256 = "b117591d3078044256ad55e5affceffa52c73834682edb62f7fcd8bf0d9eebe9"
RUNTIME_SHA256 = "4c6ddfabb5d1b8d3798d5785520c2cc21adbc4e9f0efd9826172d9e15245979f"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
