"""List headers: RFC 2369, 2919, 8058 and Gmail's Feedback-ID, to the letter."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.addresses import Mailbox
from dispatch.errors import InvalidConfig
from dispatch.messages.list_headers import common_headers, feedback_id, list_id, list_unsubscribe, unsubscribe_link
from dispatch.messages.template import MessageTemplate


def test_the_https_address_comes_first_and_then_the_mail_address(template: MessageTemplate) -> None:
    assert list_unsubscribe(template, "TOKEN") == (
        "<https://geopolitiks.example/u/TOKEN>, <mailto:leave@geopolitiks.example?subject=unsubscribe%20TOKEN>"
    )
    assert list_unsubscribe(replace(template, unsubscribe_mailto=""), "T") == "<https://geopolitiks.example/u/T>"


def test_the_url_may_end_in_a_slash_or_not(template: MessageTemplate) -> None:
    for url in ("https://x.example/u", "https://x.example/u/"):
        assert unsubscribe_link(replace(template, unsubscribe_url=url), "T") == "https://x.example/u/T"


def test_all_list_headers_in_order(template: MessageTemplate) -> None:
    assert common_headers(template) == (
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", "GEOPOLITIKS <geopolitiks.geopolitiks.example>"),
        ("List-Help", "<https://geopolitiks.example/about/>"),
        ("List-Archive", "<https://geopolitiks.example/posts/>"),
        ("List-Owner", "<mailto:answers@geopolitiks.example>"),
        ("Feedback-ID", template.feedback_id),
        ("Precedence", "bulk"),
        ("X-Auto-Response-Suppress", "All"),
    )


def test_what_is_not_there_has_no_header(template: MessageTemplate) -> None:
    bare = replace(template, help_url="", archive_url="", reply_to=None, from_=Mailbox("a+b%c@x.example"))
    headers = dict(common_headers(bare))
    assert "List-Help" not in headers
    assert "List-Archive" not in headers
    assert headers["List-Owner"] == "<mailto:a+b%25c@x.example>"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://news.example/u/",
        "ftp://news.example/u/",
        "https://news.example/u/\r\nBcc: e@x.example",
        "https://news.example/<u>/",
        "https://news.example/u /",
        "https://news.example/u,v/",
        "https://nouvelles.éxample/u/",
        "https://news.example/" + "u" * 600,
    ],
)
def test_a_way_out_that_cannot_work_stops_everything(template: MessageTemplate, url: str) -> None:
    with pytest.raises(InvalidConfig) as error:
        common_headers(replace(template, unsubscribe_url=url))
    assert "http" in str(error.value)


def test_plain_http_will_do_on_this_machine(template: MessageTemplate) -> None:
    assert common_headers(replace(template, unsubscribe_url="http://127.0.0.1:8000/u/"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("The Strait", "The Strait <the-strait.x.example>"),
        ("Géopolitique", "<geopolitique.x.example>"),
        ('He said "no"', "<he-said-no.x.example>"),
        ("=?utf-8?q?x?=", "<utf-8-q-x.x.example>"),
        ("한반도", "<fe275211affd.x.example>"),
    ],
)
def test_the_list_id_is_plain_and_stable(name: str, value: str) -> None:
    assert list_id(name, "x.example") == value


@given(st.text(max_size=100), st.text(max_size=100))
def test_feedback_ids_have_four_different_parts_and_a_sender_of_the_right_length(issue: str, name: str) -> None:
    value = feedback_id(issue, name, "x.example")
    parts = value.split(":")
    assert re.fullmatch(r"[a-z0-9:-]+", value)
    assert len(set(parts)) == 4
    assert 5 <= len(parts[3]) <= 15
    assert parts[3] == feedback_id("other", "other", "x.example").split(":")[3]
    assert "" not in parts
