"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "f0fc2d13cc9f6adaab80a1da41556dd59ba91e40339eba23dd7d0377e544a93c"
TEMPLATES_SHA256 = "0d01fc047973f77dd498a0d2d5cddb42c9314b5b7006deff44f964295882b852"
RUNTIME_SHA256 = "a4a9416aef7710c5c477d15a0fd198e477d02c3fc273bd05c7b4bbb0f208a931"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
