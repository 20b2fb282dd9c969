"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "c0ef847d83574e1722f290f7570ef54de88a9edbb2af6a096985cc08fede701e"
TEMPLATES_SHA256 = "d84bcde6b6f8de42548499914b5cb429d28038fc157830a39d3798da8ec4d8cf"
RUNTIME_SHA256 = "1fcd1343de4df830f9377635d743dc953cdaff7578e284a5b4eb50e510c0686d"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
