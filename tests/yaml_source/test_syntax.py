"""What YAML does to writers is told at the right character, with a way out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.yaml_source import scan_yaml

IN_QUOTES = "Put the whole text in double quotes, or write it on a line of its own below `>-`."

# What is written, where the trouble is, what is said, and words of the remedy.
MISHAPS = [
    # texts that start with a character of YAML's own
    ("title: *Breaking* news\n", "1:8", "a text may not start with `*`: to YAML it begins an alias", IN_QUOTES),
    ("title: **Breaking** news\n", "1:8", "a text may not start with `*`: to YAML it begins an alias", IN_QUOTES),
    ("- *\n", "1:3", "a text may not start with `*`: to YAML it begins an alias", IN_QUOTES),
    ("title: &c\n", "1:8", "a text may not start with `&`: to YAML it begins an anchor", IN_QUOTES),
    ("title: & more\n", "1:8", "a text may not start with `&`: to YAML it begins an anchor", IN_QUOTES),
    ("title: !Hola amigos\n", "1:8", "a text may not start with `!`: to YAML it begins a tag", IN_QUOTES),
    ("title: ! Hola\n", "1:8", "a text may not start with `!`: to YAML it begins a tag", IN_QUOTES),
    ("title: !Hola! amigos\n", "1:8", "a text may not start with `!`: to YAML it begins a tag", IN_QUOTES),
    ("title: %5 more\n", "1:8", "a text may not start with `%`: to YAML it begins a directive", IN_QUOTES),
    ("%5 more\n", "1:1", "a text may not start with `%`: to YAML it begins a directive", IN_QUOTES),
    ("title: @nato\n", "1:8", "a text may not start with `@`: to YAML it is reserved", IN_QUOTES),
    ("title: `code`\n", "1:8", "a text may not start with a backtick: YAML reserves it", IN_QUOTES),
    ("title: ? why\n", "1:8", "a text may not start with `?`: to YAML it begins a key", IN_QUOTES),
    ("title: , then\n", "1:8", "a text may not start with `,`: to YAML it separates the items of a list", IN_QUOTES),
    ("title: ] x\n", "1:8", "a text may not start with `]`: to YAML it ends a list", IN_QUOTES),
    ("title: } x\n", "1:8", "a text may not start with `}`: to YAML it ends a mapping", IN_QUOTES),
    ("title: [Video] The bridge\n", "1:8", "a text may not start with `[`: to YAML it begins a list", IN_QUOTES),
    ("- paragraph: [A link](https://x.example) is here.\n", "1:14", "a text may not start with `[`", IN_QUOTES),
    ("title: {curly} text\n", "1:8", "a text may not start with `{`: to YAML it begins a mapping", IN_QUOTES),
    ("title: {{first_name|You}}, look\n", "1:8", "to YAML it begins a mapping, not a merge field", IN_QUOTES),
    ("title: {{first_name|You}}\n", "1:8", "to YAML it begins a mapping, not a merge field", IN_QUOTES),
    ("- {{first_name|Dear reader, you}}: hello\n", "1:3", "to YAML it begins a mapping, not a merge field", IN_QUOTES),
    ("[x](y): z\n", "1:1", "a text may not start with `[`: to YAML it begins a list", IN_QUOTES),
    ("title: > 5 percent\n", "1:8", "nothing may follow `>` on its line", "Begin the text on the next line, indented"),
    ("title: >- The text\n", "1:8", "nothing may follow `>` on its line", "Begin the text on the next line, indented"),
    (
        "title: |x| is positive\n",
        "1:8",
        "nothing may follow `|` on its line",
        "Begin the text on the next line, indented",
    ),
    ("- *all* of it\n", "1:3", "a text may not start with `*`: to YAML it begins an alias", IN_QUOTES),
    ("*Note* the: colon\n", "1:1", "a text may not start with `*`: to YAML it begins an alias", IN_QUOTES),
    ("title: *all\n  of it\na: b\n", "1:8", "a text may not start with `*`: to YAML it begins an alias", IN_QUOTES),
    ("list: - first\n", "1:7", "a list may not begin behind its key", "Begin a list on the next line"),
    # comments
    ("title: We are #1\n", "1:15", "YAML drops ` #1` and the rest of this line", "Put the whole text in double quotes"),
    ("title: #1 of all\n", "1:8", "YAML drops ` #1` and the rest of this line", "a space after the `#`"),
    ("title: We are #1 of\n  all\nx: y\n", "1:15", "YAML drops ` #1` and the rest of this line", "double quotes"),
    ("title: We are # 1 of\n  all\nx: y\n", "1:15", "YAML drops ` #` and the rest of this line", "double quotes"),
    (
        "title: x # a comment\n  author: y\n",
        "2:3",
        "the indentation of this line fits none of the lines above",
        "Align it",
    ),
    ("tags: [first #1, second]\n", "1:14", "YAML drops ` #1,` and the rest of this line", "double quotes"),
    ("accent: #a3241b\n", "1:9", "YAML drops ` #a3241b` and the rest of this line", "double quotes"),
    ("title: x #" + "y" * 50 + "\n", "1:10", "YAML drops ` #yyyyyyyyyyyyyyyyyy…` and", "double quotes"),
    # colons
    ("title: Bridge: who pays\n", "1:14", "a text that contains `: ` must stand in quotes", IN_QUOTES),
    ("title: What now:\n", "1:16", "a text that contains `: ` must stand in quotes", IN_QUOTES),
    ("- paragraph: Note: this\n", "1:18", "a text that contains `: ` must stand in quotes", IN_QUOTES),
    (
        "- {text: Note: this, by: x}\n",
        "1:3",
        "what stands between this `{` and its `}` cannot be read",
        "double quotes",
    ),
    ("title: “Bridge: who”\n", "1:15", "must stand in quotes; curly quotes do not count", IN_QUOTES),
    ("title:Hello\nsubtitle: x\n", "1:6", "a space is missing after this `:`", "Write `key: value`."),
    ("title: x\nsubtitle:Hello\nauthor: y\n", "2:9", "a space is missing after this `:`", "Write `key: value`."),
    ("title:Hello\n  you\nauthor: y\n", "1:6", "a space is missing after this `:`", "Write `key: value`."),
    (": x\n", "1:1", "there is no key before this `:`", "Write `key: value`"),
    ("a: {: x}\n", "1:4", "what stands between this `{` and its `}` cannot be read", "double quotes"),
    # quotes
    ('title: "Hello\nsubtitle: x\n', "1:8", 'the quote " that opens here is never closed', 'Close it with ".'),
    ("title: 'tis\n", "1:8", "the quote ' that opens here is never closed", "apostrophe in double quotes"),
    ('title: "Hello\nsubtitle: "x"\n', "1:8", 'the quote " that opens here is closed only in line 2', "Close it"),
    ("title: 'It's fine'\n", "1:11", "the text in quotes ends at this ', but more follows", "write '' for each '"),
    ('title: "Yes" he said\n', "1:12", 'the text in quotes ends at this ", but more follows', 'write \\" for each "'),
    ('- "Yes" he said\n- x\n', "1:7", 'the text in quotes ends at this ", but more follows', 'write \\" for each "'),
    ('tags: ["a" b, c]\n', "1:10", 'the text in quotes ends at this ", but more follows', 'write \\" for each "'),
    ('title: "a\n---\nb"\n', "1:8", 'the quote " that opens here is never closed', 'Close it with ".'),
    ('path: "C:\\pictures"\n', "1:10", "`\\` begins an escape, and `\\p` is none", "Double the backslash"),
    ('title: "\\{{ is literal"\n', "1:9", "`\\` begins an escape, and `\\{` is none", "single quotes"),
    ('title: "\\ud83d\\ude00"\n', "1:9", "`\\` begins an escape, and `\\u` is none", "Double the backslash"),
    ('title: "\\x4"\n', "1:9", "`\\` begins an escape, and `\\x` is none", "Double the backslash"),
    ("“title”: x\n", "1:1", "to YAML the curly quotes are part of the key “title”", "Write `title:`."),
    # blanks
    ("a:\n\tb: c\n", "2:1", "a tab is used for indentation", "Replace each tab by two spaces"),
    ("a:\n  b: c\n  \td: e\n", "3:3", "a tab is used for indentation", "Replace each tab by two spaces"),
    ("a: |\n\ttext\n", "2:1", "a tab is used for indentation", "Replace each tab by two spaces"),
    ("a: |\n  \ttext\n", "2:3", "a tab is used for indentation", "Replace each tab by two spaces"),
    ("a: x\n\tb: c\n", "2:1", "a tab is used for indentation", "Replace each tab by two spaces"),
    ("title: x\n\u00a0\u00a0y: z\n", "2:1", "looks like a space, but is the character U+00A0", "ordinary space"),
    ("title:\u00a0x\nb: c\n", "1:7", "looks like a space, but is the character U+00A0", "ordinary space"),
    ("list:\n  -\u00a0a\n  - b\n", "2:4", "looks like a space, but is the character U+00A0", "ordinary space"),
    ("ti\u200btle: x\n", "1:3", "looks like a space, but is the character U+200B", "ordinary space"),
    # indentation and lists
    ("list:\n  -first: x\n", "2:3", "a space is missing after this `-`", "Write `- first: …`."),
    ("list:\n  - a\n  -b\n", "3:3", "a space is missing after this `-`", "Write `- ` before each item of a list."),
    ("list:\n  - a: b\n  -c: d\n", "3:3", "a space is missing after this `-`", "Write `- ` before each item"),
    ("list: first\n  - second\n", "2:3", "to YAML this is no item of a list", "Begin a list on the line after its key"),
    ("a: b\n  c: d\n", "2:3", "to YAML this line continues the text in line 1", "Align it with the other keys"),
    ("a:\n  b: c\n d: e\n", "3:2", "the indentation of this line fits none of the lines above it", "Align it"),
    ("a: b\n- c\n", "2:1", "an item of a list stands among the keys from line 1 on", "Indent it deeper"),
    ("a:\n  - b: c\n    - d: e\n", "3:5", "an item of a list", "Align it with the `- ` in line"),
    ("a:\n- b:\n    c: d\n    - e\n", "4:5", "an item of a list", "Align it with the `- ` in line"),
    ("a:\n - b:\n   - c\n- d: e\n", "4:1", "an item of a list", "Align it with the `- ` in line"),
    ("- a\nb: c\n", "2:1", "this stands among the items of the list from line 1 on, but is none", "Put `- ` before it"),
    ("a: b\nplain words\nc: d\n", "2:1", "this line is neither `key: value` nor part of the text above", "Indent it"),
    ("a: >-\ntext\nb: c\n", "2:1", "not indented enough for the text that begins in line 1", "Indent all lines"),
    ("- a: >-\n      text\n    more\n", "3:5", "not indented enough for the text that begins in line 1", "Indent all"),
    ("a: [b, c\nd: e\n", "1:4", "what stands between this `[` and its `]` cannot be read from line 2 on", "Close it"),
    ("a: {b: c\nd: e\n", "1:4", "what stands between this `{` and its `}` cannot be read from line 2 on", "Close it"),
    ("a: [\n", "1:4", "what stands between this `[` and its `]` cannot be read from line 2 on", "Close it with `]`"),
    # documents
    ("a: b\n---\nc: d\n", "2:1", "`---` begins a second document, but a file holds one", "`- divider:`"),
    ("a: b\n...\nc: d\n", "3:1", "this stands behind the end of the document", "Delete it"),
]


@pytest.mark.parametrize(("written", "place", "message", "remedy"), MISHAPS, ids=[mishap[0] for mishap in MISHAPS])
def test_a_mishap_is_told(written: str, place: str, message: str, remedy: str) -> None:
    [problem] = scan_yaml(written, "issue.yaml").problems
    assert str(problem.location) == f"issue.yaml:{place}"
    assert message in problem.message
    assert remedy in problem.remedy


@pytest.mark.parametrize(("written", "place", "message", "remedy"), MISHAPS, ids=[mishap[0] for mishap in MISHAPS])
@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_a_mishap_is_told_at_the_same_place_whatever_ends_the_lines(
    written: str, place: str, message: str, remedy: str, line_break: str
) -> None:
    [problem] = scan_yaml("\ufeff" + written.replace("\n", line_break), "issue.yaml").problems
    assert str(problem.location) == f"issue.yaml:{place}"
    assert message in problem.message


# Mishaps after which it is not certain what the lines below are.
LAST_WORDS = {'title: "a\n---\nb"\n', "a: [\n", "a: b\n---\nc: d\n", "a: b\n...\nc: d\n"}


@given(
    st.lists(st.sampled_from([mishap for mishap in MISHAPS if mishap[0] not in LAST_WORDS]), min_size=2, max_size=9),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_all_mishaps_of_a_file_are_told_and_nothing_else(
    mishaps: list[tuple[str, str, str, str]], line_break: str
) -> None:
    text = ""
    expected = []
    for position, (written, place, message, remedy) in enumerate(mishaps):
        text += f"part_{position}:\n"
        above = text.count("\n")
        line, column = place.split(":")
        expected.append((f"issue.yaml:{int(line) + above}:{int(column) + 2}", _below(message, above), remedy))
        text += "".join(f"  {each}" for each in written.splitlines(keepends=True)) + f"calm_{position}: innocent\n"
    problems = scan_yaml(text.replace("\n", line_break), "issue.yaml").problems
    assert [str(problem.location) for problem in problems] == [place for place, _, _ in expected]
    for problem, (_, message, remedy) in zip(problems, expected, strict=True):
        assert message in problem.message
        assert remedy in problem.remedy or message.startswith("the quote")


def _below(message: str, lines: int) -> str:
    """A message about a text that stands lower in its file; if and where an open quote is closed, others decide."""
    message = re.sub(r"(?<=line )\d+", lambda number: str(int(number[0]) + lines), message)
    return message.partition("is never closed")[0].partition("is closed only")[0]


@pytest.mark.parametrize(
    "written",
    [
        "title: Hello # a comment\n",
        "title: C# and F#\n",
        "title: x ## another kind of comment\n",
        "title: '#1'\n",
        "title: “Hello”, she said\n",
        "title: It's fine\n",
        "title: a - b\n",
        "title: 12:30, https://example.org/a:b\n",
        "title: a*b, c&d, [e] {{f|g}} @h `i`\n",
        "title: >-\n  - not a list: *really* #1\n",
        "title: |\n  x\n  \u00a0y\n",
        "a: [b, 'c', {d: e}]\n",
        "? a\n: b\n",
        "%YAML 1.2\n---\na: b\n...\n",
        "a:\n- b\n- c\n",
        "\n\n# nothing but a comment\n",
    ],
)
def test_what_yaml_does_not_spoil_is_not_complained_about(written: str) -> None:
    assert scan_yaml(written, "issue.yaml").problems == ()


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("a:\n  - b: c\n    - d: e\n", "Align it with the `- ` in line 2: 2 spaces before it."),
        ("a:\n- b:\n    c: d\n# f\n    - e\n", "Align it with the `- ` in line 2: no space before it."),
        ("a:\n - b:\n   - c\n- d: e\n", "Align it with the `- ` in line 2: 1 space before it."),
        ("a:\n  - x\nb:\n    c: d\n    - e\n", "Indent it deeper than the key that it belongs to."),
    ],
)
def test_a_misplaced_item_is_told_its_place(text: str, remedy: str) -> None:
    [problem] = scan_yaml(text, "issue.yaml").problems
    assert problem.remedy == remedy
