"""Headers as people write them, and the names they become."""

from __future__ import annotations

import pytest

from dispatch.location import Location
from dispatch.subscribers.csv_header import ALIASES, column_name, detect_delimiter, read_header
from dispatch.subscribers.subscriber import STANDARD_COLUMNS


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("City", "city"),
        (" Favourite  City ", "favourite_city"),
        ("Zip-Code", "zip_code"),
        ("Prénom", "prenom"),
        ("Straße", "strasse"),
        ("Date d’adhésion", "date_d_adhesion"),
        ("City (home)", "city_home"),
        ("A/B", "a_b"),
        ("x2", "x2"),
        ("2x", ""),
        ("город", ""),
        ("a город", ""),
        ("…", ""),
        ("", ""),
    ],
)
def test_a_header_becomes_the_name_of_a_merge_field(header: str, name: str) -> None:
    assert column_name(header) == name


def test_the_other_names_are_told_apart_and_written_as_headers_are_read() -> None:
    names = [name for aliases in ALIASES.values() for name in aliases.split()]
    assert len(names) == len(set(names))
    assert [column_name(name) for name in names] == names
    assert set(ALIASES) == set(STANDARD_COLUMNS)
    assert not set(names) & set(STANDARD_COLUMNS)


@pytest.mark.parametrize("column", STANDARD_COLUMNS)
def test_every_standard_column_is_known_by_its_other_names(column: str) -> None:
    for alias in ALIASES[column].split():
        cells = [alias.upper().replace("_", " ")] if column == "email" else ["email", alias.replace("_", "-")]
        assert column in read_header(cells, Location("people.csv", 1))


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("email", ","),
        ("email,name", ","),
        ("email;name", ";"),
        ("email\tname", "\t"),
        ('"e-mail";"name, first"', ";"),
        ("name, a;b;c;d,email", ","),
        ("nothing;known;here", ";"),
        ("\0", ","),
    ],
)
def test_the_delimiter_is_told_from_the_first_line(line: str, delimiter: str) -> None:
    assert detect_delimiter(line) == delimiter
