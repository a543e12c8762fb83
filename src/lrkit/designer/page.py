"""One self-contained page: script, style and data inlined, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from lrkit.designer.assets import Assets

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>lrkit designer</title>
<link rel="icon" href="data:,">
<style id="style">{style}</style>
</head>
<body>
<main id="designer"></main>
<noscript>The designer needs JavaScript; <code>lrkit show</code> draws in a terminal.</noscript>
<script type="application/json" id="start">{start}</script>
<script type="text/plain" id="licences">{licences}</script>
<script id="script">{script}</script>
</body>
</html>
"""


def page(assets: Assets, start: dict[str, Any]) -> tuple[bytes, str]:
    """The page and the policy that it is served with.

    Args:
        assets: The built parts.
        start: What the page begins with; finite numbers only.

    Returns:
        The HTML document in UTF-8, and its content security policy: only this very script runs,
        and it talks to nobody but the server that it came from.
    """
    script = in_script(assets.script)
    text = _PAGE.format(
        style=assets.style.replace("</style", "<\\/style"),
        start=in_script(json.dumps(start, allow_nan=False)),
        licences=in_script(assets.licences),
        script=script,
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return text.encode(), policy


def in_script(text: str) -> str:
    r"""The text with what would end or hide an element `script` written otherwise.

    In a string of JavaScript or JSON `<\/` is `</`, and `\x3c` or `\u003c` a `<`.

    >>> in_script("'</script>'")
    "'<\\/script>'"
    """
    return text.replace("</", "<\\/").replace("<!--", "\\u003c!--")
