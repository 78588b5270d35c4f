"""How fast `deskkit import meiqia` is, in messages per second, and how much memory it takes.

Run by `make bench`: 10,000 conversations of ten messages; ``python -m tests.bench.bench_import 100000`` runs
the full size. The pages are one JSON file on one line, like a page of the API but huge. The import is a
process of its own into a new SQLite log, once with everything new and once again with nothing new.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MESSAGES = 10
AGENTS = 40
TEXTS = (
    "请问我的订单什么时候发货？",
    "我查一下，请稍等",
    "where is my order",
    "好的",
    "太慢了",
    "已经为您补发，请留意短信",
)


def main() -> None:
    """Print messages per second and the peak of memory, for a first and a second import."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.json")
        write_page(page, size)
        print(f"{size:,} conversations, {size * MESSAGES:,} messages, {page.stat().st_size / 2**20:,.0f} MiB")
        for name in ("first", "again"):
            before = spent_by_children()
            seconds, report = run(page, Path(folder, "desk.db"))
            worked, peak = spent_by_children()
            rate = report["messages"] / seconds
            print(
                f"{name}: {seconds:6.1f} s, {rate:8,.0f} messages/s, "
                f"{worked - before[0]:5.1f} s of a core, peak {peak:,.0f} MiB; "
                f"{report['stored']:,} facts stored, {report['duplicates']:,} known"
            )


def write_page(path: Path, size: int) -> None:
    """Write one page of many conversations, newest first as the API does not promise otherwise."""
    draw = random.Random(1)
    start = datetime(2026, 6, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as page:
        page.write('{"errno": 0, "errmsg": "ok", "result": [')
        for number in reversed(range(size)):
            begun = start + timedelta(seconds=12 * number + draw.random())
            page.write(json.dumps(conversation(number, begun, draw), ensure_ascii=False))
            page.write(", " if number else "]}")


def conversation(number: int, begun: datetime, draw: random.Random) -> dict[str, Any]:
    """Return a conversation in the shape of 2026."""
    agent = number % AGENTS
    said = []
    at = begun
    for turn in range(MESSAGES):
        at += timedelta(seconds=5 + 40 * draw.random())
        by_agent = turn % 2 == 1
        said.append({
            "from": "agent" if by_agent else "client",
            "timestamp": f"{at:%Y-%m-%d %H:%M:%S.%f}",
            "content": f"{draw.choice(TEXTS)} {draw.randrange(10**8)}",
            "content_type": "text",
            "type": "message",
            "agent_name": f"客服{agent}" if by_agent else None,
        })  # fmt: skip
    return {
        "enterprise_id": 40001,
        "page_land_title": "首页",
        "visitor_ip": "203.0.113.5",
        "visitor_tags": ["VIP"] if number % 9 == 0 else [],
        "client_id": 50_000_000 + number * 7 % 60_000,
        "client_info": {"name": f"顾客{number % 60_000}", "orders": str(number % 5), "spend": 12.5},
        "agent_account": f"agent{agent}@shop.example",
        "agent_name": f"客服{agent}",
        "agent_ID": str(agent),
        "group_name": "售前",
        "conv_id": 68_000_000 + number,
        "conv_start_tm": f"{begun:%Y-%m-%d %H:%M:%S.%f}",
        "conv_end_tm": f"{at + timedelta(minutes=2):%Y-%m-%d %H:%M:%S.%f}",
        "conv_content": said,
        "conv_agent_msg_count": MESSAGES // 2,
        "conv_visitor_msg_count": str(MESSAGES // 2),
        "conv_tags": ["物流"],
    }


def run(page: Path, log: Path) -> tuple[float, dict[str, Any]]:
    """Import in a process of its own; return seconds and its report."""
    command = [
        sys.executable,
        "-m",
        "deskkit",
        "import",
        "meiqia",
        str(page),
        "--log",
        f"sqlite:///{log.as_posix()}",
    ]
    begun = time.perf_counter()
    done = subprocess.run(
        [*command, "--zone", "Asia/Shanghai", "--json", "--quiet"], stdout=subprocess.PIPE, check=True
    )
    return time.perf_counter() - begun, json.loads(done.stdout)


def spent_by_children() -> tuple[float, float]:
    """Return the seconds of a core all children took so far, and the most MiB any took; 0 where untold."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0.0, 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 2**10


if __name__ == "__main__":
    main()
