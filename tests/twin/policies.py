"""Random policies: every family of rules, with numbers that let each act within minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

__all__ = ["drawn_policy"]

SIGNALS: Final = """
[signals.thanks]
words = ["thanks", "谢谢"]
[signals.hurry]
words = ["hurry", "急"]
[signals.order]
words = ["order", "订单", "pedido"]
[signals.refund]
words = ["refund", "退款"]
[signals.slow]
words = ["too slow"]
"""
HEAD: Final = """
version = 1
name = "drawn"
zone = "UTC"
[facets.customer]
exclusive = true
tags = ["VIP", "regular", "new"]
[facets.inquiry]
tags = ["order", "refund"]
[facets.label]
tags = ["important", "hurry", "slow", "late"]
[rings.quiet]
channels = ["badge"]
[rings.loud]
channels = ["popup", "sound"]
sound = "loud.wav"
volume = 60
[rings.alarm]
channels = ["badge", "sound", "desktop"]
sound = "alarm.wav"
volume = 100
[rings.phone]
channels = ["push"]
"""
TAGS: Final = (
    ("customer", "VIP", '{ membership = "gold" }'), ("customer", "regular", '{ orders = ">= 1" }'),
    ("customer", "new", '{ orders = "= 0" }'), ("customer", "regular", '{ own.city = ">= 5" }'),
    ("inquiry", "order", '{ signal = "order" }'), ("inquiry", "refund", '{ signal_ever = "refund" }'),
    ("label", "hurry", '{ signal = "hurry" }'),
    ("customer", "VIP", '{ turns = ">= 2" }'), ("label", "slow", '{ any = [{ signal = "slow" }, { turns = ">= 4" }] }'),
    ("label", "late", '{ unanswered = ">= 60 s" }'), ("customer", "VIP", '{ last_order = "<= 30 days" }'),
)  # fmt: skip
PRIORITIES: Final = (
    ("urgent", '{ tag = "VIP", signal = "hurry" }'), ("high", '{ signal = ["refund", "slow"] }'),
    ("high", '{ unanswered = ">= 40 s" }'), ("urgent", '{ unanswered = ">= 2 min", open = true }'),
    ("high", '{ rating = "bad", rated = "<= 30 days" }'), ("high", '{ unresolved = ">= 1" }'),
    ("high", '{ complexity = ">= 6" }'), ("urgent", '{ waiting = ">= 50 s" }'),
    ("high", '{ language = "es" }'), ("high", '{ not_viewed = ">= 2 min" }'), ("high", "{ returning = true }"),
    ("high", '{ queue_length = ">= 3" }'),
    ("urgent", '{ contacts = ">= 2" }'),
    ("high", '{ agent = "away" }'), ("high", '{ hour = "09:10-09:20" }'),
)  # fmt: skip
ROUTES: Final = (
    ('{ tag = "VIP" }', "experts", ""), ('{ language = "en" }', "back", ""),
    ('{ signal_ever = "refund" }', "experts", "r"),
    ('{ inquiry = "order" }', "back", ""), ('{ tag = "late" }', "experts", ""),
)  # fmt: skip
TIDY: Final = (
    ("resolve", '{ stage = "assigned", idle = ">= 90 s", unanswered = "never" }'),
    ("archive", '{ stage = ["resolved", "abandoned"], idle = ">= 3 min" }'),
    ("suggest", '{ stage = "assigned", idle = ">= 60 s" }'), ("archive", '{ stage = "waiting", waiting = ">= 4 min" }'),
    ("resolve", '{ stage = "abandoned", idle = ">= 60 s" }'),
)  # fmt: skip
RINGS: Final = ("quiet", "loud", "alarm", "phone")


def drawn_policy(dice: random.Random) -> str:
    """Return the text of a policy."""
    parts = [
        HEAD, SIGNALS, _life(dice), _tags(dice), _priority(dice), _capacity(dice), _routing(dice), _peak(dice),
        _notify(dice), _tidy(dice),
    ]  # fmt: skip
    return "\n".join(parts)


def _life(dice: random.Random) -> str:
    windows = dice.choice(('"mon-sun 00:00-24:00"', '"mon-sun 09:00-09:20", "mon-sun 00:05-00:20"'))
    groups = "\n".join(
        f"[groups.{name}]\n" + dice.choice(("", f"queue_limit = {dice.randint(0, 6)}"))
        for name in ("front", "back", "experts")
    )
    targets = ['low = "30 s"', 'normal = "30 s"', 'high = "20 s"', 'urgent = "10 s"']
    return f"""
[hours]
open = [{windows}]
assign_when_closed = {dice.choice(("true", "false"))}
[life]
reopen_within = "{dice.choice(("20 s", "3 min", "24 h"))}"
{dice.choice(("", 'courtesy = "thanks"'))}
{groups}
[targets]
{chr(10).join(targets)}
"""


def _tags(dice: random.Random) -> str:
    rules = dice.sample(TAGS, dice.randint(0, len(TAGS)))
    return "".join(
        f'[[tag]]\nname = "tag {n}"\nfacet = "{facet}"\ntag = "{tag}"\nwhen = {when}\n'
        for n, (facet, tag, when) in enumerate(rules)
    )


def _priority(dice: random.Random) -> str:
    rules = dice.sample(PRIORITIES, dice.randint(0, 8))
    return f"""
[priority]
start = "{dice.choice(("low", "normal", "normal"))}"
hold = "{dice.choice(("0 s", "30 s", "3 min"))}"
""" + "".join(
        f'[[priority.rule]]\nname = "level {n}"\nlevel = "{level}"\nwhen = {when}\n'
        for n, (level, when) in enumerate(rules)
    )


def _capacity(dice: random.Random) -> str:
    agent = dice.choice((1, 2, 4))
    return f"""
[priority.complexity]
turn = 1
hundred_words = 1
inquiry = 2
transfer = 3
[capacity]
agent = {agent}
waiting_for_agent = 1.0
waiting_for_customer = {dice.choice((0.5, 1.0, 0.0))}
complex_from = {dice.choice((4, 12))}
complex_factor = {1.5 if agent > 2 else 1.0}
helper = 0.3
reserve = {dice.choice((0, 1)) if agent > 1 else 0}
[queue]
guard = "{dice.choice(("90 s", "15 min"))}"
{dice.choice(("", 'credit = { "VIP" = "60 s" }'))}
"""


def _routing(dice: random.Random) -> str:
    rules = dice.sample(ROUTES, dice.randint(0, len(ROUTES)))
    text = f"""
[routing]
strategy = "{dice.choice(("least_load", "round_robin", "longest_idle", "best_skill"))}"
default_group = "{dice.choice(("front", "back"))}"
language = "{dice.choice(("required", "preferred", "ignored"))}"
language_patience = "30 s"
returning = {dice.choice(("true", "false"))}
""" + "".join(
        f'[[routing.rule]]\nname = "route {n}"\nwhen = {when}\ngroup = "{group}"\n'
        + ('needs = ["refunds"]\n' if needs else "")
        for n, (when, group, needs) in enumerate(rules)
    )
    for group, others in (("front", '"back"'), ("experts", '"front", "back"'), ("back", '"experts"')):
        if dice.random() < 0.6:
            drop = dice.choice(("", 'drop = ["skills"]', 'drop = ["skills", "language"]'))
            after = dice.choice(("20 s", "60 s"))
            text += f'[[routing.overflow]]\ngroup = "{group}"\nafter = "{after}"\nto = [{others}]\n{drop}\n'
    if dice.random() < 0.6:
        text += f'[reassign]\nafter = "{dice.choice(("30 s", "60 s"))}"\ntimes = {dice.randint(1, 2)}\n'
    return text + f"[offline]\nredistribute = {dice.choice(('true', 'false'))}\n"


def _peak(dice: random.Random) -> str:
    if dice.random() < 0.4:
        return ""
    length = dice.randint(2, 5)
    return f"""
[peak]
enter = {{ any = [{{ queue_length = ">= {length}" }}, {{ longest_wait = ">= 50 s" }}, {{ load = ">= 0.9" }}] }}
leave = {{ queue_length = "<= 1", longest_wait = "<= 30 s" }}
min_stay = "{dice.choice(("60 s", "3 min"))}"
[peak.capacity]
agent = {dice.choice((4, 6))}
[[peak.loan]]
from = "back"
to = "front"
agents = 1
[[peak.send]]
levels = ["high", "urgent"]
to = ["experts"]
"""


def _notify(dice: random.Random) -> str:
    text = f"""
[notify]
per_minute = {dice.choice((1, 2, 6))}
quiet = [{dice.choice(("", '"mon-sun 09:05-09:10"', '"mon-sun 00:00-00:08"'))}]
digest = "{dice.choice(("60 s", "5 min"))}"
merge_urgent = "{dice.choice(("0 s", "20 s", "60 s"))}"
"""
    for event in ("message", "assignment", "waiting", "neglected"):
        for levels in ('["low", "normal"]', '"high"', '"urgent"'):
            if dice.random() < 0.6:
                soonest = 20 if event == "neglected" else 0  # at once, one look from tab to tab would ring the next
                rungs = ", ".join(_rung(dice, n, soonest) for n in range(dice.randint(1, 3)))
                text += f'[[notify.ladder]]\nevent = "{event}"\nlevel = {levels}\nrungs = [{rungs}]\n'
    return text


def _rung(dice: random.Random, number: int, soonest: int) -> str:
    after = soonest + number * 30 + dice.choice((0, 0, 10))
    to = dice.choice(("owner", "owner", "owner", "helpers", "group", "supervisor"))
    again = f', repeat = "{dice.choice((20, 30))} s", times = {dice.randint(1, 3)}' if dice.random() < 0.3 else ""
    return f'{{ after = "{after} s", to = "{to}", ring = "{dice.choice(RINGS)}"{again} }}'


def _tidy(dice: random.Random) -> str:
    rules = dice.sample(TIDY, dice.randint(0, 4))
    return "".join(f'[[tidy]]\nname = "tidy {n}"\ndo = "{do}"\nwhen = {when}\n' for n, (do, when) in enumerate(rules))
