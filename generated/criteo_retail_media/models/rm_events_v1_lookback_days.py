from ..open_enum import OpenStrEnum


class RmEventsV1LookbackDays(OpenStrEnum):
    """The number of days to look back

    Values the API's document lists; others are kept, see `OpenStrEnum`."""

    LAST120DAYS = "Last120Days"
    LAST14DAYS = "Last14Days"
    LAST150DAYS = "Last150Days"
    LAST180DAYS = "Last180Days"
    LAST30DAYS = "Last30Days"
    LAST45DAYS = "Last45Days"
    LAST60DAYS = "Last60Days"
    LAST7DAYS = "Last7Days"
    LAST90DAYS = "Last90Days"
    UNKNOWN = "Unknown"
