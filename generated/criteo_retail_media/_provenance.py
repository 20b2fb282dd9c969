"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "f0fc2d13cc9f6adaab80a1da41556dd59ba91e40339eba23dd7d0377e544a93c"
TEMPLATES_SHA256 = "58009720f54f35e064c87a0ecb7f0a6f2fe7ebea6c47fad415839dd7a4c62344"
RUNTIME_SHA256 = "f4e97a2512d3fe63bdcb1d7f0fa6da1fcdef270ee2f104dd6cc5f5655629c83d"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
