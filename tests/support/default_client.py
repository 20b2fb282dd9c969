"""What the bare generator, with its own templates, makes of Criteo's unpatched documents: to compare ours with."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

from support.workspace import PROJECT


@functools.cache
def default_models(upstream: Path) -> ModuleType:
    """Its ``models`` package, unformatted; it drops what it cannot read and exits 0."""
    folder = Path(tempfile.mkdtemp(prefix="criteo-default-"))
    atexit.register(shutil.rmtree, folder)
    name = "default_of_" + "".join(c if c.isalnum() else "_" for c in upstream.stem)
    arguments = ["--path", str(upstream), "--output-path", str(folder / name), "--meta", "none"]
    arguments += ["--config", str(PROJECT.generator_settings)]
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        *arguments,
        "--config",
        str(PROJECT.generator_settings),
    ]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    sys.path.insert(0, str(folder))
    return import_module(f"{name}.models")
