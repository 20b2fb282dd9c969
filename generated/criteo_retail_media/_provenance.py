"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "da2abc01ef560a60079d9bbf45b96f4c861ec4cfccafe6f1d04f8887dd2393ed"
TEMPLATES_SHA256 = "831b1cf2aa3f92d7cc3065616c90ee2304f0c194db45784fd84a508370d47b8c"
RUNTIME_SHA256 = "b870cd51ec1af51991a77e99e250cf414a7632f6d212d26d54b08ede7f95c787"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
