"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "da2abc01ef560a60079d9bbf45b96f4c861ec4cfccafe6f1d04f8887dd2393ed"
TEMPLATES_SHA256 = "3cfb3ea124895ed087ffdf8176ee4f86d1cd56feb2c0c2b5c29b528ab0dff2ea"
RUNTIME_SHA256 = "86432d891423c355ec4b83194cb08ed4246f6112e681039adeaeed6b9536e07d"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
