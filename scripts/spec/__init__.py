"""What an OpenAPI document is: read and written, walked, and cut down to a selection."""
