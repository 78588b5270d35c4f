"""The facts of one conversation: which article, order, parcel, day; and its steps up to the good-bye.

Everything said in a conversation quotes these facts, so that what the customer asks and what the agent
answers agree. Knows no clock but the opening, and no agent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.feeds.sample.cast import GOODS, PEOPLE, article_for, has_bought, order_of
from deskkit.feeds.sample.draw import Draw
from deskkit.feeds.sample.phrase import Speaker
from deskkit.feeds.sample.records import DAY, HOUR, Conversation, Customer, local
from deskkit.feeds.sample.script import Step, phrases

if TYPE_CHECKING:
    from deskkit.feeds.sample.script import Script

_MONTHS = ("", "January", "February", "March", "April", "May", "June", "July")
_PREFIX = {"顺丰": "SF", "中通": "ZT", "圆通": "YT", "韵达": "YD", "京东快递": "JD"}
_GOLD = 300000  # fen in a year
_MORNING = 12
_CLOSING = {"bye", "bye_thanks", "bye_trip", "bye_sorry", "anything", "calm"}


def stage(number: int, script: Script, customer: Customer, *, at: int, seed: int) -> Conversation:
    """Return a conversation about to begin."""
    draw = Draw(seed, "conversation", number, "scene")
    speaker = Speaker(script.lang, {}, draw=Draw(seed, "conversation", number, "words"))
    speaker.slots.update(_facts(script, customer, at=at, draw=draw))
    for name, values in script.slots.items():
        base, *more = draw.pick(values).split(" => ")
        speaker.slots[name] = base
        speaker.slots.update({f"{name}.{rank}": text for rank, text in enumerate(more, start=2)})
    return Conversation(
        number=number,
        script=script,
        customer=customer,
        opened=at,
        group=script.group,
        speaker=speaker,
        steps=_until_the_end(script, draw),
        draw=Draw(seed, "conversation", number, "customer"),
        fellow=Draw(seed, "conversation", number, "agent"),
    )


def _facts(script: Script, customer: Customer, *, at: int, draw: Draw) -> dict[str, str]:
    article = article_for(script, customer, draw)
    slots = {key: str(value) for key, value in article.items() if isinstance(value, str | int)}
    slots |= _named(article, script.lang, draw)
    if has_bought(script):
        bought, order = customer.last_order or at - DAY, order_of(customer, article, draw)
    else:
        bought, order = at, f"CS{local(at):%y%m%d}{10000 + draw.below(90000)}"
    day = local(bought)
    courier = draw.pick(PEOPLE["couriers"])
    address = draw.below(3)
    slots |= {
        "order": order,
        "order_old": f"CS25{5 + draw.below(5):02d}{1 + draw.below(28):02d}{10000 + draw.below(90000)}",
        "buyday": f"{day.month}月{day.day}号" if script.lang == "zh" else f"{_MONTHS[day.month]} {day.day}",
        "courier": courier,
        "track": f"{_PREFIX[courier]}0000{draw.below(10**9):09d}",
        "stop": draw.pick(PEOPLE["stops"]),
        "city": customer.city,
        "city_en": draw.pick(PEOPLE["cities_en"]),
        "street": phrases(script.lang)["street"][address],
        "street_en": phrases(script.lang)["street_en"][address],
        "tel": customer.tel,
        "tel_en": f"+44 7700 900{draw.below(1000):03d}",
        "title": customer.title,
        "orders": str(customer.orders),
        "spend": str(customer.spend // 100),
        "vipgap": "已经够金卡了" if customer.spend >= _GOLD else f"离金卡还差{(_GOLD - customer.spend) // 100}元",
        "stamp": f"{local(at):%Y%m%d}",
        "nick": "",
    }
    return slots | _before(script.lang, customer, at, slots["p"])


def _named(article: dict[str, object], lang: str, draw: Draw) -> dict[str, str]:
    """Return the names of the article, of one like it, and two colours."""
    colours = article["colours"]
    assert isinstance(colours, dict)  # noqa: S101 - the shape of our own file
    names = list(colours if lang == "zh" else colours.values())
    first = draw.below(len(names))
    other = names[first - 1] if len(names) > 1 else {"zh": "灰色", "en": "grey"}[lang]
    like = [good for good in GOODS if good["kind"] == article["kind"] and good is not article]
    second = draw.pick(like) if like else article
    low, high = sorted((article, second), key=lambda good: int(str(good["price"])))
    return {
        "p": str(article[lang]),
        "q": str(second[lang]),
        "cheap": str(low[lang]),
        "dear": str(high[lang]),
        "gap": str(int(str(high["price"])) - int(str(low["price"]))),
        "colour": names[first],
        "colour2": other,
        "stamp": "",
    }


def _before(lang: str, customer: Customer, at: int, article: str) -> dict[str, str]:
    """Return what the customer can say about the last contact."""
    if not customer.contacts:
        return {"ago": phrases(lang)["ago"][2], "lastnick": "", "lastp": article}
    last = customer.contacts[-1]
    days = local(at).date().toordinal() - local(last.at).date().toordinal()
    words = phrases(lang)["ago"]
    if days == 0:
        word = words[1] if local(last.at).hour < _MORNING and at - last.at > HOUR else words[0]
    else:
        word = words[min(days + 1, 4)]
    return {"ago": word.replace("{n}", str(days)), "lastnick": last.agent, "lastp": last.article}


def _until_the_end(script: Script, draw: Draw) -> list[Step]:
    steps = script.steps(draw)
    last = steps[-1].who
    if script.end == "quit":
        return steps
    if last == "P":
        steps += _maybe(draw, 0.5, _say("C", "okwait"))
        return steps + (_say("A", "followup") + _say("C", "followed") if draw.chance(0.45) else [])
    if script.end == "angry":
        return steps + _maybe(draw, 0.7, _say("A", "calm"))
    if script.end == "open":
        return steps + _maybe(draw, 0.3, _say("A", "bye"))
    thanks = _say("C", "thx") if last == "A" and draw.chance(0.75) else []
    steps += thanks
    if draw.chance(0.26) and not thanks:
        steps += _say("A", "anything") + _say("C", "nomore")
    return steps + _maybe(draw, 0.7, _say("A", _good_bye(script, draw, thanked=bool(thanks))))


def _good_bye(script: Script, draw: Draw, *, thanked: bool) -> str:
    if script.inquiry == "complaint":
        return "bye_sorry"
    if thanked or script.end == "thanks":
        return "bye_thanks"
    return "bye_trip" if script.inquiry == "product" and draw.chance(0.5) else "bye"


def promise_of(phrase: str) -> list[Step]:
    """Return how a conversation ends in which the agent can only promise that somebody will call."""
    return _say("P", phrase) + _say("C", "okwait")


def _say(who: str, phrase: str) -> list[Step]:
    return [Step(who=who, wordings=("{@" + phrase + "}",), closing=phrase in _CLOSING)]


def _maybe(draw: Draw, share: float, steps: list[Step]) -> list[Step]:
    return steps if draw.chance(share) else []
