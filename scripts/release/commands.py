"""The commands of this folder."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from scripts import stage
from scripts.project import Project

PROJECT = Project(stage.ROOT)


def main(command: str, argv: Sequence[str]) -> int:
    """Run a command."""
    return stage.run(lambda: COMMANDS[command](argv))


def docs(argv: Sequence[str]) -> int:
    """Write a reference of the generated package: site/index.html."""
    from scripts.release.docs import write_reference

    argparse.ArgumentParser(description=docs.__doc__).parse_args(argv)
    begun = time.monotonic()
    written = write_reference(PROJECT)
    seconds = time.monotonic() - begun
    print(
        f"built {PROJECT.relative(written.folder)}/index.html: "
        f"{written.pages} pages, {written.size / 1e6:.1f} MB ({seconds:.1f} s)"
    )
    return 0


def dist(argv: Sequence[str]) -> int:
    """Build and check the sdist and the wheel in dist/."""
    from scripts.release.dist import build_distributions

    argparse.ArgumentParser(description=dist.__doc__).parse_args(argv)
    print(*(f"built {PROJECT.relative(path)}" for path in build_distributions(PROJECT)), sep="\n")
    return 0


def publish(argv: Sequence[str]) -> int:
    """Build, check and upload the distribution to a package index."""
    from scripts.release import publish as publishing

    parser = argparse.ArgumentParser(description=publish.__doc__)
    parser.add_argument("index", help="upload URL of the index; credentials: TWINE_USERNAME, TWINE_PASSWORD or .pypirc")
    parser.add_argument("--new", action="store_true", help="the version is not on the index, which cannot be asked")
    arguments = parser.parse_args(argv)
    published = publishing.publish(PROJECT, arguments.index, new=arguments.new)
    print(f"published {', '.join(path.name for path in published.files)} to {arguments.index}")
    if published.simple:
        print(f"install it with: pip install --index-url {published.simple} criteo-retail-media")
    return 0


def vendor(argv: Sequence[str]) -> int:
    """Copy the client into a directory of another repository, or update the copy that is there."""
    from scripts.release.vendor import vendor_client

    parser = argparse.ArgumentParser(description=vendor.__doc__)
    parser.add_argument("destination", type=Path, help="the directory that will hold criteo_retail_media/")
    parser.add_argument("--force", action="store_true", help="overwrite files that were edited since")
    arguments = parser.parse_args(argv)
    done = vendor_client(PROJECT, arguments.destination, force=arguments.force)
    if done.old is None:
        print(f"vendored {done.copy}: {done.new}, {done.files} files")
    else:
        counts = f"{done.added} files added, {done.changed} changed, {done.removed} removed"
        print(f"updated {done.copy} from {done.old} to {done.new}: {counts}")
    for path in done.packages:
        print(f"made {path}, which was missing")
    return 0


def wheel(argv: Sequence[str]) -> int:
    """Build the wheel and run the tests of tests/client/ on it."""
    from scripts.release.wheel import run_client_tests

    parser = argparse.ArgumentParser(description=wheel.__doc__)
    parser.add_argument("--lowest", action="store_true", help="with the lowest versions that pyproject.toml allows")
    parser.add_argument("arguments", nargs="*", help="more arguments for pytest; the first one after --")
    options = parser.parse_args(argv)
    run_client_tests(PROJECT, lowest=options.lowest, arguments=options.arguments)
    return 0


def types(argv: Sequence[str]) -> int:
    """Check types; exit 1 if a checker finds an error."""
    from scripts.release.typecheck import ROOTS, check_types

    parser = argparse.ArgumentParser(description=types.__doc__)
    parser.add_argument("roots", nargs="*", help=f"of {', '.join(ROOTS)}; all where none is given")
    check_types(PROJECT, parser.parse_args(argv).roots, announce=lambda line: print(line, flush=True))
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "docs": docs, "dist": dist, "publish": publish, "vendor": vendor, "wheel": wheel, "types": types,
}  # fmt: skip
