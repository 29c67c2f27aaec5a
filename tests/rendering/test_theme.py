"""A newsletter's templates over the built-in ones, with errors at their lines."""

from pathlib import Path

import pytest

from dispatch.errors import InvalidIssue, InvalidTheme
from dispatch.rendering.compiled import CompiledIssue
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.pictures import PictureShelf
from dispatch.rendering.slots import fill
from dispatch.rendering.theme import Theme, ThemeSettings, built_in_templates
from dispatch.testing.samples import sample_issue

from .conftest import FACTS, VALUES, draw


@pytest.fixture
def newsletter(tmp_path: Path) -> Path:
    """A newsletter folder with the sample's pictures and an empty templates folder."""
    for name in ("cover", "map", "line"):
        draw(tmp_path / f"images/{name}.png", 600, 300)
    (tmp_path / "templates/blocks").mkdir(parents=True)
    return tmp_path


def compiled(newsletter: Path, settings: ThemeSettings | None = None) -> CompiledIssue:
    theme = Theme(newsletter, settings or ThemeSettings())
    return compile_issue(sample_issue(), theme, FACTS, pictures=PictureShelf(newsletter), embed=True)


def told(newsletter: Path) -> str:
    with pytest.raises(InvalidTheme) as caught:
        compiled(newsletter)
    return str(caught.value)


def test_a_template_of_the_newsletter_stands_over_the_built_in_one(newsletter):
    (newsletter / "templates/blocks/divider.mjml.j2").write_text('<p class="mine">* * *</p>')
    html = fill(compiled(newsletter).html, VALUES)
    assert 'class="mine"' in html
    assert "<blockquote" in html


def test_a_template_that_was_changed_is_read_anew(newsletter):
    template = newsletter / "templates/blocks/divider.mjml.j2"
    for text in ("* * *", "# # #", "* * *"):
        template.write_text(f'<p class="mine">{text}</p>')
        assert text in fill(compiled(newsletter).html, VALUES)


def test_the_built_in_theme_has_the_partials_of_every_kind():
    names = {path.name for path in (built_in_templates() / "blocks").iterdir()}
    for kind in ("paragraph", "heading", "list", "figure", "quote", "button", "callout", "table", "divider"):
        assert {f"{kind}.mjml.j2", f"{kind}.txt.j2", f"{kind}.html.j2"} <= names


@pytest.mark.parametrize(
    ("template", "content", "expected"),
    [
        ("blocks/quote.mjml.j2", "<p>\n{% if %}</p>", "templates/blocks/quote.mjml.j2:2: "),
        ("blocks/quote.mjml.j2", "<p>\n\n{{ block.txt }}</p>", "templates/blocks/quote.mjml.j2:3: UndefinedError: "),
        ("blocks/quote.mjml.j2", "\n{{ 1 / 0 }}", "templates/blocks/quote.mjml.j2:2: ZeroDivisionError"),
        ("blocks/quote.mjml.j2", "{{ block.text | shout }}", "templates/blocks/quote.mjml.j2:1: No filter named 'shout'"),
        ("blocks/quote.mjml.j2", "a\n{% include 'gone.j2' %}", "there is no template gone.j2"),
        ("blocks/quote.mjml.j2", "<p>a</p>\n<p>b", "templates/blocks/quote.mjml.j2:2: not well-formed"),
        ("blocks/quote.mjml.j2", "<mj-text>\n<p>\n<font>b</font></p></mj-text>", "quote.mjml.j2:3: <font> is not allowed"),
        ("blocks/quote.mjml.j2", "<mj-text padding='0'>a</mj-text>", 'quote.mjml.j2:1: padding="0" in <mj-text>'),
        ("blocks/quote.mjml.j2", "<mj-spacer/><mj-section><mj-column/></mj-section>", "inside <mj-column>\n    columns are a section of their own"),
        ("blocks/quote.txt.j2", "\n\n{{ nothing }}", "templates/blocks/quote.txt.j2:3: UndefinedError: 'nothing' is undefined"),
        ("inline.css.j2", "p { a: b }\n@media x { p { a: b } }", "templates/inline.css.j2:2: @media cannot be inlined"),
        ("dark.css.j2", "p { a: b }\n}", "templates/dark.css.j2:2: broken CSS"),
        ("email.mjml.j2", "<mjml lang='en' dir='ltr'><mj-body>\n{{ newsletter.nam }}</mj-body></mjml>", "email.mjml.j2:2: "),
    ],
)  # fmt: skip
def test_a_mistake_in_a_template_is_told_at_its_line(newsletter, template, content, expected):
    (newsletter / "templates" / template).write_text(content)
    assert expected in told(newsletter)


def test_a_field_where_none_may_stand_is_told_as_the_themes_fault(newsletter):
    (newsletter / "templates/blocks/divider.mjml.j2").write_text('<p class="{{ unsubscribe_url }}">a</p>')
    assert "{{unsubscribe_url|…}} stands in the attribute class of <p>" in told(newsletter)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ issue.model_construct.__globals__ }}",
        "{{ lipsum }}",
        "{{ cycler }}",
        "{{ range(10) }}",
        "{{ [].append(1) }}",
        "{{ '{0.__class__}'.format(issue) }}",
    ],
)
def test_templates_reach_nothing_but_what_they_are_given(newsletter, attack):
    (newsletter / "templates/blocks/divider.mjml.j2").write_text(attack)
    assert "divider.mjml.j2:1: " in told(newsletter)


def test_text_of_the_issue_is_never_a_template_and_always_escaped(newsletter):
    (newsletter / "templates/blocks/divider.mjml.j2").write_text("<p>{{ '<b>{{ 7 * 7 }}</b>' }}</p>")
    assert "&lt;b&gt;{{ 7 * 7 }}&lt;/b&gt;" in fill(compiled(newsletter).html, VALUES)


def test_accent_font_and_logo_are_honoured(newsletter):
    draw(newsletter / "images/logo.png", 640, 160)
    settings = ThemeSettings(accent="#0a4cc0", font='"Iowan Old Style", Palatino', logo="images/logo.png")
    issue = compiled(newsletter, settings)
    html = fill(issue.html, VALUES)
    assert "#0a4cc0" in html
    assert "#a3241b" not in html
    assert "#ff8a7a" not in html
    assert "font-family:'Iowan Old Style',Palatino" in html
    logo = issue.pictures[0]
    assert f'<img src="cid:{logo.content_id}" alt="The River Letter" width="160" height="40"' in html
    assert (logo.width, logo.height) == (320, 80)


def test_a_missing_logo_is_told_where_it_is_set(newsletter):
    with pytest.raises(InvalidIssue, match=r"dispatch\.yaml: there is no picture images/log\.png"):
        compiled(newsletter, ThemeSettings(logo="images/log.png"))
