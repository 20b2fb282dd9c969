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
        d = src_dict
        if type(d) is not dict or len(d) < 9:
            d = _codec.completed(d, _FIELDS)
        try:
            v_code = d["code"]
            v_detail = d["detail"]
            v_instance = d["instance"]
            v_source = d["source"]
            v_stack_trace = d["stackTrace"]
            v_title = d["title"]
            v_trace_id = d["traceId"]
            v_trace_identifier = d["traceIdentifier"]
            v_type_ = d["type"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if type(v_code) is not str and v_code is not None and v_code is not UNSET:
                v_code = _codec.as_string(v_code)
            self.code = v_code
            if type(v_detail) is not str and v_detail is not None and v_detail is not UNSET:
                v_detail = _codec.as_string(v_detail)
            self.detail = v_detail
            if type(v_instance) is not str and v_instance is not None and v_instance is not UNSET:
                v_instance = _codec.as_string(v_instance)
            self.instance = v_instance
            if v_source is not None and v_source is not UNSET:
                v_source = _read_CommonProblemSource(v_source)
            self.source = v_source
            if type(v_stack_trace) is not str and v_stack_trace is not None and v_stack_trace is not UNSET:
                v_stack_trace = _codec.as_string(v_stack_trace)
            self.stack_trace = v_stack_trace
            if type(v_title) is not str and v_title is not None and v_title is not UNSET:
                v_title = _codec.as_string(v_title)
            self.title = v_title
            if type(v_trace_id) is not str and v_trace_id is not None and v_trace_id is not UNSET:
                v_trace_id = _codec.as_string(v_trace_id)
            self.trace_id = v_trace_id
            if (
                type(v_trace_identifier) is not str
                and v_trace_identifier is not None
                and v_trace_identifier is not UNSET
            ):
                v_trace_identifier = _codec.as_string(v_trace_identifier)
            self.trace_identifier = v_trace_identifier
            if v_type_ is not None and v_type_ is not UNSET:
                v_type_ = _member_CommonProblemType[v_type_]
            self.type_ = v_type_
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
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

_member_CommonProblemType = CommonProblemType.by_value
_read_CommonProblemSource = CommonProblemSource.from_dict
