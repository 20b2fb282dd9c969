"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "c0ef847d83574e1722f290f7570ef54de88a9edbb2af6a096985cc08fede701e"
TEMPLATES_SHA256 = "2cc9919b27b7e09975c53e5b63ea17df724b8db32933431e0868db3b088ff8ba"
RUNTIME_SHA256 = "8dc259adc6044f6bbae6527dd156cc186e5e663c441fbafa8b68a66ad5a89e61"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
