"""The one door to the stages: ``python -m scripts fetch …``, which the Makefile calls."""

from __future__ import annotations

import sys
from importlib import import_module

# Imported when it is asked for: the generator and the type checkers' libraries are slow to import.
STAGES = {
    "fetch": "pipeline.fetch",
    "operations": "pipeline.operations",
    "patch": "pipeline.overlay",
    "validate": "pipeline.validate",
    "generate": "pipeline.generate",
    "audit": "pipeline.audit",
    "drift": "pipeline.drift",
    "bump": "bump",
    "types": "release.typecheck",
    "docs": "release.docs",
    "dist": "release.dist",
    "publish": "release.publish",
    "vendor": "release.vendor",
    "wheel": "release.wheel",
}


def main(argv: list[str]) -> int:
    """Run the stage that the first argument names; return its exit status."""
    if not argv or argv[0] not in STAGES:
        print(f"scripts: name a stage, one of {', '.join(STAGES)}", file=sys.stderr)
        return 2
    sys.argv[0] = argv[0]
    status: int = import_module(f"scripts.{STAGES[argv[0]]}").main(argv[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
