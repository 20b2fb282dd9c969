"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "f0fc2d13cc9f6adaab80a1da41556dd59ba91e40339eba23dd7d0377e544a93c"
TEMPLATES_SHA256 = "3511f233488b2df305735e04ab0464e2cc3145f0172bfe57c99eb099b6431f6b"
RUNTIME_SHA256 = "c1a72e12d8ea1c27647bd6aa52d1a2560a3572af645315634b3bcae1789b7b76"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
