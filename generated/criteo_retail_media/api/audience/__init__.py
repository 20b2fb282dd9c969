"""The operations of Audience, each a module with ``sync``, ``asyncio`` and their detailed forms.

- ``bulk_update_audience_segments``: bulkUpdateAudienceSegments
"""
