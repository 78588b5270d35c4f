"""What is found in a text and what is not; nothing slows the search down."""

from __future__ import annotations

import sys
from random import Random
from typing import TYPE_CHECKING, Any
from unicodedata import category, name, numeric

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.errors import DeskkitError
from deskkit.privacy import find, mask, mask_field
from deskkit.privacy.form import COULD, matching_form
from deskkit.text import LIMIT, fold_text

if TYPE_CHECKING:
    from types import FrameType


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("手机13800138000谢谢", "手机[手机]谢谢"),
        ("tel13800138000, 加V13800138000", "tel[手机], 加V[手机]"),
        ("13800138000,13900139000/13700137000", "[手机],[手机]/[手机]"),
        ("（138）0013-8000", "[手机]"),
        ("１３８\u200b００１３\u200b８０００", "[手机]"),
        ("هاتفي ١٣٨٠٠١٣٨٠٠٠ شكرا", "هاتفي [手机] شكرا"),
        ("010-88888888转801, 电话88888888", "[座机]转801, 电话[座机]"),
        ("+44 20 7946 0958 or (415) 555-2671", "[座机] or [手机]"),
        ("身份证11010519491231002x。", "身份证[证件]。"),
        ("4111 1111 1111 1111", "[银行卡]"),
        ("邮箱abc＠163.com谢谢, a.b(at)mail.example", "邮箱[邮箱]谢谢, [邮箱]"),
        ("13800138000@163.com", "[邮箱]"),
        ("138\n0013\n8000", "[手机]"),
        ("电话\n138\r\n0013\r\n8000\n谢谢", "电话\n[手机]\n谢谢"),
        ("138\t0013\t8000 or 138\u20280013\u20288000", "[手机] or [手机]"),
        ("138，0013，8000", "[手机]"),
        ("call 138 , 0013 , 8000!", "call [手机]!"),
        ("电话138😀0013👨\u200d👩\u200d👧8000谢谢", "电话[手机]谢谢"),
        ("1\u200b38\n00\u200b13\n8000", "[手机]"),
        ("+86\n138\n0013\n8000", "+86\n[手机]"),
        ("1380013800013900139000", "[手机]"),
        ("138001380001380013800013800", "[手机]"),
        ("❶❸❽⓿⓿❶❸❽⓿⓿⓿ ➀➂➇0013➇000 ⓵⓷⓼0013⓼000", "[手机] [手机] [手机]"),
        ("🄂🄄🄉🄁🄁🄂🄄🄉🄁🄁🄁 ⑴⑶⑻0013⑻000 ፩፫፰0013፰000", "[手机] [手机] [手机]"),
        ("张三@公司.cn", "[邮箱]"),
        ("我的邮箱是张三@公司.中国，谢谢", "我的邮箱是[邮箱]，谢谢"),
        ("user@münchen.de, müller@gmx.de", "[邮箱], [邮箱]"),
        ("почта@пример.рф или иван(at)mail.ru", "[邮箱] или [邮箱]"),
        ("T13800138000, user_13800138000", "T[手机], user_[手机]"),
        ("昵称nick13800138000", "昵称nick[手机]"),
        ("身份证110105491231002", "身份证[证件]"),
    ],
)
def test_what_is_personal_becomes_a_token(text: str, shown: str) -> None:
    """Each kind is masked whole, with its plus and brackets, and nothing beside it."""
    assert mask(text) == shown
    assert mask(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "CS26060358103", "SF1380013800012", "JD0000342091283", "SF13800138000", "订单 CS-13800138000",
        "2026-06-18 10:30:00", "20260618103000", "电话 20260618 打过", "1718700000000", "¥13,800,138,000",
        "0.13800138000", "116.13800138000", "138.201.100.25", "尺寸 150 200 300 25", "178 150斤",
        "400-820-8820", "1-800-273-8255", "110105194912310021", "4111111111111112", "6901234567892",
        "icon@2x.png", "lib@1.2.3", "@客服", "a@b", "税号 9100000000000008X", "微信图片_202606055741.jpg", "88888888",
        "订单T13800138000", "order T13800138000", "订单号 CS_13800138000", "180×2000×2200", "150*2000*1800",
        "138\n0013\n80", "128, 0013, 8000", "138,00138,000", "A138\n0013\n8000", "2138\n0013\n80001", "5,138,0013,8000",
        "❶❸❽⓿", "㊀㊂㊇一二三四五六七八",
        "1380013800012900129000", "138 年 0013 月 8000", "110105491231002", "IMEI 860105491231002",
        "问下@客服。thanks", "请@张三。你好", "告诉@王五.不知道", "lib@版本.1.2", "图@二倍.png",
    ],
)  # fmt: skip
def test_what_only_looks_personal_stays(text: str) -> None:
    """Orders, parcels, dates, prices, machines, hotlines and wrong check digits are not masked."""
    assert mask(text) == text


def test_a_token_is_in_the_language_asked_for() -> None:
    """English and Chinese have tokens of their own; another language is refused."""
    assert mask("13800138000 a@b.example", language="en") == "[phone] [e-mail]"
    with pytest.raises(DeskkitError, match="zh or en"):
        mask("13800138000", language="fr")


def test_regions_are_those_of_the_desk() -> None:
    """A number without its country is one only where the desk has that region."""
    assert mask("هاتف 0501234567", regions=("CN", "SA")) == "هاتف [手机]"
    assert mask("هاتف 0501234567") == "هاتف 0501234567"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("tel", "none of yours", "[phone]"),
        ("client_info.email", "x", "[e-mail]"),
        ("QQ号", "10001", "[QQ]"),
        ("微信", "zhang_san", "[WeChat]"),
        ("address", "Road 1", "[address]"),
        ("身份证号", "1", "[id]"),
        ("tel", 13800138000, "[phone]"),
        ("phone_calls", 12, "12"),
        ("hotel", "Grand", "Grand"),
        ("membership", "gold", "gold"),
        ("own", "call 13800138000", "call [phone]"),
        ("tel", " ", " "),
    ],
)
def test_a_field_is_masked_by_its_name(name: str, value: str | int, shown: str) -> None:
    """What a field's name declares is masked whole, counts and blanks stay, all else is looked through."""
    assert mask_field(name, value, language="en") == shown


@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789+-() .@ax\u200b卡١"), st.characters())))
def test_any_text_can_be_searched(text: str) -> None:
    """No text raises; spans are in order, apart and within the text; masking twice is masking once."""
    ends = [0]
    for kind, start, end in find(text):
        assert kind
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)
    assert mask(mask(text)) == mask(text)


@given(st.text())
def test_the_matching_form_has_a_character_for_each(text: str) -> None:
    """Every place in the matching form is the place in the text, and it agrees with `fold_text` where one can."""
    form = matching_form(text)
    assert len(form) == len(text)
    assert matching_form(form) == form
    assert all(one == fold_text(char) for char, one in zip(text, form, strict=True) if char.isalnum() and one.isalnum()
               and len(fold_text(char)) == 1 and category(char) != "No")  # fmt: skip


def test_every_digit_of_unicode_is_one() -> None:
    """Whatever Unicode calls a digit, raised, circled or of rods, is read as one; Chinese words in circles are not."""
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        value = numeric(char, -1)
        if category(char) not in {"Nd", "No"} or value not in range(10):
            continue
        if "FRACTION N" in name(char) or "VULGAR" in name(char) or ("IDEOGRAPH" in name(char) and code < 0x10000):
            continue
        assert matching_form(char) == str(int(value)), name(char)
        assert COULD.search(7 * char), name(char)
    assert matching_form("㊀一〇") == "一一〇"


HOSTILE = {
    "ones": "1 ", "nineteen": "1 9 ", "fours": "4444 ", "threes": "333 333 4444 ", "spoken": "tel 88888888 ",
    "american": "415-555-2671 ", "zeros": "000 0000 ", "plus": "+4477 ", "glued": "4", "zero-width": "1\u200b3\u200b",
    "at": "@", "pairs": "a@", "dots": "a.", "words": "(at)", "local": "aaaaaaaaaaaaaaaaaaaaaaaa@",
    "domain": "a@bbbbbbbbbbbbbbbbbbbbbbbbbbbbb.", "identity": "110105194912310 ", "brackets": "((", "said": "电话",
    "mixed": "0 10 8 ", "card": "4111111111111111 ", "blank": " ", "marks": "1\u0301",
    "scattered": "138,,,,,,,,0013,,,,,,,,", "lines": "138\n0013\n", "repeated": "13800138000",
    "hosts": "a@公.", "names": "张三@", "long host": "张@公司公司公司公司公司公司公司公司公司公司公司公司公司公司公司.",
}  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_no_text_slows_the_search_down(piece: str) -> None:
    """Twice the text is at most a little more than twice the work, counted in calls, also of a hostile one."""

    def work(length: int) -> int:
        return calls((piece * length)[: length - 12] + " 13800138000")

    assert work(2 * LIMIT // 4) <= 2.2 * work(LIMIT // 4) + 500
    assert find((piece * LIMIT)[: LIMIT - 12] + " 13800138000")


def test_a_text_without_digits_and_signs_is_not_searched() -> None:
    """Fewer than seven digits and no at sign: a text is passed over with next to no work."""
    assert calls("请问这双登山鞋有货吗，买2双 " * 1000) > 3  # fourteen digits
    assert calls("请问这双登山鞋有货吗 " * 3000 + "123456") <= 3


def calls(text: str) -> int:
    """Return how many functions a search calls."""
    find(text)  # tables are filled
    count = 0

    def tick(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(tick)
    try:
        find(text)
    finally:
        sys.setprofile(None)
    return count


def test_a_seeded_mixture_is_masked_in_any_order() -> None:
    """Numbers side by side in one text are all found."""
    rng = Random(5)
    parts = ["13800138000", "a.b@mail.example", "11010519491231002X", "010-88888888", "4111111111111111"]
    for _ in range(50):
        rng.shuffle(parts)
        assert len(find("，".join(parts))) == len(parts)
