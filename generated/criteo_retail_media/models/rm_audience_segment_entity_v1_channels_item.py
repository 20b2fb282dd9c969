from ..open_enum import OpenStrEnum


class RmAudienceSegmentEntityV1ChannelsItem(OpenStrEnum):
    """Values the API's document lists; others are kept, see `OpenStrEnum`."""

    OFFSITE = "Offsite"
    ONSITE = "Onsite"
    UNKNOWN = "Unknown"
