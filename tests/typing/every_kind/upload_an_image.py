"""An upload: an open file, with its name and its content type."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from criteo_retail_media import AuthenticatedClient, File, Unset
from criteo_retail_media.api.shelf import upload_image
from criteo_retail_media.models import Image, ImageResource, ImageResponse, UploadImageBody


def upload(client: AuthenticatedClient, path: Path) -> None:
    """Sent from the file, without being read as a whole."""
    with path.open("rb") as payload:
        body = UploadImageBody(image_file=File(payload, path.name, "image/png"))
        answer = upload_image.sync(client=client, body=body)
    assert_type(answer, ImageResponse)
    assert_type(answer.data, ImageResource | None | Unset)
    if answer.data and answer.data.attributes:
        assert_type(answer.data.attributes, Image)
        assert_type(answer.data.attributes.file_extension, str)
