"""``python -m criteo_retail_media``: what this client was made from, the operations it holds, and whether its files are
as they were made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import _provenance
from ._catalog import operation_modules
from ._checksums import compare_checksums


def main(argv: list[str] | None = None) -> int:
    """Print the provenance and the operations, or verify the files. Exit status 1: a file is not as it was made."""
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
        for name, module in operation_modules().items():
            print(f"  {module.__name__.removeprefix(f'{__package__}.')}  {name}")
        return 0
    try:
        differences, caches = compare_checksums(package)
    except (OSError, ValueError) as error:
        print(f"{package}: no checksums to compare with ({error})", file=sys.stderr)
        return 1
    if differences:
        print(*map(_printable, differences), sep="\n", file=sys.stderr)
        print(f"{package}: {len(differences)} files are not as they were made", file=sys.stderr)
        return 1
    print(f"{package}: every file is as it was made")
    if caches:
        print(
            f"{package}: not vouched for: {caches} files in __pycache__, which Python may run in place of the sources; "
            "remove them if others can write there",
            file=sys.stderr,
        )
    return 0


def _printable(text: str) -> str:
    """The text with what could steer a terminal spelled as an escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


if __name__ == "__main__":
    raise SystemExit(main())
