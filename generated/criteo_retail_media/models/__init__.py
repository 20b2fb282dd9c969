"""The models of the requests and answers, each imported when it is first used (PEP 562)."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .common_problem import CommonProblem as CommonProblem
    from .common_problem_source import CommonProblemSource as CommonProblemSource
    from .common_problem_type import CommonProblemType as CommonProblemType
    from .nillable_decimal import NillableDecimal as NillableDecimal
    from .nillable_string import NillableString as NillableString
    from .rm_audience_segment_bulk_update_input_v1 import (
        RmAudienceSegmentBulkUpdateInputV1 as RmAudienceSegmentBulkUpdateInputV1,
    )
    from .rm_audience_segment_entity_v1 import RmAudienceSegmentEntityV1 as RmAudienceSegmentEntityV1
    from .rm_audience_segment_entity_v1_channels_item import (
        RmAudienceSegmentEntityV1ChannelsItem as RmAudienceSegmentEntityV1ChannelsItem,
    )
    from .rm_audience_segment_entity_v1_list_response import (
        RmAudienceSegmentEntityV1ListResponse as RmAudienceSegmentEntityV1ListResponse,
    )
    from .rm_audience_segment_entity_v1_resource import (
        RmAudienceSegmentEntityV1Resource as RmAudienceSegmentEntityV1Resource,
    )
    from .rm_audience_segment_entity_v1_type import RmAudienceSegmentEntityV1Type as RmAudienceSegmentEntityV1Type
    from .rm_audience_segment_update_entity_v1 import RmAudienceSegmentUpdateEntityV1 as RmAudienceSegmentUpdateEntityV1
    from .rm_audience_segment_update_entity_v1_resource import (
        RmAudienceSegmentUpdateEntityV1Resource as RmAudienceSegmentUpdateEntityV1Resource,
    )
    from .rm_contact_list_update_v1 import RmContactListUpdateV1 as RmContactListUpdateV1
    from .rm_contact_list_v1 import RmContactListV1 as RmContactListV1
    from .rm_contact_list_v1_identifier_type import RmContactListV1IdentifierType as RmContactListV1IdentifierType
    from .rm_contact_list_v1_sharing_status import RmContactListV1SharingStatus as RmContactListV1SharingStatus
    from .rm_events_update_v1 import RmEventsUpdateV1 as RmEventsUpdateV1
    from .rm_events_update_v1_lookback_days import RmEventsUpdateV1LookbackDays as RmEventsUpdateV1LookbackDays
    from .rm_events_update_v1_shopper_activity import RmEventsUpdateV1ShopperActivity as RmEventsUpdateV1ShopperActivity
    from .rm_events_v1 import RmEventsV1 as RmEventsV1
    from .rm_events_v1_lookback_days import RmEventsV1LookbackDays as RmEventsV1LookbackDays
    from .rm_events_v1_shopper_activity import RmEventsV1ShopperActivity as RmEventsV1ShopperActivity

_MODULES: dict[str, str] = {
    "CommonProblem": ".common_problem",
    "CommonProblemSource": ".common_problem_source",
    "CommonProblemType": ".common_problem_type",
    "NillableDecimal": ".nillable_decimal",
    "NillableString": ".nillable_string",
    "RmAudienceSegmentBulkUpdateInputV1": ".rm_audience_segment_bulk_update_input_v1",
    "RmAudienceSegmentEntityV1": ".rm_audience_segment_entity_v1",
    "RmAudienceSegmentEntityV1ChannelsItem": ".rm_audience_segment_entity_v1_channels_item",
    "RmAudienceSegmentEntityV1ListResponse": ".rm_audience_segment_entity_v1_list_response",
    "RmAudienceSegmentEntityV1Resource": ".rm_audience_segment_entity_v1_resource",
    "RmAudienceSegmentEntityV1Type": ".rm_audience_segment_entity_v1_type",
    "RmAudienceSegmentUpdateEntityV1": ".rm_audience_segment_update_entity_v1",
    "RmAudienceSegmentUpdateEntityV1Resource": ".rm_audience_segment_update_entity_v1_resource",
    "RmContactListUpdateV1": ".rm_contact_list_update_v1",
    "RmContactListV1": ".rm_contact_list_v1",
    "RmContactListV1IdentifierType": ".rm_contact_list_v1_identifier_type",
    "RmContactListV1SharingStatus": ".rm_contact_list_v1_sharing_status",
    "RmEventsUpdateV1": ".rm_events_update_v1",
    "RmEventsUpdateV1LookbackDays": ".rm_events_update_v1_lookback_days",
    "RmEventsUpdateV1ShopperActivity": ".rm_events_update_v1_shopper_activity",
    "RmEventsV1": ".rm_events_v1",
    "RmEventsV1LookbackDays": ".rm_events_v1_lookback_days",
    "RmEventsV1ShopperActivity": ".rm_events_v1_shopper_activity",
}

__all__ = (
    "CommonProblem",
    "CommonProblemSource",
    "CommonProblemType",
    "NillableDecimal",
    "NillableString",
    "RmAudienceSegmentBulkUpdateInputV1",
    "RmAudienceSegmentEntityV1",
    "RmAudienceSegmentEntityV1ChannelsItem",
    "RmAudienceSegmentEntityV1ListResponse",
    "RmAudienceSegmentEntityV1Resource",
    "RmAudienceSegmentEntityV1Type",
    "RmAudienceSegmentUpdateEntityV1",
    "RmAudienceSegmentUpdateEntityV1Resource",
    "RmContactListUpdateV1",
    "RmContactListV1",
    "RmContactListV1IdentifierType",
    "RmContactListV1SharingStatus",
    "RmEventsUpdateV1",
    "RmEventsUpdateV1LookbackDays",
    "RmEventsUpdateV1ShopperActivity",
    "RmEventsV1",
    "RmEventsV1LookbackDays",
    "RmEventsV1ShopperActivity",
)


if not TYPE_CHECKING:  # to a type checker every name would be a model

    def __getattr__(name: str) -> object:
        try:
            module = _MODULES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        globals()[name] = found = getattr(import_module(module, __name__), name)
        return found


def __dir__() -> list[str]:
    return sorted(globals() | _MODULES)
