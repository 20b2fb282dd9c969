"""What this package was generated from."""

__version__ = "2026.1.1"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "cee349e331d22e1b23b9a5cd401c17550b48779dbb5a7e1f6a27c51c5d1fe0e1"
TEMPLATES_SHA256 = "5a799870ee5dabc8a6ab2d9cc292b0321cda9652db72d19d195696688f932d65"
RUNTIME_SHA256 = "39fd4567bb811f388babc4dab7c373a16413c486a24dcb0eeb7d613b4cd9c58c"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
