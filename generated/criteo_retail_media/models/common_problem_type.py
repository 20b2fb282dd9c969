from ..open_enum import OpenStrEnum


class CommonProblemType(OpenStrEnum):
    """The problem's category.

    Values the API's document lists; others are kept, see `OpenStrEnum`."""

    ACCESS_CONTROL = "access-control"
    AUTHENTICATION = "authentication"
    AUTHORIZATION = "authorization"
    AVAILABILITY = "availability"
    DEPRECATION = "deprecation"
    QUOTA = "quota"
    UNKNOWN = "unknown"
    VALIDATION = "validation"
