"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "8f0642298d62c7a5b9dfe0597f69329d511e49132b3a1b382bd434b0b31ac0b8"
TEMPLATES_SHA256 = "13778fd2173bedb7ec048103b45c00e95ad45bbbc6911b0ec1561843b06d512d"
RUNTIME_SHA256 = "399a3db2ea74938a644fea3ec5085e5dfe5d73ab44fb7c35031c991bba22d2f2"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
