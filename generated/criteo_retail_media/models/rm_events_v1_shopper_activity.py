from ..open_enum import OpenStrEnum


class RmEventsV1ShopperActivity(OpenStrEnum):
    """Reach people who performed specific action

    Values the API's document lists; others are kept, see `OpenStrEnum`."""

    ADDTOCART = "AddToCart"
    BUY = "Buy"
    UNKNOWN = "Unknown"
    VIEW = "View"
