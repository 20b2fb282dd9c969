"""``python -m criteo_retail_media``: what this client was made from, and whether its files are as they were made."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from . import _provenance

# Written with the package, in the format of sha256sum(1).
CHECKSUMS = "SHA256SUMS"


def checksums(package: Path) -> dict[str, str]:
    """The sha256 of each file of the package, by its path in it."""
    return {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.name != CHECKSUMS and "__pycache__" not in path.parts
    }


def differences(package: Path) -> list[str]:
    """How the package's files differ from their checksums, a line for each file."""
    lines = (package / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    recorded: dict[str, str] = {}
    for line in lines:
        digest, name = line.split("  ", 1)
        recorded[name] = digest
    found = checksums(package)
    told = [f"{name} was edited" for name in recorded.keys() & found.keys() if recorded[name] != found[name]]
    told += [f"{name} is missing" for name in recorded.keys() - found.keys()]
    told += [f"{name} was added" for name in found.keys() - recorded.keys()]
    return sorted(told)


def main(argv: list[str] | None = None) -> int:
    """Print the provenance, or verify the files. Exit status 1: a file is not as it was made."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    parser.add_argument(
        *("--verify", "-v"),
        nargs="?",
        type=Path,
        const=Path(__file__).parent,
        metavar="PACKAGE",
        help="compare the files with their checksums (of this package, or of a copy elsewhere)",
    )
    package = parser.parse_args(argv).verify
    if package is None:
        print(f"criteo-retail-media {_provenance.__version__}")
        print(f"api version   {_provenance.API_VERSION}")
        print(f"document      sha256 {_provenance.UPSTREAM_SHA256}")
        print(f"generator     {_provenance.GENERATOR}")
        print(f"operations    {_provenance.OPERATIONS}")
        return 0
    try:
        told = differences(package)
    except (OSError, ValueError) as error:
        print(f"{package}: no checksums to compare with ({error})", file=sys.stderr)
        return 1
    if told:
        print(*told, sep="\n", file=sys.stderr)
        print(f"{package}: {len(told)} files are not as they were made", file=sys.stderr)
        return 1
    print(f"{package}: every file is as it was made")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
