"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "cee349e331d22e1b23b9a5cd401c17550b48779dbb5a7e1f6a27c51c5d1fe0e1"
TEMPLATES_SHA256 = "3b6b13f91c7486c6bfc482162353af927a7a1c0e3d00ab356a1291ce1e3eacf6"
RUNTIME_SHA256 = "d6fff552dfbad718bf2396f5d438953f0cd27d056a02adb0f87be4d2c15f161e"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
