"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "313cd9f233d4025aae4fbeba536a0a3aaad786ec78e3b482d79c16c384fcc04a"
TEMPLATES_SHA256 = "3cfb3ea124895ed087ffdf8176ee4f86d1cd56feb2c0c2b5c29b528ab0dff2ea"
RUNTIME_SHA256 = "e8e372254c10e37c92138c1f185460f71de9e4c237c307aaff66d9a13fa24339"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
