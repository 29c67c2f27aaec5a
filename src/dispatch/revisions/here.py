"""Places in the folder that a commit was written to, told as those of the newsletter's own."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from dispatch.checks.check import Finding
from dispatch.errors import Problem
from dispatch.location import Location, shown_name


@dataclass(frozen=True)
class Here:
    """Tells the places of a temporary folder as those of the newsletter's own."""

    folder: Path
    newsletter: Path

    def text(self, text: str) -> str:
        """A text that may name files."""
        own = os.path.relpath(self.newsletter)
        own = "" if own == "." else f"{own}/"
        for shown in (f"{os.path.relpath(self.folder)}/", f"{self.folder}/"):
            text = text.replace(shown, own) if self.folder != self.newsletter else text
        text = text.replace(str(self.folder), str(self.newsletter))
        return "\n".join(map(shown_name, text.split("\n")))

    def place(self, place: Location) -> Location:
        """A place."""
        return replace(place, file=self.text(place.file))

    def problem(self, problem: Problem) -> Problem:
        """A problem."""
        location = self.place(problem.location) if problem.location else None
        return Problem(self.text(problem.message), location, self.text(problem.remedy))

    def finding(self, finding: Finding) -> Finding:
        """A finding."""
        message, hint = self.text(finding.message), self.text(finding.hint)
        return replace(finding, location=self.place(finding.location), message=message, hint=hint)
