"""What is wrong in an issue file is told at its place, with a remedy, all in one run."""

from textwrap import dedent

import pytest

from dispatch.content.issue import read_issue
from dispatch.errors import InvalidIssue


def told(text: str | bytes, file: str = "issue.yaml") -> list[str]:
    with pytest.raises(InvalidIssue) as caught:
        read_issue(text, file)
    for problem in caught.value.problems:
        assert problem.location
        assert problem.location.line
        assert problem.location.column
        assert problem.remedy.endswith((".", "?"))
    return [f"{problem.location}: {problem.message} | {problem.remedy}" for problem in caught.value.problems]


def test_all_problems_of_a_file_are_told_in_one_run_in_order() -> None:
    text = """\
        titel: Bridges
        slug: My Slug
        date: 2026-02-30
        blocks:
        - paragraf: Hello {{name}}
        - paragraph: Hello {{name}} and {{ }} and {{city
        - button: {text: "", ur: x}
        - figure:
            image: ../secret.png
            alt: [a, b]
        - heading: We are #1
        - heading: {text: x, level: 7}
          when: [paid]
        signoff: Joy
        slug: again
        """
    assert [line.split(" | ")[0] for line in told(dedent(text))] == [
        "issue.yaml:1:1: `titel` is not known",
        "issue.yaml:1:1: `title` is missing",
        "issue.yaml:2:7: a slug is made of a-z, 0-9 and single hyphens, at most 80 characters",
        "issue.yaml:3:7: there is no day 2026-02-30",
        "issue.yaml:5:3: `paragraf` is not a kind of block",
        "issue.yaml:6:20: the merge field `{{name}}` has no fallback",
        "issue.yaml:6:33: this merge field has no name",
        "issue.yaml:6:43: this `{{` is never closed",
        "issue.yaml:7:3: `button` has no `url`",
        "issue.yaml:7:18: this text is empty",
        "issue.yaml:7:22: `ur` is not known in `button`",
        "issue.yaml:9:12: `..` may not stand in a path",
        "issue.yaml:10:10: `alt` must be a text, not a list",
        "issue.yaml:11:19: YAML drops ` #1` and the rest of this line: it takes them for a comment",
        "issue.yaml:12:29: `level` must be at most 4, not 7",
        "issue.yaml:13:9: `when` names one segment, not several",
        "issue.yaml:14:10: `signoff` must have fields, but is “Joy”",
        "issue.yaml:15:1: `slug` stands here twice: first in line 2",
    ]


FILES = [
    ("", "1:1: the file is empty | Write `title: …` and `blocks:`; `dispatch new` makes an issue file"),
    ("# nothing yet\n", "1:1: the file is empty | Write `title: …`"),
    ("~\n", "1:1: the file is empty | Write `title: …`"),
    ("- paragraph: x\n", "1:1: an issue has fields, but this file is a list | Write `blocks:` above the list"),
    ("Hello, world\n", "1:1: an issue has fields, but this file is a text | Write `title: …`"),
    ("title:Hello\n", "1:6: a space is missing after this `:` | Write `title: …`."),
    ("42\n", "1:1: an issue has fields, but this file is a text | Write `title: …`"),
    ("title: T\n", "1:1: `blocks` is missing | Write a line `blocks:`."),
    ("title: T\nblocks:\n", "2:1: `blocks` is empty | Write the blocks below it"),
    ("title: T\nblocks: []\n", "2:1: `blocks` is empty | Write the blocks below it"),
    ("title: T\nblocks: Hello\n", "2:1: `blocks` is not a list of blocks | Write the blocks below it"),
    ("title: T\nblocks:\n  paragraph: x\n", "2:1: `blocks` is not a list of blocks | Write the blocks below it"),
    ("title: T\nblocks:\n  -paragraph: x\n", "3:3: a space is missing after this `-` | Write `- paragraph: …`."),
    ("title: T\nparagraph: x\nblocks: [{divider: }]\n", "2:1: `paragraph` is not known | Possible here: title,"),
    (b"title: caf\xe9\nblocks: [{divider: }]\n", "1:11: the byte 0xE9 is not UTF-8 | Save the file as UTF-8."),
    (
        "title: a\0b\nblocks: [{divider: }]\n",
        "1:9: an invisible character that no text may contain (U+0000) | Delete it.",
    ),
    (
        'title: "a\\eb"\nblocks: [{divider: }]\n',
        "1:10: an invisible character that no text may contain (U+001B) | Delete it.",
    ),
]


@pytest.mark.parametrize(("text", "problem"), FILES, ids=[str(text) for text, _ in FILES])
def test_a_file_that_is_no_issue(text: str | bytes, problem: str) -> None:
    messages = told(text)
    assert any(message.startswith(f"issue.yaml:{problem}") for message in messages), messages


FIELDS = [
    ("title:", "1:7: `title` is empty | Write `title: …`."),
    ("title: ''", "1:8: this text is empty | Write the text"),
    ("title: '   '", "1:9: this text is empty | Write the text"),
    (
        "title: [Video]",
        "1:8: `title` must be a text, not a list | Is it meant as a text? Put the whole text in double quotes",
    ),
    ("title: {a: b}", "1:8: `title` must be a text, not a mapping | Is it meant as a text? Put"),
    ("title: true", '1:8: `title` must be a text, not the truth value true | Put it in quotes: "true".'),
    ("title: |\n  a\n  b", "2:4: a line break may not stand here | Write the text in one line, or below `>-`."),
    ("title: >-\n  a\n\n  b", "3:1: a line break may not stand here | Write the text in one line, or below `>-`."),
    ('title: "a\\tb"', "1:10: a tab may not stand here | Write the text in one line"),
    (
        "title: Hi {{name}}",
        "1:11: the merge field `{{name}}` has no fallback | Write what stands there for people without it",
    ),
    ("title: x\ntitle: y", "2:1: `title` stands here twice: first in line 1 | Delete one of the two."),
    ("title: x\nTitle: y", "2:1: `Title` is not known | Did you mean `title`?"),
    ("title: x\nfoo:", "2:1: `foo` is not known | Possible here: title, subtitle, subject,"),
    ("title: x\npre-header: y", "2:1: `pre-header` is not known | Did you mean `preheader`?"),
    ("title: x\n“author”: y", "2:1: to YAML the curly quotes are part of the key “author” | Write `author:`."),
    ("title: x\nsubject: *Breaking* news", "2:10: a text may not start with `*`: to YAML it begins an alias | Put"),
    ("title: x\ndate: 2026-02-30", "2:7: there is no day 2026-02-30 | Look at a calendar"),
    ("title: x\ndate: 2026-13-01", "2:7: there is no day 2026-13-01 | Look at a calendar"),
    ("title: x\ndate: 2026-3-2", "2:7: this is not a date | Write year, month and day: `2026-03-02`."),
    ("title: x\ndate: 02/03/2026", "2:7: this is not a date | Write year, month and day"),
    ("title: x\ndate: 20260302", "2:7: this is not a date | Write year, month and day"),
    ("title: x\ndate: 2026-03-02T10:00:00Z", "2:7: this is not a date | Write year, month and day"),
    ("title: x\ndate: ٢٠٢٦-٠٣-٠٢", "2:7: this is not a date | Write year, month and day"),
    ("title: x\ndate: [2026-03-02]", "2:7: this is not a date | Write year, month and day"),
    ("title: x\ndate: true", "2:7: this is not a date | Write year, month and day"),
    (
        "title: x\nslug: Hello World",
        "2:7: a slug is made of a-z, 0-9 and single hyphens, at most 80 characters | Write `slug: hello-world`.",
    ),
    (
        "title: x\nslug: -a-",
        "2:7: a slug is made of a-z, 0-9 and single hyphens, at most 80 characters | Write `slug: a`.",
    ),
    (
        "title: x\nslug: 東京",
        "2:7: a slug is made of a-z, 0-9 and single hyphens, at most 80 characters | Write `slug: my-issue`.",
    ),
    (
        "title: x\nslug: ../x",
        "2:7: a slug is made of a-z, 0-9 and single hyphens, at most 80 characters | Write `slug: x`.",
    ),
    ("title: x\nlanguage: fr_FR", "2:11: “fr_FR” is not a language tag (BCP 47) | Write a tag like `fr-FR`"),
    ("title: x\nlanguage: French", "2:11: “French” is not a language tag (BCP 47) | Write a tag like `en`"),
    ("title: x\ntags: news", "2:7: `tags` must be a list, not “news” | Write `[first, second]`"),
    ("title: x\ntags: [a, {b: c}]", "2:11: item 2 of `tags` must be a text, not a mapping | Is it meant as a text?"),
    ("title: x\ntags: [a, '']", "2:11: a tag is a word or some words in one line | Write `tags: [first, second]`."),
    ("title: x\ntags: ['a, b']", "2:9: a tag is a word or some words in one line | Write `tags: [first, second]`."),
    (
        "title: x\ncover: images/a.png",
        "2:8: `cover` must have fields, but is “images/a.png” | Write its fields in lines below it",
    ),
    ("title: x\ncover: {alt: a}", "2:1: `cover` has no `image` | Add `image: …` to it."),
    (
        "title: x\ncover: {image: a.png, alternative: b}",
        "2:23: `alternative` is not known in `cover` | Did you mean `alt`?",
    ),
    (
        "title: x\ncover: {image: /a.png}",
        "2:16: this path does not start in the newsletter's folder | Write it from there",
    ),
    (
        "title: x\ncover: {image: ~/a.png}",
        "2:16: this path does not start in the newsletter's folder | Write it from there",
    ),
    (
        "title: x\ncover: {image: 'C:/a.png'}",
        "2:17: this path does not start in the newsletter's folder | Write it from there",
    ),
    (
        "title: x\ncover: {image: a/../../b.png}",
        "2:18: `..` may not stand in a path | Put the picture in the newsletter's folder.",
    ),
    ("title: x\ncover: {image: 'a\\..\\b.png'}", "2:18: folders are separated by `/` | Write `a/../b.png`."),
    (
        "title: x\ncover: {image: https://x.example/a.png}",
        "2:16: a picture is a file of the newsletter, not a web address | Put",
    ),
    (
        "title: x\ncover: {image: //x.example/a.png}",
        "2:16: a picture is a file of the newsletter, not a web address | Put",
    ),
    (
        "title: x\ncover: {image: 'data:image/png;base64,A'}",
        "2:17: a picture is a file of the newsletter, not a web address | Put",
    ),
    (
        "title: x\ncover: {image: 'a-{{b|c}}.png'}",
        "2:19: a merge field may not stand in a path | Name one picture for all.",
    ),
    ("title: x\ncover: {image: “a.png”}", "2:16: curly quotes are part of this path | Write `a.png`."),
    ("title: x\ncover: {image: ''}", "2:16: this is not the path of a picture | Write a path like"),
    ('title: x\ncover: {image: "a\\nb.png"}', "2:17: this is not the path of a picture | Write a path like"),
    ("title: x\ncover: {image: 3.80}", None),
    (
        "title: x\nsignoff: Joy",
        "2:10: `signoff` must have fields, but is “Joy” | Write its fields in lines below it, indented: tagline, signature.",
    ),
    (
        "title: x\nsignoff: {signature: a, b, tagline: c}",
        "2:25: `b` is not known in `signoff` | Possible here: tagline, signature. Between braces a comma",
    ),
]


@pytest.mark.parametrize(("fields", "problem"), FIELDS, ids=[fields for fields, _ in FIELDS])
def test_a_field_that_is_wrong(fields: str, problem: str | None) -> None:
    text = f"{fields}\nblocks:\n- paragraph: x\n"
    if problem is None:
        assert read_issue(text, "issue.yaml").title == "x"
        return
    [message] = told(text)
    assert message.startswith(f"issue.yaml:{problem}")


BLOCKS = [
    ("- paragraph:", "3:3: `paragraph` is empty | Write `- paragraph: …`."),
    ("- paragraph: ''", "3:14: this text is empty | Write the text"),
    ("- paragraph: {}", "3:3: `paragraph` has no `text` | Add `text: …` to it."),
    ("- paragraph: {text: }", "3:21: `text` is empty | Write `text: …`."),
    ("- paragraph: [A link]", "3:14: `paragraph` must be a text, not a list | Is it meant as a text?"),
    (
        "- paragraph: [A link](https://x.example)",
        "3:14: a text may not start with `[`: to YAML it begins a list | Put the whole text",
    ),
    ("- paragraph: {text: a, text: b}", "3:24: `text` stands here twice: first in line 3 | Delete one of the two."),
    (
        "- paragraph: see ![a map](map.png)",
        "3:18: a picture cannot stand inside a text | Write a block of its own, `- figure:`",
    ),
    ("- paragraph: '[a](b \"c\")'", "3:15: a link has no title in a mail | Delete what stands in quotes"),
    (
        f"- paragraph: {'x' * 20_001}",
        "3:14: this text is 20,001 characters long; at most 20,000 are read | Split it in several blocks.",
    ),
    (
        f"- paragraph: '{'*' * 40}a{'*' * 40}'",
        "3:15: bold and emphasis are nested more than 16 levels deep | Write each star",
    ),
    ("- paragraf: x", "3:3: `paragraf` is not a kind of block | Did you mean `paragraph`?"),
    ("- Paragraph: x", "3:3: `Paragraph` is not a kind of block | Did you mean `paragraph`?"),
    ("- header: x", "3:3: `header` is not a kind of block | Did you mean `heading`?"),
    ("- image: x.png", "3:3: `image` is not a kind of block | Did you mean `figure`?"),
    ("- image: x.png\n  alt: y", "3:3: `image` is not a kind of block | Did you mean `figure`?"),
    ("- video: x", "3:3: `video` is not a kind of block | Possible here: paragraph, heading,"),
    ("- Hello, world", "3:3: this block does not say its kind | Write `- paragraph: ` before a text."),
    ("- divider", "3:3: a colon is missing after the kind of this block | Write `- divider:`."),
    ("- paragraph:Hello", "3:12: a space is missing after this `:` | Write `- paragraph: …`."),
    ("-", "3:2: this block is empty | Delete the `- `, or write a block"),
    ("- {}", "3:3: this block is empty | Delete the `- `, or write a block"),
    ("- - paragraph: x", "3:3: this block is a list | Write one `- ` before each block"),
    (
        "- paragraph: x\n  heading: y",
        "4:3: `heading` is a block of its own | Put `- ` before it, below the `- ` of `paragraph`.",
    ),
    (
        "- paragraph: x\n  align: left",
        "4:3: `align` is not known beside `paragraph` | Possible here: text, language, when.",
    ),
    (
        "- heading: x\n  level: 3",
        "4:3: `level` is not known beside `heading` | Write the fields of `heading` in lines of their own below it",
    ),
    (
        "- figure:\n  image: x.png",
        "4:3: `image` is not known beside `figure` | Indent it deeper than `figure`, to which it belongs.",
    ),
    ("- paragraph: x\n  langage: fr", "4:3: `langage` is not known beside `paragraph` | Did you mean `language`?"),
    ("- paragraph: x\n  language: fr_FR", "4:13: “fr_FR” is not a language tag (BCP 47) | Write a tag like `fr-FR`"),
    ("- language: fr", "3:3: `language` stands alone, with no kind of block"),
    ("- chart: {type: bar}", "3:3: `chart` has no `title` | Add `title: …` to it."),
    ("- heading: {text: x, level: 1}", "3:29: `level` must be at least 2, not 1 | Write a number that is at least 2."),
    ("- heading: {text: x, level: two}", "3:29: `level` must be a whole number, not “two” | Write digits only"),
    ("- list: first", "3:9: `list` must be a list, not “first” | Write `[first, second]`"),
    ("- list: []", "3:9: `list` is empty | Fill it, or delete it."),
    ("- list:", "3:3: `list` is empty | Write `- list: …`."),
    ("- list: [a, '']", "3:13: this text is empty | Write the text"),
    ("- list: [a, ~]", "3:13: item 2 of `list` is empty | Write a value, or delete it."),
    (
        "- list:\n  - a\n  - b: c",
        "5:5: item 2 of `list` must be a text, not a mapping | A text that contains `: ` must stand in quotes.",
    ),
    (
        "- list: {items: [a], ordered: perhaps}",
        "3:31: `ordered` must be true or false, not “perhaps” | Write `true` or `false`",
    ),
    (
        "- figure: map.png",
        "3:11: `figure` must have fields, but is “map.png” | Write its fields in lines below it, indented: image, alt,",
    ),
    ("- figure:", "3:3: `figure` is empty | Write its fields below it: image, alt, caption, source, link."),
    ("- figure: {alt: x}", "3:3: `figure` has no `image` | Add `image: …` to it."),
    ("- figure: {image: x.png, alt: [a]}", "3:31: `alt` must be a text, not a list | Is it meant as a text?"),
    ("- button: {text: a}", "3:3: `button` has no `url` | Add `url: …` to it."),
    ("- button: {text: a, url: ''}", "3:26: this text is empty | Write the text"),
    ("- button: {text: a, url: 'x{{y}}'}", "3:28: the merge field `{{y}}` has no fallback | Write what stands there"),
    (
        "- quote: {text: Hello, world}",
        "3:24: `world` is not known in `quote` | Possible here: text, by, source. Between braces a comma ends a text",
    ),
    (
        "- quote: {text: Note: this}",
        "3:10: what stands between this `{` and its `}` cannot be read from line 3 on | Close it with `}`",
    ),
    (
        "- table: {header: [a, b], rows: [[1, 2], [3]]}",
        "3:42: this row has 1 cell, but the header has 2 cells | Write as many cells as columns",
    ),
    ("- table: {header: [a], rows: []}", "3:30: `rows` is empty | Fill it, or delete it."),
    (
        "- table: {header: [a], rows: [1]}",
        "3:31: item 1 of `rows` must be a list, not the number 1 | Write `[first, second]`",
    ),
    (
        "- table: {header: [a], rows: [[[1]]]}",
        "3:32: item 1 of item 1 of `rows` must be a text, not a list | Is it meant as a text?",
    ),
    ("- table: {header: [a]}", "3:3: `table` has no `rows` | Add `rows: …` to it."),
    ("- columns:", "3:3: `columns` is empty | Write `- columns: …`."),
    ("- columns: x", "3:12: these columns are no list | Write `- ` before each of the two columns"),
    ("- columns: []", "3:12: there are 0 columns here, and it takes two | Write `- ` before each"),
    ("- columns: [[paragraph: a]]", "3:12: there is 1 column here, and it takes two | Write `- ` before each"),
    (
        "- columns: [[paragraph: a], [paragraph: b], [divider: ]]",
        "3:12: there are 3 columns here, and it takes two | A mail has room for two: make two blocks of columns",
    ),
    ("- columns: [[paragraph: a], []]", "3:29: this column is empty | Put a block into it."),
    ("- columns: [[paragraph: a], ~]", "3:29: this column holds no block | Write `- ` before each"),
    (
        "- columns:\n  - - paragraph: a\n  - paragraph: b",
        "5:5: this column is a block, and no list of blocks | Write `- ` before each of the two columns, and one more",
    ),
    ("- columns: [[paragraph: a], [parag: b]]", "3:30: `parag` is not a kind of block | Did you mean `paragraph`?"),
    ("- columns: [[paragraph: a], [paragraph: ~]]", "3:30: `paragraph` is empty | Write `- paragraph: …`."),
    (
        "- columns: [[paragraph: a], [table: {header: [a], rows: [[b]]}]]",
        "3:30: a column is too narrow for a table | Put it above or below the columns. In them may stand: paragraph, ",
    ),
    (
        "- columns: [[columns: [[divider: ], [divider: ]]], [paragraph: b]]",
        "3:14: columns cannot stand in a column | Put it above or below the columns.",
    ),
    (
        "- columns: [[{paragraph: a, when: paid}], [paragraph: b]]",
        "3:29: a block in a column is for all who get the columns | Write `when` beside `columns`, or put the block",
    ),
    ("- columns: {ratio: 1:2}", "3:3: `columns` has no `sides` | Add `sides: …` to it."),
    (
        "- columns: {ratio: 1:3, sides: [[paragraph: a], [paragraph: b]]}",
        "3:20: `ratio` cannot be “1:3” | Possible here: 1:1, 1:2, 2:1.",
    ),
    (
        "- columns: [[paragraph: a], [paragraph: '{{b}}']]",
        "3:42: the merge field `{{b}}` has no fallback | ",
    ),
    ("- divider: x", "3:12: nothing may stand behind `divider:` | Write `- divider:`."),
    ("- divider: {style: dotted}", "3:12: nothing may stand behind `divider:` | Write `- divider:`."),
]


@pytest.mark.parametrize(("blocks", "problem"), BLOCKS, ids=[blocks[:60] for blocks, _ in BLOCKS])
def test_a_block_that_is_wrong(blocks: str, problem: str) -> None:
    [message] = told(f"title: T\nblocks:\n{blocks}\n- paragraph: x\n")
    assert message.startswith(f"issue.yaml:{problem}")


def test_a_file_whose_name_is_no_slug() -> None:
    [message] = told("title: T\nblocks: [{divider: }]\n", "issues/My Issue.yaml")
    assert message.startswith(
        "issues/My Issue.yaml:1:1: the file's name gives no slug: that is a-z, 0-9 and single hyphens"
    )
    assert message.endswith(" | Rename the file, or write `slug: my-issue`.")
    assert read_issue("title: T\nslug: x\nblocks: [{divider: }]\n", "issues/My Issue.yaml").slug == "x"


def test_places_count_characters_behind_emoji_in_windows_files() -> None:
    text = "\ufefftitle: 😀 {{a}}\r\nblocks:\r\n- paragraph: >-\r\n    😀😀\r\n    é {{b}}\r\n"
    assert [message.split(": ")[0] for message in told(text.encode())] == ["issue.yaml:1:10", "issue.yaml:5:7"]


def test_problems_that_yaml_explains_are_not_told_twice() -> None:
    assert len(told("title: #1 of all\nblocks:\n- paragraph: x\n")) == 1


def test_a_list_that_begins_behind_its_key_is_told_where_it_goes_wrong() -> None:
    assert [message.split(" | ")[0] for message in told("title: T\nblocks:\n- list: first\n    - second\n")] == [
        "issue.yaml:3:9: `list` must be a list, not “first - second”",
        "issue.yaml:4:5: to YAML this is no item of a list: it continues the text in line 3",
    ]


BESIDE = [
    ("- paragraph: x\n  wen: paid", "4:3: `wen` is not known beside `paragraph` | Did you mean `when`?"),
    ("- paragraph: x\n  when: {a: b}", "4:9: `when` must be a text, not a mapping | Is it meant as a text?"),
    ("- paragraph: x\n  when:", "4:3: `when` is empty | Write the name of a segment behind it, or delete the line."),
    ("- paragraph: x\n  when: ~", "4:3: `when` is empty | Write the name of a segment behind it, or delete the line."),
    ("- paragraph: x\n  language:", "4:3: `language` is empty | Write a tag like `fr` behind it, or delete the line."),
    ("- columns: [[{paragraph: a, language: }], [paragraph: b]]", "3:29: `language` is empty | "),
    (
        "- paragraph: x\n  when: [paid, french]",
        "4:9: `when` names one segment, not several | Write one; for the people",
    ),
    (
        "- quote: {text: x, language: fr}",
        "3:20: `language` stands beside `quote`, not in it | Write `language: …` in a line of its own below, as deep as",
    ),
    ("- divider: {when: paid}", "3:13: `when` stands beside `divider`, not in it | "),
    ("- paragraph: x\n  when: ' '", "4:10: this names no segment | Write the name of a segment of dispatch.yaml"),
    ("- when: paid", "3:3: `when` stands alone, with no kind of block | Write it beside the kind: `- paragraph: …`"),
    ("- paragraph:\n  when: paid", "3:3: `paragraph` is empty | Write `- paragraph: …`."),
    ("- paragraph: x\n  when: piad", "4:9: there is no segment piad in dispatch.yaml | Did you mean `paid`?"),
    ("- paragraph: x\n  when: paid", "4:3: every block is for some readers only: nothing is left for the others"),
]


@pytest.mark.parametrize(("block", "problem"), BESIDE)
def test_what_may_not_stand_beside_a_kind(block: str, problem: str) -> None:
    with pytest.raises(InvalidIssue) as caught:
        read_issue(f"title: T\nblocks:\n{block}\n", "issue.yaml", segments=["paid", "french"])
    messages = [f"{each.location}: {each.message} | {each.remedy}" for each in caught.value.problems]
    assert any(message.startswith(f"issue.yaml:{problem}") for message in messages), messages


def test_without_segments_there_is_none_to_name() -> None:
    text = "title: T\nblocks:\n- paragraph: x\n- paragraph: y\n  when: paid\n"
    with pytest.raises(InvalidIssue, match="Add it there, below `segments:`"):
        read_issue(text, "issue.yaml", segments={})
