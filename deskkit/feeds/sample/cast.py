"""The invented customers: made when first needed, met again later. Knows no desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deskkit.feeds.sample.draw import Draw
from deskkit.feeds.sample.phrase import Manner, customer_manner
from deskkit.feeds.sample.records import DAY, HOUR, Customer, local
from deskkit.feeds.sample.script import load

if TYPE_CHECKING:
    from deskkit.feeds.sample.script import Script

PEOPLE = load("texts/people")
GOODS: list[dict[str, object]] = load("texts/goods")["goods"]

_AGAIN = 0.34  # share of contacts by somebody already met
_VIP_SHARE = 0.062
_AWAY = 3 * HOUR  # a customer comes back after this at the earliest
_FORGOTTEN = 6 * DAY
_TRIES = 12
_FIRST_CLIENT = 1_504_300_000


@dataclass
class Cast:
    """All customers met so far."""

    seed: int
    people: list[Customer] = field(default_factory=list)
    _met: dict[tuple[str, str], list[Customer]] = field(default_factory=dict)

    def choose(self, script: Script, at: int, *, draw: Draw) -> Customer | None:
        """Return who opens this conversation, or None if the script needs somebody who does not exist yet."""
        if script.who == "back":
            return self._unresolved(script.lang, at, draw)
        kind = self._kind(script, draw)
        met = self._met.get((script.lang, kind), [])
        share = 0.75 if kind == "vip" and len(met) > _VIP_SHARE * len(self.people) else _AGAIN
        if met and not script.name and draw.chance(share):
            for _ in range(_TRIES):
                customer = draw.pick(met)
                if self._free(customer, at):
                    return customer
        return self._new(script, kind, at)

    def _kind(self, script: Script, draw: Draw) -> str:
        if script.who in {"vip", "new"}:
            return script.who
        if script.lang == "en":
            return "buyer" if script.who == "buyer" or draw.chance(0.4) else "new"
        if draw.chance(0.035):
            return "vip"
        return "buyer" if script.who == "buyer" or draw.chance(0.45) else "new"

    def _free(self, customer: Customer, at: int) -> bool:
        return not customer.busy and (not customer.contacts or customer.contacts[-1].at < at - _AWAY)

    def _unresolved(self, lang: str, at: int, draw: Draw) -> Customer | None:
        waiting = [
            customer
            for customer in self.people
            if customer.lang == lang
            and customer.contacts
            and customer.contacts[-1].unresolved
            and customer.contacts[-1].at > at - _FORGOTTEN
            and self._free(customer, at)
        ]
        return draw.pick(waiting) if waiting else None

    def _new(self, script: Script, kind: str, at: int) -> Customer:
        customer = _invent(self.seed, len(self.people), script, kind=kind, at=at)
        self.people.append(customer)
        self._met.setdefault((customer.lang, kind), []).append(customer)
        return customer


def _invent(seed: int, number: int, script: Script, *, kind: str, at: int) -> Customer:
    draw = Draw(seed, "customer", number)
    place = draw.below(len(PEOPLE["cities"]))
    name, title = _name(draw, script.lang, vip=kind == "vip")
    orders = {"new": 0, "buyer": 1 + draw.below(4) + draw.below(3), "vip": 9 + draw.below(30)}[kind]
    spend = sum((15000 if kind == "vip" else 8900) + draw.below(90000) for _ in range(orders))
    location = f"{PEOPLE['provinces'][place]} {PEOPLE['cities'][place]}"
    return Customer(
        number=number,
        lang=script.lang,
        kind=kind,
        name=script.name or name,
        title=title,
        client_id=_FIRST_CLIENT + number * 211 + draw.below(190),
        dev_client_id=_shop_id(draw, number, bought=orders > 0),
        tel=f"1380000{draw.below(10000):04d}",
        orders=orders,
        spend=spend,
        last_order=at - DAY - draw.below(9 * DAY) if orders else None,
        city=PEOPLE["cities"][place],
        location=location if script.lang == "zh" else draw.pick(PEOPLE["abroad"]),
        manner=Manner(stops=1.0) if script.name else customer_manner(draw, script.lang),
    )


def _shop_id(draw: Draw, number: int, *, bought: bool) -> str | None:
    """Return the shop's own number of the customer; who was never logged in has none."""
    if draw.chance(0.12 if bought else 0.4):
        return None
    return f"u{2100000 + number * 13 + draw.below(11)}"


def _name(draw: Draw, lang: str, *, vip: bool) -> tuple[str, str]:
    """Return what a customer is called and how an agent addresses them."""
    if lang == "en":
        full = draw.pick(PEOPLE["names_en"])
        return (draw.pick(PEOPLE["nicks_en"]) if draw.chance(0.3) else full), full.split()[0]
    surname = draw.pick(PEOPLE["surnames"])
    female = draw.chance(0.5)
    title = surname + ("女士" if female else "先生")
    if not vip and draw.chance(0.4):
        return draw.pick(PEOPLE["nicks"]), title
    return surname + draw.pick(PEOPLE["given_f" if female else "given_m"]), title


def article_for(script: Script, customer: Customer, draw: Draw) -> dict[str, object]:
    """Return the article a conversation is about; after a purchase, one the customer has if that fits."""
    fitting = [good for good in GOODS if not script.goods or _fits(good, script.goods)]
    owned = {article for article, _ in customer.bought.values()} if has_bought(script) else set()
    have = [good for good in fitting if good["zh"] in owned]
    return draw.pick(have or fitting)


def has_bought(script: Script) -> bool:
    """Tell whether the script speaks of an earlier purchase; otherwise an order in it was placed today."""
    return script.who in {"buyer", "vip", "back"}


def _fits(good: dict[str, object], wanted: tuple[str, ...]) -> bool:
    return any(good[key] in wanted for key in ("kind", "zh", "en"))


def order_of(customer: Customer, article: dict[str, object], draw: Draw) -> str:
    """Return the order under which the customer bought the article; the same one the next time."""
    kind = str(article["kind"])
    if kind not in customer.bought:
        day = local(customer.last_order or 0)
        customer.bought[kind] = (str(article["zh"]), f"CS{day:%y%m%d}{10000 + draw.below(90000)}")
    return customer.bought[kind][1]
