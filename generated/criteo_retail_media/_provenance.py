"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "da2abc01ef560a60079d9bbf45b96f4c861ec4cfccafe6f1d04f8887dd2393ed"
TEMPLATES_SHA256 = "1185907b762d1c8b6de83681e8cc27187a02eec835abe125f965f3b249c8d7d3"
RUNTIME_SHA256 = "47cc8c40c45a5d5b420ee624a7474411235e27c81b08af2608c8ef7a32c0df4c"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
