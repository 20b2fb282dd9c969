from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    FAILURES,
    Model,
    as_strings,
    completed,
    leftover,
    located,
    new,
)
from ..types import UNSET, Unset


@_define
class RmEventsUpdateV1(Model):
    """Settings to target users based on their behavior

    Attributes:
        brand_ids (list[str] | Unset): Choose the brands your segment might be interested in
        category_ids (list[str] | Unset): Choose the categories your segment might be interested in
        lookback_days (RmEventsUpdateV1LookbackDays | Unset): Number of days of the lookback windows
        max_price (NillableDecimal | Unset): Placeholder object for value for which "null" is a valid business
            value
        min_price (NillableDecimal | Unset): Placeholder object for value for which "null" is a valid business
            value
        shopper_activity (RmEventsUpdateV1ShopperActivity | Unset): Types of shopper activity.
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    brand_ids: list[str] | Unset = UNSET
    category_ids: list[str] | Unset = UNSET
    lookback_days: RmEventsUpdateV1LookbackDays | Unset = UNSET
    max_price: NillableDecimal | Unset = UNSET
    min_price: NillableDecimal | Unset = UNSET
    shopper_activity: RmEventsUpdateV1ShopperActivity | Unset = UNSET
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
            d["lookbackDays"] = v if type(v) is str else v._value_
        v = self.max_price
        if v is not UNSET:
            d["maxPrice"] = v.to_dict()
        v = self.min_price
        if v is not UNSET:
            d["minPrice"] = v.to_dict()
        v = self.shopper_activity
        if v is not UNSET:
            d["shopperActivity"] = v if type(v) is str else v._value_
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
            if v is not UNSET:
                self.brand_ids = as_strings(v)
            key = "categoryIds"
            v = self.category_ids
            if v is not UNSET:
                self.category_ids = as_strings(v)
            key = "lookbackDays"
            v = self.lookback_days
            if v is not UNSET:
                self.lookback_days = _rm_events_update_v1_lookback_days[v]
            key = "maxPrice"
            v = self.max_price
            if v is not UNSET:
                self.max_price = _nillable_decimal(v)
            key = "minPrice"
            v = self.min_price
            if v is not UNSET:
                self.min_price = _nillable_decimal(v)
            key = "shopperActivity"
            v = self.shopper_activity
            if v is not UNSET:
                self.shopper_activity = _rm_events_update_v1_shopper_activity[v]
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
from ..models.nillable_decimal import NillableDecimal  # noqa: E402
from ..models.rm_events_update_v1_lookback_days import RmEventsUpdateV1LookbackDays  # noqa: E402
from ..models.rm_events_update_v1_shopper_activity import RmEventsUpdateV1ShopperActivity  # noqa: E402

_rm_events_update_v1_lookback_days = RmEventsUpdateV1LookbackDays.by_value
_rm_events_update_v1_shopper_activity = RmEventsUpdateV1ShopperActivity.by_value
_nillable_decimal = NillableDecimal.from_dict
