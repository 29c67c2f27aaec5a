"""DKIM keys: what receivers pass over is told, and how long a key is."""

from __future__ import annotations

import base64

import pytest

from dispatch.inspection.dkim import PublishedKey, read_key
from inspection.zones import rsa_key

ED25519 = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize("bits", [512, 1024, 2048, 4096])
@pytest.mark.parametrize("wrapped", [True, False])
def test_the_size_of_an_rsa_key(bits: int, wrapped: bool) -> None:
    assert read_key(f"v=DKIM1; k=rsa; p={rsa_key(bits, wrapped=wrapped)}") == PublishedKey("rsa", bits, testing=False)


def test_a_real_key() -> None:
    """RFC 6376 appendix C: 1024 bits."""
    key = (
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
        "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi"
        "tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
    )
    assert read_key(f"v=DKIM1; p={key}").bits == 1024


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (f"p={rsa_key(2048)}", PublishedKey("rsa", 2048, testing=False)),
        (f"v=DKIM1;k=ed25519;p={ED25519}", PublishedKey("ed25519", 256, testing=False)),
        (f"v=DKIM1; t=y:s; s=email; h=sha1:sha256; p={rsa_key(1024)};", PublishedKey("rsa", 1024, testing=True)),
        (f"v=DKIM1; p={rsa_key(1024)[:40]} \t {rsa_key(1024)[40:]}", PublishedKey("rsa", 1024, testing=False)),
        ("v=DKIM1; k=rsa; p=", PublishedKey("rsa", 0, testing=False)),
        (f"v=DKIM1; unknown=1; p={rsa_key(1024)}", PublishedKey("rsa", 1024, testing=False)),
    ],
)
def test_what_a_record_says(record: str, key: PublishedKey) -> None:
    assert read_key(record) == key
    assert key.revoked is (key.bits == 0)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("v=DKIM1; k=rsa", "p= is missing"),
        (f"k=rsa; v=DKIM1; p={rsa_key(1024)}", "has to stand first"),
        (f"v=DKIM2; p={rsa_key(1024)}", "has to stand first"),
        (f"v=DKIM1; p={rsa_key(1024)}; p=", "twice"),
        ("v=DKIM1; p=%%%", "is not Base64"),
        (f"v=DKIM1; p={rsa_key(1024)[:-40]}", "no RSA key"),
        (f"v=DKIM1; p={ED25519}", "no RSA key"),
        ("v=DKIM1; p=MA==", "no RSA key"),
        (f"v=DKIM1; k=ed25519; p={rsa_key(1024)}", "no key of the kind k=ed25519"),
        (f"v=DKIM1; k=new; p={ED25519}", "no key of the kind k=new"),
        (f"v=DKIM1; h=sha1; p={rsa_key(1024)}", "does not allow sha256"),
        (f"v=DKIM1; s=web; p={rsa_key(1024)}", "is not for mail"),
        ("a text about something else", "is not of the form tag=value"),
    ],
)
def test_what_receivers_pass_over(record: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_key(record)
