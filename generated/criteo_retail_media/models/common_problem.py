from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET, Unset


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class CommonProblem(_codec.Model):
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

    def __init__(
        self,
        code: None | str | Unset = UNSET,
        detail: None | str | Unset = UNSET,
        instance: None | str | Unset = UNSET,
        source: CommonProblemSource | None | Unset = UNSET,
        stack_trace: None | str | Unset = UNSET,
        title: None | str | Unset = UNSET,
        trace_id: None | str | Unset = UNSET,
        trace_identifier: None | str | Unset = UNSET,
        type_: CommonProblemType | None | Unset = UNSET,
    ) -> None:
        self.code = code
        self.detail = detail
        self.instance = instance
        self.source = source
        self.stack_trace = stack_trace
        self.title = title
        self.trace_id = trace_id
        self.trace_identifier = trace_identifier
        self.type_ = type_
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        v: Any = UNSET
        try:
            v = self.code
            if v is not UNSET:
                d["code"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.detail
            if v is not UNSET:
                d["detail"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.instance
            if v is not UNSET:
                d["instance"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.source
            if v is not UNSET:
                d["source"] = (
                    v
                    if v is None
                    else v.to_dict()
                    if type(v) is CommonProblemSource
                    else _codec.write_model(CommonProblemSource, v)
                )
            v = self.stack_trace
            if v is not UNSET:
                d["stackTrace"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.title
            if v is not UNSET:
                d["title"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.trace_id
            if v is not UNSET:
                d["traceId"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.trace_identifier
            if v is not UNSET:
                d["traceIdentifier"] = (
                    v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
                )
            v = self.type_
            if v is not UNSET:
                d["type"] = v if v is None else v._value_ if type(v) is CommonProblemType else _codec.write_string(v)
        except _codec.REFUSALS as error:
            raise _codec.refused_field(error, self, _FIELDS, d, v) from error.__cause__
        if self._unknown:
            _codec.write_unknown(d, _FIELDS, _codec.write_any, self._unknown)
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        complete = type(src_dict) is dict and len(src_dict) >= 9
        d = src_dict if complete else _codec.completed(src_dict, _FIELDS)
        v: Any
        try:
            v = d["code"]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.code = v
            v = d["detail"]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.detail = v
            v = d["instance"]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.instance = v
            v = d["source"]
            if v is not None and v is not UNSET:
                v = _read_common_problem_source(v)
            self.source = v
            v = d["stackTrace"]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.stack_trace = v
            v = d["title"]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.title = v
            v = d["traceId"]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.trace_id = v
            v = d["traceIdentifier"]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.trace_identifier = v
            v = d["type"]
            if v is not None and v is not UNSET:
                v = _read_common_problem_type[v]
            self.type_ = v
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        except KeyError:
            return cls.from_dict(_codec.completed(d, _FIELDS))
        unchecked._unknown = None if len(d) == 9 else _codec.leftover(d, _FIELDS)
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

_read_common_problem_type = CommonProblemType.by_value
_read_common_problem_source = CommonProblemSource.from_dict
