from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    FAILURES,
    Model,
    as_string,
    completed,
    leftover,
    located,
    new,
)
from ..types import UNSET, Unset


@_define
class CommonProblem(Model):
    """Common problem object.

    Attributes:
        code (None | str | Unset): A machine-readable error code, expressed as a string value.
        detail (None | str | Unset): A human-readable explanation specific to this occurrence of the problem
        instance (None | str | Unset): A URI that identifies the specific occurrence of the problem.
        source (CommonProblemSource | None | Unset): A machine-readable structure to reference to the exact
            location(s) causing the error(s)
        stack_trace (None | str | Unset):
        title (None | str | Unset): A short human-readable description of the problem type
        trace_id (None | str | Unset): The request correlation ID this problem comes from.
        trace_identifier (None | str | Unset): The request correlation ID this problem comes from. (deprecated,
            use traceId instead)
        type_ (CommonProblemType | None | Unset): The problem's category.
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    code: None | str | Unset = UNSET
    detail: None | str | Unset = UNSET
    instance: None | str | Unset = UNSET
    source: CommonProblemSource | None | Unset = UNSET
    stack_trace: None | str | Unset = UNSET
    title: None | str | Unset = UNSET
    trace_id: None | str | Unset = UNSET
    trace_identifier: None | str | Unset = UNSET
    type_: CommonProblemType | None | Unset = UNSET
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        v = self.code
        if v is not UNSET:
            d["code"] = v
        v = self.detail
        if v is not UNSET:
            d["detail"] = v
        v = self.instance
        if v is not UNSET:
            d["instance"] = v
        v = self.source
        if v is not UNSET:
            d["source"] = v if v is None else v.to_dict()
        v = self.stack_trace
        if v is not UNSET:
            d["stackTrace"] = v
        v = self.title
        if v is not UNSET:
            d["title"] = v
        v = self.trace_id
        if v is not UNSET:
            d["traceId"] = v
        v = self.trace_identifier
        if v is not UNSET:
            d["traceIdentifier"] = v
        v = self.type_
        if v is not UNSET:
            d["type"] = v if v is None else v if type(v) is str else v._value_
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        complete = type(src_dict) is dict and len(src_dict) >= 9
        d = src_dict if complete else completed(src_dict, _FIELDS)
        self = new(cls)
        try:
            self.code = d["code"]
            self.detail = d["detail"]
            self.instance = d["instance"]
            self.source = d["source"]
            self.stack_trace = d["stackTrace"]
            self.title = d["title"]
            self.trace_id = d["traceId"]
            self.trace_identifier = d["traceIdentifier"]
            self.type_ = d["type"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "code"
            v = self.code
            if type(v) is not str and v is not None and v is not UNSET:
                self.code = as_string(v)
            key = "detail"
            v = self.detail
            if type(v) is not str and v is not None and v is not UNSET:
                self.detail = as_string(v)
            key = "instance"
            v = self.instance
            if type(v) is not str and v is not None and v is not UNSET:
                self.instance = as_string(v)
            key = "source"
            v = self.source
            if v is not None and v is not UNSET:
                self.source = _common_problem_source(v)
            key = "stackTrace"
            v = self.stack_trace
            if type(v) is not str and v is not None and v is not UNSET:
                self.stack_trace = as_string(v)
            key = "title"
            v = self.title
            if type(v) is not str and v is not None and v is not UNSET:
                self.title = as_string(v)
            key = "traceId"
            v = self.trace_id
            if type(v) is not str and v is not None and v is not UNSET:
                self.trace_id = as_string(v)
            key = "traceIdentifier"
            v = self.trace_identifier
            if type(v) is not str and v is not None and v is not UNSET:
                self.trace_identifier = as_string(v)
            key = "type"
            v = self.type_
            if v is not None and v is not UNSET:
                self.type_ = _common_problem_type[v]
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 9 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(
    (
        "code",
        "detail",
        "instance",
        "source",
        "stackTrace",
        "title",
        "traceId",
        "traceIdentifier",
        "type",
    ),
    UNSET,
)

# Imported last, so that models that refer to each other can.
from ..models.common_problem_source import CommonProblemSource  # noqa: E402
from ..models.common_problem_type import CommonProblemType  # noqa: E402

_common_problem_type = CommonProblemType.by_value
_common_problem_source = CommonProblemSource.from_dict
