"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "7f9469b7aa8a1ba3a25542ffdc22847cd9ef7a0c9397e29a2edd75484a5457b3"
TEMPLATES_SHA256 = "831b1cf2aa3f92d7cc3065616c90ee2304f0c194db45784fd84a508370d47b8c"
RUNTIME_SHA256 = "eb3924483e047766d436da10a76c4b1aa7cd96e220df333e3b54f3577ca9a2a2"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
