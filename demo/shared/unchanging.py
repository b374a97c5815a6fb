"""Files that stay as they are at their address: browsers may keep them for good, and get them compressed."""

from __future__ import annotations

import gzip

from starlette.requests import Request
from starlette.responses import Response

_HEADERS = {"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
_KEPT = "max-age=31536000, immutable"


def packed(plain: bytes) -> bytes:
    """Compressed by gzip, the same for the same content."""
    return gzip.compress(plain, 9, mtime=0)


def unchanging(request: Request, content: bytes, media_type: str, for_whom: str = "public") -> Response:
    """What `packed` made, unpacked for a browser that cannot. `for_whom` is "private" for what is not everybody's."""
    headers = _HEADERS | {"Cache-Control": f"{for_whom}, {_KEPT}"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(content, media_type=media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(content), media_type=media_type, headers=headers)
