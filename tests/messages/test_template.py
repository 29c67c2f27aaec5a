"""The frozen template: canonical bytes, there and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.errors import DatabaseTrouble
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.rendering.compiled import CompiledIssue, Picture

PICTURE = Picture("0a" * 32 + ".png", "image/png", bytes(range(256)), 1200, 800)


def test_a_template_comes_back_as_it_was_frozen(template: MessageTemplate, variant: Variant) -> None:
    full = replace(template, reply_to=None, variants=(variant, replace(variant, pictures=(PICTURE,))))
    assert MessageTemplate.from_bytes(full.to_bytes()) == full
    assert MessageTemplate.from_bytes(template.to_bytes()) == template


def test_the_same_template_gives_the_same_bytes(template: MessageTemplate) -> None:
    assert template.to_bytes() == replace(template).to_bytes()
    assert template.to_bytes() != replace(template, nonce="other").to_bytes()
    assert template.to_bytes().isascii()


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"format":1}', b'{"format":1,"reply_to":null,"from_":{"address":"a@b"}}']
)
def test_bytes_that_are_no_template_are_told_in_a_sentence(content: bytes) -> None:
    with pytest.raises(DatabaseTrouble, match="cannot be read back"):
        MessageTemplate.from_bytes(content)


def test_a_template_of_a_newer_version_says_so(template: MessageTemplate) -> None:
    newer = template.to_bytes().replace(b'"format":1', b'"format":2')
    with pytest.raises(DatabaseTrouble, match="newer dispatch"):
        MessageTemplate.from_bytes(newer)


def test_only_embedded_pictures_travel(variant: Variant) -> None:
    issue = CompiledIssue(
        slug="grain",
        title="Grain",
        language="en",
        direction="ltr",
        subject=variant.subject,
        preheader="",
        html=variant.html,
        text=variant.text,
        pictures=(PICTURE,),
        embedded=False,
    )
    assert Variant.of(issue) == variant
    assert Variant.of(replace(issue, embedded=True)).pictures == (PICTURE,)
