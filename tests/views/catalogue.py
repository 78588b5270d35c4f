"""The catalogues of words: what the code says, written into each `.po`, and the `.mo` beside it made anew.

Run `python tests/views/catalogue.py` after a text on screen was added or changed, translate what it names, and run
it again. The tests read the same functions.
"""

from __future__ import annotations

import io
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from deskkit.desk.shown import LANGUAGES as LANGUAGE_NAMES
from deskkit.measures import MEASURES
from deskkit.measures.notes import ASSIGNMENT, EMPTY, KEY_NOTES, LEAVING, NOTES, TRANSFERS
from deskkit.measures.patience import FIRST_WORD
from deskkit.sample import sample_policy
from deskkit.sim.concurrency import CURVE, MECHANISMS
from deskkit.sim.outcomes import OF_RUN
from deskkit.sim.periods import PERIODICAL
from deskkit.sim.ranges import RANGES
from deskkit.sim.speeds import SPEEDS
from deskkit.worded import COMMA, SEMICOLON

__all__ = ["compiled", "merged", "po_path", "texts", "written"]

PACKAGE = Path(__file__).resolve().parents[2] / "deskkit"
SPEAKING = ("desk", "figures", "measures", "sim", "views")  # the folders whose words are shown
LANGUAGE = "zh"
KEYWORDS = {"worded": None, "say": None, "_say": None, "self": None, "word": None, "_": None}
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # a catalogue has no date: the same words are the same bytes


def po_path() -> Path:
    """Return where the catalogue lies."""
    return PACKAGE / "locale" / LANGUAGE / "LC_MESSAGES" / "deskkit.po"


def texts() -> set[str]:
    """Return every text the package gives to a translator."""
    found: set[str] = set()
    for folder in SPEAKING:
        rows = extract_from_dir(PACKAGE / folder, method_map=[("**.py", "python")], keywords=KEYWORDS)
        found |= {row[2] for row in rows if isinstance(row[2], str)}
    for one in (*MEASURES.values(), FIRST_WORD):  # views and figures translate what a measure says of itself
        found |= {one.title, one.start, one.end, one.counted, one.averaged} | (
            {f"{{n}} {one.each}"} if one.each else set()
        )
    found |= {title for title, _unit in (*OF_RUN.values(), *PERIODICAL.values())} | set(SPEEDS.values())
    found |= {one.title for one in RANGES} | {*CURVE, *MECHANISMS}  # likewise what a study says of a simulation
    found |= {EMPTY, COMMA, SEMICOLON}
    for policy in (sample_policy(name) for name in ("standard", "peak", "quiet")):
        rules = policy.schema
        families: list[tuple[Any, ...]] = [rules.tags, rules.priority, rules.routing.rules, rules.tidy]
        found |= {rule.name for family in families for rule in family}
        found |= {f"tag: {tag}" for facet in rules.facets for tag in (*facet.tags, *facet.retired)}
        found |= {f"signal: {one.name}" for one in rules.signals} | {f"ring: {one.name}" for one in rules.notify.rings}
        found |= {f"skill: {skill}" for rule in rules.routing.rules for skill in rule.needs}
    found |= set(LANGUAGE_NAMES.values()) | {f"skill: {skill}" for skill in skills_of_rosters()}
    return found.union(*(notes.values() for notes in (NOTES, LEAVING, TRANSFERS, ASSIGNMENT, KEY_NOTES)))


def skills_of_rosters() -> set[str]:
    """Return the skills of the rosters that come with deskkit."""
    rosters = [
        tomllib.loads(file.read_text(encoding="utf-8")) for file in (PACKAGE.parent / "data").rglob("agents.toml")
    ]
    found = [one for roster in rosters for agents in roster.values() if isinstance(agents, list) for one in agents]
    return {skill for agent in found for skill in agent.get("skills", {})}


def stored() -> Catalog:
    """Read the catalogue."""
    with po_path().open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def merged() -> Catalog:
    """Return the texts of the code with the translations there are."""
    before = stored() if po_path().exists() else Catalog(locale=LANGUAGE)
    catalogue = Catalog(
        locale=LANGUAGE,
        project="deskkit",
        version="1",
        creation_date=FIRST_DAY,
        revision_date=FIRST_DAY,
        last_translator="deskkit contributors",
        language_team="deskkit contributors",
        fuzzy=False,
        header_comment="# Words of deskkit. Made by tests/views/catalogue.py.",
    )
    for text in sorted(texts()):
        known = before.get(text)
        catalogue.add(text, known.string if known else "")
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue as the bytes of its `.po`."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as the bytes of its `.mo`."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Write both files; name what is not translated yet."""
    catalogue = merged()
    po_path().write_bytes(written(catalogue))
    po_path().with_suffix(".mo").write_bytes(compiled(catalogue))
    missing = [str(message.id) for message in catalogue if message.id and not message.string]
    sys.stdout.write("".join(f"not translated: {text}\n" for text in missing))
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
