"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "096c33464f98df8247a0b943db3344c4acfb95aae9e2660d747fd90610c5b829"
TEMPLATES_SHA256 = "4ac77c0cf44d5ea02952fa415217a2994a9bc17b548ae3d05e4e53f5d016603e"
RUNTIME_SHA256 = "3abf2749cd7ee7f8a01a0c92677659f309877811afc44e727f14a9a84b9ac952"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
