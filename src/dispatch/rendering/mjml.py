"""MJML to HTML with mjml-python 1.4.2 (mrml 6.0.1), and nothing of it that is known to go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

from mjml import mjml2html

from dispatch.errors import InvalidTheme
from dispatch.rendering.gate import Origin, pass_gate

# A picture with a height in pixels keeps it in its style, while its width is that of the screen: on a phone it would be
# stretched. The attribute stays, for Outlook and for the space that is kept while pictures load.
_HEIGHT = re.compile(r'(<img [^>]*style="[^"]*;height:)\d+px')


def to_html(mjml: str, origin: Origin, prepare: Callable[[str], str] = str) -> str:
    """Render MJML; `origin` tells where a line of it was written. Raises InvalidTheme.

    `prepare` may add to what has passed the gate.
    """
    passed = prepare(pass_gate(mjml, origin))
    try:
        # fonts={}: by default a link to Google's fonts appears in the head.
        html = mjml2html(passed, fonts={}, disable_comments=True)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 (Rust's PanicException is no Exception and cannot be imported)
        raise InvalidTheme(f"mjml-python cannot render the theme: {error}", location=origin(1)) from None
    return _HEIGHT.sub(r"\1auto", html)
