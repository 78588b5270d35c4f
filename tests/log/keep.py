"""Writes the log that is kept of a release, so that every later one can be held to reading it (P8).

Run ``python -m tests.log.keep`` once when a version is released, never again for that version. The rows are the
canonical ones, so the file's own SHA-256 is the log's digest.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskkit.desk import cards, coding, events
from deskkit.desk.desk import fold
from deskkit.desk.policy import Policy
from tests.laws.world import ACTS, World

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk

KEPT = Path(__file__).parents[2] / "data" / "logs"
STANDARD = Policy.load("data/policies/standard.toml")
FULL_HOUSE = STANDARD.edit({f"groups.{name}.queue_limit": 0 for name in ("presales", "aftersales", "technical")})
ALL_KINDS = {str(kind.__struct_config__.tag) for kind in events.FACTS + events.DECISIONS}
STEPS = 45


def day(seed: int) -> list[events.Event]:
    """Let a random day happen under two policies; return its events, among them kinds no random day holds."""
    draw = random.Random(seed)
    made = World(STANDARD, agents=5)
    made.take(events.HistorySeeded, customer="u1", contacts=(1, 2), unresolved=1, rating=-1, rated_at=5, transfers=2)
    for policy in (STANDARD, FULL_HOUSE):
        made.take(events.PolicyChanged, by="chen", text=policy.text, fingerprint=policy.fingerprint)
        for _ in range(STEPS):
            made.act(draw.randrange(len(ACTS)), draw.randrange(10**6), draw.randrange(10**6), draw.randrange(10**6))
    last = made.desk.conversations[len(made.desk.conversations) - 1]
    made.take(events.SystemWrote, conversation=last, message="s1", text="对话已结束")
    source_id = f"world:{len(made.log) - 1}#0"
    advised = events.Advised(at=made.at, source="desk", source_id=source_id, conversation=last, agent="a0")
    return [*made.log, advised]


def kinds(log: list[events.Event]) -> set[str]:
    """Return the names of the kinds of events in a log."""
    return {str(type(event).__struct_config__.tag) for event in log}


def summary(desk: Desk) -> dict[str, Any]:
    """Return what a desk shows, by name: what a later release must make of the same log."""
    conversations = {}
    for name in desk.conversations:
        card = cards.conversation_card(desk, desk.goes_on_as(name))  # as the releases of then showed it
        tags = sorted(f"{tag.facet}:{tag.name}" for tag in card.tags)
        said = len(desk.messages[desk.exactly(name)])
        conversations[name] = [card.stage, card.level, card.owner, card.group, said, *tags]
    agents = {card.agent: [card.presence, card.load, list(card.conversations)] for card in cards.agents(desk)}
    return {
        "conversations": conversations, "agents": agents, "now": desk.now, "next": desk.next_deadline(),
        "policy": desk.policy.fingerprint, "people": sorted(desk.people),
    }  # fmt: skip


def main(version: str) -> None:
    """Write the log of a version and what it leads to."""
    path = KEPT / f"{version}.jsonl"
    if path.exists():
        sys.exit(f"{path} is kept for ever")
    log = next(log for log in map(day, range(10_000)) if kinds(log) == ALL_KINDS)
    body = b"".join(coding.encode(event) + b"\n" for event in log)
    path.write_bytes(body)
    about = {"events": len(log), "digest": hashlib.sha256(body).hexdigest(), "desk": summary(fold(log, STANDARD))}
    path.with_suffix(".json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
