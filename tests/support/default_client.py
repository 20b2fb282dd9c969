"""What the bare generator, with its own templates, makes of Criteo's unpatched documents: to compare ours with."""

from __future__ import annotations

import atexit
import functools
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import ErrorLevel
from support.workspace import PROJECT


@functools.cache
def default_models(upstream: Path) -> ModuleType:
    """Its ``models`` package, unformatted; it drops what it cannot read, with a warning."""
    folder = Path(tempfile.mkdtemp(prefix="criteo-default-"))
    atexit.register(shutil.rmtree, folder)
    name = "default_of_" + "".join(c if c.isalnum() else "_" for c in upstream.stem)
    config = Config.from_sources(
        ConfigFile.load_from_path(PROJECT.generator_settings),
        MetaType.NONE,
        document_source=upstream,
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / name,
    )
    assert {error.level for error in generate(config=config)} <= {ErrorLevel.WARNING}
    sys.path.insert(0, str(folder))
    return import_module(f"{name}.models")
