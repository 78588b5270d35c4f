"""Proposals to even out the load, on random days: what each says is so, once those before it are done by hand."""

from __future__ import annotations

import random

from deskkit.desk import cards
from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.desk.balancing import moves
from deskkit.desk.desk import Desk
from deskkit.desk.standing import lacks
from tests.laws.test_laws import POLICIES, draw_act
from tests.laws.world import World

DAYS = 200


def watching(world: World) -> Desk:
    """Return a desk of the same log that only watches, so that nothing but hands moves anything."""
    desk = Desk(world.policy, acts=False)
    desk.fold(world.log)
    return desk


def held(desk: Desk, agent: str) -> tuple[float, float]:
    """Return what an agent holds and may hold, in units."""
    card = cards.agent_card(desk, agent)
    return card.load, card.capacity


def test_every_move_is_weighed_as_after_the_hand_over() -> None:
    """A change of owner makes a conversation more complex, and who takes one helps in it no more: the loads are such.

    200 days of seeds 0 to 199, each with an agent or two who help. The control: on some days a move adds another
    weight to the taker than it takes from the giver.
    """
    done = heavier = lighter = 0
    for seed in range(DAYS):
        draw = random.Random(seed)
        world = World(POLICIES[sorted(POLICIES)[seed % len(POLICIES)]], agents=2 + seed % 5, acts=seed % 3 > 0)
        for _ in range(draw.randrange(30, 90)):
            world.act(*draw_act(draw))
        desk = watching(world)
        for n, conversation in enumerate(cards.open_conversations(desk)[:2]):
            helper = draw.choice(sorted(desk.profiles))
            if desk.state.conversation[desk.conversation(conversation)][k.OWNER_OF] not in {-1, desk.agent(helper)}:
                desk.step(
                    e.HelperSet(at=world.at, source="t", source_id=f"h{n}", conversation=conversation, agent=helper)
                )
        for n, move in enumerate(moves(desk, now=world.at)):
            giver, taker = held(desk, move.giver), held(desk, move.taker)
            assert (giver, taker) == (
                (move.giver_load, move.giver_capacity),
                (move.taker_load, move.taker_capacity),
            ), (seed, n)
            assert lacks(desk, desk.conversation(move.conversation), move.taker) == ()
            desk.step(
                e.OwnerSet(at=world.at, source="t", source_id=f"m{n}", conversation=move.conversation, agent=move.taker)
            )
            gave, took = held(desk, move.giver)[0] - giver[0], held(desk, move.taker)[0] - taker[0]
            assert (taker[0] + took) / taker[1] < giver[0] / giver[1]
            heavier += took > -gave
            lighter += took < -gave
            done += 1
    assert done > DAYS / 4
    assert heavier > 0
    assert lighter > 0
