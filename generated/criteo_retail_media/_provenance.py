"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "fade65825a2e8817eb5d82167cf033196981c418fad8db836e4bdacdadf25175"
TEMPLATES_SHA256 = "48a1cad3561896c085e4d07b1eb9e730edc11525509df0b31ae76ed5087a3825"
RUNTIME_SHA256 = "e8f9c817c9d11827b1e9fca0d6e4624cede0ac79c88db3a6da349bf4f27ade5c"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
