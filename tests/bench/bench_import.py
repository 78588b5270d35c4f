"""How fast imports are, from Meiqia in messages and of a table of calls in rows per second, and their memory.

Run by `make bench`: 10,000 conversations of ten messages, 20,000 calls; ``python -m tests.bench.bench_import
100000`` runs the full size. The pages are one JSON file on one line, like a page of the API but huge. The import is a
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
    """Print rates and the peak of memory, for a first and a second import each."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.json")
        write_page(page, size)
        print(f"{size:,} conversations, {size * MESSAGES:,} messages, {page.stat().st_size / 2**20:,.0f} MiB")
        twice(["meiqia", str(page), "--zone", "Asia/Shanghai"], Path(folder, "desk.db"), size * MESSAGES, "messages")
        table = Path(folder, "calls.csv")
        write_calls(table, 2 * size)
        print(f"{2 * size:,} calls, {table.stat().st_size / 2**20:,.1f} MiB of CSV")
        calls = ["table", str(table), "--map", "data/maps/calls.toml", "--zone", "Asia/Jerusalem"]
        twice(calls, Path(folder, "calls.db"), 2 * size, "rows")


def twice(product: list[str], log: Path, size: int, unit: str) -> None:
    """Import something twice and print both figures."""
    for name in ("first", "again"):
        before = spent_by_children()
        seconds, report = run(product, log)
        worked, peak = spent_by_children()
        print(
            f"{name}: {seconds:6.1f} s, {size / seconds:8,.0f} {unit}/s, "
            f"{worked - before[0]:5.1f} s of a core, peak so far {peak:,.0f} MiB; "
            f"{report['stored']:,} facts stored, {report['duplicates']:,} known"
        )


def write_calls(path: Path, size: int) -> None:
    """Write a log of calls in the public shape: a third not queued, one in five hung up."""
    draw = random.Random(2)
    with path.open("w", encoding="utf-8") as table:
        table.write(
            "vru+line,call_id,customer_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,"
            "outcome,ser_start,ser_exit,ser_time,server\n"
        )
        for number in range(size):
            begun = datetime(1999, 1, 1 + number % 28, 7, tzinfo=UTC) + timedelta(seconds=number * 17 % 50_000)
            menu, wait, served = (
                draw.randrange(4, 20),
                draw.choice([0, draw.randrange(1, 300)]),
                draw.randrange(30, 600),
            )
            left = wait > 0 and draw.random() < 0.3
            times = [begun + timedelta(seconds=after) for after in (0, menu, menu + wait, menu + wait + served)]
            came, waits, ends, gone = (f"{at.hour}:{at:%M:%S}" for at in times)
            queue = [waits, ends] if wait else ["0:00:00", "0:00:00"]
            service = ["0:00:00", "0:00:00", 0, "NO_SERVER"] if left else [ends, gone, served, f"S{number % 15}"]
            cells = [
                f"AA01{number % 20:02}", number, number % 7 and number, number % 3, "PS", f"{begun:%y%m%d}", came,
                waits, menu, *queue, wait, "HANG" if left else "AGENT", *service,
            ]  # fmt: skip
            table.write(",".join(map(str, cells)) + "\n")


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


def run(product: list[str], log: Path) -> tuple[float, dict[str, Any]]:
    """Import in a process of its own; return seconds and its report."""
    command = [sys.executable, "-m", "deskkit", "import", *product, "--log", f"sqlite:///{log.as_posix()}"]
    begun = time.perf_counter()
    done = subprocess.run([*command, "--json", "--quiet"], stdout=subprocess.PIPE, check=True)
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
