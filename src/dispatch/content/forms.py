"""How a block is written: its kind, with the short form or its fields behind it, and what may stand beside that."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from dispatch.content.blocks import IN_COLUMNS, KINDS, Beside, Block, Columns
from dispatch.counts import agreeing, count
from dispatch.errors import InvalidInput, InvalidIssue, Problem
from dispatch.yaml_model import did_you_mean, parse_model
from dispatch.yaml_source import Path, YamlDocument

# What writers call a block before they know its name.
_OTHER_NAMES = {
    "blockquote": "quote",
    "box": "callout",
    "bullets": "list",
    "grid": "columns",
    "side_by_side": "columns",
    "cta": "button",
    "header": "heading",
    "headline": "heading",
    "hr": "divider",
    "image": "figure",
    "line": "divider",
    "note": "callout",
    "p": "paragraph",
    "photo": "figure",
    "picture": "figure",
    "subtitle": "heading",
    "text": "paragraph",
    "title": "heading",
}


_NOTHING = Beside()


def read_blocks(source: YamlDocument, problems: list[Problem], segments: Collection[str] | None = None) -> list[Block]:
    """The blocks of an issue file that are right; what is wrong with the others is added to `problems`.

    `segments` are the names that may stand behind `when`; None: any.
    """
    entries = source.value_at(("blocks",)) if source.has(("blocks",)) else None
    if not isinstance(entries, list) or not entries:
        problems.append(_no_blocks(source, entries))
        return []
    blocks = [block for at, entry in enumerate(entries) for block in _read(source, ("blocks", at), entry, problems)]
    if len(blocks) == len(entries):
        problems.extend(_nothing_for_everybody(source, blocks))
    if segments is not None:
        problems.extend(_unknown_segments(source, blocks, segments))
    return blocks


def _no_blocks(source: YamlDocument, entries: object) -> Problem:
    remedy = "Write the blocks below it, each after `- `: `- paragraph: …`."
    if not source.has(("blocks",)):
        return Problem("`blocks` is missing", source.locate(()), f"Write a line `blocks:`. {remedy}")
    message = "`blocks` is empty" if not entries else "`blocks` is not a list of blocks"
    return Problem(message, source.locate_key(("blocks",)), remedy)


def _read(
    source: YamlDocument, path: Path, entry: object, problems: list[Problem], around: Beside = _NOTHING
) -> Iterator[Block]:
    """One block, if it is right; `around` is what stands beside the columns that it is in."""
    if not isinstance(entry, dict) or not entry:
        problems.append(_no_kind(source, path, entry))
        return
    stray = list(_stray_keys(source, path, entry))
    problems.extend(stray)
    kind = next((key for key in entry if key in KINDS), None)
    if kind is None or (entry[kind] is None and stray):  # the stray keys are its fields, not indented enough
        return
    beside = _beside(source, path, entry, problems)
    if not beside.language and around.language:
        beside = beside.model_copy(update={"language": around.language})
    read = _columns if kind == Columns.kind else _alone
    yield from read(source, (*path, kind), entry[kind], beside, problems)


def _alone(source: YamlDocument, path: Path, value: object, beside: Beside, problems: list[Problem]) -> Iterator[Block]:
    """The block of a kind that is known, if it is right."""
    inside = [key for key in value if key in Beside.model_fields] if isinstance(value, dict) else []
    problems.extend(_belongs_beside(source, path, key) for key in inside)
    if isinstance(value, dict):
        value = {key: each for key, each in value.items() if key not in inside}
    try:
        block = _of_kind(source, path, value, beside)
    except InvalidInput as error:
        problems.extend(error.problems)
    else:
        yield from [] if inside else [block]


def _columns(
    source: YamlDocument, path: Path, value: object, beside: Beside, problems: list[Problem]
) -> Iterator[Block]:
    """Columns, if every block in them is right."""
    fields = value if isinstance(value, dict) else {Columns.short: value}
    sides, place = fields.get(Columns.short), source.existing((*path, Columns.short))
    if sides is None:
        yield from _alone(source, path, value, beside, problems)  # which tells what is missing
        return
    wrong = list(_not_two_columns(source, place, sides))
    if not wrong and isinstance(sides, list):
        sides = [
            [
                block
                for at, entry in enumerate(side)
                for block in _in_column(source, (*place, number, at), entry, beside, wrong)
            ]
            for number, side in enumerate(sides)
        ]
    problems.extend(wrong)
    if not wrong:
        yield from _alone(source, path, fields | {Columns.short: sides}, beside, problems)


def _not_two_columns(source: YamlDocument, path: Path, sides: object) -> Iterator[Problem]:
    """What is wrong with a list of two lists of blocks, if it is none."""
    remedy = "Write `- ` before each of the two columns, and one more before each block in it: `- - paragraph: …`."
    if not isinstance(sides, list):
        yield Problem("these columns are no list", source.locate(path), remedy)
        return
    for number, side in enumerate(sides):
        if not isinstance(side, list):
            what = "is a block, and no list of blocks" if isinstance(side, dict) and side else "holds no block"
            yield Problem(f"this column {what}", source.locate((*path, number)), remedy)
        elif not side:
            yield Problem("this column is empty", source.locate((*path, number)), "Put a block into it.")
    if len(sides) != 2 and all(isinstance(side, list) for side in sides):
        many = f"there {agreeing(len(sides), 'is', 'are')} {count(len(sides), 'column')}"
        hint = remedy if len(sides) < 2 else "A mail has room for two: make two blocks of columns, or fewer columns."
        yield Problem(f"{many} here, and it takes two", source.locate(path), hint)


def _in_column(
    source: YamlDocument, path: Path, entry: object, around: Beside, problems: list[Problem]
) -> Iterator[Block]:
    """One block in a column, if it is right and may stand there."""
    kind = next((key for key in entry if key in KINDS), "") if isinstance(entry, dict) else ""
    if kind and KINDS[kind] not in IN_COLUMNS:
        what = "columns cannot stand in a column" if kind == Columns.kind else f"a column is too narrow for a {kind}"
        remedy = f"Put it above or below the columns. In them may stand: {', '.join(each.kind for each in IN_COLUMNS)}."
        problems.append(Problem(what, source.locate_key((*path, kind)), remedy))
    elif isinstance(entry, dict) and kind and "when" in entry:
        message = "a block in a column is for all who get the columns"
        remedy = "Write `when` beside `columns`, or put the block above or below them."
        problems.append(Problem(message, source.locate_key((*path, "when")), remedy))
    else:
        yield from _read(source, path, entry, problems, around)


def _beside(source: YamlDocument, path: Path, entry: dict[str, object], problems: list[Problem]) -> Beside:
    """What stands beside the kind of a block; nothing where it is wrong."""
    written = {key: value for key, value in entry.items() if key in Beside.model_fields}
    problems.extend(_nothing_behind(source, (*path, key)) for key, value in written.items() if value is None)
    try:
        return parse_model(source, Beside, InvalidIssue, value=written, path=path)
    except InvalidInput as error:
        problems.extend(error.problems)
        return Beside()


def _nothing_behind(source: YamlDocument, path: Path) -> Problem:
    """Of a key that was left empty: what it would restrict would go to everybody."""
    examples = {"when": "the name of a segment", "language": "a tag like `fr`"}
    remedy = f"Write {examples[str(path[-1])]} behind it, or delete the line."
    return Problem(f"`{path[-1]}` is empty", source.locate_key(path), remedy)


def _belongs_beside(source: YamlDocument, path: Path, key: str) -> Problem:
    """Of a key that stands in a block, and is one of those that stand beside its kind."""
    message = f"`{key}` stands beside `{path[-1]}`, not in it"
    remedy = f"Write `{key}: …` in a line of its own below, as deep as `{path[-1]}`."
    return Problem(message, source.locate_key((*path, key)), remedy)


def _nothing_for_everybody(source: YamlDocument, blocks: Sequence[Block]) -> Iterator[Problem]:
    """Who is in none of the segments, and whoever comes to the web page, would find nothing."""
    if blocks and all(block.when for block in blocks):
        message = "every block is for some readers only: nothing is left for the others, nor for the web page"
        place = source.locate_key((*blocks[0].path[:2], "when"))
        yield Problem(message, place, "Write at least one block without `when`.")


def _unknown_segments(source: YamlDocument, blocks: Sequence[Block], segments: Collection[str]) -> Iterator[Problem]:
    for block in blocks:
        if block.when and block.when not in segments:
            place = source.locate((*block.path[:2], "when"))
            remedy = did_you_mean(block.when, segments) if segments else "Add it there, below `segments:`."
            yield Problem(f"there is no segment {block.when} in dispatch.yaml", place, remedy)


def _no_kind(source: YamlDocument, path: Path, entry: object) -> Problem:
    place = source.locate(path)
    if isinstance(entry, list):
        return Problem("this block is a list", place, "Write one `- ` before each block; a list is `- list: [a, b]`.")
    if not entry:
        return Problem("this block is empty", place, "Delete the `- `, or write a block: `- paragraph: …`.")
    text = str(entry)
    if text in KINDS:
        return Problem("a colon is missing after the kind of this block", place, f"Write `- {text}:`.")
    match = re.match(r"(\w+):\S", text)
    if match and match[1] in KINDS:
        return Problem(
            "a space is missing after this `:`", source.locate(path, match.end(1)), f"Write `- {match[1]}: …`."
        )
    return Problem("this block does not say its kind", place, "Write `- paragraph: ` before a text.")


def _stray_keys(source: YamlDocument, path: Path, entry: dict[str, object]) -> Iterator[Problem]:
    """Keys of a block that are not its kind."""
    kind = next((key for key in entry if key in KINDS), None)
    unknown = [key for key in entry if key not in KINDS and key not in Beside.model_fields]
    for key in entry:
        place = source.locate_key((*path, key))
        if key in KINDS and key != kind:
            yield Problem(f"`{key}` is a block of its own", place, f"Put `- ` before it, below the `- ` of `{kind}`.")
        elif key in unknown and kind:
            yield Problem(f"`{key}` is not known beside `{kind}`", place, _where_it_belongs(key, kind, entry[kind]))
    if kind:
        return
    if unknown:
        place = source.locate_key((*path, unknown[0]))
        yield Problem(f"`{unknown[0]}` is not a kind of block", place, _which_kind(unknown[0]))
    else:
        beside = next(iter(entry))
        remedy = (
            f"Write it beside the kind: `- paragraph: …`, and `{beside}: …` in a line below, as deep as `paragraph`."
        )
        yield Problem(f"`{beside}` stands alone, with no kind of block", source.locate_key((*path, beside)), remedy)


def _where_it_belongs(key: str, kind: str, value: object) -> str:
    if key not in KINDS[kind].model_fields:
        return did_you_mean(key, [*KINDS[kind].model_fields, *Beside.model_fields])
    if value is None:
        return f"Indent it deeper than `{kind}`, to which it belongs."
    return (
        f"Write the fields of `{kind}` in lines of their own below it, indented: `{KINDS[kind].short}: …`, `{key}: …`."
    )


def _which_kind(key: str) -> str:
    other = _OTHER_NAMES.get(key.casefold())
    return f"Did you mean `{other}`?" if other else did_you_mean(key, KINDS)


def _of_kind(source: YamlDocument, path: Path, value: object, beside: Beside) -> Block:
    """The block of a kind that is known; raises InvalidIssue."""
    model = KINDS[str(path[-1])]
    if value is None and model.model_fields:
        remedy = f"Write `- {model.kind}: …`." if model.short else f"Write its fields below it: {_fields(model)}."
        raise InvalidIssue(f"`{model.kind}` is empty", remedy=remedy, location=source.locate_key(path))
    if value and not model.model_fields:
        message = f"nothing may stand behind `{model.kind}:`"
        raise InvalidIssue(message, remedy=f"Write `- {model.kind}:`.", location=source.locate(path))
    fields = value if isinstance(value, dict) or not model.short else {model.short: value}
    return parse_model(source, model, InvalidIssue, value=fields or {}, path=path, beside=beside)


def _fields(model: type[Block]) -> str:
    return ", ".join(model.model_fields)
