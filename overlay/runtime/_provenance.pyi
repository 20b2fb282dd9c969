"""Where the generated package comes from; ``_provenance.py`` is written into it when it is generated."""

__version__: str
API_VERSION: str
BASE_URL: str
TOKEN_URL: str
UPSTREAM_SHA256: str
OVERLAY_SHA256: str
TEMPLATES_SHA256: str
RUNTIME_SHA256: str
GENERATOR: str
OPERATIONS: int
