"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "fade65825a2e8817eb5d82167cf033196981c418fad8db836e4bdacdadf25175"
TEMPLATES_SHA256 = "ed597b316bf00811d78fe8324ade2d28b66d5bae44251d18f57622b4feb76f66"
RUNTIME_SHA256 = "b7395d422a56a64cb9f70d8e0df3cac5ca0025d1d70b6044997f49ca85ebad7f"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
