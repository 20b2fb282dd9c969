from ..open_enum import OpenStrEnum


class RmAudienceSegmentEntityV1Type(OpenStrEnum):
    """Type of segment (read-only)"""

    CONTACTLIST = "ContactList"
    EVENTS = "Events"
    UNKNOWN = "Unknown"
