"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "cee349e331d22e1b23b9a5cd401c17550b48779dbb5a7e1f6a27c51c5d1fe0e1"
TEMPLATES_SHA256 = "d788f8d039f179ffc22839c28aca5931d122f364b79290e65f386076e713f13c"
RUNTIME_SHA256 = "e92f55eba189df45eca583411f0dbe30587de3eeb93961e08e36ec5a06ab2cbe"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
