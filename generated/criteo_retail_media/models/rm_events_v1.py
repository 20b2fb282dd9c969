from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET, Unset


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class RmEventsV1(_codec.Model):
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

    def __init__(
        self,
        brand_ids: list[str] | None | Unset = UNSET,
        category_ids: list[str] | None | Unset = UNSET,
        lookback_days: None | RmEventsV1LookbackDays | Unset = UNSET,
        max_price: float | None | Unset = UNSET,
        min_price: float | None | Unset = UNSET,
        shopper_activity: None | RmEventsV1ShopperActivity | Unset = UNSET,
    ) -> None:
        self.brand_ids = brand_ids
        self.category_ids = category_ids
        self.lookback_days = lookback_days
        self.max_price = max_price
        self.min_price = min_price
        self.shopper_activity = shopper_activity
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        v: Any = UNSET
        try:
            v = self.brand_ids
            if v is not UNSET:
                d["brandIds"] = v if v is None else _codec.write_strings(v)
            v = self.category_ids
            if v is not UNSET:
                d["categoryIds"] = v if v is None else _codec.write_strings(v)
            v = self.lookback_days
            if v is not UNSET:
                d["lookbackDays"] = (
                    v if v is None else v._value_ if type(v) is RmEventsV1LookbackDays else _codec.write_string(v)
                )
            v = self.max_price
            if v is not UNSET:
                d["maxPrice"] = v if v is None else v if type(v) is float and v - v == 0 else _codec.write_number(v)
            v = self.min_price
            if v is not UNSET:
                d["minPrice"] = v if v is None else v if type(v) is float and v - v == 0 else _codec.write_number(v)
            v = self.shopper_activity
            if v is not UNSET:
                d["shopperActivity"] = (
                    v if v is None else v._value_ if type(v) is RmEventsV1ShopperActivity else _codec.write_string(v)
                )
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
        if type(d) is not dict or len(d) < 6:
            d = _codec.completed(d, _FIELDS)
        try:
            v_brand_ids = d["brandIds"]
            v_category_ids = d["categoryIds"]
            v_lookback_days = d["lookbackDays"]
            v_max_price = d["maxPrice"]
            v_min_price = d["minPrice"]
            v_shopper_activity = d["shopperActivity"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if v_brand_ids is not None and v_brand_ids is not UNSET:
                v_brand_ids = _codec.as_strings(v_brand_ids)
            self.brand_ids = v_brand_ids
            if v_category_ids is not None and v_category_ids is not UNSET:
                v_category_ids = _codec.as_strings(v_category_ids)
            self.category_ids = v_category_ids
            if v_lookback_days is not None and v_lookback_days is not UNSET:
                v_lookback_days = _member_RmEventsV1LookbackDays[v_lookback_days]
            self.lookback_days = v_lookback_days
            if (
                type(v_max_price) is not float
                and type(v_max_price) is not int
                and v_max_price is not None
                and v_max_price is not UNSET
            ):
                v_max_price = _codec.as_number(v_max_price)
            self.max_price = v_max_price
            if (
                type(v_min_price) is not float
                and type(v_min_price) is not int
                and v_min_price is not None
                and v_min_price is not UNSET
            ):
                v_min_price = _codec.as_number(v_min_price)
            self.min_price = v_min_price
            if v_shopper_activity is not None and v_shopper_activity is not UNSET:
                v_shopper_activity = _member_RmEventsV1ShopperActivity[v_shopper_activity]
            self.shopper_activity = v_shopper_activity
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        unchecked._unknown = None if len(d) == 6 else _codec.leftover(d, _FIELDS)
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

_member_RmEventsV1LookbackDays = RmEventsV1LookbackDays.by_value
_member_RmEventsV1ShopperActivity = RmEventsV1ShopperActivity.by_value
