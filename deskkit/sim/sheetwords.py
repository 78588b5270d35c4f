"""What a STRESS-DES sheet says of every study: the model's logic, components and assumptions, and its formulas."""

from __future__ import annotations

from typing import Final

from deskkit.sim.naming import ENOUGH
from deskkit.worded import worded

__all__ = [
    "ALGORITHMS", "ASSUMED", "COMPONENTS", "DIAGRAM", "FEW_DAYS", "FORMULAS", "GIVEN", "GIVEN_ASSUMED", "LOGIC",
    "PREPARED", "SAMPLING",
]  # fmt: skip

DIAGRAM: Final = """\
```text
customer writes -> desk: tags, level, queue, owner, notices (the policy)
                     |                          |
                  waits in queue            agent notices -> turns to the tab -> switches -> reads and writes
                     |                                                                          |
              patience ends: leaves                     resolved <- last turn <- customer reads the reply
                                                                                    |
                                                  thinks, writes again, or leaves with or without a word
```"""

LOGIC: Final = """\
A customer opens a conversation and writes. The desk decides by the policy: tags, level, queue or owner, and whom to
notify through which channels. An agent is one server over all own tabs. An idle agent notices a message by the fastest
channel that is not missed, or at the next glance; a busy one when the reply in hand is sent, unless a channel
interrupts. The agent picks an unread tab, switches to it where it is another one, reads, and answers. The customer
thinks and writes again, until the replies needed are given; or loses patience in the queue or while waiting for a
reply and leaves, telling the desk or not. Slowdown under many tabs is not put in as a number: it comes out of these
steps."""

ALGORITHMS: Final = """\
Decisions are those of the live desk, by the same functions: tagging, priority with holding times, queue order (who
waits too long first, then level, then waited / target), assignment by load, skill, language and group, notification
ladders, tidying.
Instants of arrival follow the rate; durations are drawn by inversion of their laws, while a run goes on from
integer tables of 4,096 quantiles scaled to the law's mean."""

COMPONENTS: Final = """\
- Entities: conversations, with a customer, fields, history, language, needs, turns.
- Activities: notice, turn to the tab, switch, read and write, mend a reply gone astray; the customer's thinking.
- Resources: agents, each one server over its tabs, with capacity, skills, languages, groups, shifts and breaks.
- Queues: one lane for each group, needs, level and target; in each the first come is the first served.
- Entry: arrivals of each stream. Exit: resolved, left in the queue or in service, with or without a word, turned
  away."""

PREPARED: Final = "None: customers are drawn from the laws of 3.3."

GIVEN: Final = """\
The customers were given as a workload and are not drawn; the streams of 3.3 bring nobody. Of a workload taken from a
log (`workload_from`) arrivals, texts, fields and history are as they were; times to handle and think are estimated from
views and replies; who did not leave waits for ever."""

ASSUMED: Final = """\
- Streams are independent of one another given their rates, conversations within a stream given its busyness.
- Times to handle belong to the turn: an agent's speed divides them, and nobody tires.
- Patience does not depend on what is announced.
- An agent who is online works on nothing else."""

GIVEN_ASSUMED: Final = """
- Customers of a log come and write as they did, whatever the policy; who did not leave waits for ever.
- Whom nobody answered a desk has to answer, though it did not that day."""

SAMPLING: Final = """\
Every draw is a hash (the finaliser of splitmix64) of seed, replication, purpose, conversation and turn. All policies so
meet the same customers with the same luck, and a further purpose shifts no other draw. Other policies change the order
of events, not the draws."""

FEW_DAYS: Final = worded(
    "With fewer than {enough} replications intervals of skewed waits promise too much: of ten days those of 95 % held "
    "the mean wait in the queue in 86 to 92 % of trials. Use {enough} replications or more.",
    enough=ENOUGH,
)

FORMULAS: Final[dict[str, str]] = {
    "gave_up": "conversations whose customer ran out of patience, with a word or without, whether an answer came after "
    "all or not / conversations customers began; those turned away are not among the former",
    "part_queue": "sum over replies of (assigned - written, at least 0) / replies",
    "part_notice": "sum over replies of (from later of written and assigned until noticed, the agent free) / replies",
    "part_attention": "sum over replies of (until turned to, the agent writing other replies) / replies",
    "part_switch": "sum over replies of (viewed - turned to) / replies",
    "part_handle": "sum over replies of (sent - viewed) / replies",
    "wrong_window": "replies sent into another conversation / replies",
    "reply_p90": "mean over replications of the 90th percentile of (sent - written) in each; that of all replies "
    "together is another number",
    "vip_gap": "mean over replications of (mean reply time of messages that came at low and normal - the same at high "
    "and urgent); a level that waiting raised afterwards is no matter",
    "resolved": "mean over replications of conversations resolved",
    "cost_per_resolved": "(hours paid x cost per hour + conversations lost x cost of one) / conversations resolved; "
    "lost is who gave up, with a word or without, whatever came of it in the log, left or was turned away",
    "conversations": "mean over replications of conversations that came",
    "loud_per_agent_hour": "notices that went out on a channel louder than a badge / hours agents were present",
}
"""Of what only a run knows; the other measures carry their own."""
