"""The documentation says what is there, every command, setting, block and provider, and nothing that is not."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import json
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner
from PIL import Image
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from clones import git
from comparison.letters import letter_of
from dispatch import errors
from dispatch.checks.check import Finding, Severity
from dispatch.checks.waivers import Waived
from dispatch.cli.group import cli
from dispatch.cli.standing import exit_code
from dispatch.comparison.difference import compare
from dispatch.comparison.report import difference_as_json
from dispatch.config import load_config
from dispatch.content.blocks import KINDS, Beside, Block
from dispatch.content.issue import Cover, Issue, Signoff, read_issue
from dispatch.content.terms import MOST_FORMS, TermsFile, read_terms
from dispatch.delivery import preparation
from dispatch.delivery.mailing import MailingState, Tally
from dispatch.delivery.report import Trace
from dispatch.doctor.examination import DnsRecord, Observation
from dispatch.inspection.report import finding_as_json, waived_as_json
from dispatch.location import Location
from dispatch.providers import PROVIDERS, default_images, open_provider
from dispatch.providers.provider import Capabilities
from dispatch.rendering.compiled import RESERVED_FIELDS
from dispatch.starter import write_newsletter
from dispatch.subscribers.csv_header import ALIASES
from dispatch.subscribers.csv_rows import Rejected
from dispatch.subscribers.membership import AdditionReport
from dispatch.subscribers.subscriber import NOT_IN_FILE, STANDARD_COLUMNS, HistoryEntry, Reason, Suppression
from dispatch.subscribers.subscriber import Status as Membership

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
REFERENCE = TEXTS["docs/reference.md"]

WRITER = runpy.run_path(str(ROOT / "tools" / "write_docs.py"))
COMMANDS: dict[str, click.Context] = WRITER["commands"]()

MINIMAL = {
    "newsletter": "newsletter: {name: Rivers, url: https://newsletter.example, postal_address: 1 River Street}\n",
    "from": "from: Rivers <news@newsletter.example>\n",
}
OPTIONS = {
    "mailgun": {"api_key": "x", "domain": "x.example"},
    "outbox": {},
    "postmark": {"token": "x"},
    "smtp": {"host": "mail.example.org"},
}


def section(title: str, text: str = REFERENCE) -> str:
    """What stands below a heading, up to the next one that is as high."""
    (found,) = re.finditer(rf"^(#+) {re.escape(title)}\n", text, re.MULTILINE)
    end = re.compile(rf"^#{{1,{len(found[1])}}} ", re.MULTILINE).search(text, found.end())
    return text[found.end() : end.start() if end else None]


def rows(text: str) -> dict[str, list[str]]:
    """The rows of all tables in a text by their first cell, which stands in backticks or by itself."""
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in text.splitlines() if line.startswith("| ")]
    return {row[0].strip().strip("`"): [cell.strip() for cell in row[1:]] for row in cells}


def fences(language: str, text: str) -> list[str]:
    """The blocks of code in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# --- commands ------------------------------------------------------------------------------------


def test_the_help_texts_are_those_of_the_commands() -> None:
    assert WRITER["reference"](REFERENCE) == REFERENCE, "run: .venv/bin/python tools/write_docs.py"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_its_help(name: str) -> None:
    (help_text,) = fences("text", section(f"`dispatch {name}`").partition("\n### ")[0])
    assert help_text == COMMANDS[name].get_help() + "\n"


def test_no_section_is_about_a_command_that_is_gone() -> None:
    assert set(re.findall(r"^### `dispatch (.*)`$", REFERENCE, re.MULTILINE)) == set(COMMANDS)


def test_the_options_of_the_command_itself_are_told() -> None:
    root = COMMANDS["init"].parent
    assert root
    options = [option for parameter in root.command.get_params(root) for option in parameter.opts]
    assert {"-c", "--config", "-V", "--version", "-h", "--help"} == set(options)
    assert all(re.search(rf"`{option}[` ]", section("Commands")) for option in options)


def commands_in(text: str) -> Iterator[list[str]]:
    """The `dispatch …` command lines in the blocks of shell code, each without the word `dispatch`."""
    for line in "".join(fences("sh", text)).splitlines():
        for part in re.split(r" && | \| ", line):
            words = shlex.split(part, comments=True)
            if words[:1] == ["dispatch"]:
                yield words[1:]


SHELL = [(page, words) for page, text in TEXTS.items() for words in commands_in(text)]


@pytest.mark.parametrize(("page", "words"), SHELL, ids=[f"{page}: {' '.join(words)}" for page, words in SHELL])
def test_a_command_line_in_a_page_would_be_understood(page: str, words: list[str]) -> None:
    name = max((name for name in COMMANDS if words[: len(name.split())] == name.split()), key=len)
    known = COMMANDS[name]
    known.command.make_context(name, words[len(name.split()) :], parent=known.parent)


@pytest.mark.parametrize("page", TEXTS)
def test_commands_within_a_sentence_are_known_with_their_options(page: str) -> None:
    prose = re.sub(r"^```.*?^```$", "", TEXTS[page], flags=re.MULTILINE | re.DOTALL)
    for text in re.findall(r"`dispatch ([a-z][^`]*)`", prose):
        words = text.split()
        name = next((name for name in (" ".join(words[:2]), words[0]) if name in COMMANDS), None)
        assert name, text
        known = {option for parameter in COMMANDS[name].command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= {*known, "-h", "--help"}, text


def test_every_exit_code_is_explained() -> None:
    raised = {kind.exit_code for kind in vars(errors).values() if inspect.isclass(kind) and hasattr(kind, "exit_code")}
    ended = {exit_code(SimpleNamespace(state=state)) for state in MailingState}
    assert rows(section("Exit codes")).keys() - {"code", "---"} == {*map(str, {0, 2} | raised | ended)}


# --- JSON ----------------------------------------------------------------------------------------

OBJECTS = [json.loads(block) for block in fences("json", section("JSON"))]


def fields(record: type) -> set[str]:
    return {field.name for field in dataclasses.fields(record)}


def example_with(*keys: str) -> dict[str, Any]:
    """The example object that has these keys."""
    objects = [found for example in OBJECTS for found in (example if isinstance(example, list) else [example])]
    (found,) = [found for found in objects if set(keys) <= found.keys()]
    return found


def test_the_numbers_of_a_mailing_add_up() -> None:
    status = example_with("mailing", "state")
    assert status["audience"] == sum(status[name] for name in fields(Tally))


def test_what_stands_within_an_example_is_what_is_printed() -> None:
    (finding,) = example_with("findings")["findings"]
    found = Finding("a", Severity.ERROR, Location("f"), "m", "h")
    assert finding.keys() == finding_as_json(found).keys()
    (waived,) = example_with("findings")["waived"]
    assert waived.keys() == waived_as_json(Waived(found, "r")).keys()
    (observation,) = example_with("observations")["observations"]
    assert observation.keys() == fields(Observation)
    assert observation["record"].keys() == fields(DnsRecord)
    explanation = example_with("history")
    assert explanation["suppression"].keys() == fields(Suppression)
    assert explanation["history"][0].keys() == fields(HistoryEntry)
    assert explanation["mailings"][0].keys() == fields(Trace)
    assert example_with("encoding")["rejected"][0].keys() == set(Rejected._fields)
    assert example_with("left_out").keys() == fields(AdditionReport) - {"sync"}
    letter = letter_of("  - paragraph: One **two**.\n")
    difference = compare(letter, letter_of("  - paragraph: One two.\n  - figure: {image: dot.png, alt: A dot}\n"))
    told, (shown,) = difference_as_json(difference), example_with("notes")["issues"]
    assert shape_of([told]) == shape_of([shown])
    for key in ("before", "after", "look", "findings", "problems", "parts", "pictures"):
        assert shape_of(shown[key]) == shape_of(told[key])


# In the order in which a newsletter lives: each begins where the one before has ended.
REPORTING = (
    "check",
    "check helo",
    "diff",
    "test hello --to me@example.org",
    "send hello --dry-run",
    "send hello --yes",
    "send hello --yes",
    "resume",
    "status",
    "settle",
    "why ada@example.org",
    "subscribers list",
    "subscribers import",
    "doctor",
    "config show",
)


@pytest.fixture(scope="module")
def newsletter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsletter with a hosted picture."""
    folder = tmp_path_factory.mktemp("newsletter")
    write_newsletter(folder)
    (folder / "images").mkdir()
    Image.new("RGB", (8, 8), "red").save(folder / "images" / "red.png")
    with (folder / "issues" / "hello.yaml").open("a", encoding="utf-8") as issue:
        issue.write("cover: {image: images/red.png, alt: Red}\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "One")
    return folder


@pytest.fixture(scope="module")
def printed(newsletter: Path) -> list[tuple[str, Any]]:
    """What the reporting commands print with `--json`."""
    runner = CliRunner(env={"DISPATCH_IMAGES": "hosted"})
    with contextlib.chdir(newsletter):
        runner.invoke(cli, ["preview", "--address"])
        return [(line, json.loads(runner.invoke(cli, [*line.split(), "--json"]).stdout)) for line in REPORTING]


def test_what_a_command_prints_has_the_keys_of_an_example(printed: list[tuple[str, Any]]) -> None:
    examples = [shape_of(example) for example in OBJECTS]
    assert [line for line, value in printed if shape_of(value) not in examples] == []


def shape_of(value: Any) -> object:
    """An object's keys, or those of the first one in a list."""
    return [shape_of(item) for item in value[:1]] if isinstance(value, list) else value.keys()


@pytest.mark.usefixtures("printed")
def test_the_files_in_dispatch_are_those_that_are_told(newsletter: Path) -> None:
    made = {f"{path.name}/" if path.is_dir() else path.name for path in (newsletter / ".dispatch").iterdir()}
    online = {"links.json", "proofreading.json"}  # no test asks the web, or an engine for all that it does not want
    assert rows(section("Files in .dispatch")).keys() - {"file", "---"} - online == made - {
        "dispatch.db-wal",
        "dispatch.db-shm",
    }


def test_every_state_is_explained() -> None:
    told = rows(section("States", TEXTS["docs/delivery.md"])).keys() - {"state", "---"}
    assert told == {*MailingState, *fields(Tally)}


# --- dispatch.yaml -------------------------------------------------------------------------------


def test_every_setting_is_told_with_its_default(tmp_path: Path) -> None:
    (tmp_path / "dispatch.yaml").write_text("".join(MINIMAL.values()))
    told = rows(section("dispatch.yaml"))
    settings = load_config(tmp_path, environ={}).as_table()
    for key, value, origin in settings:
        default = value.replace("https://newsletter.example", "{newsletter.url}")
        expected = (f"`{default}`" if default else "—") if origin == "default" else "required"
        assert told[key][1] == expected, key
    others = {
        "keys",
        "segments.<name>",
        "checks.severity.<check>",
        "checks.allow.<check>",
        "providers.<name>",
    }
    assert {key for key in told if key not in ("setting", "---")} == {*others, *(key for key, _, _ in settings)}


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_option_of_a_provider_is_told_with_its_default(name: str, tmp_path: Path) -> None:
    provider = type(open_provider(name, OPTIONS[name], folder=tmp_path))
    told = rows(section(f"`{name}`", section("Providers")))
    parameters = inspect.signature(provider).parameters
    assert told.keys() - {"option", "---"} == parameters.keys()
    for option, parameter in parameters.items():
        required = parameter.default is parameter.empty
        assert told[option][1] == ("required" if required else f"`{parameter.default}`" if parameter.default else "—")


def test_what_every_provider_can_do_is_told(tmp_path: Path) -> None:
    told = {name.partition("`")[0]: cells for name, cells in rows(section("Providers")).items()}
    names = [cell.strip("`") for cell in told["capability"]]
    assert sorted(names) == sorted(PROVIDERS)
    for column, name in enumerate(names):
        capabilities = open_provider(name, OPTIONS[name], folder=tmp_path).capabilities
        for field in dataclasses.fields(Capabilities):
            assert told[field.name][column].partition(", but")[0] == in_words(getattr(capabilities, field.name))
        assert told["images"][column] == default_images(name)


def in_words(value: float | bool | None) -> str:
    named = {float("inf"): "for ever", None: "—", 0: "—"}
    return ("no", "yes")[value] if isinstance(value, bool) else named.get(value) or f"{value:,}"


# --- the issue file ------------------------------------------------------------------------------


def documented(model: type[BaseModel]) -> list[str]:
    """The rows that tell of a model's fields."""
    return [f"| `{name}` | {_default(field)} | {field.description} |" for name, field in model.model_fields.items()]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return "" if field.default in (None, "", (), {}) else f"`{str(field.default).lower()}`"


@pytest.mark.parametrize("model", [Issue, Cover, Signoff])
def test_every_field_of_an_issue_is_told(model: type[BaseModel]) -> None:
    assert "\n".join(documented(model)) in section("The issue file")


@pytest.mark.parametrize("kind", KINDS)
def test_every_block_is_told_with_all_its_fields_and_in_all_its_forms(kind: str) -> None:
    told, block = section(f"`{kind}`", section("Blocks")), KINDS[kind]
    assert rows(told).keys() - {"field", "---"} == block.model_fields.keys()
    assert "\n".join(documented(block)) in told
    (example,) = fences("yaml", told)
    assert {type(found) for found in blocks_of(example)} == {block}
    assert block.short == "" or f"The short form is its `{block.short}`." in told
    short = re.findall(rf"^- {kind}: (?!\{{)\S", example, re.MULTILINE)
    long = re.findall(rf"^- {kind}:(?: \{{|\n +\w+:)", example, re.MULTILINE)
    assert (bool(short), bool(long)) == (bool(block.short), bool(block.model_fields))


def blocks_of(example: str) -> tuple[Block, ...]:
    return read_issue(f"title: T\nblocks:\n{example}", "example.yaml").blocks


def test_what_may_stand_beside_a_kind_is_told() -> None:
    assert "\n".join(documented(Beside)) in section("Blocks").partition("\n### ")[0]


# --- examples ------------------------------------------------------------------------------------

EXAMPLES = [(page, text) for page, whole in TEXTS.items() for text in fences("yaml", whole)]


@pytest.mark.parametrize(("page", "example"), EXAMPLES, ids=[f"{page}: {text[:30]!r}" for page, text in EXAMPLES])
def test_an_example_is_valid(page: str, example: str, tmp_path: Path) -> None:
    """One with a title is an issue, one with dashes is blocks of one; there are terms, and the rest is settings."""
    if re.search(r"^title:", example, re.MULTILINE):
        assert read_issue(example, "example.yaml").blocks
    elif example.startswith("- "):
        assert blocks_of(example)
    elif example.startswith("terms:"):
        assert read_terms(example, "terms.yaml").accepts("KCNA")
    else:
        load_settings(example, tmp_path)


def load_settings(example: str, folder: Path) -> None:
    missing = [line for key, line in MINIMAL.items() if not re.search(rf"^{key}:", example, re.MULTILINE)]
    (folder / "dispatch.yaml").write_text("".join(missing) + example, encoding="utf-8")
    (folder / ".dispatch").mkdir()
    (folder / ".dispatch" / "key").write_text(40 * "k", encoding="utf-8")
    variables = dict.fromkeys(re.findall(r"\$\{([A-Z0-9_]+)\}", example), 40 * "x")
    config = load_config(folder, environ=variables)
    assert len(config.keys) == len(config.keys_)
    for name, options in config.providers.items():
        open_provider(name, options, folder=folder).close()


# --- terms ---------------------------------------------------------------------------------------


def test_every_key_of_the_terms_is_told() -> None:
    told = section("terms.yaml")
    assert rows(told).keys() - {"key", "---"} == TermsFile.model_fields.keys()
    assert f"at most {MOST_FORMS:,}" in told


# --- the list ------------------------------------------------------------------------------------


def test_every_column_of_the_list_is_told_with_its_other_names() -> None:
    told = section("subscribers.csv")
    columns, others = told.split("Each of them has other names:")
    assert [column for column in rows(columns) if column not in ("column", "---")] == list(STANDARD_COLUMNS)
    assert {
        name: " ".join(cells).replace("`", "").split() for name, cells in rows(others).items() if name in ALIASES
    } == {name: aliases.split() for name, aliases in ALIASES.items()}
    assert all(f"`{status}`" in columns for status in Membership)
    assert all(f"`{name}`" in told for name in RESERVED_FIELDS)


def test_every_reason_for_being_left_out_is_told() -> None:
    source = inspect.getsource(preparation)
    found = set(re.findall(r'return "(\w+)"|excluded\["(\w+)"\]', source))
    at_the_freeze = {name for pair in found for name in pair if name}
    assert at_the_freeze >= {"not_in_segment", "already_mailed", "rejected"}
    reasons = {*Reason, Membership.UNCONFIRMED, Membership.UNSUBSCRIBED, NOT_IN_FILE, *at_the_freeze}
    assert rows(section("Who is left out")).keys() - {"reason", "---"} == {str(reason) for reason in reasons}


# --- the pages -----------------------------------------------------------------------------------


def links_in(text: str) -> list[str]:
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if not re.match(r"[a-z]+:", link)]


def anchors_of(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_and_picture_leads_somewhere(page: str) -> None:
    for link in links_in(TEXTS[page]):
        file, _, anchor = link.partition("#")
        target = (PAGES[page].parent / file).resolve() if file else PAGES[page]
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


@pytest.mark.parametrize("page", TEXTS)
def test_no_conflict_of_a_merge_is_left_in_a_page(page: str) -> None:
    assert not re.findall(r"^(?:<{7} .*|={7}|>{7} .*)$", TEXTS[page], re.MULTILINE)


@pytest.mark.parametrize("page", TEXTS)
def test_what_a_page_has_made_runs_with_make(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = "".join(fences("sh", TEXTS[page])) + " ".join(re.findall(r"`[^`\n]+`", TEXTS[page]))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", code, re.MULTILINE))
    assert named <= targets
    assert page != "README.md" or {"demo", "test"} <= named


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
