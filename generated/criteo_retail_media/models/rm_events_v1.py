from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    FAILURES,
    Model,
    as_number,
    as_strings,
    completed,
    leftover,
    located,
    new,
)
from ..types import UNSET, Unset


@_define
class RmEventsV1(Model):
    """Settings to target users based on their behavior

    Attributes:
        brand_ids (list[str] | None | Unset): The list of brand ids
        category_ids (list[str] | None | Unset): The list of category ids
        lookback_days (None | RmEventsV1LookbackDays | Unset): The number of days to look back
        max_price (float | None | Unset): Maximum price of the products
        min_price (float | None | Unset): Minimum price of the products
        shopper_activity (None | RmEventsV1ShopperActivity | Unset): Reach people who performed specific action
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    brand_ids: list[str] | None | Unset = UNSET
    category_ids: list[str] | None | Unset = UNSET
    lookback_days: None | RmEventsV1LookbackDays | Unset = UNSET
    max_price: float | None | Unset = UNSET
    min_price: float | None | Unset = UNSET
    shopper_activity: None | RmEventsV1ShopperActivity | Unset = UNSET
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        v = self.brand_ids
        if v is not UNSET:
            d["brandIds"] = v
        v = self.category_ids
        if v is not UNSET:
            d["categoryIds"] = v
        v = self.lookback_days
        if v is not UNSET:
            d["lookbackDays"] = v if v is None else v if type(v) is str else v._value_
        v = self.max_price
        if v is not UNSET:
            d["maxPrice"] = v
        v = self.min_price
        if v is not UNSET:
            d["minPrice"] = v
        v = self.shopper_activity
        if v is not UNSET:
            d["shopperActivity"] = v if v is None else v if type(v) is str else v._value_
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        complete = type(src_dict) is dict and len(src_dict) >= 6
        d = src_dict if complete else completed(src_dict, _FIELDS)
        self = new(cls)
        try:
            self.brand_ids = d["brandIds"]
            self.category_ids = d["categoryIds"]
            self.lookback_days = d["lookbackDays"]
            self.max_price = d["maxPrice"]
            self.min_price = d["minPrice"]
            self.shopper_activity = d["shopperActivity"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "brandIds"
            v = self.brand_ids
            if v is not None and v is not UNSET:
                self.brand_ids = as_strings(v)
            key = "categoryIds"
            v = self.category_ids
            if v is not None and v is not UNSET:
                self.category_ids = as_strings(v)
            key = "lookbackDays"
            v = self.lookback_days
            if v is not None and v is not UNSET:
                self.lookback_days = _rm_events_v1_lookback_days[v]
            key = "maxPrice"
            v = self.max_price
            if type(v) is not float and type(v) is not int and v is not None and v is not UNSET:
                self.max_price = as_number(v)
            key = "minPrice"
            v = self.min_price
            if type(v) is not float and type(v) is not int and v is not None and v is not UNSET:
                self.min_price = as_number(v)
            key = "shopperActivity"
            v = self.shopper_activity
            if v is not None and v is not UNSET:
                self.shopper_activity = _rm_events_v1_shopper_activity[v]
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 6 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(
    (
        "brandIds",
        "categoryIds",
        "lookbackDays",
        "maxPrice",
        "minPrice",
        "shopperActivity",
    ),
    UNSET,
)

# Imported last, so that models that refer to each other can.
from ..models.rm_events_v1_lookback_days import RmEventsV1LookbackDays  # noqa: E402
from ..models.rm_events_v1_shopper_activity import RmEventsV1ShopperActivity  # noqa: E402

_rm_events_v1_lookback_days = RmEventsV1LookbackDays.by_value
_rm_events_v1_shopper_activity = RmEventsV1ShopperActivity.by_value
