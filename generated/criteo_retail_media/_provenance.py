"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "f0fc2d13cc9f6adaab80a1da41556dd59ba91e40339eba23dd7d0377e544a93c"
TEMPLATES_SHA256 = "b4045e250afb862c0d8176ea79c47909b7ea1f74d2cb0ba6a6615cf89e4a1cf9"
RUNTIME_SHA256 = "b0c4537e6cca260050ad8c6c21e9a2f498b466640146efffec23eaaee322b1bf"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
