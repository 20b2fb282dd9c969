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
        key = ""
        v: Any
        try:
            v = self.code
            if v is not UNSET:
                key = "code"
                d[key] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.detail
            if v is not UNSET:
                key = "detail"
                d[key] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.instance
            if v is not UNSET:
                key = "instance"
                d[key] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.source
            if v is not UNSET:
                key = "source"
                d[key] = (
                    v
                    if v is None
                    else v.to_dict()
                    if type(v) is CommonProblemSource
                    else _codec.write_model(CommonProblemSource, v)
                )
            v = self.stack_trace
            if v is not UNSET:
                key = "stackTrace"
                d[key] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.title
            if v is not UNSET:
                key = "title"
                d[key] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.trace_id
            if v is not UNSET:
                key = "traceId"
                d[key] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.trace_identifier
            if v is not UNSET:
                key = "traceIdentifier"
                d[key] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.type_
            if v is not UNSET:
                key = "type"
                d[key] = v if v is None else v._value_ if type(v) is CommonProblemType else _codec.write_string(v)
        except _codec.REFUSALS as error:
            raise _codec.refused(error, key) from error.__cause__
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
        complete = type(src_dict) is dict and len(src_dict) >= 9
        d = src_dict if complete else _codec.completed(src_dict, _FIELDS)
        key = ""
        v: Any
        try:
            key = "code"
            v = d[key]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.code = v
            key = "detail"
            v = d[key]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.detail = v
            key = "instance"
            v = d[key]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.instance = v
            key = "source"
            v = d[key]
            if v is not None and v is not UNSET:
                v = _read_common_problem_source(v)
            self.source = v
            key = "stackTrace"
            v = d[key]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.stack_trace = v
            key = "title"
            v = d[key]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.title = v
            key = "traceId"
            v = d[key]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.trace_id = v
            key = "traceIdentifier"
            v = d[key]
            if type(v) is not str and v is not None and v is not UNSET:
                v = _codec.as_string(v)
            self.trace_identifier = v
            key = "type"
            v = d[key]
            if v is not None and v is not UNSET:
                v = _read_common_problem_type[v]
            self.type_ = v
        except _codec.FAILURES as error:
            raise _codec.located(error, key) from error.__cause__
        except KeyError:
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self._unknown = None if len(d) == 9 else _codec.leftover(d, _FIELDS)
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
