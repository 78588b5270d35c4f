"""The rules workshop: a policy's text and its forms side by side, tried on history, put live, gone back to."""

from __future__ import annotations

from deskkit.views.workshop.view import RulesView, rules

__all__ = ["RulesView", "rules"]
