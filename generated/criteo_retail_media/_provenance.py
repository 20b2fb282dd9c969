"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "da2abc01ef560a60079d9bbf45b96f4c861ec4cfccafe6f1d04f8887dd2393ed"
TEMPLATES_SHA256 = "415a63483f5d2125c31c66f8b39cd8314e3b7798aa714fbe6213eebd5106f979"
RUNTIME_SHA256 = "e89d87c96d9060e9701121b42b0128e7457ecd9fa030f0d6ad3308966582010e"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
