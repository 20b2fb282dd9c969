"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "7f9469b7aa8a1ba3a25542ffdc22847cd9ef7a0c9397e29a2edd75484a5457b3"
TEMPLATES_SHA256 = "af484e7e508078229a793508183d2f958fbceb196f2ff2406ccf257232ba3a15"
RUNTIME_SHA256 = "fdebd125c6ae6fe38503cef6d8f5994179672512e1c31ff734f96876a36e8431"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
