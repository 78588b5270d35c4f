"""A made-up desk as the kernel would send it: rows, pages and words for the page without a kernel."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from deskkit.views.desk import shell
from deskkit.views.desk.labels import labels
from deskkit.views.words import Words

__all__ = ["HOSTILE", "SCRIPTS", "STYLE", "hostile_world", "words", "world"]

SCRIPTS = Path(shell.__file__).parent / "js"
STYLE = "\n".join(path.read_text(encoding="utf-8") for path in shell.LOOK)
NOW = 1_700_000_000_000
HOSTILE = (
    "<img src=x onerror=\"ran('img')\">",
    "<script>ran('script')</script>",
    "\"><svg onload=ran('svg')>",
    "' onfocus=ran('focus') autofocus tabindex=1 x='",
    "javascript:ran('link')",
    "</textarea></option></select><iframe srcdoc=\"<script>parent.ran('frame')</script>\"></iframe>",
    "__proto__",
    "{name}{n}$&\u202e\u0000",
)
TEXTS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "texts.json").read_text(encoding="utf-8"))


def words(language: str) -> dict[str, str]:
    """Return the labels of a language, by key."""
    return labels(Words(language, zone="Asia/Shanghai"))


def world(rows: int = 40, *, language: str = "en", key: str = "memory|chen", epoch: str = "e1") -> dict[str, Any]:
    """Return what the kernel that is none starts from."""
    random = Random(rows)
    known = TEXTS[language]
    made = {f"c{number}": _row(random, number, known, language) for number in range(rows)}
    order = sorted(made, key=lambda name: (-made[name].get("l", 0), made[name].get("w") or NOW))
    made[order[2]] |= {"fl": True, "z": 28}
    return {
        "epoch": epoch,
        "at": NOW,
        "me": "chen",
        "key": key,
        "language": language,
        "words": {one: words(one) for one in ("en", "zh")},
        "rows": made,
        "order": order,
        "choices": _choices(known),
        "pages": {name: _page(random, name, made[name], known, language) for name in order[:16]},
        "head": {
            "title": known["title"],
            "warn": "",
            "parts": [
                {"n": n, "text": text, "alarm": n == "31:20"}
                for n, text in zip((str(rows), "12", "4", "31:20"), known["parts"], strict=True)
            ],
        },
    }


def _row(random: Random, number: int, known: dict[str, Any], language: str) -> dict[str, Any]:
    level = random.choices(range(4), (2, 6, 3, 1))[0]
    row = {
        "n": TEXTS[language]["names"][number % 8] + ("" if number < 8 else f" {number}"),
        "l": level,
        "s": random.choice(["waiting", "assigned"]),
        "g": random.choice(["pre", "after", "vip"]),
        "a": random.choice(["", "chen", "mia", "raj"]),
        "u": random.choice([0, 0, 0, 1, 2, 5]),
        "t": 300_000,
        "x": random.choice(TEXTS[language]["said"]),
        "y": random.choice(known["why"]),
        "iq": [random.choice(["refund", "delivery", "size"])],
    }
    if random.random() < 0.3:
        row["ct"] = ["vip"]
    if random.random() < 0.75:
        row["w"] = NOW - random.randrange(5_000, 420_000)
    return row | ({"tl": True} if row["y"] == known["why"][0] else {})


def _choices(known: dict[str, Any]) -> dict[str, Any]:
    def pairs(keys: list[Any], texts: list[str]) -> list[dict[str, Any]]:
        return [{"k": key, "text": text} for key, text in zip(keys, texts, strict=True)]

    tags = (["vip", "new"], ["refund", "delivery", "size"], ["angry", "big"])
    there = zip(
        pairs(["chen", "mia", "raj"], known["agents"]),
        ("online", "away", "offline"),
        ("3 / 5", "1 / 5", "0 / 5"),
        strict=True,
    )
    quick = known["quick"]
    return {
        "groups": pairs(["pre", "after", "vip"], known["groups"]),
        "agents": [{**one, "presence": presence, "room": room} for one, presence, room in there],
        "levels": [
            {"k": k, "letter": "LNHU"[k], "shape": "▽○▲◆"[k], "text": text} for k, text in enumerate(known["levels"])
        ],
        "stages": pairs(["waiting", "assigned", "snoozed"], known["stages"]),
        "facets": [
            {"k": key, "text": text, "tags": [{**tag, "colour": None} for tag in pairs(list(keys), texts)]}
            for key, text, keys, texts in zip(
                ("customer", "inquiry", "label"), known["facets"], tags, known["tags"], strict=True
            )
        ],
        "groupings": pairs(["", "group", "agent", "level", "customer", "inquiry"], known["groupings"]),
        "quick": [
            {"short": "/hi", "title": quick[0], "text": "{customer} {unknown}: " + quick[1]},
            {"short": "/refund", "title": quick[2], "text": quick[3]},
        ],
        "snoozes": [
            {"ms": ms, "text": text}
            for ms, text in zip((600_000, 3_600_000, 14_400_000), known["snoozes"], strict=True)
        ],
    }


def _page(random: Random, name: str, row: dict[str, Any], known: dict[str, Any], language: str) -> dict[str, Any]:
    lines: list[dict[str, Any]] = [{"id": "day", "k": "day", "m": known["day"], "x": ""}]
    for number in range(40):
        kind, text = ("customer", random.choice(TEXTS[language]["said"])) if number % 3 else ("agent", known["answer"])
        lines.append({"id": str(number), "k": kind, "m": f"09:{number + 10}", "x": text, "st": None})
    lines += [
        {"id": "joined", "k": "system", "m": "09:51", "x": known["joined"]},
        {"id": "note", "k": "note", "m": f"09:52 · {known['agents'][0]}", "x": known["note"]},
        {"id": "whisper", "k": "whisper", "m": f"09:52 · {known['agents'][1]}", "x": known["whisper"]},
        {
            "id": "file",
            "k": "customer",
            "m": "09:53",
            "x": "",
            "files": [{"name": "photo of the lamp.jpg", "size": "image · 1.2 MB", "open": True}],
        },
        {"id": "last", "k": "customer", "m": "09:54", "x": TEXTS[language]["said"][4]},
    ]
    return {
        "id": name,
        "n": row["n"],
        "l": row["l"],
        "s": row["s"],
        "w": row.get("w"),
        "t": row["t"],
        "why": known["page_why"],
        "chips": [known["stages"][1], known["groups"][1], known["agents"][0]],
        "recap": known["recap"],
        "lines": lines,
        "more": True,
        "card": known["card"],
        "earlier": [{"k": "old1", "text": known["until"]}],
        "tags": [
            {"f": "customer", "k": "vip", "text": known["tags"][0][0], "hand": False},
            {"f": "inquiry", "k": "refund", "text": known["tags"][1][0], "hand": True},
        ],
        "helpers": [{"k": "mia", "text": known["agents"][1]}],
        "to": {"k": "mia", "text": known["agents"][1]},
        "hand": -1,
        "pin": [known["pin"]],
        "drafting": [],
        "told": "",
        "quick": [0, 1],
        "blanks": {"customer": row["n"], "agent": known["agents"][0]},
        "may": ["archive", "assign", "group", "handled", "help", "priority", "reply", "snooze", "tag"],
    }


def hostile_world(payload: str) -> dict[str, Any]:
    """Return a desk in which every text, key and identity is the same hostile string."""
    made = world(6)
    spoilt = {name: _spoilt(made[name], payload) for name in ("rows", "choices", "head", "pages")}
    ids = [f"{payload}{number}" for number in range(6)]
    page = next(iter(spoilt["pages"].values()))
    return (
        made
        | spoilt
        | {
            "rows": dict(zip(ids, spoilt["rows"].values(), strict=True)),
            "order": ids,
            "pages": {one: page | {"id": one} for one in ids},
            "key": payload,
            "me": payload,
            "undo": [{"undo": payload, "text": payload, "by": payload, "at": payload}] * 2,
        }
    )


_KEPT = {
    "l",
    "k",
    "s",
    "w",
    "t",
    "u",
    "fl",
    "z",
    "tl",
    "may",
    "presence",
    "st",
    "f",
    "short",
}  # what the page decides by


def _spoilt(value: Any, payload: str) -> Any:
    if isinstance(value, dict):
        return {
            key: one
            if key in _KEPT and not (key == "k" and isinstance(one, str) and one in {"refund", "vip"})
            else _spoilt(one, payload)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_spoilt(one, payload) for one in value]
    return payload if isinstance(value, str) else value
