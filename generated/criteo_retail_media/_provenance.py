"""What this package was generated from."""

__version__ = "2026.1.0"
API_VERSION = "2026-01"
BASE_URL = "https://api.criteo.com"
TOKEN_URL = "https://api.criteo.com/oauth2/token"
UPSTREAM_SHA256 = "29ccbd6a81cebe8919ccc61ab053755475b3313e9f5513194c95388c55406726"
OVERLAY_SHA256 = "7f9469b7aa8a1ba3a25542ffdc22847cd9ef7a0c9397e29a2edd75484a5457b3"
TEMPLATES_SHA256 = "7c538b241d0dcd1568dfaa3ed26bdb0af929fa4f8fe3fd22a58d3a67be4f9331"
RUNTIME_SHA256 = "86432d891423c355ec4b83194cb08ed4246f6112e681039adeaeed6b9536e07d"
GENERATOR = "openapi-python-client 0.29.1"
OPERATIONS = 1
