"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "cee349e331d22e1b23b9a5cd401c17550b48779dbb5a7e1f6a27c51c5d1fe0e1"
TEMPLATES_SHA256 = "f5ea31fa1a3dc973c53eecc70d356eb8d6adc8fe77457be3e24406af78a0d7b7"
RUNTIME_SHA256 = "d14f11917e4c78794571b5a1717d041c66c111bd862191f143e6df3bbad44b87"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
