"""What changes for the reader, as `--json` wants it. These keys stay."""

from __future__ import annotations

from dispatch.comparison.difference import Difference, LinkChange, PartChange, PictureChange
from dispatch.comparison.letter import Image, Letter, Part
from dispatch.comparison.look import Look, StyleChange
from dispatch.comparison.telling import fate_of, standing
from dispatch.comparison.words import Piece
from dispatch.inspection.report import Json, finding_as_json, problem_as_json


def difference_as_json(difference: Difference) -> Json:
    """What changes for the reader of one issue; `before` and `after` are null where it is not there or not readable."""
    findings = difference.findings
    return {
        "issue": difference.slug,
        "change": standing(difference) or "changed",
        "before": _letter(difference.before),
        "after": _letter(difference.after),
        "parts": [*map(_part_change, difference.parts)],
        "links": [*map(_link_change, difference.links)],
        "pictures": [*map(_picture_change, difference.pictures)],
        "look": _look(difference.look),
        "text_part": _pieces(difference.text_part),
        "findings": {
            "known": findings.known,
            "gained": [*map(finding_as_json, findings.gained)],
            "lost": [*map(finding_as_json, findings.lost)],
        },
        "problems": {
            "before": [*map(problem_as_json, difference.problems_before)],
            "after": [*map(problem_as_json, difference.problems_after)],
        },
    }


def _letter(letter: Letter | None) -> Json | None:
    if not letter:
        return None
    return {
        "slug": letter.slug,
        "file": letter.file,
        "title": letter.title,
        "words": letter.words,
        "html_bytes": letter.html_bytes,
        "text_bytes": letter.text_bytes,
        "picture_bytes": letter.picture_bytes,
    }


def _part_change(change: PartChange) -> Json:
    return {
        "kind": change.part.kind,
        "change": fate_of(change),
        "before": _place(change.before),
        "after": _place(change.after),
        "words": _pieces(change.words),
        "set_off": [{"how": how, "text": text} for how, text in change.set_off],
        "no_longer_set_off": [{"how": how, "text": text} for how, text in change.no_longer_set_off],
    }


def _place(part: Part | None) -> Json | None:
    if not part:
        return None
    return {"block": part.name, "line": part.line, "audience": part.audience, "language": part.language}


def _pieces(pieces: tuple[Piece, ...]) -> list[Json]:
    return [{"fate": str(piece.fate), "text": piece.text} for piece in pieces]


def _link_change(change: LinkChange) -> Json:
    before, after = (vars(link) if link else None for link in (change.before, change.after))
    return {"before": before, "after": after}


def _picture_change(change: PictureChange) -> Json:
    return {"before": _image(change.before), "after": _image(change.after)}


def _image(image: Image | None) -> Json | None:
    if not image:
        return None
    picture = image.picture
    return {
        "path": image.path or None,
        "name": image.name,
        "alt": image.alt,
        "width": picture.width if picture else None,
        "height": picture.height if picture else None,
        "bytes": len(picture.content) if picture else None,
    }


def _look(look: Look) -> Json:
    return {
        "parts": [*look.parts],
        "elements": look.elements,
        "styles": [*map(_style, look.styles)],
        "sheets": [*map(_style, look.sheet)],
    }


def _style(change: StyleChange) -> Json:
    return {"property": change.name, "before": change.before, "after": change.after, "times": change.times}
