"""Proof-reading: engines that know a language, asked in a process of their own, and what of it is told."""

from __future__ import annotations

from importlib import import_module

from dispatch.inspection.proofreading.engine import Engine

# The first that is installed and speaks the language reads it. Modules are imported when they are asked for.
ENGINES: dict[str, str] = {
    "lingotweaker": "dispatch.inspection.proofreading.lingotweaker:LingoTweaker",
    "harper": "dispatch.inspection.proofreading.harper:Harper",
}


def engines() -> tuple[type[Engine], ...]:
    """All engines, installed or not, in the order in which they are asked."""
    named = (path.partition(":") for path in ENGINES.values())
    return tuple(getattr(import_module(module), name) for module, _, name in named)


def engine_for(language: str) -> type[Engine] | None:
    """The engine that reads a language here (BCP 47: `en`, `fr-CA`); None where none that is installed does."""
    return next((engine for engine in engines() if engine.edition(language)), None)
