"""Makes one font of Noto Sans for charts: `tools/vendor_noto.py FOLDER`, which holds the .ttf files of fonts-noto-core."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

MADE = Path(__file__).parents[1] / "src/dispatch/rendering/charts/noto/NotoSans.ttf"

# Latin, Greek and Cyrillic with their marks, punctuation, currencies; signs and arrows; Arabic; Hebrew.
CHARACTERS = {
    "NotoSans-Regular": "U+0020-007E,U+00A0-024F,U+0259,U+02BB-02BC,U+02C6-02DD,U+0300-0304,U+0306-030C,U+0323,"
    "U+0326-0328,U+0331,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+1F00-1FFF,U+2000-20BF,U+2100-218F",
    "NotoSansMath-Regular": "U+2190-2193,U+2206,U+2212,U+221E,U+2248,U+2260,U+2264,U+2265,U+25A0,U+25B2,U+25BC,U+25CF",
    "NotoSansArabic-Regular": "U+060C-060D,U+0610-061B,U+061E-06FF,U+0750-077F,U+FB50-FDFF,U+FE70-FEFC",
    "NotoSansHebrew-Regular": "U+0591-05F4,U+FB1D-FB4F",
}


def main(source: Path) -> None:
    """Write the font: without hints, which a picture of two pixels a pixel does not need.

    It is one, for resvg drops letters of a text for which it has to look in several.
    """
    with tempfile.TemporaryDirectory() as folder:
        parts: list[str] = []
        there: set[int] = set()  # each character is taken from the first font that has it
        for name, characters in CHARACTERS.items():
            parts.append(f"{folder}/{name}.ttf")
            wanted = set(subset.parse_unicodes(characters)) - there
            _reduce(source / f"{name}.ttf", wanted, parts[-1])
            there |= set(TTFont(parts[-1]).getBestCmap())
        made = Merger().merge(parts)
        first = TTFont(parts[0])["head"]
        made["head"].created, made["head"].modified = first.created, first.modified
        made.recalcTimestamp = False
        made.save(MADE)


def _reduce(font: Path, characters: set[int], made: str) -> None:
    subset.main(
        [
            str(font),
            f"--output-file={made}",
            f"--unicodes={','.join(f'{character:04X}' for character in sorted(characters))}",
            "--no-hinting",
            "--layout-features=ccmp,locl,mark,mkmk,kern,init,medi,fina,rlig,liga,calt,isol",
            "--drop-tables+=DSIG",
            "--name-IDs=0,1,2,3,4,5,6,7,13,14",
            "--no-recalc-timestamp",
        ]
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
