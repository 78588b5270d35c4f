"""Every word that the browser's half of the desk shows by itself, by the name it has there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.measures.summary import word

if TYPE_CHECKING:
    from deskkit.views.words import Words

__all__ = ["NOT_DONE", "labels", "warning"]

NOT_DONE: Final = word("Not done: the kernel does not answer")
"""What a view says in the place of what would have come of it, where it keeps nothing to be done later."""


def warning(say: Words, *, passes: bool = False) -> dict[str, str]:
    """Return what warns of a kernel that is silent or ended, for all that shows what it said.

    Parameters
    ----------
    say : Words
    passes : bool
        The log ends with its kernel, so that nothing of it is promised to come back.
    """
    word = say.translate
    restart = (
        word(
            "The kernel does not answer. This log ends with it: if it was restarted, run the cells from the log on "
            "again. The drafts and unsent actions here do not come back, so copy first what you still need."
        )
        if passes
        else word(
            "The kernel does not answer. If it was restarted, run the cell again: "
            "drafts and unsent actions are kept, and sent once."
        )
    )
    return {
        "days": word("{n} d"),
        "hours": word("{n} h"),
        "minutes": word("{n} min"),
        "restart": restart,
        "seconds": word("{n} s"),
        "stale": word("This is the state of {age} ago: nothing has come from the kernel since."),
    }


def labels(say: Words, *, passes: bool = False) -> dict[str, str]:
    """Return the words; what stands in braces in them is filled in by the browser.

    Parameters
    ----------
    say : Words
    passes : bool
        As in `warning`.
    """
    word = say.translate
    return warning(say, passes=passes) | {
        "about": word("About {name}"),
        "actions": word("Actions for {name}"),
        "agent": word("Agent"),
        "all_quiet": word("All quiet"),
        "all_quiet_hint": word("No conversation is open. New ones appear here by themselves."),
        "any": word("Any"),
        "apart": word("Another window has another draft here: “{words}”"),
        "apart_drop": word("Discard that one"),
        "apart_take": word("Use that one"),
        "ask_focus": word("You came to {name} only just now. Is this text meant for them?"),
        "begin": word("Begin"),
        "by_rule": word("By rule"),
        "cancel": word("Cancel"),
        "clear": word("Clear search and filters"),
        "close": word("Close {name}"),
        "close_which": word("Which tab to close?"),
        "closed": word(
            "This desk was closed, as when its cell is run again in another window. Run the cell here: "
            "drafts and unsent actions are kept."
        ),
        "copy_link": word("Copy link"),
        "count": word("{n} conversations, the most urgent first"),
        "count_grouped": word("{n} conversations, in each group the most urgent first"),
        "customer": word("Customer"),
        "details": word("Customer and labels"),
        "do_archive": word("Archive"),
        "do_assign": word("Assign"),
        "do_group": word("Move to group"),
        "do_handled": word("Mark handled"),
        "do_help": word("Invite helper"),
        "do_note": word("Note"),
        "do_priority": word("Priority"),
        "do_reopen": word("Reopen"),
        "do_reply": word("Reply"),
        "do_snooze": word("Snooze"),
        "do_tag": word("Label"),
        "do_unarchive": word("Take out of the archive"),
        "drafting": word("{names} is writing…"),
        "earlier": word("Earlier conversations"),
        "earlier_lines": word("Show earlier messages"),
        "filter": word("Filter"),
        "first_text": word("First message (may be left empty)"),
        "folded": word("folded, Enter unfolds"),
        "group": word("Group"),
        "grouping": word("Group the list by"),
        "helpers": word("Helpers"),
        "key_all": word("Select all in the list"),
        "key_back": word("Back to the list; there: unselect"),
        "key_beside": word("Open beside"),
        "key_close": word("Close the tab in focus"),
        "key_fold": word("Fold and unfold a group"),
        "key_next": word("Next and previous tab"),
        "key_open": word("Open and write"),
        "key_quick": word("Quick reply, in a text"),
        "key_range": word("Select a range"),
        "key_search": word("Search"),
        "key_select": word("Select or unselect"),
        "key_send": word("Send"),
        "key_tab": word("Go to a tab"),
        "key_walk": word("Next and previous conversation"),
        "keys": word("Keyboard"),
        "known_customers": word("Known customers"),
        "labels": word("Tags"),
        "language": word("Language"),
        "language_en": "English",
        "language_zh": "中文",
        "left": word("{time} left"),
        "less": word("less"),
        "level": word("Priority"),
        "link_copied": word("Link copied"),
        "list": word("List of conversations"),
        "loading": word("Loading…"),
        "many": word("{what}: {n} conversations"),
        "messages": word("Messages of {name}"),
        "narrowed": word("{n} of {all} conversations"),
        "new_chat": word("New chat"),
        "new_customer": word("Name or number of the customer"),
        "new_label": word("New label “{tag}”"),
        "newest": word("New messages below"),
        "news": word("{n} new"),
        "no_labels": word("No labels yet"),
        "no_match": word("Nothing matches"),
        "no_match_hint": word("Try fewer words or filters."),
        "no_page": word("This conversation is not in the log."),
        "no_room": word(
            "There is no room for {name}: every tab that could be closed for it holds a draft. "
            "The draft of the one you close is kept."
        ),
        "nobody": word("Nobody"),
        "goes_on": word("Goes on as: {part}"),
        "kept_in_form": word("Something is being written there already: your text is kept under New chat"),
        "gone_on": word("The customer wrote again since: it goes on as a new conversation, do this there"),
        "nothing_done": word("Nothing was done in the last ten minutes that could be undone"),
        "none": word("None"),
        "none_open": word("No conversation is open here"),
        "none_open_hint": word("Choose one in the list; Ctrl-click a tab to put it beside another."),
        "note_hint": word("Seen by agents only"),
        "ok": word("OK"),
        "oldest": word("Longest wait"),
        "only_theirs": word("You did nothing in the last ten minutes that could be undone; others did: see Undo"),
        "open_at": word("Open on {host}"),
        "open_file": word("Open file"),
        "open_question": word("Open “{name}”? It leads to {host}, outside of this desk."),
        "open_unclear": word("Not opened: it is not clear which host this address leads to"),
        "over": word("+{time}"),
        "pin_note": word("Pin note"),
        "put_away": word("Take {name} out of the side-by-side view"),
        "quick_replies": word("Quick replies"),
        "recent": word("Recent actions ({n})"),
        "release": word("Release {name}"),
        "reorder": word("New order"),
        "reply_instead": word("Reply instead"),
        "rest": word("+{n} more"),
        "rest_title": word("What came of it"),
        "search": word("Search all conversations"),
        "search_hint": word("Search customer, message, label, number"),
        "searching": word("Searching…"),
        "select_all": word("Select all {n}"),
        "select_none": word("Unselect"),
        "selected": word("{n} selected"),
        "selection": word("Selected conversations"),
        "send_hint": word("Ctrl+Enter"),
        "send_to": word("Send to {name}"),
        "sending": word("Sending…"),
        "stage": word("Stage"),
        "tab_hint": word("Ctrl-click: side by side. Delete: close"),
        "tabs": word("Open conversations"),
        "take_off": word("Take off {name}"),
        "to_queue": word("Back to the queue"),
        "undo": word("Undo"),
        "undo_of": word("Undo {who}'s: {what}"),
        "undo_this": word("Undo: {what}"),
        "undo_which": word("Undo an action of the last ten minutes"),
        "unfolded": word("unfolded, Enter folds"),
        "unkept": word(
            "This browser's storage for this site is full or forbidden: what you type here is lost when the page is "
            "loaded again. Send or copy it, and free that storage in the browser's settings."
        ),
        "unread": word("{n} unread"),
        "who_else": word("You are {name}. Not you? Somebody else sits down here"),
        "split": word("Width of the list: draw it, or press the arrow keys; a double click gives it back its own"),
        "whisper": word("Whisper"),
        "whisper_hint": word("For {name}; no customer sees it"),
        "whisper_none": word("Nobody else has this conversation: write a note instead of a whisper"),
        "whisper_to": word("Whisper to {name}"),
        "whole": word("more"),
        "write_to": word("Write to {name}, or / for a quick reply"),
    }
