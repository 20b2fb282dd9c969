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
}
RELEASE = ("types", "docs", "dist", "publish", "vendor", "wheel")


def main(argv: list[str]) -> int:
    """Run the stage that the first argument names; return its exit status."""
    if not argv or argv[0] not in (*STAGES, *RELEASE):
        print(f"scripts: name a stage, one of {', '.join((*STAGES, *RELEASE))}", file=sys.stderr)
        return 2
    sys.argv[0] = argv[0]
    if argv[0] in RELEASE:
        return int(import_module("scripts.release.commands").main(argv[0], argv[1:]))
    status: int = import_module(f"scripts.{STAGES[argv[0]]}").main(argv[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
