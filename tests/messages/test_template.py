"""The frozen template: canonical bytes, there and back."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, replace

import pytest

from dispatch.errors import DatabaseTrouble
from dispatch.messages.template import MessageTemplate, Variant
from dispatch.rendering.compiled import CompiledIssue, Picture
from dispatch.rendering.readership import Readership

PICTURE = Picture("0a" * 32 + ".png", "image/png", bytes(range(256)), 1200, 800)


def test_a_template_comes_back_as_it_was_frozen(template: MessageTemplate, variant: Variant) -> None:
    full = replace(template, reply_to=None, variants=(variant, replace(variant, pictures=(PICTURE,))))
    assert MessageTemplate.from_bytes(full.to_bytes()) == full
    assert MessageTemplate.from_bytes(template.to_bytes()) == template


def test_variants_keep_their_readers_and_share_their_pictures(template: MessageTemplate, variant: Variant) -> None:
    pictured = replace(variant, pictures=(PICTURE,))
    variants = (pictured, *(replace(pictured, readers=Readership(("paid",), tag)) for tag in ("fr", "ar")))
    frozen = replace(template, variants=variants).to_bytes()
    assert MessageTemplate.from_bytes(frozen).variants == variants
    assert frozen.count(PICTURE.name.encode()) == 5  # once with its content, and a name in each variant
    assert len(frozen) < 1.4 * len(replace(template, variants=(pictured,)).to_bytes()) + 2 * len(str(variant))


def test_what_was_frozen_before_there_were_variants_is_read(template: MessageTemplate, variant: Variant) -> None:
    record = json.loads(replace(template, variants=(variant,)).to_bytes())
    del record["pictures"], record["variants"][0]["readers"]
    picture = {**asdict(PICTURE), "content": base64.b64encode(PICTURE.content).decode()}
    record |= {"format": 1, "variants": [{**record["variants"][0], "pictures": [picture]}]}
    read = MessageTemplate.from_bytes(json.dumps(record).encode())
    assert read == replace(template, variants=(replace(variant, pictures=(PICTURE,)),))


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
    newer = template.to_bytes().replace(b'"format":2', b'"format":3')
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
