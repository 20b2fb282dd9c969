"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "fade65825a2e8817eb5d82167cf033196981c418fad8db836e4bdacdadf25175"
TEMPLATES_SHA256 = "5ced007f4cd889ddc51a99970661e783b49296d8d564560f864ed6c24e86bccb"
RUNTIME_SHA256 = "03ccb612757b34b5e5db27f53b666e4b1a125c189b68c501e8fc10f6a64000af"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
