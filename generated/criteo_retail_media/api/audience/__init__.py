"""The operations of Audience, each a module.

- ``bulk_update_audience_segments``: PATCH /2026-01/retail-media/accounts/{account-id}/audience-segments
"""
