"""A made-up desk as the kernel would send it: rows, pages and words for the page without a kernel."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from deskkit.views.desk import shell

__all__ = ["HOSTILE", "LABELS", "STYLE", "hostile_world", "script", "words", "world"]

SCRIPTS = Path(shell.__file__).parent / "js"
LABELS = SCRIPTS / "LABELS.txt"
STYLE = SCRIPTS / "desk.css"
FILES = (
    "words.js", "store.js", "keep.js", "seat.js", "order.js", "rows.js", "list.js", "tabs.js", "menu.js", "actions.js",
    "bulk.js", "thread.js", "composer.js", "pane.js", "find.js", "keys.js", "bar.js", "desk.js",
)  # fmt: skip
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
NAMES = {
    "en": ["Zhang Wei", "Li Na", "Anna Schmidt", "Omar Haddad", "Priya Nair", "Tom Baker", "Chen Jie", "Sofia Rossi"],
    "zh": ["张伟", "李娜", "王秀英", "刘洋", "陈静", "杨磊", "赵敏", "欧阳若兮"],
}
SAID = {
    "en": [
        "Hello, my parcel has not moved for five days.", "The lamp arrived broken, can I get my money back?",
        "Which size should I take if I am 1.78 m?", "I was charged twice for order 2099114457.", "Is anybody there?",
        "Thanks!", "Can you change the delivery address? I have moved, and the old flat is empty now.",
    ],
    "zh": [
        "你好，我的包裹五天没有动了。", "灯到货时是坏的，可以退款吗？", "身高一米七八应该选什么尺码？",
        "订单 2099114457 被扣了两次款。", "有人吗？", "谢谢！", "能改一下收货地址吗？我搬家了，原来的地方没人收件。",
    ],
}  # fmt: skip
WORDS = {
    "en": {
        "groups": ["Pre-sale", "After-sale", "VIP"], "agents": ["Chen Lu", "Mia Wolf", "Raj Patel"],
        "levels": ["Low", "Normal", "High", "Urgent"], "stages": ["In queue", "Assigned", "Snoozed"],
        "facets": ["Customer type", "Inquiry", "Label"], "tags": [["VIP", "new customer"], ["refund", "delivery", "size"], ["angry", "big order"]],
        "groupings": ["No grouping", "By group", "By agent", "By priority", "By customer type", "By inquiry"],
        "why": ["overdue", "VIP complaint", "refund asked twice", ""], "snoozes": ["10 min", "1 h", "4 h"],
        "parts": ["open", "in the queue", "urgent", "longest wait"], "title": "Desk",
        "recap": [["Matter", "Parcel has not moved for five days"], ["Unanswered", "Is anybody there?"], ["Promised", "A look at the carrier's page (12 min ago)"]],
        "card": [["Orders", "14"], ["Spent", "3,280.00"], ["Membership", "gold"], ["Last order", "12 Nov (14 days ago)"], ["Customer no.", "c-20931"]],
        "page_why": ["Priority Urgent: VIP complaint", "also: refund asked twice"], "pin": "Promised a voucher of 20; ask Mia before giving more.",
        "note": "Carrier says the parcel is at the customs.", "whisper": "Offer the express delivery, please.", "joined": "Chen Lu took the conversation",
        "day": "Today", "answer": "Let me look into that for you.", "until": "12 Nov 10:31 · Handled · Chen Lu", "quick": ["Greeting", "Hello! How can I help?", "Refund", "Your refund is on its way."],
    },
    "zh": {
        "groups": ["售前", "售后", "贵宾"], "agents": ["陈露", "米娅", "拉吉"],
        "levels": ["低", "普通", "高", "紧急"], "stages": ["排队中", "已分配", "稍后处理"],
        "facets": ["客户类型", "咨询", "标签"], "tags": [["贵宾", "新客户"], ["退款", "物流", "尺码"], ["生气", "大订单"]],
        "groupings": ["不分组", "按分组", "按客服", "按优先级", "按客户类型", "按咨询"],
        "why": ["超时", "贵宾投诉", "两次要求退款", ""], "snoozes": ["10 分钟", "1 小时", "4 小时"],
        "parts": ["进行中", "排队中", "紧急", "最长等待"], "title": "客服台",
        "recap": [["事由", "包裹五天没有动"], ["未回复", "有人吗？"], ["已承诺", "查询物流（12 分钟前）"]],
        "card": [["订单", "14"], ["消费", "3,280.00"], ["会员", "黄金"], ["最近订单", "11月12日（14 天前）"], ["客户编号", "c-20931"]],
        "page_why": ["优先级紧急：贵宾投诉", "另有：两次要求退款"], "pin": "已答应 20 元优惠券；再多请先问米娅。",
        "note": "物流说包裹在海关。", "whisper": "请提供加急配送。", "joined": "陈露接手了会话",
        "day": "今天", "answer": "我帮您查一下。", "until": "11月12日 10:31 · 已处理 · 陈露", "quick": ["问候", "您好！请问有什么可以帮您？", "退款", "您的退款正在处理。"],
    },
}  # fmt: skip


def script() -> str:
    """Return the one module that a browser loads."""
    return "\n".join((SCRIPTS / name).read_text(encoding="utf-8") for name in FILES)


def words(language: str) -> dict[str, str]:
    """Return the labels of a language, by key."""
    path = LABELS if language == "en" else Path(__file__).parent / "labels_zh.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" = ", 1) for line in lines if line)


def world(rows: int = 40, *, language: str = "en", key: str = "memory|chen", epoch: str = "e1") -> dict[str, Any]:
    """Return what the kernel that is none starts from."""
    random = Random(rows)
    known = WORDS[language]
    made = {f"c{number}": _row(random, number, known, language) for number in range(rows)}
    order = sorted(made, key=lambda name: (-made[name].get("l", 0), made[name].get("w") or NOW))
    made[order[2]] |= {"fl": True, "z": 28}
    return {
        "epoch": epoch, "at": NOW, "me": "chen", "key": key, "language": language, "words": {one: words(one) for one in ("en", "zh")},
        "rows": made, "order": order, "choices": _choices(known),
        "pages": {name: _page(random, name, made[name], known, language) for name in order[:16]},
        "head": {
            "title": known["title"], "warn": "",
            "parts": [{"n": n, "text": text, "alarm": n == "31:20"} for n, text in zip((str(rows), "12", "4", "31:20"), known["parts"], strict=True)],
        },
    }  # fmt: skip


def _row(random: Random, number: int, known: dict[str, Any], language: str) -> dict[str, Any]:
    level = random.choices(range(4), (2, 6, 3, 1))[0]
    row = {
        "n": NAMES[language][number % 8] + ("" if number < 8 else f" {number}"), "l": level, "s": random.choice(["waiting", "assigned"]),
        "g": random.choice(["pre", "after", "vip"]), "a": random.choice(["", "chen", "mia", "raj"]), "u": random.choice([0, 0, 0, 1, 2, 5]),
        "t": 300_000, "x": random.choice(SAID[language]), "y": random.choice(known["why"]),
        "iq": [random.choice(["refund", "delivery", "size"])],
    }  # fmt: skip
    if random.random() < 0.3:
        row["ct"] = ["vip"]
    if random.random() < 0.75:
        row["w"] = NOW - random.randrange(5_000, 420_000)
    return row | ({"od": True} if row["y"] == known["why"][0] else {})


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
        "levels": [{"k": k, "letter": "LNHU"[k], "shape": "▽○▲◆"[k], "text": text} for k, text in enumerate(known["levels"])],
        "stages": pairs(["waiting", "assigned", "snoozed"], known["stages"]),
        "facets": [
            {"k": key, "text": text, "tags": [{**tag, "colour": None} for tag in pairs(list(keys), texts)]}
            for key, text, keys, texts in zip(("customer", "inquiry", "label"), known["facets"], tags, known["tags"], strict=True)
        ],
        "groupings": pairs(["", "group", "agent", "level", "customer", "inquiry"], known["groupings"]),
        "quick": [{"short": "/hi", "title": quick[0], "text": quick[1]}, {"short": "/refund", "title": quick[2], "text": quick[3]}],
        "snoozes": [{"ms": ms, "text": text} for ms, text in zip((600_000, 3_600_000, 14_400_000), known["snoozes"], strict=True)],
    }  # fmt: skip


def _page(random: Random, name: str, row: dict[str, Any], known: dict[str, Any], language: str) -> dict[str, Any]:
    lines: list[dict[str, Any]] = [{"id": "day", "k": "day", "m": known["day"], "x": ""}]
    for number in range(40):
        kind, text = ("customer", random.choice(SAID[language])) if number % 3 else ("agent", known["answer"])
        lines.append({"id": str(number), "k": kind, "m": f"09:{number + 10}", "x": text, "file": None, "st": None})
    lines += [
        {"id": "joined", "k": "system", "m": "09:51", "x": known["joined"]},
        {"id": "note", "k": "note", "m": f"09:52 · {known['agents'][0]}", "x": known["note"]},
        {"id": "whisper", "k": "whisper", "m": f"09:52 · {known['agents'][1]}", "x": known["whisper"]},
        {
            "id": "file",
            "k": "customer",
            "m": "09:53",
            "x": "",
            "file": {"name": "photo of the lamp.jpg", "size": "1.2 MB"},
        },
        {"id": "last", "k": "customer", "m": "09:54", "x": SAID[language][4]},
    ]
    return {
        "id": name, "n": row["n"], "l": row["l"], "s": row["s"], "w": row.get("w"), "t": row["t"], "why": known["page_why"],
        "chips": [known["stages"][1], known["groups"][1], known["agents"][0]], "recap": known["recap"], "lines": lines, "more": True,
        "card": known["card"], "earlier": [{"k": "old1", "text": known["until"]}],
        "tags": [{"f": "customer", "k": "vip", "text": known["tags"][0][0], "hand": False}, {"f": "inquiry", "k": "refund", "text": known["tags"][1][0], "hand": True}],
        "helpers": [{"k": "mia", "text": known["agents"][1]}], "hand": -1, "pin": [known["pin"]], "drafting": [], "told": "",
        "may": ["archive", "assign", "group", "handled", "help", "priority", "reply", "snooze", "tag"],
    }  # fmt: skip


def hostile_world(payload: str) -> dict[str, Any]:
    """Return a desk in which every text, key and identity is the same hostile string."""
    made = world(6)
    spoilt = {name: _spoilt(made[name], payload) for name in ("rows", "choices", "head", "pages")}
    ids = [f"{payload}{number}" for number in range(6)]
    page = next(iter(spoilt["pages"].values()))
    return made | spoilt | {
        "rows": dict(zip(ids, spoilt["rows"].values(), strict=True)), "order": ids, "pages": {one: page | {"id": one} for one in ids},
        "key": payload, "me": payload, "undo": [{"undo": payload, "text": payload, "by": payload, "at": payload}] * 2,
    }  # fmt: skip


_KEPT = {
    "l",
    "k",
    "s",
    "w",
    "t",
    "u",
    "fl",
    "z",
    "od",
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
