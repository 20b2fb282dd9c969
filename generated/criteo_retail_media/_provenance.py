"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "f0fc2d13cc9f6adaab80a1da41556dd59ba91e40339eba23dd7d0377e544a93c"
TEMPLATES_SHA256 = "d788f8d039f179ffc22839c28aca5931d122f364b79290e65f386076e713f13c"
RUNTIME_SHA256 = "9f8b6478e122452c8a150b94b274f6a479497940f7c49b42bbd73566e5c04d9d"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
