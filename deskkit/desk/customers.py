"""What was told of each customer. It lies in memory while the customer is at the desk, else it is put away.

A desk lives for weeks and meets ten thousands of customers, of whom it shows a few.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from deskkit.desk import coding
from deskkit.desk import columns as k
from deskkit.desk.events import CustomerSet
from deskkit.desk.resting import glance
from deskkit.desk.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskkit.desk.desk import Desk
    from deskkit.desk.names import Registry

__all__ = ["People", "customer_of"]


class People(Mapping[str, CustomerSet]):
    """What is known of customers, by id; of those of whom nothing was told there is no entry.

    Parameters
    ----------
    customers : Registry
        The numbers of all customers; whoever is told of has one.

    Examples
    --------
    >>> from deskkit.desk.names import Registry
    >>> people = People(Registry("customer", ["zhang", "li"]))
    >>> people.tell(CustomerSet(at=0, customer="li", name="李雷"))
    >>> people.put_away(lambda number: True)
    >>> people["li"].name, list(people), people.told(0), people.told(1)
    ('李雷', ['li'], 0, 1)
    """

    def __init__(self, customers: Registry) -> None:
        self._customers = customers
        self._near: dict[int, CustomerSet] = {}
        self._places = array("q")  # by number: where it lies on the shelf, unless it is near
        self._told = array("q")  # by number: how often
        self._count = 0
        self._shelf = Shelf()

    def tell(self, fact: CustomerSet) -> None:
        """Let this be what is known of a customer."""
        number = self._customers.find(fact.customer)
        missing = number + 1 - len(self._told)
        self._told.extend([0] * missing)
        self._places.extend([0] * missing)
        self._count += self._told[number] == 0
        self._told[number] += 1
        self._near[number] = fact

    def told(self, number: int) -> int:
        """Return how often something was told of the customer of this number: as long as it is, nothing is new."""
        return self._told[number] if number < len(self._told) else 0

    def put_away(self, rests: Callable[[int], bool]) -> None:
        """Put away what lies in memory of customers that rest, by number."""
        for number in [number for number in self._near if rests(number)]:
            self._places[number] = self._shelf.put_record(coding.encode(self._near.pop(number)))

    def __getitem__(self, customer: str) -> CustomerSet:
        """Return what is known of a customer; what is put away stays there, however many are asked for."""
        number = self._customers.find(customer)
        if number in self._near:
            return self._near[number]
        if number < 0 or not self.told(number):
            raise KeyError(customer)
        return cast("CustomerSet", coding.decode(self._shelf.record(self._places[number])))

    def __iter__(self) -> Iterator[str]:
        """Yield the ids in the order of their numbers."""
        return (self._customers[number] for number, told in enumerate(self._told) if told)

    def __len__(self) -> int:
        return self._count


def customer_of(desk: Desk, name: str) -> tuple[str, str]:
    """Return the id of a conversation's customer, and the name; where they are not known they are empty."""
    number = glance(desk.state.conversation, desk.exactly(name), k.CUSTOMER)
    customer = desk.customers[number] if number >= 0 else ""
    person = desk.people.get(customer)
    return customer, person.name if person is not None else ""
