"""A screen reader: what it says of the mail, from the top to the end."""

from __future__ import annotations

from html import escape

from dispatch.counts import count
from dispatch.preview.simulations.simulation import Scheme, Simulated, Simulation
from dispatch.preview.simulations.speech import Line, read_aloud

_PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><title>{title}</title><style>
body{{margin:0;padding:24px;background:{ground};color:{ink};font:15px/24px Georgia,serif}}
ol{{max-width:44em;margin:0 auto;padding:0;list-style:none}}
li{{padding:3px 0}}
.heading{{margin-top:16px;font-weight:700}}
i{{margin-right:6px;color:{muted};font:400 12px/20px sans-serif}}
* + i{{margin-left:6px}}
.loss{{color:{loss}}}
</style></head><body><ol>
{lines}
</ol></body></html>
"""
_COLOURS = {
    "light": {"ground": "#ffffff", "ink": "#1c1b1a", "muted": "#66625d", "loss": "#855000"},
    "dark": {"ground": "#151413", "ink": "#e9e6e1", "muted": "#a8a39c", "loss": "#e6b75c"},
}


def _simulate(html: str, scheme: Scheme) -> Simulated:
    transcript = read_aloud(html)
    losses = []
    if transcript.nameless:
        losses.append(f"Without an alt text, so that file names are read: {', '.join(transcript.nameless)}.")
    if number := transcript.passed_over:
        losses.append(f"Passed over, for the alt text is empty: {count(number, 'picture')}.")
    lines = "\n".join(map(_item, transcript.lines))
    return Simulated(_PAGE.format(title="Transcript", lines=lines, **_COLOURS[scheme]), tuple(losses))


def _item(line: Line) -> str:
    kind = ' class="heading"' if line.is_heading else ""
    words = "".join(
        f"<i data-announced{' class=loss' if word.is_loss else ''}>{escape(word.text)}</i>"
        if word.announced
        else f'<span lang="{escape(word.language)}">{escape(word.text)}</span>'
        for word in line.words
    )
    block = f' data-block="{escape(line.block)}"' if line.block else ""
    return f'<li{block} dir="auto"{kind}>{words}</li>'


SIMULATION = Simulation(
    name="screen-reader",
    label="Screen reader",
    shows="The words in the order in which they are read, and in small what is announced: headings, links, lists, "
    "pictures, tables of figures, another language.",
    omits="the very words of NVDA, JAWS, VoiceOver or TalkBack, and what the mail program around it says.",
    simulate=_simulate,
)
