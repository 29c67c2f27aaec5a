"""An address has one spelling, and no mailbox can break a header."""

from __future__ import annotations

import email.header
import email.policy
import re
import unicodedata
from email.parser import BytesParser

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dispatch.addresses import (
    Mailbox,
    address_key,
    encode_words,
    format_header,
    is_international,
    normalise_address,
    normalise_name,
    parse_mailbox,
)
from dispatch.errors import InvalidAddress


def told(text: str) -> str:
    with pytest.raises(InvalidAddress) as caught:
        normalise_address(text)
    assert caught.value.problems[0].remedy
    return str(caught.value)


# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("joy@example.org", "joy@example.org"),
        ("Joy.Smith@EXAMPLE.Org", "Joy.Smith@example.org"),
        ("joy+weekly@example.org", "joy+weekly@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("!#$%&'*+/=^_`{|}~-@example.org", "!#$%&'*+/=^_`{|}~-@example.org"),
        ("a-@example.org", "a-@example.org"),
        ("1@1.example", "1@1.example"),
        ("a@deep.er.and.deep.er.example.org", "a@deep.er.and.deep.er.example.org"),
        ("\u00a0 joy@example.org\t", "joy@example.org"),
        ("joy@bücher.example", "joy@xn--bcher-kva.example"),
        ("joy@BÜCHER.example", "joy@xn--bcher-kva.example"),
        ("joy@XN--BCHER-KVA.example", "joy@xn--bcher-kva.example"),
        ("joy@straße.example", "joy@xn--strae-oqa.example"),
        ("joy@例え.テスト", "joy@xn--r8jz45g.xn--zckzah"),
        ("joy@موقع.example", "joy@xn--4gbrim.example"),
        ("joy@example。org", "joy@example.org"),
        ("jose\u0301@example.org", "josé@example.org"),
        ("用户@例え.テスト", "用户@xn--r8jz45g.xn--zckzah"),
        ("x" * 64 + "@example.org", "x" * 64 + "@example.org"),
        ("joy@anything.test", "joy@anything.test"),
        ("joy@bücher.test", "joy@xn--bcher-kva.test"),
    ],
)
def test_awkward_but_legal(written: str, means: str) -> None:
    assert normalise_address(written) == means
    assert normalise_address(means) == means


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "must have an @-sign"),
        ("joy", "must have an @-sign"),
        ("@example.org", "something before the @"),
        ("joy@", "something after the @"),
        ("joy@@example.org", "invalid characters: '@'"),
        ("joy@ann@example.org", "invalid characters: '@'"),
        ("joy＠example.org", "full-width"),
        ("joy@example", "should have a period"),
        ("joy@localhost", "should have a period"),
        ("joy@127.0.0.1", "top-level domain"),
        ("joy@[127.0.0.1]", "bracketed IP address"),
        ("joy@example.org.", "cannot end with a period"),
        ("joy@.example.org", "cannot have a period immediately after"),
        ("joy@example..org", "two periods in a row"),
        ("joy.@example.org", "period immediately before"),
        (".joy@example.org", "cannot start with a period"),
        ("joy..smith@example.org", "two periods in a row"),
        ("joy@-example.org", "hyphen"),
        ("joy@example-.org", "hyphen"),
        ("joy@exa_mple.org", "'_'"),
        ("joy@ex--ample.org", "two dashes"),
        ("joy@xn--a.org", ""),
        ("joy smith@example.org", "SPACE"),
        ("joy@exam ple.org", "SPACE"),
        ("joy,ann@example.org", "','"),
        ("joy@example.org,ann@example.org", "','"),
        ("joy(home)@example.org", "'('"),
        ("mailto:joy@example.org", "':'"),
        ("<joy@example.org>", "there is more than the address; write only joy@example.org"),
        ("Chloé <chloe@example.fr>", "there is more than the address; write only chloe@example.fr"),
        ('"joy smith"@example.org', "in quotes, which several mail providers refuse"),
        ('"joy"@example.org', "in quotes, which several mail providers refuse"),
        ("-rf@example.org", "begins with a hyphen"),
        ("-é@example.org", "begins with a hyphen"),
        ("x" * 65 + "@example.org", "too long before the @"),
        ("é" * 33 + "@example.org", "longer than 64 bytes"),
        ("joy@" + "x" * 64 + ".org", "so many characters"),
        ("joy@" + "x." * 125 + "org", "longer than 254 characters"),
        ("joy@" + "ü." * 40 + "example", "too long"),
        ("joy@example.org\n", "line break"),
        ("joy@example.org\r\nBcc: eve@example.org", "line break"),
        ("joy\x00@example.org", "control character"),
        ("joy\x7f@example.org", "control character"),
        ("joy\u202e@example.org", "invisible character"),
        ("joy\u200b@example.org", "invisible character"),
        ("joy@exam\u200dple.org", ""),
        ("joy\u200d@example.org", "unsafe"),
        ("joy\ud800@example.org", "control character"),
        ("\u0301joy@example.org", "unsafe"),
        ("=?utf-8?q?joy?=@example.org", "encoded header text"),
        ("joy=?x@example.org", "encoded header text"),
        ("joy@\u2488com.example", ""),
    ],
)
def test_not_an_address(written: str, reason: str) -> None:
    assert reason in told(written)


def test_the_reason_shows_no_control_character_and_not_the_whole_of_a_long_text() -> None:
    message = told("joy@example.org\r\n\x1b[31m" + "x" * 10_000)
    assert len(message) < 300
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", message)


def test_hostile_lengths_take_no_time() -> None:
    for text in ("a." * 50_000, "a@" + "a-" * 50_000, "<" * 50_000, '"' * 50_000, "x <" * 30_000, "a@" + "xn--" * 60):
        with pytest.raises(InvalidAddress):
            parse_mailbox(text)


def test_the_key_of_an_address_ignores_case_and_spelling() -> None:
    assert address_key("Joy.Smith@Bücher.example") == address_key(" joy.smith@XN--BCHER-KVA.example ")
    assert address_key("JOSE\u0301@example.org") == address_key("josé@example.org")
    assert address_key("joy+a@example.org") != address_key("joy@example.org")
    assert address_key("j.oy@example.org") != address_key("joy@example.org")
    assert address_key("strasse@example.org") != address_key("straße@example.org")


@pytest.mark.parametrize(
    ("address", "yes"), [("josé@example.org", True), ("а@x.org", True), ("joy@bücher.example", False)]
)
def test_international_is_what_stands_before_the_at(address: str, yes: bool) -> None:
    assert is_international(address) is yes
    assert is_international(normalise_address(address)) is yes


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("joy@example.org", "", "joy@example.org"),
        ("<joy@example.org>", "", "joy@example.org"),
        ("Joy <joy@Example.org>", "Joy", "joy@example.org"),
        ("Joy<joy@example.org>", "Joy", "joy@example.org"),
        ("  Joy   Smith  <  joy@example.org >  ", "Joy Smith", "joy@example.org"),
        ('"Smith, Joy" <joy@example.org>', "Smith, Joy", "joy@example.org"),
        ("Smith, Joy <joy@example.org>", "Smith, Joy", "joy@example.org"),
        ("J. R. Smith (home) <joy@example.org>", "J. R. Smith (home)", "joy@example.org"),
        (r'"Joy \"the\" \\ Smith" <joy@example.org>', r'Joy "the" \ Smith', "joy@example.org"),
        ('"joy@example.org" <joy@example.org>', "joy@example.org", "joy@example.org"),
        ('"<b>" <joy@example.org>', "<b>", "joy@example.org"),
        ("Zoë 🎉 日本 <joy@bücher.example>", "Zoë 🎉 日本", "joy@xn--bcher-kva.example"),
        ("👩‍👩‍👧 <joy@example.org>", "👩‍👩‍👧", "joy@example.org"),
        ("نمی‌خواهم <joy@example.org>", "نمی‌خواهم", "joy@example.org"),
        ("Jose\u0301 <joy@example.org>", "José", "joy@example.org"),
    ],
)
def test_a_mailbox(written: str, name: str, address: str) -> None:
    mailbox = parse_mailbox(written)
    assert mailbox == Mailbox(address, name)
    assert parse_mailbox(str(mailbox)) == mailbox


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Joy",
        "Joy <>",
        "Joy <joy>",
        "Joy <joy@example.org",
        "Joy joy@example.org>",
        "Joy <joy@example.org> (home)",
        "Joy <joy@example.org>, Ann <ann@example.org>",
        "joy@example.org <joy@example.org>",
        "joy@example.org, ann@example.org",
        'Joy "the" Smith <joy@example.org>',
        '"Joy <joy@example.org>',
        "Joy <<joy@example.org>>",
        "friends: joy@example.org;",
        "Joy\r\nBcc: eve@example.org <joy@example.org>",
        "Joy\n <joy@example.org>",
        '"Joy\\\r\nBcc: eve" <joy@example.org>',
        "Joy <joy@example.org\r\n>",
        "Joy <joy@example.org>\r\nBcc: eve@example.org",
        "Joy\x00 <joy@example.org>",
        "Joy\x85 <joy@example.org>",
        "Joy\u2028 <joy@example.org>",
        "Joy\u202etxt <joy@example.org>",
        "=?utf-8?q?=0ABcc=3A_eve=40example.org?= <joy@example.org>",
        '"=?utf-8?b?Sm95?=" <joy@example.org>',
        "x" * 101 + " <joy@example.org>",
    ],
)
def test_not_one_mailbox(written: str) -> None:
    with pytest.raises(InvalidAddress) as caught:
        parse_mailbox(written)
    assert caught.value.problems[0].remedy


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("joy@example.org\r\nBcc: eve@example.org", ""),
        ("joy@example.org>", ""),
        ("joy@example.org, eve@example.org", ""),
        ("joy", ""),
        ("=?x?q?y?=@example.org", ""),
        ("joy@example.org", "Joy\r\nBcc: eve@example.org"),
        ("joy@example.org", "=?utf-8?q?=0ABcc?="),
    ],
)
def test_a_mailbox_cannot_hold_what_breaks_a_header(address: str, name: str) -> None:
    with pytest.raises(InvalidAddress):
        Mailbox(address, name)


# --- headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("", "joy@example.org"),
        ("Joy Smith", "Joy Smith <joy@example.org>"),
        ("Smith, Joy", '"Smith, Joy" <joy@example.org>'),
        ('Joy "the"', r'"Joy \"the\"" <joy@example.org>'),
        ("J. R.", '"J. R." <joy@example.org>'),
        ("Zoë", "=?utf-8?q?Zo=C3=AB?= <joy@example.org>"),
        ("日本", "=?utf-8?b?5pel5pys?= <joy@example.org>"),
    ],
)
def test_a_header(name: str, header: str) -> None:
    assert format_header(Mailbox("joy@example.org", name)) == header


def test_an_address_that_ascii_cannot_carry_is_no_header() -> None:
    with pytest.raises(InvalidAddress, match="SMTPUTF8"):
        format_header(Mailbox("josé@example.org"))


# --- for every text ---------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(), max_size=120)
HOSTILE_TEXT = st.text(st.sampled_from('ab @.,<>"\\()[]:;=?_-+\r\n\t\x00é日\u0301\u202e🎉'), max_size=40)


@st.composite
def names(draw: st.DrawFn) -> str:
    try:
        return normalise_name(draw(ANY_TEXT | HOSTILE_TEXT))
    except InvalidAddress:
        assume(False)
        raise


@st.composite
def addresses(draw: st.DrawFn) -> str:
    atom = st.text(st.sampled_from("abcXYZ019!#$%&'*+/=^_`{|}~-é日"), min_size=1, max_size=6)
    label = st.text(st.sampled_from("abcXYZ019é日"), min_size=1, max_size=6)
    local = ".".join(draw(st.lists(atom, min_size=1, max_size=3)))
    domain = ".".join(
        [*draw(st.lists(label, min_size=1, max_size=3)), draw(st.sampled_from(["org", "example", "ORG"]))]
    )
    try:
        return normalise_address(f"{local}@{domain}")
    except InvalidAddress:
        assume(False)
        raise


@given(addresses())
def test_an_address_has_one_spelling(address: str) -> None:
    assert normalise_address(address) == address
    assert address_key(address) == address_key(address_key(address))
    local, _, domain = address.rpartition("@")
    assert domain.isascii()
    assert domain == domain.lower()
    assert unicodedata.is_normalized("NFC", address)
    assert len(local.encode()) <= 64
    assert len(address.encode()) <= 254


@given(ANY_TEXT | HOSTILE_TEXT)
def test_whatever_is_taken_for_a_mailbox_prints_and_reads_the_same(text: str) -> None:
    try:
        mailbox = parse_mailbox(text)
    except InvalidAddress:
        return
    assert parse_mailbox(str(mailbox)) == mailbox


@given(addresses(), names())
def test_a_mailbox_prints_and_reads_the_same(address: str, name: str) -> None:
    mailbox = Mailbox(address, name)
    assert parse_mailbox(str(mailbox)) == mailbox


@given(names())
def test_a_header_is_one_line_of_ascii_and_means_the_mailbox(name: str) -> None:
    header = format_header(Mailbox("joy@example.org", name))
    assert header.isascii()
    assert header.isprintable()
    for word in re.findall(r"=\?\S*", header):
        assert re.fullmatch(r"=\?utf-8\?[qb]\?[A-Za-z0-9!*+/=_-]+\?=", word)
        assert len(word) <= 75
    message = BytesParser(policy=email.policy.default).parsebytes(f"To: {header}\r\n\r\n".encode())
    assert message.keys() == ["To"]
    assert message["To"].defects == ()
    (read,) = message["To"].addresses
    assert read.addr_spec == "joy@example.org"
    if name.isascii():
        assert read.display_name == name
    else:  # Python 3.11's parser puts a space between adjacent encoded-words, against RFC 2047 §6.2; this does not.
        assert str(email.header.make_header(email.header.decode_header(header.rpartition(" <")[0]))) == name


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_encoded_words_are_whole_characters_and_mean_the_text(text: str) -> None:
    words = encode_words(text).split(" ")
    parts = [email.header.decode_header(word)[0] for word in words]
    assert all(len(word) <= 75 for word in words)
    assert "".join(content.decode(charset) for content, charset in parts) == text
