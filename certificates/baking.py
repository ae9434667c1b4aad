"""Baking a badge: the signed credential goes into the picture, where software finds it again (OB 3.0, 5.3)."""

from __future__ import annotations

import zlib
from html import escape

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
KEYWORD = b"openbadgecredential"
PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"


def bake_svg(picture: str, token: str, *, title: str, description: str) -> str:
    """The drawing with the credential right after its first tag, and with words for those who do not see it."""
    start = picture.index("<svg")
    end = picture.index(">", start)
    opening = (
        f'{picture[start:end]} xmlns:openbadges="{NAMESPACE}" role="img"'
        ' aria-labelledby="title" aria-describedby="desc">'
        f'<openbadges:credential verify="{escape(token)}"></openbadges:credential>'
        f'<title id="title">{escape(title)}</title><desc id="desc">{escape(description)}</desc>'
    )
    return picture[:start] + opening + picture[end + 1 :]


def bake_png(picture: bytes, token: str) -> bytes:
    """The picture with the credential in an uncompressed iTXt chunk before its end. Raises ValueError for no PNG."""
    if not picture.endswith(PNG_END):
        raise ValueError("a PNG ends with IEND")
    data = KEYWORD + b"\0\0\0\0\0" + token.encode("ascii")
    chunk = len(data).to_bytes(4) + b"iTXt" + data + zlib.crc32(b"iTXt" + data).to_bytes(4)
    return picture[: -len(PNG_END)] + chunk + PNG_END
