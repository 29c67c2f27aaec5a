"""The JSON Schema accepts what `read_issue` reads, and refuses what an editor can refuse."""

import pytest
from jsonschema import Draft202012Validator

from dispatch.content.blocks import KINDS, Beside
from dispatch.content.issue import Issue, read_issue
from dispatch.content.schema import SCHEMAS, issue_json_schema, terms_json_schema
from dispatch.content.terms import read_terms
from dispatch.testing.samples import SAMPLE_ISSUE
from dispatch.yaml_source import read_yaml

VALIDATOR = Draft202012Validator(issue_json_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def accepts(text: str) -> bool:
    return bool(VALIDATOR.is_valid(read_yaml(text, "x.yaml").value))


def with_blocks(blocks: str) -> str:
    return f"title: T\nblocks:\n{blocks}\n"


@pytest.mark.parametrize("kind", SCHEMAS)
def test_it_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind]())


GOOD = [
    SAMPLE_ISSUE,
    "title: 2026\ntags: [1]\nsubtitle:\ndate:\ncover:\nsignoff:\nblocks: [{divider: }]\n",
    "title: T\ndate: 2026-03-02\nslug: a-b\nlanguage: pt-BR\nblocks: [{divider: {}}]\n",
    with_blocks("- list: {items: [1, a], ordered: true}"),
    with_blocks("- quote: x\n  language: fr\n- language: pt-BR\n  divider:"),
    with_blocks("- heading: 2026"),
    with_blocks("- columns: [[{paragraph: x}, {divider: }], [{list: [1], language: fr}]]\n  when: paid\n- divider:"),
    with_blocks("- columns:\n    ratio: 1:2\n    sides: [[{heading: x}], [{quote: {text: y, by: z}}]]"),
    with_blocks("- figure: {image: x.png, alt: , caption: }"),
    with_blocks("- table: {header: [a, ~], rows: [[1, '']]}"),
    with_blocks("- divider:\n- paragraph: x\n  when: paid\n- when: paid\n  heading: y\n- divider:"),
]


@pytest.mark.parametrize("text", GOOD)
def test_what_is_read_is_accepted(text: str) -> None:
    assert read_issue(text, "x.yaml").title
    assert accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "blocks: [{divider: }]\n",
        "title: T\n",
        "title: T\nblocks: []\n",
        "title:\nblocks: [{divider: }]\n",
        "title: [T]\nblocks: [{divider: }]\n",
        "titel: T\ntitle: T\nblocks: [{divider: }]\n",
        "title: T\ndate: 2026-02-30\nblocks: [{divider: }]\n",
        "title: T\nslug: A B\nblocks: [{divider: }]\n",
        "title: T\nlanguage: French\nblocks: [{divider: }]\n",
        "title: T\ncover: {alt: x}\nblocks: [{divider: }]\n",
        with_blocks("- paragraph:"),
        with_blocks("- paragraf: x"),
        with_blocks("- paragraph: [x]"),
        with_blocks("- paragraph: x\n  heading: y"),
        with_blocks("- paragraph: x\n  language: French"),
        with_blocks("- heading: {text: x, level: 1}"),
        with_blocks("- button: {text: x}"),
        with_blocks("- divider: x"),
        with_blocks("- chart: {}"),
        with_blocks("- list: []"),
        with_blocks("- divider"),
        with_blocks("- when: paid"),
        with_blocks("- paragraph: x\n  when: [paid]"),
        with_blocks("- paragraph: x\n  when:"),
        with_blocks("- paragraph: x\n  language:"),
    ],
)
def test_what_is_refused_by_shape_is_refused_by_the_schema(text: str) -> None:
    assert not accepts(text)


def test_every_field_and_kind_is_described() -> None:
    schema = issue_json_schema()
    assert set(schema["properties"]) == set(Issue.model_fields)
    assert all(each["description"] for each in schema["properties"].values())
    kinds = schema["$defs"]["Block"]["properties"]
    assert set(kinds) == {*KINDS, *Beside.model_fields}
    assert all("```yaml" in kinds[kind]["description"] for kind in KINDS)
    assert all(kinds[key]["description"] for key in Beside.model_fields)


@pytest.mark.parametrize(
    "text",
    [
        "terms:\naccept:\n",
        "terms: {Putin: [Poutine], 9/11: 9-11, B-52: 52}\naccept: [KCNA, 3]\n",
        "accept: KCNA\n",
    ],
)
def test_terms_that_are_read_are_accepted(text: str) -> None:
    assert read_terms(text, "terms.yaml")
    assert Draft202012Validator(terms_json_schema()).is_valid(read_yaml(text, "terms.yaml").value)


@pytest.mark.parametrize("text", ["- a\n", "term: {}\n", "terms: [a]\n", "terms: {a: }\n", "accept: {a: b}\n"])
def test_what_are_no_terms_is_refused(text: str) -> None:
    assert not Draft202012Validator(terms_json_schema()).is_valid(read_yaml(text, "terms.yaml").value)
