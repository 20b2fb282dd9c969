from ..open_enum import OpenStrEnum


class RmContactListV1IdentifierType(OpenStrEnum):
    """Indicates contact list identifier's type

    Values the API's document lists; others are kept, see `OpenStrEnum`."""

    CUSTOMERID = "CustomerId"
    EMAIL = "Email"
    IDENTITYLINK = "IdentityLink"
    PHONENUMBER = "PhoneNumber"
    UNKNOWN = "Unknown"
    USERIDENTIFIER = "UserIdentifier"
