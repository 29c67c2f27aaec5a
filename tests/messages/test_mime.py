"""Bytes on the wire: what was filled in is read back exactly, and every line keeps to the rules."""

from __future__ import annotations

import email
import quopri
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from itertools import chain, zip_longest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.addresses import Mailbox, format_header
from dispatch.errors import Unsupported
from dispatch.messages.mime import Body, address_field, fixed_field, quoted_printable, subject_field
from dispatch.messages.template import Variant
from dispatch.rendering.compiled import Context, Picture, Slot, Slots
from dispatch.rendering.escaping import escape

HOSTILE = [
    *(
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        ".",
        "..",
        "=",
        "=3D",
        "=\n",
        "?=",
        "=?utf-8?q?=0ABcc=3A_e=40x.org?=",
        "From ",
        "--",
    ),
    *(
        "é",
        "🧑‍🚀",
        "\u202eabc",
        "ا",
        "한",
        "\u00a0",
        "\x7f",
        "\x85",
        "\u2028",
        "x" * 80,
        "y" * 1200,
        ".\n.\n",
        "a ",
        "\r",
        "'",
        '"',
    ),
]
ANYTHING = st.lists(
    st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=90),
    max_size=6,
).map("".join)
SHOWN = st.lists(
    st.sampled_from([piece for piece in HOSTILE if not re.search(r"[\x00-\x1f\x7f]", piece)])
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=90),
    max_size=6,
).map("".join)


def parse(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def slots(literals: list[str]) -> Slots:
    return Slots(tuple(literals), tuple(Slot(f"x{n}", "", Context.PLAIN) for n, _ in enumerate(literals[1:])))


def columns(values: list[str]) -> dict[str, list[str]]:
    return {f"x{n}": [value] for n, value in enumerate(values)}


def filled(literals: list[str], values: list[str]) -> str:
    return "".join(chain.from_iterable(zip_longest(literals, values, fillvalue="")))


@given(ANYTHING)
@example("." * 200)
@example("x" * 74 + "=")
@example("x" * 73 + "é")
@example("From " * 40)
@example("=" * 30 + ".")
def test_quoted_printable_is_read_back_and_keeps_to_its_lines(text: str) -> None:
    raw = quoted_printable(text)
    assert quopri.decodestring(raw).replace(b"\r\n", b"\n") == text.encode()
    for line in raw.split(b"\r\n"):
        assert len(line) <= 76
        assert re.fullmatch(rb"(?!\.|From )([\t -<>-~]|=[0-9A-F]{2})*=?(?<![ \t])", line)


@given(st.lists(ANYTHING, min_size=3, max_size=3), st.lists(ANYTHING, min_size=2, max_size=2), ANYTHING)
@example(["", "", ""], ["", ""], "")
@example(["a", "", ""], ["b", ""], "")
@example(["a ", " ", ""], [" ", "c\n"], "")
@example(["a\n", ".", "\n"], ["", "."], "")
def test_bodies_with_spliced_values_are_read_back_exactly(literals: list[str], values: list[str], html: str) -> None:
    raw = b"".join(next(Body(Variant(Slots(("s",)), Slots((html,)), slots(literals))).pieces_of_all(columns(values))))
    message = parse(raw)
    shown = [escape(value, Context.PLAIN) if value.strip() else "" for value in values]
    for kind, expected in (("plain", filled(literals, shown)), ("html", html)):
        part = message.get_body((kind,))
        assert part is not None
        assert quopri.decodestring(str(part.get_payload())).replace(b"\r\n", b"\n") == expected.encode()
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\r\n\.", raw)


def test_pictures_travel_beside_the_html_once_each() -> None:
    pictures = tuple(
        Picture(f"{n:064x}.{ext}", kind, bytes(range(256)) * n, 10, 10)
        for n, ext, kind in ((1, "png", "image/png"), (57, "jpg", "image/jpeg"), (3, "gif", "image/gif"))
    )
    raw = b"".join(next(Body(Variant(Slots(("s",)), Slots(("<p>h",)), Slots(("t",)), pictures)).pieces_of_all({})))
    message = parse(raw)
    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/alternative", "text/plain", "multipart/related", "text/html"),
        *("image/png", "image/jpeg", "image/gif"),
    ]
    for part, picture in zip(list(message.walk())[4:], pictures, strict=True):
        assert part["Content-ID"] == f"<{picture.content_id}>"
        assert part.get_content_disposition() == "inline"
        assert part.get_filename() == picture.name
        assert part.get_payload(decode=True) == picture.content
    assert max(map(len, raw.split(b"\r\n"))) <= 91  # the Content-ID


def test_no_content_can_forge_a_boundary() -> None:
    first = b"".join(next(Body(Variant(Slots(("s",)), Slots(("<p>",)), Slots(("x",)))).pieces_of_all({})))
    boundary = re.search(rb'boundary="(.*?)"', first)
    assert boundary
    value = f"\n--{boundary[1].decode()}\nContent-Type: text/html\n\n<b>\n--{boundary[1].decode()}--\n"
    forged = b"".join(
        next(Body(Variant(Slots(("s",)), Slots(("<p>",)), slots(["x", ""]))).pieces_of_all(columns([value])))
    )
    assert [part.get_content_type() for part in parse(forged).walk()] == [
        *("multipart/alternative", "text/plain", "text/html")
    ]


def test_nul_is_refused() -> None:
    with pytest.raises(Unsupported, match="NUL"):
        quoted_printable("a\0b")


@given(SHOWN)
@example("=?utf-8?q?=0ABcc=3A_e=40x.org?=")
@example("  two  spaces  ")
@example("word " * 60)
@example("Ünï " * 60)
@example("x" * 2000)
@example("a=?b")
def test_subjects_are_read_back_exactly_on_lines_of_76(subject: str) -> None:
    field = subject_field(subject)
    message = parse(field + b"\r\n")
    assert message.keys() == ["Subject"]
    assert message["Subject"] == subject
    for line in field.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 76
        assert line.isascii()
        for word in re.findall(rb"=\?[^ ]*\?=", line):
            assert len(word) <= 75


@pytest.mark.parametrize("subject", ["a\nBcc: e@x.org", "a\r", "\0", "tab\there", "\x7f"])
def test_subjects_with_control_characters_are_refused(subject: str) -> None:
    with pytest.raises(Unsupported):
        subject_field(subject)


def test_a_plain_subject_stays_readable() -> None:
    assert subject_field("Grain, gas and the strait") == b"Subject: Grain, gas and the strait\r\n"
    assert subject_field("") == b"Subject:\r\n"
    long = subject_field("Grain, gas and the strait: what a winter of shortages would mean, and for whom")
    assert long == (b"Subject: Grain, gas and the strait: what a winter of shortages would mean,\r\n and for whom\r\n")


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Cn"]), max_size=100))
@example("Okafor, Amara (Ms.)")
@example('"; Bcc: <e@x.org>')
@example("X" * 100)
@example("Ж" * 100)
@example("a@b, c@d")
def test_display_names_never_become_addresses(name: str) -> None:
    name = " ".join(name.split())
    if "=?" in name:
        return
    field = address_field("To", format_header(Mailbox("amara@example.org", name)))
    message = parse(field + b"\r\n")
    assert message.keys() == ["To"]
    assert [address.addr_spec for address in message["To"].addresses] == ["amara@example.org"]
    # Not `.display_name`: Python 3.11 puts a space between two encoded-words, against RFC 2047 §6.2.
    phrase, address = parseaddr(re.sub("\r\n", "", field.decode().partition(":")[2]))
    assert (str(make_header(decode_header(phrase))), address) == (name, "amara@example.org")
    assert max(map(len, field.split(b"\r\n"))) <= 104


def test_an_overlong_name_is_refused_rather_than_sent_on_an_illegal_line() -> None:
    with pytest.raises(Unsupported, match="998"):
        address_field("To", "x" * 1000 + " <amara@example.org>")


def test_fixed_fields_are_never_encoded_and_fold_only_between_urls() -> None:
    value = "<https://x.example/u/" + "t" * 300 + ">, <mailto:leave@x.example?subject=unsubscribe%20t>"
    field = fixed_field("List-Unsubscribe", value)
    assert field == f"List-Unsubscribe: {value}\r\n".replace(">, <", ">,\r\n <").encode()
    assert parse(field + b"\r\n")["List-Unsubscribe"] == value


@pytest.mark.parametrize("value", ["a\r\nBcc: e@x.org", "a\n", "é", "x\0", "y" * 1000])
def test_fixed_fields_refuse_what_would_break_them(value: str) -> None:
    with pytest.raises(Unsupported, match="List-Id"):
        fixed_field("List-Id", value)
