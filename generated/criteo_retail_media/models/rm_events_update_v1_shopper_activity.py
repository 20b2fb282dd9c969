from ..open_enum import OpenStrEnum


class RmEventsUpdateV1ShopperActivity(OpenStrEnum):
    """Types of shopper activity."""

    ADDTOCART = "AddToCart"
    BUY = "Buy"
    VIEW = "View"
