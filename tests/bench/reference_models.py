"""The segments' models once more, by hand: the fields, of which pydantic makes models and msgspec structs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pydantic
from pydantic.alias_generators import to_camel


def _enum(name: str, *values: str) -> Any:
    return StrEnum(name, {value.upper(): value for value in values})


Channel = _enum("Channel", "Unknown", "Onsite", "Offsite")
Kind = _enum("Kind", "Unknown", "ContactList", "Events")
Identifier = _enum("Identifier", "Unknown", "Email", "UserIdentifier", "IdentityLink", "CustomerId", "PhoneNumber")
Sharing = _enum("Sharing", "Unknown", "NotShared", "SharedWithAll", "SharedWithDemandAccounts")
Days = _enum("Days", "Unknown", *(f"Last{days}Days" for days in (7, 14, 30, 45, 60, 90, 120, 150, 180)))
Activity = _enum("Activity", "Unknown", "View", "Buy", "AddToCart")


def make_answer(make: Callable[[str, dict[str, Any]], Any]) -> Any:
    """The answer's class, given what makes a class of a name and of the types of its fields, all optional."""
    contact_list = make("ContactList", {"identifier_type": Identifier, "is_read_only": bool, "sharing_status": Sharing})
    events = make(
        "Events",
        {
            "brand_ids": list[str],
            "category_ids": list[str],
            "lookback_days": Days,
            "max_price": float,
            "min_price": float,
            "shopper_activity": Activity,
        },
    )
    segment = make(
        "Segment",
        {
            "account_id": str,
            "channels": list[Channel],
            "contact_list": contact_list,
            "created_at": datetime.datetime,
            "created_by_id": str,
            "description": str,
            "events": events,
            "name": str,
            "retailer_id": str,
            "type": Kind,
            "updated_at": datetime.datetime,
        },
    )
    problem = make("Problem", {"code": str, "detail": str})
    resource = make("Resource", {"attributes": segment, "id": str, "type": str})
    return make("Answer", {"data": list[resource], "errors": list[problem], "warnings": list[problem]})


class Model(pydantic.BaseModel):
    """Keeps unknown fields, as ours do; its enums are closed, which spares it work that ours do."""

    model_config = pydantic.ConfigDict(extra="allow", alias_generator=to_camel, populate_by_name=True)


def _make_model(name: str, fields: dict[str, Any]) -> Any:
    optional: dict[str, Any] = {field: (kind | None, None) for field, kind in fields.items()}
    return pydantic.create_model(name, __base__=Model, **optional)


PydanticAnswer = make_answer(_make_model)


def make_struct(name: str, fields: dict[str, Any]) -> Any:
    """A struct of msgspec's, which drops unknown fields: it cannot keep them."""
    import msgspec  # here: the client is measured without it too

    optional = [(field, kind | msgspec.UnsetType | None, msgspec.UNSET) for field, kind in fields.items()]
    return msgspec.defstruct(name, optional, rename="camel", omit_defaults=True)
