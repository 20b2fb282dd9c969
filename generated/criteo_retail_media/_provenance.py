"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "f0fc2d13cc9f6adaab80a1da41556dd59ba91e40339eba23dd7d0377e544a93c"
TEMPLATES_SHA256 = "2d49f2cceaeb2b04b11d0a69387a8d4a520b1ef2113d1357932ff3c402b042c3"
RUNTIME_SHA256 = "e0d66095e7be084d792e7553a024cf84767da765bd9420370c2e0c9dae49f893"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
