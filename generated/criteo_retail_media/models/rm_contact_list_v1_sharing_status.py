from ..open_enum import OpenStrEnum


class RmContactListV1SharingStatus(OpenStrEnum):
    """Indicates if the contact list is shared with other accounts

    Values the API's document lists; others are kept, see `OpenStrEnum`."""

    NOTSHARED = "NotShared"
    SHAREDWITHALL = "SharedWithAll"
    SHAREDWITHDEMANDACCOUNTS = "SharedWithDemandAccounts"
    UNKNOWN = "Unknown"
