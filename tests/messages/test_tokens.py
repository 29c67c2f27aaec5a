"""Tokens and references: what we signed is read back, and nothing else is."""

from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidConfig
from dispatch.messages import tokens
from dispatch.messages.tokens import InvalidToken, KeyRing, Token

OLD, NEW, OTHER = (
    "an old key of some length, which is long enough",
    "a new key of some length, which is long enough",
    "the key of somebody else, which is long enough",
)
SOMEBODY = "0123456789abcdef0123456789abcdef"


@given(st.text(st.characters(codec="ascii"), min_size=32, max_size=200), st.binary(max_size=200))
def test_what_signs_is_the_hmac_of_the_standard_library(secret: str, message: bytes) -> None:
    expected = hmac.digest(secret.encode(), b"token\0" + message, "sha256")
    ring = KeyRing([secret])
    assert [ring.sign(b"token", message), *ring.sign_all(b"token", [message] * 2)] == [expected] * 3


def test_tokens_and_references_of_many_are_those_of_each() -> None:
    ring, people = KeyRing([NEW]), [f"{number:032x}" for number in range(50)]
    each = [tokens.sign_token(ring, "test", person, "grain.1") for person in people]
    assert tokens.sign_tokens(ring, "test", people, "grain.1") == each
    each = [tokens.message_reference(ring, "grain.1", position) for position in range(50)]
    assert tokens.message_references(ring, "grain.1", range(50)) == each


@pytest.mark.parametrize("purpose", ["unsubscribe", "test", "probe"])
def test_a_token_says_what_was_signed(purpose: tokens.Purpose) -> None:
    ring = KeyRing([NEW])
    token = tokens.sign_token(ring, purpose, SOMEBODY, "grain.1")
    assert tokens.read_token(ring, token) == Token(purpose, SOMEBODY, tokens.mailing_tag("grain.1"))


def test_a_token_is_the_same_each_time_and_fits_a_url() -> None:
    ring = KeyRing([NEW])
    token = tokens.sign_token(ring, "unsubscribe", SOMEBODY, "grain.1")
    assert token == tokens.sign_token(KeyRing([NEW]), "unsubscribe", SOMEBODY, "grain.1")
    assert len(token) == 56
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_token_written_years_ago_still_reads() -> None:
    """Links never expire: this one pins the format. Should it fail, all mail ever sent has lost its way out."""
    token = "EBgMgSEBI0VniavN7wEjRWeJq83vf6J4ZFGUZlz_AJfXFuZ-RSRkhr6x"
    assert tokens.read_token(KeyRing([NEW, OLD]), token).subscriber_id == SOMEBODY


def test_tokens_survive_the_rotation_of_keys() -> None:
    token = tokens.sign_token(KeyRing([OLD]), "unsubscribe", SOMEBODY, "grain.1")
    assert tokens.read_token(KeyRing([NEW, OLD]), token).subscriber_id == SOMEBODY
    with pytest.raises(InvalidToken):
        tokens.read_token(KeyRing([NEW]), token)


def test_a_token_with_any_bit_changed_is_refused() -> None:
    ring = KeyRing([NEW, OLD])
    raw = base64.urlsafe_b64decode(tokens.sign_token(ring, "unsubscribe", SOMEBODY, "grain.1"))
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidToken):
            tokens.read_token(ring, base64.urlsafe_b64encode(changed).decode())


def test_what_one_purpose_signed_is_no_token_of_another() -> None:
    ring = KeyRing([NEW])
    signed = {tokens.sign_token(ring, purpose, SOMEBODY, "grain.1") for purpose in ("unsubscribe", "test", "probe")}
    assert len(signed) == 3


@given(st.text(max_size=80) | st.text("ABCabc012-_", min_size=56, max_size=56))
def test_no_other_text_is_a_token(text: str) -> None:
    ring = KeyRing([NEW])
    for read in (tokens.read_token, tokens.read_reference):
        with pytest.raises(InvalidToken):
            read(ring, text)


def test_a_token_has_one_spelling_only() -> None:
    ring = KeyRing([NEW])
    token = tokens.sign_token(ring, "unsubscribe", SOMEBODY, "grain.1")
    for text in (token + "=", token + "\n", " " + token, token[:-1], token + "AAAA", token[:20] + "." + token[20:], ""):
        with pytest.raises(InvalidToken):
            tokens.read_token(ring, text)


def test_only_a_service_with_our_keys_proves_a_probe() -> None:
    probe = tokens.sign_token(KeyRing([NEW]), "probe", SOMEBODY, "grain.1")
    proof = tokens.probe_proof(KeyRing([NEW]), probe)
    assert proof == tokens.probe_proof(KeyRing(["a newer key than that, which is long enough", NEW, OLD]), probe)
    with pytest.raises(InvalidToken):
        tokens.probe_proof(KeyRing([OTHER]), probe)
    with pytest.raises(InvalidToken):
        tokens.probe_proof(KeyRing([NEW]), "x")
    other = tokens.sign_token(KeyRing([NEW]), "probe", "ff" * 16, "grain.1")
    assert proof != tokens.probe_proof(KeyRing([NEW]), other)


@given(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*\.[1-9][0-9]{0,2}", fullmatch=True), st.integers(1, 10**7))
def test_a_reference_says_which_message(mailing: str, position: int) -> None:
    text = tokens.message_reference(KeyRing([OLD]), mailing, position)
    assert text.startswith(f"{mailing}.{position}.")
    assert tokens.read_reference(KeyRing([NEW, OLD]), text) == tokens.Reference(mailing, position)


def test_a_reference_of_another_message_does_not_verify() -> None:
    ring = KeyRing([NEW])
    text = tokens.message_reference(ring, "grain.1", 7)
    for changed in (text.replace(".7.", ".8."), text.replace("grain", "straw"), text[:-1], text.upper()):
        with pytest.raises(InvalidToken):
            tokens.read_reference(ring, changed)


def test_message_ids_are_constant_and_all_different() -> None:
    ring = KeyRing([NEW])
    ids = {each for nonce in "ab" for each in tokens.message_ids(ring, nonce, range(1, 101), "x.example")}
    assert len(ids) == 200
    assert tokens.message_ids(ring, "a", [1], "x.example") == tokens.message_ids(KeyRing([NEW]), "a", [1], "x.example")


def test_the_oldest_key_makes_ids_and_the_newest_signs() -> None:
    old, rotated = KeyRing([OLD]), KeyRing([NEW, OLD])
    assert rotated.id_key == old.id_key
    assert rotated.key_id == KeyRing([NEW]).key_id != old.key_id
    assert rotated.signing_with(old.key_id).key_id == old.key_id
    assert rotated.key_id == KeyRing([NEW]).key_id  # untouched


def test_a_key_that_is_gone_is_missed_by_name() -> None:
    gone = KeyRing([OTHER]).key_id
    with pytest.raises(InvalidConfig, match=f"{gone}.*no longer"):
        KeyRing([NEW]).signing_with(gone)


def test_keys_are_never_shown() -> None:
    ring = KeyRing([NEW, OLD])
    assert "of some length" not in repr(ring) + repr(ring.__dict__)


@pytest.mark.parametrize("secrets", [[], ["short"], [NEW, ""]])
def test_keys_that_could_be_guessed_are_refused_without_showing_them(secrets: list[str]) -> None:
    with pytest.raises(InvalidConfig) as error:
        KeyRing(secrets)
    assert "short'" not in str(error.value)
    assert "secrets.token_urlsafe" in str(error.value)
