"""The operations that this client holds: which depends on what it was generated from."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import Any


def operation_modules() -> dict[str, Any]:
    """The operation modules by operationId, in the order of their names; all of them are imported."""
    api = import_module(".api", __package__)
    found = walk_packages(api.__path__, f"{api.__name__}.")
    modules = [import_module(each.name) for each in found if not each.ispkg]
    return {module.OPERATION.id: module for module in modules}
