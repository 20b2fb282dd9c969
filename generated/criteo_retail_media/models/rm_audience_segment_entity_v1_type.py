from ..open_enum import OpenStrEnum


class RmAudienceSegmentEntityV1Type(OpenStrEnum):
    """Type of segment (read-only)

    Values the API's document lists; others are kept, see `OpenStrEnum`."""

    CONTACTLIST = "ContactList"
    EVENTS = "Events"
    UNKNOWN = "Unknown"
