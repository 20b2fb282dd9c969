"""openapi-python-client (0.29.1) as the pipeline uses it: what it makes of a document, and the package it writes."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType
from typing import NoReturn

import openapi_python_client
from jinja2.bccache import Bucket, BytecodeCache
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty

from scripts.pipeline.codec import Codec, is_list_answer, name_entity
from scripts.pipeline.prepare import describe_operations, find_discriminators, prepare_document
from scripts.project import Project, StageError
from scripts.spec.document import Document
from scripts.spec.walk import Fault


class _CompiledTemplates(BytecodeCache):
    """Compiles a template once in a process: an audit or a bump generates many packages, and the tests do."""

    def __init__(self) -> None:
        self.codes: dict[str, CodeType | None] = {}  # by the checksum of the text, wherever it lies

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get(bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.checksum] = bucket.code


_COMPILED = _CompiledTemplates()


def read_settings(project: Project, package: Path | None = None) -> Config:
    """The generator's settings, with where the package goes."""
    return Config.from_sources(
        ConfigFile.load_from_path(project.generator_settings),
        MetaType.NONE,
        document_source=project.patched,
        file_encoding="utf-8",
        overwrite=False,
        output_path=package,
    )


def read_document(project: Project, document: Document) -> GeneratorData:
    """What the generator makes of the document, but for what `find_unbuilt` says; StageError if it cannot read it."""
    with _breaking():
        parsed = GeneratorData.from_dict(prepare_document(document), config=read_settings(project))
    if isinstance(parsed, GeneratorError):
        raise StageError(f"the generator cannot read it: {_format_error(parsed)}")
    return parsed


def find_unbuilt(parsed: GeneratorData) -> Iterator[Fault]:
    """Say which parts of the document the generator cannot build, and would leave out."""
    parts = (error for collection in parsed.endpoint_collections_by_tag.values() for error in collection.parse_errors)
    for error in (*parsed.errors, *parts):
        yield Fault((), f"the generator cannot build a part of it: {_format_error(error)}")


def write_package(project: Project, parsed: GeneratorData, document: Document, package: Path) -> None:
    """Write the package into the new directory ``package``, unformatted, with our templates instead of the generator's.

    ``parsed`` is what `read_document` gave for the document. Raises StageError if a template cannot write something, or
    the generator warns, and OSError if a file cannot be written.
    """
    with _breaking(), contextlib.redirect_stdout(io.StringIO()):  # it says where it writes to
        generator = openapi_python_client.Project(
            openapi=parsed, config=read_settings(project, package), custom_template_path=project.templates
        )
        generator.env.bytecode_cache = _COMPILED
        generator.env.globals |= {
            "operations": describe_operations(document),
            "codec": Codec(find_discriminators(document)),
            "is_list_answer": is_list_answer,
            "name_entity": name_entity,
            "sent_only": find_sent_only(parsed),
            "fail": _fail,
        }
        errors = generator.build()
    if errors:
        raise StageError(f"openapi-python-client warned: {_format_error(errors[0])}; nothing was replaced")


def _fail(problem: str) -> NoReturn:
    """What a template calls for a document that it cannot write."""
    raise ValueError(problem)


def find_sent_only(parsed: GeneratorData) -> set[str]:
    """The classes of the models that requests hold and answers do not."""
    endpoints = [endpoint for one in parsed.endpoint_collections_by_tag.values() for endpoint in one.endpoints]
    sent = [prop for one in endpoints for prop in one.list_all_parameters()]
    answered = [response.prop for one in endpoints for response in one.responses]
    # A property may hold a model as it was before its own properties were read.
    models = {str(model.class_info.name): model for model in parsed.models}
    return _find_classes(sent, models) - _find_classes(answered, models)


def _find_classes(properties: Iterable[PropertyProtocol], models: Mapping[str, ModelProperty]) -> set[str]:
    """The classes of the models that the properties hold, at any depth."""
    found: set[str] = set()
    waiting = list(properties)
    while waiting:
        match waiting.pop():
            case UnionProperty(inner_properties=inner):
                waiting += inner
            case ListProperty(inner_property=item):
                waiting.append(item)
            case ModelProperty(class_info=info) if info.name not in found:
                found.add(str(info.name))
                model = models[str(info.name)]
                waiting += [*(model.required_properties or ()), *(model.optional_properties or ())]
                waiting += [model.additional_properties] if model.additional_properties else []
    return found


def _format_error(error: GeneratorError) -> str:
    """What the generator says of an error, in one line."""
    words = " ".join(f"{error.header} {error.detail or ''}".split())
    return re.sub(r"<openapi_python_client\S+ object at \w+>", "one of its names", words)[:300]


@contextlib.contextmanager
def _breaking() -> Iterator[None]:
    """Whatever breaks in the generator, or in a template of ours, becomes one line."""
    try:
        yield
    except OSError:
        raise  # a full disk is no fault of it
    except Exception as error:
        reason = " ".join(str(error).split())[:400] or "without a reason"
        problem = f"openapi-python-client failed ({type(error).__name__}: {reason}); nothing was replaced"
        raise StageError(problem) from error
