"""pydantic's errors reach a writer as sentences at the right place, all in one run."""

from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dispatch.errors import InvalidConfig
from dispatch.yaml_model import Fault, all_wrong, did_you_mean, parse_model, wrong
from dispatch.yaml_source import read_yaml


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


def _without_x(text: str) -> str:
    faults = [
        Fault(f"an x at {index}", "Delete it.", index) for index, character in enumerate(text) if character == "x"
    ]
    if faults:
        raise all_wrong(faults)
    return text


def _even(number: int) -> int:
    if number % 2:
        raise wrong("an odd number", "Write an even one.")
    return number


class Inner(Strict):
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    tls: Literal["starttls", "tls", "none"] = "none"


class Post(Strict):
    token: str


class Model(Strict):
    name: Annotated[str, AfterValidator(_without_x)]
    from_: str = Field("", alias="from")
    even: Annotated[int, AfterValidator(_even)] = 0
    ratio: float = 0.0
    probe: bool = False
    tags: tuple[str, ...] = ()
    inner: Inner | None = None
    carrier: Inner | Post | None = None
    table: dict[str, Inner] = {}
    ordered: Annotated[list[int], Field(min_length=1)] = [1]
    url: Annotated[str, Field(pattern="^https:")] = "https:"


def told(text: str) -> list[str]:
    with pytest.raises(InvalidConfig) as caught:
        parse_model(read_yaml(text, "x.yaml"), Model, InvalidConfig)
    assert all(problem.remedy.endswith((".", "?")) for problem in caught.value.problems)
    return [f"{problem.location}: {problem.message} | {problem.remedy}" for problem in caught.value.problems]


def test_what_is_right_becomes_a_model() -> None:
    text = (
        "name: 007\nfrom: a\neven: 4\nratio: 1\nprobe: true\ntags: [1, b]\ninner: {host: h}\ntable: {a: {host: 1.50}}\n"
    )
    model = parse_model(read_yaml(text, "x.yaml"), Model, InvalidConfig)
    assert (model.name, model.from_, model.even, model.tags) == ("007", "a", 4, ("1", "b"))
    assert model.table["a"].host == "1.50"
    assert type(model.even) is int


def test_all_problems_are_told_in_the_order_of_the_file() -> None:
    text = """\
nmae: Newsletter
even: 3
ratio: high
probe: perhaps
tags: news
inner: {host: true, port: 0, tls: startls, user: me}
ordered: []
"""
    assert told(text) == [
        "x.yaml:1:1: `name` is missing | Write a line `name: …`.",
        "x.yaml:1:1: `nmae` is not known | Did you mean `name`?",
        "x.yaml:2:7: an odd number | Write an even one.",
        "x.yaml:3:8: `ratio` must be a number, not “high” | Write digits, without quotes.",
        "x.yaml:4:8: `probe` must be true or false, not “perhaps” | Write `true` or `false`, without quotes.",
        "x.yaml:5:7: `tags` must be a list, not “news” | Write `[first, second]`, or each item after `- `.",
        'x.yaml:6:15: `host` must be a text, not the truth value true | Put it in quotes: "true".',
        "x.yaml:6:27: `port` must be at least 1, not 0 | Write a number that is at least 1.",
        "x.yaml:6:35: `tls` cannot be “startls” | Did you mean `starttls`?",
        "x.yaml:6:44: `user` is not known in `inner` | Possible here: host, port, tls.",
        "x.yaml:7:10: `ordered` is empty | Fill it, or delete it.",
    ]


def test_several_faults_of_one_text_are_told_at_their_characters() -> None:
    assert told("name: >-\n  an x\n  and x\n") == [
        "x.yaml:2:6: an x at 3 | Delete it.",
        "x.yaml:3:7: an x at 9 | Delete it.",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name:\n", "x.yaml:1:6: `name` is empty | Write a value, or delete it."),
        ("name: n\neven:\n", "x.yaml:2:6: `even` is empty | Write a value, or delete it."),
        ("name: n\ninner:\n  port: 1\n", "x.yaml:2:1: `inner` has no `host` | Add `host: …` to it."),
        ("name: n\ntable:\n  a: {}\n", "x.yaml:3:3: `a` has no `host` | Add `host: …` to it."),
        (
            "name: n\ninner: h\n",
            "x.yaml:2:8: `inner` must have fields, but is “h” | Write its fields in lines below it, indented: host, port, tls.",
        ),
        (
            "name: n\ntable: [a]\n",
            "x.yaml:2:8: `table` must have fields, but is a list | Write its fields in lines below it, indented: host, port, tls.",
        ),
        (
            "name: n\neven: 2.5\n",
            "x.yaml:2:7: `even` must be a whole number, not the number 2.5 | Write digits only, without quotes.",
        ),
        (
            "name: n\ntags: [a, [b]]\n",
            "x.yaml:2:11: item 2 of `tags` must be a text, not a list | Is it meant as a text? Put the",
        ),
        (
            "name: n\ntags: [a, {b: c}]\n",
            "x.yaml:2:11: item 2 of `tags` must be a text, not a mapping | Is it meant as a text? Put the",
        ),
        (
            "name: n\ntags:\n- b: c\n",
            "x.yaml:3:3: item 1 of `tags` must be a text, not a mapping | A text that contains `: ` must stand in quotes.",
        ),
        (
            "name: n\nordered: [a, 1]\n",
            "x.yaml:2:11: item 1 of `ordered` must be a whole number, not “a” | Write digits only",
        ),
        (
            "name: n\nordered: [a]\n",
            "x.yaml:2:11: item 1 of `ordered` must be a whole number, not “a” | Write digits only",
        ),
        (
            "name: n\ninner: {host: a, b, port: 1}\n",
            "x.yaml:2:18: `b` is not known in `inner` | Possible here: host, port, tls. Between braces a comma",
        ),
        ("name: n\nfrom_: n\n", "x.yaml:2:1: `from_` is not known | Did you mean `from`?"),
        ("name: n\nFrom: n\n", "x.yaml:2:1: `From` is not known | Did you mean `from`?"),
        (
            "name: n\nurl: http:x\n",
            "x.yaml:2:6: `url`: string should match pattern '^https:' | `dispatch schema` prints what may stand here.",
        ),
        (
            "name: n\ninner: {host: h, tls: " + "y" * 50 + "}\n",
            "x.yaml:2:23: `tls` cannot be “" + "y" * 39 + "…” | Possible here: starttls, tls, none.",
        ),
        (
            "- a\n",
            "x.yaml:1:1: the file must have fields, but is a list | Write its fields in lines below it, indented: name, from,",
        ),
        ("", "x.yaml:1:1: the file is empty | Write a value, or delete it."),
    ],
)
def test_one_problem(text: str, problem: str) -> None:
    [message] = told(text)
    assert message.startswith(problem)


def test_of_the_members_of_a_union_the_first_complains() -> None:
    assert told("name: n\ncarrier: {port: x}\n") == [
        "x.yaml:2:1: `carrier` has no `host` | Add `host: …` to it.",
        "x.yaml:2:1: `carrier` has no `token` | Add `token: …` to it.",
        "x.yaml:2:17: `port` must be a whole number, not “x” | Write digits only, without quotes.",
    ]


def test_a_part_of_a_document_is_read_below_its_path() -> None:
    document = read_yaml("a:\n- {host: h}\n- {host: []}\n", "x.yaml")
    assert parse_model(document, Inner, InvalidConfig, path=("a", 0)).host == "h"
    with pytest.raises(InvalidConfig, match=r"x\.yaml:3:10: `host` must be a text"):
        parse_model(document, Inner, InvalidConfig, path=("a", 1))


def test_a_short_form_is_complained_about_where_it_stands() -> None:
    document = read_yaml("a: [x]\n", "x.yaml")
    with pytest.raises(InvalidConfig, match=r"x\.yaml:1:4: `a` must be a text"):
        parse_model(document, Inner, InvalidConfig, path=("a",), value={"host": ["x"]})


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("Title", "Did you mean `title`?"),
        ("“title”", "Did you mean `title`?"),
        ("sub-title", "Did you mean `subtitle`?"),
        ("zzz", "Possible here: title, subtitle."),
    ],
)
def test_did_you_mean(word: str, answer: str) -> None:
    assert did_you_mean(word, ["title", "subtitle"]) == answer


def test_nothing_may_stand_where_nothing_is_known() -> None:
    assert did_you_mean("x", []) == "Delete it: nothing may stand here."
