"""The first line of a subscribers' file: which column is which."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Sequence

from dispatch.errors import InvalidSubscribers, Problem
from dispatch.location import Location
from dispatch.rendering.compiled import RESERVED_FIELDS

DELIMITERS = ",;\t"

ALIASES = {
    "email": (
        "e_mail mail email_address e_mail_address mail_address mailaddress emailaddress"
        " adresse_e_mail adresse_email adresse_mail adresse_electronique courriel mel"
        " e_mail_adresse email_adresse emailadresse mailadresse"
        " correo correo_electronico direccion_de_correo direccion_de_correo_electronico"
        " indirizzo_email indirizzo_e_mail posta_elettronica endereco_de_email e_mailadres emailadres e_post epost"
    ),
    "name": "full_name fullname display_name nom_complet vollstandiger_name nombre_completo nome_completo",
    "first_name": "firstname fname given_name givenname forename prenom vorname nombre_de_pila primeiro_nome voornaam",
    "language": "lang locale langue sprache idioma lingua taal",
    "tags": "tag labels etiquettes schlagworter etiquetas",
    "status": "subscription_status statut",
    "consent_source": "opt_in_source optin_source signup_source",
    "consent_at": "consent_date consented_at opt_in_at opt_in_time optin_time opt_in_date optin_date confirmed_at",
}
"""Other names for the standard columns, as `column_name` writes them. Not among them are "nom" and "nombre", by which
some files mean the family name and others the first, and "state", which is where somebody lives."""

_CANONICAL = {alias: column for column, aliases in ALIASES.items() for alias in aliases.split()}


def detect_delimiter(line: str) -> str:
    """The delimiter of a file by its first line: the one that shows a column of addresses, else the most frequent."""

    def fitness(delimiter: str) -> tuple[bool, int]:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        return any(_canonical(column_name(cell)) == "email" for cell in cells), len(cells)

    return max(DELIMITERS, key=fitness)


def read_header(cells: Sequence[str], location: Location) -> tuple[str, ...]:
    """One name for each column: a standard one, or that of a merge field; "" for a column without a header.

    Raises InvalidSubscribers with everything that is wrong with the line.
    """
    names = tuple(_canonical(column_name(cell)) for cell in cells)
    if "email" not in names and any("@" in cell for cell in cells):
        raise InvalidSubscribers(
            "the first line does not name the columns: it has an address in it",
            remedy="Put a line before it, for example: email,first_name",
            location=location,
        )
    problems = [
        *(_unfit_name(cell, location) for cell, name in zip(cells, names, strict=True) if cell.strip() and not name),
        *(_reserved_name(name, location) for name in names if name in RESERVED_FIELDS),
        *_repeated_names(cells, names, location),
    ]
    if "email" not in names:
        problems.append(_no_addresses(cells, names, location))
    if problems:
        raise InvalidSubscribers.of(problems)
    return names


def column_name(header: str) -> str:
    """A header as the name of a merge field, [a-z][a-z0-9_]*: "Prénom" is prenom, "E-Mail" is e_mail; "" if none fits."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    name = re.sub(r"[\W_]+", "_", letters).strip("_")
    return name if re.fullmatch(r"[a-z][a-z0-9_]*", name) else ""


def _canonical(name: str) -> str:
    return _CANONICAL.get(name, name)


def _unfit_name(cell: str, location: Location) -> Problem:
    return Problem(
        f"the column {cell.strip()!r} cannot become a merge field",
        location,
        "Name it with the letters a to z, digits and _, beginning with a letter, for example: city",
    )


def _reserved_name(name: str, location: Location) -> Problem:
    return Problem(
        f"no column may be called {name}: dispatch fills that merge field itself", location, "Give it another name."
    )


def _repeated_names(cells: Sequence[str], names: Sequence[str], location: Location) -> list[Problem]:
    problems = []
    for position, name in enumerate(names):
        first = names.index(name)
        if name and first != position:
            columns = f"{first + 1} ({cells[first].strip()}) and {position + 1} ({cells[position].strip()})"
            problems.append(
                Problem(f"the columns {columns} are both {name}", location, "Rename or delete one of the two.")
            )
    return problems


def _no_addresses(cells: Sequence[str], names: Sequence[str], location: Location) -> Problem:
    known = ["email", *ALIASES["email"].split()]
    close = [cell.strip() for cell, name in zip(cells, names, strict=True) if difflib.get_close_matches(name, known, 1)]
    question = f"Is it {close[0]!r}? " if close else ""
    return Problem(
        "no column is called email",
        location,
        f"{question}Call the column of addresses `email`. The columns here are: {', '.join(map(repr, cells))}.",
    )
