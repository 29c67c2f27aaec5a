"""dispatch.yaml is found, layered, checked as a whole, and says where each setting comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dispatch.config import Config, load_config
from dispatch.errors import InvalidConfig, NotFound

MINIMAL = """\
newsletter:
  name: The Weekly
  url: https://weekly.example
  postal_address: 1 High Street, Town
from: Joy <joy@weekly.example>
"""


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None, **overrides: str) -> Config:
    (folder / "dispatch.yaml").write_text(text)
    return load_config(folder, environ=environ or {}, overrides=overrides)


def problems(folder: Path, text: str, environ: Mapping[str, str] | None = None, **overrides: str) -> list[str]:
    """`place: message` of everything that is wrong, the folder left out."""
    with pytest.raises(InvalidConfig) as caught:
        load(folder, text, environ, **overrides)
    for problem in caught.value.problems:
        assert problem.remedy, problem
    return [f"{problem.location}: {problem.message}".replace(f"{folder}/", "") for problem in caught.value.problems]


# --- finding it -------------------------------------------------------------------------------


def test_it_is_found_from_a_folder_below(tmp_path: Path) -> None:
    load(tmp_path, MINIMAL)
    (tmp_path / "issues/2026").mkdir(parents=True)
    config = load_config(tmp_path / "issues/2026", environ={})
    assert (config.folder, config.file) == (tmp_path, tmp_path / "dispatch.yaml")
    assert config.state == tmp_path / ".dispatch"


def test_the_nearest_one_counts(tmp_path: Path) -> None:
    load(tmp_path, MINIMAL)
    (tmp_path / "other").mkdir()
    load(tmp_path / "other", MINIMAL.replace("The Weekly", "The Other"))
    assert load_config(tmp_path / "other", environ={}).newsletter.name == "The Other"


@pytest.mark.parametrize("name", ["letter/dispatch.yaml", "letter", "letter/special.yaml"])
def test_it_may_be_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "letter").mkdir()
    load(tmp_path / "letter", MINIMAL)
    (tmp_path / "letter/special.yaml").write_text(MINIMAL)
    config = load_config(tmp_path, config_file=tmp_path / name, environ={})
    assert config.folder == tmp_path / "letter"


def test_without_one_the_remedy_is_init(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="dispatch init"):
        load_config(tmp_path, environ={})


def test_a_named_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"there is no file .*nothing\.yaml"):
        load_config(tmp_path, config_file=tmp_path / "nothing.yaml", environ={})


def test_places_are_as_an_editor_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load(tmp_path, MINIMAL)
    assert str(config.locate(("from",))) == f"{tmp_path}/dispatch.yaml:5:7"
    monkeypatch.chdir(tmp_path)
    assert str(load_config(tmp_path, environ={}).locate(("from",))) == "dispatch.yaml:5:7"


# --- what is not said -------------------------------------------------------------------------


def test_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL)
    assert (config.newsletter.language, config.newsletter.timezone) == ("en", "UTC")
    assert (config.from_.name, config.from_.address, config.reply_to) == ("Joy", "joy@weekly.example", None)
    assert config.subscribers == "subscribers.csv"
    assert config.unsubscribe.url == "https://weekly.example/u/"
    assert (config.unsubscribe.mailto, config.unsubscribe.probe) == (None, True)
    assert (config.keys, config.images, config.tracking) == ((), None, "none")
    assert config.database == "sqlite:///.dispatch/dispatch.db"
    assert (config.provider, dict(config.providers)) == ("outbox", {"outbox": {}})
    assert (config.delivery.rate, config.delivery.per_second, config.delivery.concurrency) == (None, None, 4)


def test_a_heading_with_only_comments_below_it_sets_nothing(tmp_path: Path) -> None:
    text = MINIMAL + "segments:\n  # french: …\nproviders:\n  outbox:\ntheme:\nunsubscribe:\ndelivery:\n"
    config = load(tmp_path, text)
    assert (config.segments, dict(config.providers)) == ({}, {"outbox": {}})


def test_the_starter_that_init_writes_is_valid(tmp_path: Path) -> None:
    starter = Path(__file__).parents[2] / "src/dispatch/starter/dispatch.yaml"
    assert load(tmp_path, starter.read_text()).provider == "outbox"


# --- layers -----------------------------------------------------------------------------------


def test_flag_over_environment_over_dotenv_over_file(tmp_path: Path) -> None:
    text = MINIMAL + "delivery: {rate: 1/s}\nproviders: {smtp: {host: a}, postmark: {}}\n"
    assert load(tmp_path, text).delivery.rate == "1/s"
    (tmp_path / ".env").write_text("DISPATCH_DELIVERY_RATE=2/s\nDISPATCH_PROVIDER=smtp\n")
    config = load(tmp_path, text)
    assert (config.delivery.rate, config.provider) == ("2/s", "smtp")
    assert config.origin("delivery.rate") == f"DISPATCH_DELIVERY_RATE in {tmp_path}/.env:1"
    environ = {"DISPATCH_DELIVERY_RATE": "3/s", "DISPATCH_NEWSLETTER_URL": "https://other.example"}
    config = load(tmp_path, text, environ)
    assert (config.delivery.rate, config.delivery.per_second, config.provider) == ("3/s", 3.0, "smtp")
    assert config.newsletter.url == "https://other.example"
    assert config.unsubscribe.url == "https://other.example/u/"
    assert config.origin("delivery.rate") == "DISPATCH_DELIVERY_RATE in the environment"
    config = load(tmp_path, text, environ, provider="postmark")
    assert (config.provider, config.origin("provider")) == ("postmark", "command line")


def test_a_variable_may_set_what_the_file_leaves_out(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        MINIMAL,
        {"DISPATCH_THEME_ACCENT": "#ABC", "DISPATCH_UNSUBSCRIBE_PROBE": "false", "DISPATCH_DELIVERY_CONCURRENCY": "2"},
    )
    assert (config.theme.accent, config.unsubscribe.probe, config.delivery.concurrency) == ("#aabbcc", False, 2)


def test_a_providers_option_that_stands_in_the_file_may_be_overridden_and_keeps_its_type(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        MINIMAL + "providers: {smtp: {host: a, port: 25, keep: true, password: '${P}'}}\n",
        {
            "DISPATCH_PROVIDERS_SMTP_HOST": "25",
            "DISPATCH_PROVIDERS_SMTP_PORT": "2525",
            "DISPATCH_PROVIDERS_SMTP_KEEP": "false",
            "DISPATCH_PROVIDERS_SMTP_PASSWORD": "hunter2",
        },
    )
    assert config.providers["smtp"] == {"host": "25", "port": 2525, "keep": False, "password": "hunter2"}
    assert "hunter2" not in repr(config.providers["smtp"]) + repr(config.as_table())


def test_empty_and_other_variables_change_nothing(tmp_path: Path) -> None:
    environ = {"DISPATCH_PROVIDER": "", "DISPATCH_KEY": "x" * 40, "DISPATCH_SEGMENTS": "x", "DISPATCH_KEYS": "y"}
    assert load(tmp_path, MINIMAL, environ).as_table() == load(tmp_path, MINIMAL).as_table()


def test_a_bad_value_from_elsewhere_is_told_where_it_comes_from(tmp_path: Path) -> None:
    assert problems(tmp_path, MINIMAL, {"DISPATCH_DELIVERY_RATE": "fast"}) == [
        "DISPATCH_DELIVERY_RATE in the environment: 'fast' is not a rate"
    ]
    assert problems(tmp_path, MINIMAL, provider="smtq") == ["command line: there is no 'smtq' under providers"]


def test_a_variable_can_mend_what_is_wrong_in_the_file(tmp_path: Path) -> None:
    text = MINIMAL.replace("https://weekly.example", "weekly")
    assert load(tmp_path, text, {"DISPATCH_NEWSLETTER_URL": "http://localhost:8000"}).newsletter.url


# --- references and secrets -------------------------------------------------------------------

SECRETS = """\
keys: ["${DISPATCH_KEY}"]
providers:
  postmark: {token: "${POSTMARK_TOKEN}", stream: broadcast, retries: 3}
"""
KEY = "k3y-" * 10


def test_a_folder_can_be_used_without_the_secrets_of_another_provider(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL + SECRETS)
    assert config.providers["outbox"] == {}
    with pytest.raises(InvalidConfig) as caught:
        config.providers["postmark"]
    assert str(caught.value) == (
        f"{tmp_path}/dispatch.yaml:8:22: the environment variable POSTMARK_TOKEN is not set\n"
        f"    Set it, or write the line POSTMARK_TOKEN=… into {tmp_path}/.env."
    )
    with pytest.raises(InvalidConfig, match=r"dispatch.yaml:6:9: the environment variable DISPATCH_KEY is not set"):
        _ = config.keys


def test_secrets_are_resolved_and_do_not_show(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL + SECRETS, {"POSTMARK_TOKEN": "t0ken", "DISPATCH_KEY": KEY})
    assert config.keys == (KEY,)
    assert config.providers["postmark"] == {"token": "t0ken", "stream": "broadcast", "retries": 3}
    shown = "".join(map(repr, [config, config.keys, config.providers["postmark"], config.providers, config.as_table()]))
    assert "t0ken" not in shown
    assert KEY not in shown


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    text = MINIMAL + f"providers: {{postmark: {{token: '${{file:{tmp_path}/token}}'}}}}\n"
    assert load(tmp_path, text).providers["postmark"] == {"token": "from-a-file"}


def test_a_secret_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "folder").mkdir()
    config = load(
        tmp_path,
        MINIMAL
        + "providers: {a: {token: '${file:/no/such}'}, b: {token: '${file:empty}'}, c: {token: '${file:folder}'}}\n",
    )
    with pytest.raises(InvalidConfig, match=r"dispatch.yaml:6:\d+: there is no file /no/such\n +Bring it here"):
        config.providers["a"]
    with pytest.raises(InvalidConfig, match=r"folder cannot be read: Is a directory"):
        config.providers["c"]
    with pytest.raises(InvalidConfig, match="is empty"):
        config.providers["b"]


def test_the_environment_wins_over_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTMARK_TOKEN=from-dotenv\n")
    assert load(tmp_path, MINIMAL + SECRETS).providers["postmark"]["token"] == "from-dotenv"
    environ = {"POSTMARK_TOKEN": "from-environment"}
    assert load(tmp_path, MINIMAL + SECRETS, environ).providers["postmark"]["token"] == "from-environment"


def test_a_mistake_in_dotenv_is_told_at_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\nB\n")
    assert problems(tmp_path, MINIMAL) == [".env:2: this line is not NAME=VALUE"]


def test_any_text_may_refer_to_a_variable(tmp_path: Path) -> None:
    text = MINIMAL.replace("1 High Street", "${STREET}")
    assert load(tmp_path, text, {"STREET": "2 Low Road"}).newsletter.postal_address == "2 Low Road, Town"
    assert problems(tmp_path, text) == ["dispatch.yaml:4:19: the environment variable STREET is not set"]
    assert problems(tmp_path, text, {"STREET": ""}) == ["dispatch.yaml:4:19: the environment variable STREET is empty"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('keys: ["abcdefghijklmnop"]', "dispatch.yaml:6:9: keys is a secret, and stands here for all to read"),
        ("keys: abcdefghijklmnop", "dispatch.yaml:6:7: keys is a secret, and stands here for all to read"),
        ("providers: {postmark: {token: abc}}", "dispatch.yaml:6:31: providers.postmark.token is a secret"),
        ("providers: {mailgun: {api_key: 12345}}", "dispatch.yaml:6:32: providers.mailgun.api_key is a secret"),
        ('providers: {smtp: {password: "p${X}"}}', "dispatch.yaml:6:31: providers.smtp.password is a secret"),
        ("providers: {x: {auth: {secret: abc}}}", "dispatch.yaml:6:32: providers.x.auth.secret is a secret"),
    ],
)
def test_a_literal_secret_is_an_error_and_is_not_repeated(tmp_path: Path, line: str, said: str) -> None:
    (told,) = problems(tmp_path, MINIMAL + line + "\n")
    assert said in told
    assert "abc" not in told
    assert "12345" not in told


@pytest.mark.parametrize("reference", ["${", "${}", "${1X}", "${A B}", "${file:}", "a ${NAME"])
def test_a_reference_that_is_none_is_told(tmp_path: Path, reference: str) -> None:
    (told,) = problems(tmp_path, MINIMAL.replace("1 High Street, Town", f'"{reference}"'))
    assert "is followed by no name of a variable" in told


@pytest.mark.parametrize("key", ["a-b-c", "x" * 31])
def test_a_short_key_is_told(tmp_path: Path, key: str) -> None:
    config = load(tmp_path, MINIMAL + SECRETS, {"DISPATCH_KEY": key})
    with pytest.raises(InvalidConfig, match=r"6:9: this key has \d+ characters") as caught:
        _ = config.keys
    assert key not in str(caught.value)


# --- everything that is wrong, at once --------------------------------------------------------


def test_all_problems_are_told_in_one_run_in_order(tmp_path: Path) -> None:
    text = """\
newsletter:
  nmae: The Weekly
  url: http://weekly.example
  language: english
  timezone: Europe/Pariss
  postal_address: ${STREET}
from: joy(at)weekly.example
subscribers: ../subscribers.csv
keys: [abcdefgh]
delivery: {rate: fast, concurrency: 0, claim: everybody}
tracking: consented
theme: {accent: red}
segments: {my segment: 'language == "fr"'}
"""
    told = problems(tmp_path, text)
    places = [place.split(": ", 1)[0] for place in told]
    assert places == sorted(places, key=lambda place: [int(number) for number in place.split(":")[1:]])
    expected = [
        ":1:1: `newsletter` has no `name`",
        ":2:3: `nmae` is not known",
        ":3:8: 'http://weekly.example' is not encrypted",
        ":4:13: 'english' is not a language tag",
        ":5:13: 'Europe/Pariss' is not a time zone",
        ":6:19: the environment variable STREET is not set",
        ":7:7: 'joy(at)weekly.example' is not an address to mail to",
        ":9:8: keys is a secret",
        ":10:18: 'fast' is not a rate",
        ":10:37: `concurrency`",
        ":10:47: `claim` cannot be “everybody”",
        ":11:11: 'consented' is not available yet",
        ":12:17: 'red' is not a colour",
        ":13:25: 'my segment' cannot be the name of a segment",
    ]
    assert len(told) == len(expected)
    for line, beginning in zip(told, expected, strict=True):
        assert line.startswith(f"dispatch.yaml{beginning}")


@pytest.mark.parametrize("text", ["", "just text\n", "- a\n- list\n", "# only a comment\n"])
def test_a_file_that_is_no_mapping_is_told(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_broken_yaml_is_told_as_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    assert problems(tmp_path, "newsletter: [\n")


@pytest.mark.parametrize("name", ["../list.csv", "/etc/passwd", "a/../../list.csv", "link/list.csv", "loop/a"])
def test_paths_may_not_leave_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to("/tmp")
    (tmp_path / "loop").symlink_to("loop")
    for line in (f"subscribers: {name}", f"theme: {{logo: {name}}}"):
        (told,) = problems(tmp_path, f"{MINIMAL}{line}\n")
        assert f"{name!r} leads out of the newsletter's folder" in told


def test_a_path_may_wind_within_the_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert load(tmp_path, MINIMAL + "subscribers: link/../people/list.csv\n").subscribers == "link/../people/list.csv"


# --- config show ------------------------------------------------------------------------------


def test_the_table_tells_every_setting_and_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load(
        tmp_path, MINIMAL + SECRETS + "database: sqlite:///${WHERE}.db\n", {"POSTMARK_TOKEN": "t0ken", "WHERE": "here"}
    )
    table = {key: (value, origin) for key, value, origin in config.as_table()}
    assert table["newsletter.name"] == ("The Weekly", "dispatch.yaml:2")
    assert table["newsletter.language"] == ("en", "default")
    assert table["from"] == ("Joy <joy@weekly.example>", "dispatch.yaml:5")
    assert table["unsubscribe.probe"] == ("true", "default")
    assert table["keys.0"] == ("${DISPATCH_KEY}", "dispatch.yaml:6, DISPATCH_KEY, which is not set")
    assert table["providers.postmark.token"] == (
        "${POSTMARK_TOKEN}",
        "dispatch.yaml:8, POSTMARK_TOKEN in the environment",
    )
    assert table["providers.postmark.retries"] == ("3", "dispatch.yaml:8")
    assert table["database"] == ("sqlite:///${WHERE}.db", "dispatch.yaml:9, WHERE in the environment")
    assert config.database == "sqlite:///here.db"


def test_a_password_in_the_database_url_does_not_show(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL, {"DISPATCH_DATABASE": "postgresql://joy:hunter2@host/db"})
    table = {key: value for key, value, _ in config.as_table()}
    assert table["database"] == "postgresql://joy:***@host/db"
    assert "hunter2" not in repr(config)


PASSWORD = "database: postgresql://joy:${DB_PASSWORD}@host/db\n"


def test_a_password_of_the_database_is_filled_in_as_a_url_wants_it(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL + PASSWORD, {"DB_PASSWORD": "p@ss/word:1%"})
    assert config.database == "postgresql://joy:p%40ss%2Fword%3A1%25@host/db"
    assert "p%40ss" not in f"{config!r} {config.database!r} {config.as_table()}"


def test_a_whole_url_may_be_a_reference(tmp_path: Path) -> None:
    url = "postgresql://joy:a%40b@host/db"
    assert load(tmp_path, MINIMAL + "database: ${DATABASE_URL}\n", {"DATABASE_URL": url}).database == url


def test_the_databases_password_need_not_be_there_to_look_at_an_issue(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL + PASSWORD)
    with pytest.raises(InvalidConfig, match="DB_PASSWORD is not set"):
        assert config.database


@pytest.mark.parametrize("url", ["postgresql://joy:hunter2@host/db", "postgresql://joy@host/db?password=hunter2"])
def test_a_literal_password_in_the_database_url_is_told(tmp_path: Path, url: str) -> None:
    said = "dispatch.yaml:6:11: the database's password is a secret, and stands here for all to read"
    assert problems(tmp_path, f"{MINIMAL}database: {url}\n") == [said]
