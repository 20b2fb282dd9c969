"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "8f0642298d62c7a5b9dfe0597f69329d511e49132b3a1b382bd434b0b31ac0b8"
TEMPLATES_SHA256 = "1c06a0f34d1db8b1165d829395e6727f8a78d8f1cee8b3c112298accfd4d89f0"
RUNTIME_SHA256 = "a01b4d1b279142676abf2088f5bf4a84048eba61c498b7c0c64df08cc1c742c0"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
