from ..open_enum import OpenStrEnum


class RmEventsUpdateV1ShopperActivity(OpenStrEnum):
    """Types of shopper activity.

    Values the API's document lists; others are kept, see `OpenStrEnum`."""

    ADDTOCART = "AddToCart"
    BUY = "Buy"
    VIEW = "View"
