"""Invented numbers in the spellings people use, and what only looks like them; made from a seed, never stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from stdnum import ean, luhn
from stdnum.cn import ric

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

__all__ = ["AROUND", "LOOK_ALIKES", "SPELLINGS", "around", "digits", "luhn_number", "mobile"]

FULL = str.maketrans("0123456789+-()@.", "０１２３４５６７８９＋－（）＠．")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
REGIONS = ("110105", "310104", "440305", "330106", "510107", "420111", "320508", "610113")
AREAS = ("010", "021", "022", "028", "0571", "0755", "0512", "020", "0532")
ISSUERS = (
    ("622202", 19),
    ("621700", 19),
    ("622848", 19),
    ("625965", 16),
    ("4", 16),
    ("52", 16),
    ("356", 16),
    ("37", 15),
)
DINGBATS = str.maketrans("0123456789", "⓿❶❷❸❹❺❻❼❽❾")
TWICE = str.maketrans("0123456789", "⓪⓵⓶⓷⓸⓹⓺⓻⓼⓽")
SCRIPTS = ("公司.cn", "münchen.de", "пример.рф", "商店.中国", "mail.example")
HOSTS = ("qq.com", "163.com", "mail.example", "shop.example.org", "vip.sina.com.cn")


def digits(rng: Random, count: int) -> str:
    """Return random digits."""
    return "".join(rng.choice("0123456789") for _ in range(count))


def mobile(rng: Random) -> str:
    """Return a mainland mobile."""
    return f"1{rng.choice('3456789')}{digits(rng, 9)}"


def landline(rng: Random) -> tuple[str, str]:
    """Return area code and number of a mainland landline in use."""
    return rng.choice(AREAS), rng.choice("5678") + digits(rng, 7)


def identity(rng: Random) -> str:
    """Return a mainland identity number with its check digit."""
    born = datetime(1950, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(20_000))
    body = f"{rng.choice(REGIONS)}{born:%Y%m%d}{digits(rng, 3)}"
    return body + str(ric.calc_check_digit(body + "0"))


def luhn_number(rng: Random, begin: str, length: int) -> str:
    """Return digits that pass Luhn."""
    body = begin + digits(rng, length - len(begin) - 1)
    return body + luhn.calc_check_digit(body)


def card(rng: Random) -> str:
    """Return a bank card's number."""
    return luhn_number(rng, *rng.choice(ISSUERS))


def address(rng: Random) -> str:
    """Return an e-mail address."""
    name = rng.choice(("zhang.san", "li_na", "wang-wei", "buyer", "chen+shop"))
    return f"{name}{rng.randrange(1000)}@{rng.choice(HOSTS)}"


def spaced(text: str, sizes: tuple[int, ...], joiner: str) -> str:
    """Write a text in groups; the last takes the rest."""
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return joiner.join([*parts, text[at:]] if at < len(text) else parts)


def fours(text: str, joiner: str) -> str:
    """Write a text in groups of four."""
    return joiner.join(text[at : at + 4] for at in range(0, len(text), 4))


SPELLINGS: dict[str, Callable[[Random], str]] = {
    "plain": mobile,
    "dashes": lambda r: spaced(mobile(r), (3, 4), "-"),
    "blanks": lambda r: spaced(mobile(r), (3, 4), " "),
    "points": lambda r: spaced(mobile(r), (3, 4), "."),
    "long dashes": lambda r: spaced(mobile(r), (3, 4), "—"),
    "no-break blanks": lambda r: spaced(mobile(r), (3, 4), "\u00a0"),
    "three and eight": lambda r: spaced(mobile(r), (3,), " "),
    "three, three, five": lambda r: spaced(mobile(r), (3, 3), " "),
    "each by itself": lambda r: " ".join(mobile(r)),
    "brackets": lambda r: f"({(m := mobile(r))[:3]}){m[3:]}",
    "full-width brackets": lambda r: f"（{(m := mobile(r))[:3]}）{m[3:7]}-{m[7:]}",
    "+86": lambda r: f"+86{mobile(r)}",
    "+86 blanks": lambda r: f"+86 {spaced(mobile(r), (3, 4), ' ')}",
    "+86 dashes": lambda r: f"+86-{spaced(mobile(r), (3, 4), '-')}",
    "(+86)": lambda r: f"(+86){mobile(r)}",
    "0086": lambda r: f"0086 {mobile(r)}",
    "86 glued": lambda r: f"86{mobile(r)}",
    "full-width": lambda r: mobile(r).translate(FULL),
    "full-width dashes": lambda r: spaced(mobile(r), (3, 4), "-").translate(FULL),
    "Arabic digits": lambda r: mobile(r).translate(ARABIC),
    "circled": lambda r: mobile(r).translate(CIRCLED),
    "zero-width": lambda r: "\u200b".join(mobile(r)),
    "direction marks": lambda r: f"\u202a{spaced(mobile(r), (3, 4), chr(0x200F))}\u202c",
    "lines": lambda r: spaced(mobile(r), (3, 4), "\n"),
    "tabs": lambda r: spaced(mobile(r), (3, 4), "\t"),
    "line separators": lambda r: spaced(mobile(r), (3, 4), "\u2028"),
    "commas": lambda r: spaced(mobile(r), (3, 4), r.choice(",，、;")),
    "pictures": lambda r: spaced(mobile(r), (3, 4), r.choice("😀📱❤")),
    "twice in a row": lambda r: mobile(r) * 2,
    "circled, white on black": lambda r: mobile(r).translate(DINGBATS),
    "circled twice": lambda r: mobile(r).translate(TWICE),
    "behind a letter": lambda r: f"T{mobile(r)}",
    "behind a name": lambda r: f"user_{mobile(r)}",
    "landline": lambda r: "-".join(landline(r)),
    "landline brackets": lambda r: "({}){}".format(*landline(r)),
    "landline abroad": lambda r: "+86 {} {}".format(*(part.removeprefix("0") for part in landline(r))),
    "abroad": lambda r: f"+1 {r.choice(('212', '415', '312'))}-{r.randrange(200, 900)}-{digits(r, 4)}",
    "identity": identity,
    "identity in groups": lambda r: spaced(identity(r), (6, 8), " "),
    "identity full-width": lambda r: identity(r).lower().translate(FULL),
    "card": card,
    "card in fours": lambda r: fours(card(r), " "),
    "card dashes": lambda r: fours(card(r), "-"),
    "e-mail": address,
    "e-mail full-width": lambda r: address(r).translate(FULL),
    "e-mail of any script": lambda r: f"{r.choice(('张三', '李娜', 'иван', 'müller'))}@{r.choice(SCRIPTS)}",
    "e-mail words": lambda r: address(r).replace("@", "(at)"),
}


def _day(rng: Random, form: str) -> str:
    return (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(90_000_000))).strftime(form)


def _wrong(text: str) -> str:
    """Change the last digit, so that the check digit is wrong."""
    return text[:-1] + str((int(text[-1], 11) + 3) % 10) if text[-1] != "X" else f"{text[:-1]}5"


def _barcode(rng: Random) -> str:
    body = f"69{digits(rng, 10)}"
    return body + ean.calc_check_digit(body)


LOOK_ALIKES: dict[str, Callable[[Random], str]] = {
    "order with letters": lambda r: f"CS{_day(r, '%y%m%d')}{digits(r, 5)}",
    "order of digits": lambda r: digits(r, r.randrange(6, 26)),
    "order by date": lambda r: _day(r, "%Y%m%d%H%M%S") + digits(r, r.randrange(0, 8)),
    "order of Taobao": lambda r: f"{r.randrange(1, 5)}{digits(r, 18)}",
    "order of JD": lambda r: f"{r.randrange(2, 4)}{digits(r, 11)}",
    "order in groups": lambda r: f"{digits(r, 3)}-{digits(r, 7)}-{digits(r, 7)}",
    "parcel": lambda r: f"{r.choice(('SF', 'YT', 'JD', 'ZTO', 'JT'))}{digits(r, 13)}",
    "parcel of digits": lambda r: f"7{digits(r, r.choice((11, 13, 14)))}",
    "parcel by post": lambda r: f"E{r.choice('ABMZ')}{digits(r, 9)}CN",
    "date": lambda r: _day(r, r.choice(("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%d.%m.%Y"))),
    "date and time": lambda r: _day(r, r.choice(("%Y-%m-%d %H:%M:%S", "%Y%m%d %H%M%S", "%m-%d %H:%M"))),
    "instant": lambda r: f"17{digits(r, 11)}",
    "price": lambda r: f"¥{r.randrange(1, 9_999_999):,}.{digits(r, 2)}",
    "amount": lambda r: f"{r.randrange(1, 9_999_999_999):,}",
    "quantities": lambda r: " ".join(str(r.randrange(10, 400)) for _ in range(r.randrange(3, 7))),
    "address of a machine": lambda r: ".".join(str(r.randrange(1, 255)) for _ in range(4)),
    "coordinates": lambda r: f"{r.randrange(100, 130)}.{digits(r, 11)},{r.randrange(10, 50)}.{digits(r, 8)}",
    "version": lambda r: f"lib@{r.randrange(9)}.{r.randrange(20)}.{r.randrange(20)}",
    "mention": lambda r: f"@客服{r.randrange(100)}",
    "picture": lambda r: f"IMG_{_day(r, '%Y%m%d_%H%M%S')}@2x.png",
    "barcode": _barcode,
    "IMEI": lambda r: luhn_number(r, "86", 15),
    "hotline": lambda r: f"400-{digits(r, 3)}-{digits(r, 4)}",
    "tax number": lambda r: f"91{digits(r, 6)}MA{digits(r, 8)}",
    "wrong identity": lambda r: _wrong(identity(r)),
    "wrong card": lambda r: _wrong(card(r)),
    "group number": lambda r: f"群{digits(r, 9)}",
    "lines of quantities": lambda r: "\n".join(str(r.randrange(10, 10_000)) for _ in range(r.randrange(3, 7))),
    "order with a letter": lambda r: f"{r.choice('ABDT')}{digits(r, 12)}",
    "order word and letter": lambda r: f"订单T{mobile(r)}",
    "order with a dash": lambda r: f"{r.choice(('CS', 'SF', 'DD-'))}_{mobile(r)}".replace("-_", "X-"),
    "mention of a script": lambda r: f"@{r.choice(('客服', '张三', 'Иван'))}。{r.choice(('ok', '你好', 'thanks'))}",
    "size": lambda r: f"{r.randrange(100, 300)}x{r.randrange(100, 300)}x{r.randrange(100, 300)}mm",
}

AROUND = {
    "zh": ("{}", "手机{}谢谢", "麻烦改成{}，收件人不变", "我叫李雷{}住西湖区", "请回这个：{}。", "是{}吗？今天18点前"),
    "en": ("{}", "please use {} thanks", "Order 4471 is mine, reach me: {}.", "it's {}, ok? 2 pairs", "<b>{}</b>"),
    "ar": ("هذا {} شكرا", "رقمي {}", "{}، من فضلك", "الطلب 42 والرقم {} لي"),
}


def around(rng: Random, inside: str, *, plain: bool = False) -> tuple[str, int]:
    """Put a number into a sentence; return it and where the number begins. `plain` gives no word of a telephone."""
    speaks = rng.choice(tuple(AROUND))
    before, _, after = rng.choice(AROUND[speaks][1 if plain else 0 :]).partition("{}")
    if plain and "手机" in before:
        before = "单号"
    return before + inside + after, len(before)
