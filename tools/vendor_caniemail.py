"""Reduces caniemail's data to what the checks need: `tools/vendor_caniemail.py caniemail-2.0.2.tgz`, from `npm pack`."""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path

HOME = Path(__file__).parents[1] / "src/dispatch/checks/caniemail"

SPELLED = {
    "css-border-inline-block": "property border-inline, property border-block",
    "css-border-radius-logical": "property border-start-start-radius, property border-start-end-radius, "
    "property border-end-start-radius, property border-end-end-radius",
    "css-column-layout-properties": "property columns, property column-fill, property column-rule, property column-span, "
    "property column-width",
    "css-display": "value display inline, value display block, value display inline-block",
    "css-display-flex": "value display flex, value display inline-flex",
    "css-display-grid": "value display grid, value display inline-grid",
    "css-display-none": "value display none",
    "css-grid-template": "property grid-template, property grid-template-columns, property grid-template-rows, "
    "property grid-template-areas",
    "css-important": "important",
    "css-inset": "property inset, property inset-block, property inset-inline",
    "css-intrinsic-size": "word fit-content, word min-content, word max-content",
    "css-left-right-top-bottom": "property left, property right, property top, property bottom",
    "css-margin-inline-block": "property margin-inline, property margin-block",
    "css-margin-block-start-end": "property margin-block-start, property margin-block-end",
    "css-margin-inline-start-end": "property margin-inline-start, property margin-inline-end",
    "css-modern-color": "function lch, function oklch, function lab, function oklab",
    "css-padding-inline-block": "property padding-inline, property padding-block",
    "css-padding-block-start-end": "property padding-block-start, property padding-block-end",
    "css-padding-inline-start-end": "property padding-inline-start, property padding-inline-end",
    "css-position": "value position relative, value position absolute, value position fixed, value position sticky",
    "css-rgb": "function rgb",
    "css-rgba": "function rgba",
    "css-scroll-snap": "property scroll-snap-type, property scroll-snap-align",
    "css-sytem-ui": "word system-ui, word ui-serif, word ui-sans-serif, word ui-rounded, word ui-monospace",
    "css-unit-calc": "function calc",
    "css-unit-initial": "word initial",
    "css-unit-percent": "unit %",
    "css-variables": "function var, variable",
    "html-anchor-links": "link #",
    "html-button-reset": "input reset",
    "html-button-submit": "element button",
    "html-h1-h6": "element h1, element h2, element h3, element h4, element h5, element h6",
    "html-image-maps": "attribute usemap, element map, element area",
    "html-lists": "element ul, element ol, element li, element dl, element dt, element dd",
    "html-loading-attribute": "attribute loading",
    "html-mailto-links": "link mailto",
    "html-meta-color-scheme": "meta color-scheme",
    "html-popover": "attribute popover",
    "html-rp": "element rp",
    "html-rt": "element rt",
    "html-semantics": ", ".join(
        f"element {name}"
        for name in [
            "article",
            "aside",
            "details",
            "figcaption",
            "figure",
            "footer",
            "header",
            "main",
            "mark",
            "nav",
            "section",
            "summary",
            "time",
        ]
    ),
    "image-base64": "link data",
}
"""How a feature is found where its slug does not say it; for the words see `dispatch.checks.features`."""

ATTRIBUTES = [
    "align",
    "aria-describedby",
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "aria-live",
    "background",
    "cellpadding",
    "cellspacing",
    "dir",
    "height",
    "hidden",
    "lang",
    "required",
    "role",
    "srcset",
    "target",
    "valign",
    "width",
]

# A document's own parts, what says nothing, and what is no feature of a message.
PASSED_OVER = {"css-comments", "css-nesting", "css-inert-attribute", "html-body", "html-comments", "html-doctype", "amp", "bimi"}  # fmt: skip
DROPPED_SUFFIXES = ("css-border-inline-block-individual", "css-border-inline-block-longhand")


def found_by(slug: str) -> list[str]:
    """How a feature is recognised in a message, in the words of `dispatch.checks.features`."""
    if slug in SPELLED:
        return SPELLED[slug].split(", ")
    kind, _, name = slug.partition("-")
    if kind == "image":
        return [f"image {name}"]
    if kind == "html":
        if name in ATTRIBUTES:
            return [f"attribute {name}"]
        return [f"input {name.removeprefix('input-')}" if name.startswith("input-") else f"element {name}"]
    for prefix, word in {
        "at-media-": "media",
        "at-": "at-rule",
        "pseudo-class-": "pseudo",
        "pseudo-element-": "pseudo",
        "selector-": "selector",
        "function-": "function",
        "unit-": "unit",
    }.items():
        if name.startswith(prefix):
            return [f"{word} {name.removeprefix(prefix)}"]
    return [f"function {name}"] if name.endswith("-gradient") else [f"property {name}"]


def reduced(data: dict, version: str) -> dict:
    """The features with the clients that lack them, as tested last, and what caniemail remarks on each."""
    names = data["nicenames"]
    features, clients = {}, {}
    for each in data["data"]:
        slug = each["slug"]
        if slug in PASSED_OVER or slug in DROPPED_SUFFIXES:
            continue
        lacking: dict[str, str] = {}
        for family, platforms in each["stats"].items():
            for platform, versions in platforms.items():
                client = f"{family}/{platform}"
                clients[client] = f"{names['family'][family]} ({names['platform'][platform]})"
                verdict, _, numbers = (list(versions.values()) or ["u"])[-1].partition(" ")
                if verdict == "n":
                    notes = each["notes_by_num"] or {}
                    lacking[client] = " ".join(
                        notes[number] for number in re.findall(r"#(\d+)", numbers) if number in notes
                    )
        features[slug] = {"title": each["title"], "found_by": found_by(slug), "lacking": lacking}
    return {
        "source": f"npm caniemail {version}",
        "licence": "MIT",
        "date": data["last_update_date"][:10],
        "clients": dict(sorted(clients.items())),
        "features": dict(sorted(features.items())),
    }


def main(package: str) -> None:
    """Write the data and its licence beside the checks."""
    with tarfile.open(package) as archive:
        read = lambda name: archive.extractfile(f"package/{name}").read().decode()  # noqa: E731
        data, licence = json.loads(read("data/caniemail.json")), read("LICENSE")
        version = json.loads(read("package.json"))["version"]
    HOME.mkdir(exist_ok=True)
    result = reduced(data, version)
    (HOME / "caniemail.json").write_text(
        json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    (HOME / "LICENSE").write_text(
        "caniemail.json is the data of https://www.caniemail.com, reduced to what the checks need.\n\n"
        "The data: Copyright (c) 2019 Rémi Parmentier (https://github.com/hteumeuleu/caniemail), MIT License.\n"
        f"Taken from the npm package caniemail {version}, MIT License:\n\n"
        + licence.split("\n\n", 1)[-1].rstrip()
        + "\n",
        encoding="utf-8",
    )
    print(f"{len(result['features'])} features, {len(result['clients'])} clients, of {result['date']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
