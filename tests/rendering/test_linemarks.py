"""Output of templates is traced back to their lines."""

from jinja2 import DictLoader, Environment

from dispatch.rendering.linemarks import LineMarks, Origin, for_part, take_marks

TEMPLATES = {
    "outer.mjml.j2": 'one "{{ x }}"\n{% if x -%}\n   two {# a\ncomment #}\nthree\n{% endif %}{% include "inner.mjml.j2" %}\nlast',
    "inner.mjml.j2": "inner one\ninner two",
    "plain.txt.j2": "a\nb",
    "fields.mjml.j2": "{{ x.issue.title }}{{ words | join(issue.author) }}{{ issue.signoff.tagline }}{{ issue.a }}\n{{ date }}!{{ x.date }}",
}


def rendered(name: str, **context: object) -> str:
    environment = Environment(loader=DictLoader(TEMPLATES), extensions=[LineMarks], autoescape=True)
    return environment.get_template(name).render(context)


def test_each_line_knows_its_template_and_line():
    text, origins = take_marks(rendered("outer.mjml.j2", x="value\nwith lines"))
    lines = text.split("\n")
    assert lines == ['one "value', 'with lines"', "two ", "three", "inner one", "inner two", "last"]
    places = {line: origins(number) for number, line in enumerate(lines, start=1)}
    assert places['one "value'] == Origin("outer.mjml.j2", 1)
    assert places["two "] == Origin("outer.mjml.j2", 3)
    assert places["three"] == Origin("outer.mjml.j2", 5)
    assert places["inner two"] == Origin("inner.mjml.j2", 2)
    assert places["last"] == Origin("outer.mjml.j2", 7)


def test_a_line_beyond_the_end_is_the_last():
    _, origins = take_marks(rendered("inner.mjml.j2"))
    assert origins(99) == Origin("inner.mjml.j2", 2)


def test_other_templates_are_left_alone():
    assert rendered("plain.txt.j2") == "a\nb"


def test_each_character_knows_its_template_its_line_and_its_part_of_the_issue():
    text, origins = take_marks("before " + for_part(rendered("outer.mjml.j2", x="value"), ("blocks", 7, "list")))
    part = ("blocks", 7, "list")
    assert origins.at(0) == Origin()
    assert origins.at(text.index("value")) == Origin("outer.mjml.j2", 1, part)
    assert origins.at(text.index("three")) == Origin("outer.mjml.j2", 5, part)
    assert origins.at(text.index("inner two")) == Origin("inner.mjml.j2", 2, part)
    assert origins.at(text.index("last")) == Origin("outer.mjml.j2", 7, part)


def test_what_an_expression_writes_of_the_issue_knows_its_field() -> None:
    issue = {"author": "B", "signoff": {"tagline": "C"}, "a": "D"}
    x = {"issue": {"title": "A"}, "date": "F"}
    text, origins = take_marks(rendered("fields.mjml.j2", issue=issue, x=x, words="12", date="E"))
    assert text == "A1B2CD\nE!F"
    parts = {character: origins.at(position).part for position, character in enumerate(text)}
    assert {character: part for character, part in parts.items() if part} == {
        **dict.fromkeys("1B2", ("author",)),
        "C": ("signoff", "tagline"),
        "D": ("a",),
        "E": ("date",),
    }
