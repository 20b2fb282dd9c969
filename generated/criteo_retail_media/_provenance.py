"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "8f0642298d62c7a5b9dfe0597f69329d511e49132b3a1b382bd434b0b31ac0b8"
TEMPLATES_SHA256 = "13778fd2173bedb7ec048103b45c00e95ad45bbbc6911b0ec1561843b06d512d"
RUNTIME_SHA256 = "b7395d422a56a64cb9f70d8e0df3cac5ca0025d1d70b6044997f49ca85ebad7f"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
