"""Every word that the browser's half of the rules workshop shows by itself, by the name it has there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.desk.events import FACETS, LEVELS
from deskkit.desk.policyfile.notice_sections import EVENTS
from deskkit.views.desk.labels import NOT_DONE, warning

if TYPE_CHECKING:
    from deskkit.views.words import Words

__all__ = ["labels"]


def labels(say: Words) -> dict[str, str]:
    """Return the words; what stands in braces in them is filled in by the browser."""
    word = say.translate
    return warning(say) | {
        **_options(say),
        "add": word("Add"),
        "add_condition": word("Add a condition"),
        "add_to": word("Add: {what}"),
        "by_form": word("By form"),
        "by_text": word("Policy as text"),
        "cancel": word("Cancel"),
        "colour": word("Colour"),
        "close": word("Close"),
        "compare": word("Compare"),
        "details": word("Details ({n})"),
        "difference": word("What differs"),
        "down": word("One place down"),
        "elsewhere": word("The text was changed in another window, and stands here too; Undo goes back"),
        "example": word("Right would be"),
        "expected": word("Expected"),
        "families": word("Kinds of rules"),
        "file": word("Save as a file"),
        "file_name": word("New file"),
        "form_left": word(
            "What you typed in a form did not reach the kernel before it ended: type it in again, then close this"
        ),
        "forms_wait": word("the forms follow when the text can be read"),
        "go_to": word("Go to line {line}"),
        "got": word("Found"),
        "how": word("Comparison"),
        "in_force": word("in force"),
        "line": word("line {line}"),
        "live": word("Put live"),
        "live_anyway": word("Put mine live all the same"),
        "merge": word("Merge into …"),
        "new_label": word("New tag"),
        "new_name": word("Name of the new one"),
        "no": word("no"),
        "no_difference": word("No line differs."),
        "no_versions": word("No policy was put in force in this log yet."),
        "none_yet": word("None yet"),
        "not_done": word(NOT_DONE),
        "nothing_here": word("Nothing here yet: add one on the left."),
        "print": word("Fingerprint"),
        "remove": word("Remove this rule"),
        "rename": word("Rename"),
        "restore": word("Load into the editor"),
        "restart": word(
            "The kernel does not answer. If it was restarted, run the cell again, or all cells from the log on: this "
            "text is kept in the page, and comes back."
        ),
        "restart_unkept": word(
            "The kernel does not answer, and the browser could not keep this text: copy it first. If the kernel was "
            "restarted, run the cell again, or all cells from the log on."
        ),
        "retire": word("Retire"),
        "revive": word("Offer again"),
        "save": word("Save as a new file"),
        "sign_is": word("is"),
        "sign_never": word("never"),
        "sign_toml": word("as text"),
        "since": word("From {when} by {who} to the text in the editor"),
        "span": word("Span"),
        "take_back": word("Take all back"),
        "take_off_row": word("Take this condition off"),
        "take_theirs": word("Take theirs into the editor"),
        "text_back": word("Back again: your text as you left it; it is not live"),
        "text_back_other": word(
            "Back again: your text as you left it; it is not live. Another policy is in force by now: see under "
            "Versions what yours would undo"
        ),
        "trial": word("Try on history"),
        "trial_hint": word("The same facts, decided twice. Before: {before}. After: the draft in the editor."),
        "trial_old": word("This is of an earlier draft: the text was changed since. Try it again."),
        "before_given": word("the policy as it was given"),
        "before_live": word("the policy now in force"),
        "before": word("Before: {before}"),
        "after": word("After: the draft"),
        "try": word("See what would change"),
        "undo": word("Undo"),
        "unkept": word(
            "This browser's storage for this site is full or forbidden: the text here is not kept, and lost when the "
            "kernel ends. Copy it, or free that storage in the browser's settings."
        ),
        "untaken": word("Not taken: the text was changed in another window meanwhile. Yours stays here"),
        "untaken_first": word("First choose which of the two texts shall stand"),
        "untaken_mine": word("Put mine in its place"),
        "untaken_theirs": word("Take the other one"),
        "up": word("One place up"),
        "usual": word("as usual"),
        "value": word("Value"),
        "version": word("Version"),
        "versions": word("Versions"),
        "was": word("called before: {names}"),
        "what": word("What is looked at"),
        "what_to_do": word("Actions"),
        "when": word("Put live at"),
        "what_changed": word("What changed"),
        "open": word("Open the conversation of {name}"),
        "who": word("by"),
        "whole": word("the whole log"),
        "yes": word("yes"),
    }


def _options(say: Words) -> dict[str, str]:
    """Return what the names of levels, facets and events in a policy are called where one chooses among them."""
    return (
        {f"levels_{name}": say.level(level) for level, name in enumerate(LEVELS)}
        | {f"facets_{name}": say.facet(name) for name in FACETS}
        | {f"events_{name}": say.event(name) for name in EVENTS}
    )
