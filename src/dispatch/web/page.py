"""The page that subscribers see: a headline, a sentence, at most one button, and no script or cookie."""

from __future__ import annotations

import base64
from hashlib import sha256
from html import escape

from starlette.responses import HTMLResponse

from dispatch.rendering.palette import Palette, palettes
from dispatch.rendering.theme import SANS, SERIF, NewsletterFacts
from dispatch.rendering.words import direction_of
from dispatch.web.wording import Notice

# The token stands in the page's address: nothing may keep it, index it or hand it on.
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
}


class Pages:
    """Makes pages in the newsletter's name and colours."""

    def __init__(self, newsletter: NewsletterFacts, accent: str) -> None:
        self._newsletter = newsletter
        self._style = _style(*palettes(accent))
        digest = base64.b64encode(sha256(self._style.encode()).digest()).decode()
        self._headers = {
            **PRIVATE,
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
                "frame-ancestors 'none'"
            ),
        }

    def page(self, notice: Notice, language: str, *, button: str = "", status: int = 200) -> HTMLResponse:
        """A page that says something in a language; with a button it POSTs to its own address."""
        name = f"<bdi>{escape(self._newsletter.name)}</bdi>"
        title, text = (escape(part).replace("{}", name) for part in (notice.title, notice.text))
        head = escape(notice.title.replace("{}", self._newsletter.name))
        form = f'<form method="post"><button>{escape(button)}</button></form>' if button else ""
        address = escape(self._newsletter.postal_address)
        footer = f"<footer><bdi>{address}</bdi></footer>" if address else ""
        return HTMLResponse(
            f'<!DOCTYPE html>\n<html lang="{escape(language)}" dir="{direction_of(language)}">\n'
            '<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            f"<title>{head}</title>\n<style>{self._style}</style>\n"
            f"<header>{name}</header>\n<main><h1>{title}</h1>\n<p>{text}</p>\n{form}</main>\n{footer}\n</html>\n",
            status_code=status,
            headers=self._headers,
        )


def _style(light: Palette, dark: Palette) -> str:
    return f"""
:root {{ color-scheme: light dark; {_colours(light)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_colours(dark)} }} }}
* {{ box-sizing: border-box; margin: 0 }}
body {{ min-height: 100vh; min-height: 100svh; max-width: 38rem; margin: 0 auto; padding: 24px;
  display: flex; flex-direction: column; background: var(--page); color: var(--text);
  font: 17px/28px {SERIF}; overflow-wrap: anywhere }}
header, h1, button, footer {{ font-family: {SANS} }}
header {{ padding: 8px 0 12px; border-bottom: 1px solid var(--rule); font-size: 13px; line-height: 20px;
  font-weight: 600; letter-spacing: .12em; text-transform: uppercase }}
[dir=rtl] header {{ letter-spacing: 0; font-size: 15px }}
main {{ flex: 1; max-width: 32rem; padding: clamp(32px, 14vh, 120px) 0 48px }}
h1 {{ margin-bottom: 12px; font-size: 32px; line-height: 38px; font-weight: 700; letter-spacing: -.01em }}
[dir=rtl] h1 {{ letter-spacing: 0 }}
form {{ margin-top: 32px }}
button {{ min-height: 48px; padding: 8px 28px; border: 0; background: var(--accent); color: var(--on-accent);
  font-size: 16px; line-height: 24px; font-weight: 700; cursor: pointer }}
button:hover {{ text-decoration: underline; text-underline-offset: 3px }}
button:focus-visible {{ outline: 3px solid var(--text); outline-offset: 3px }}
footer {{ padding-top: 12px; border-top: 1px solid var(--rule); color: var(--muted); font-size: 13px;
  line-height: 20px }}
@media (max-width: 480px) {{ body {{ padding: 16px }}
  h1 {{ font-size: 26px; line-height: 32px }} button {{ width: 100% }} }}
"""


def _colours(palette: Palette) -> str:
    return (
        f"--page: {palette.page}; --text: {palette.text}; --muted: {palette.muted}; --rule: {palette.rule}; "
        f"--accent: {palette.accent}; --on-accent: {palette.on_accent}"
    )
