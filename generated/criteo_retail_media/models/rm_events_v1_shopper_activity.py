from ..open_enum import OpenStrEnum


class RmEventsV1ShopperActivity(OpenStrEnum):
    """Reach people who performed specific action"""

    ADDTOCART = "AddToCart"
    BUY = "Buy"
    UNKNOWN = "Unknown"
    VIEW = "View"
