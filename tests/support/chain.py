"""A chain of shops with a year's look of truth: stores, kiosks, answers, comments, cases, people.

The same seed gives the same chain. Everything goes in by the functions that the hub itself uses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import Connection

from common.history import identity
from common.responses import Channel, Consent, Contact, Kind, Response, SealedContact
from common.sealing import key_id, seal
from common.wire import Health, Totals
from hub.db import writing
from hub.fleet import queries as fleet
from hub.fleet.rules import Pairing
from hub.followup.queries import open_cases
from hub.people.pages import hash_password, new_session
from hub.people.queries import Person, add_person
from hub.people.rules import Role
from hub.responses.queries import store
from hub.responses.rules import Source, row
from hub.stores.queries import Store, add_store
from hub.stores.rules import business_day
from hub.web.context import Hub

PASSWORD = "three blind mice"
BOSS, MANAGER = "head.office@example.com", "manager.roma@example.com"


@dataclass(frozen=True, slots=True)
class Shop:
    """A store of the chain: its language, answers a day, the weights of 0…10, kiosks, minutes of silence."""

    store: Store
    language: str
    daily: float
    weights: tuple[int, ...]
    kiosks: int
    silent: float


def _shop(
    code: str, name: str, region: str, zone: str, language: str, daily: float, mood: int, *contact: float
) -> Shop:
    unhappy = (5, 2, 3, 3, 4, 9, 8)
    weights = (*(weight * (10 - mood) // 4 for weight in unhappy), 16, 28, 20 + 5 * mood, 30 + 8 * mood)
    kiosks, silent = contact or (1, 3)
    return Shop(Store(code, name, region, zone, 0), language, daily, weights, int(kiosks), silent)


SHOPS = (
    _shop("ROMA", "Roma Termini", "Italia", "Europe/Rome", "it", 14, 8, 2, 4),
    _shop("TORINO", "Torino Lingotto", "Italia", "Europe/Rome", "it", 6, 6),
    _shop("NAPOLI", "Napoli Chiaia", "Italia", "Europe/Rome", "it", 10, 5, 1, 1),
    _shop("MILANO", "Milano Duomo", "Italia", "Europe/Rome", "it", 9, 3, 3, 12),
    _shop("BOLOGNA", "Bologna Centro", "Italia", "Europe/Rome", "it", 8, 4),
    _shop("FIRENZE", "Firenze Nord", "Italia", "Europe/Rome", "it", 0.7, 3, 1, 3100),
    _shop("MADRID", "Madrid Sol", "España", "Europe/Madrid", "es", 4, 2, 1, 26),
    _shop("BARCELONA", "Barcelona Gràcia", "España", "Europe/Madrid", "es", 8, 5, 2, 7),
    _shop("VALENCIA", "Valencia Mar", "España", "Europe/Madrid", "es", 4, 7),
    _shop("LYON", "Lyon Part-Dieu", "France", "Europe/Paris", "fr", 13, 4, 2, 2),
    _shop("PARIS", "Paris Bastille", "France", "Europe/Paris", "fr", 3, 5, 1, 14500),
    _shop("NANTES", "Nantes Sud", "France", "Europe/Paris", "fr", 0.12, 5, 0, 0),
)

_SAID = {
    "it": (
        ("Un’ora di coda alla cassa, con due casse chiuse su tre. Non tornerò.", ("waiting",)),
        ("Ho chiesto un cambio e mi hanno trattata come se fosse colpa mia.", ("staff",)),
        ("Prezzi aumentati ancora e nessuno che sappia spiegare il perché.", ("price", "staff")),
        ("Il reparto era in disordine e mancava la taglia che cercavo.", ("choice", "cleanliness")),
        ("La cerniera si è rotta dopo una settimana.", ("quality",)),
        ("Tutto nella norma, niente di speciale.", ()),
        ("Bel negozio, ma il camerino era sporco.", ("cleanliness",)),
        ("Buona scelta. Alla cassa si potrebbe fare più in fretta.", ("choice", "waiting")),
        ("Personale gentilissimo, mi hanno aiutata a scegliere senza fretta.", ("staff",)),
        ("Finalmente un negozio dove trovo anche le taglie comode!", ("choice",)),
        ("Ottima scelta e prezzi onesti. Complimenti a Giulia del reparto scarpe!", ("choice", "price")),
        ("Rimborso fatto in due minuti, con un sorriso.", ("staff", "waiting")),
    ),
    "es": (
        ("Tres personas atendiendo y nadie en la caja. Veinte minutos de espera.", ("waiting", "staff")),
        ("El jersey se rompió al segundo lavado y no me lo cambiaron.", ("quality",)),
        ("Los probadores, muy sucios.", ("cleanliness",)),
        ("Correcto, aunque esperaba más surtido.", ("choice",)),
        ("Precios razonables y buen ambiente.", ("price",)),
        ("Muy buena atención y la tienda impecable.", ("staff", "cleanliness")),
        ("Encontré justo lo que buscaba. ¡Gracias, Lucía!", ("choice", "staff")),
    ),
    "fr": (
        ("On m’a laissé attendre vingt minutes au retour, sans un mot d’excuse.", ("waiting", "staff")),
        ("Trop cher pour la qualité.", ("price", "quality")),
        ("Deux articles affichés n’étaient plus en rayon.", ("choice",)),
        ("Magasin agréable, mais peu de choix en grandes tailles.", ("choice",)),
        ("Rien à redire, passage en caisse rapide.", ("waiting",)),
        ("Accueil chaleureux, conseil parfait. Merci !", ("staff",)),
        ("Belle collection et vendeuse de très bon conseil.", ("choice", "staff")),
    ),
}


def furnish(app: Flask, days: int = 182, shops: Sequence[Shop] = SHOPS, busy: float = 1.0) -> None:
    """Fill an application's empty database with a chain that has been open for so many days.

    busy multiplies the number of answers.
    """
    hub: Hub = app.extensions["cerchio"]
    with writing(hub.engine) as connection:
        for shop in shops:
            add_store(connection, shop.store, hub.now() - timedelta(days=days))
        _kiosks(connection, shops, days * busy, hub.now())
        _answers(connection, hub, shops, days, busy)
    employ(app, BOSS, "Paola Conti")
    employ(app, MANAGER, "Marco Bianchi", shops[0].store.code)


def open_two_stores(app: Flask) -> None:
    """Open stores in Rome and Milan; employ somebody of head office and the manager of Rome's."""
    hub: Hub = app.extensions["cerchio"]
    with writing(hub.engine) as connection:
        for code in ("ROMA", "MILANO"):
            add_store(connection, Store(code, f"{code.title()} Centro", "", "Europe/Rome", 0), hub.now())
    employ(app, BOSS, "Paola Conti")
    employ(app, MANAGER, "Marco Bianchi", "ROMA")


def employ(app: Flask, email: str, name: str, *stores: str, language: str = "") -> None:
    """Let a person sign in with PASSWORD: a store manager if there are stores, else head office."""
    hub: Hub = app.extensions["cerchio"]
    role = Role.STORE_MANAGER if stores else Role.HEAD_OFFICE
    secret = _secret(app)
    with writing(hub.engine) as connection:
        person = Person(email, name, role, secret, new_session(), frozenset(stores), language)
        add_person(connection, person, hub.now())


@cache
def _secret(app: Flask) -> str:
    """Return the hash of PASSWORD; making one takes as long as it should."""
    return hash_password(app, PASSWORD)


def _kiosks(connection: Connection, shops: Sequence[Shop], days: float, now: datetime) -> None:
    health = Health(app="0.1.0", survey=1, free_disk=6 * 10**9)
    for shop in shops:
        for number in range(shop.kiosks):
            kiosk = identity(shop.store.code, str(number), given_at=now)
            pairing = Pairing(now, now, None, 0, shop.store.code, "checkout", None)
            digest = kiosk.encode()
            fleet.add_kiosk(connection, digest, pairing, kiosk, digest, now - timedelta(days=180))
            heard = now - timedelta(minutes=shop.silent / (number + 1))
            given, waiting = int(shop.daily * days / shop.kiosks), 3 * (shop.silent > 60)
            totals = Totals(given, given - waiting, waiting, quarantined=0)
            fleet.note_contact(connection, kiosk, heard, fleet.Contact(totals, health, 0, given - waiting))


def _answers(connection: Connection, hub: Hub, shops: Sequence[Shop], days: int, busy: float) -> None:
    dice = Random(20)
    rows = [each for shop in shops for each in _rows(dice, hub, shop, days, busy)]
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        inserted = store(connection, part)
        for opened in sorted({each["received_at"] for each in part}):
            new = [each for each in part if each["id"] in inserted and each["received_at"] == opened]
            open_cases(connection, new, opened)


def _rows(dice: Random, hub: Hub, shop: Shop, days: int, busy: float) -> Iterator[dict[str, Any]]:
    now = hub.now()
    for number in range(int(shop.daily * days * busy)):
        happened = now - timedelta(days=dice.random() * days)
        local = happened.astimezone(ZoneInfo(shop.store.time_zone))
        happened = local.replace(hour=dice.randint(9, 19)).astimezone(UTC)
        if happened >= now:
            happened = now - timedelta(minutes=dice.randint(5, 90))
        late = timedelta(days=9, hours=3) if number % 97 == 5 else timedelta(minutes=2)
        received = min(now, happened + late)
        response = _response(dice, hub, shop, number, happened, fresh=now - received < timedelta(hours=90))
        day = business_day(happened, shop.store.time_zone, 0)
        yield row(response, Source(shop.store.code, day, received))


def _response(dice: Random, hub: Hub, shop: Shop, number: int, happened: datetime, fresh: bool) -> Response:
    score = dice.choices(range(11), shop.weights)[0]
    contacted = fresh and score <= 6 and dice.random() < 0.3
    comment, reasons = _said(dice, shop.language, score) if contacted or dice.random() < 0.35 else ("", ())
    identifier = identity(shop.store.code, str(number), given_at=happened)
    return Response(
        id=identifier,
        survey="standard",
        version=1,
        kind=Kind.RELATIONAL,
        touchpoint="checkout",
        channel=Channel.KIOSK if number % 9 else Channel.IMPORT,
        language=shop.language,
        score=score,
        given_at=happened,
        reasons=reasons,
        comment=comment,
        flags=("closed" if comment else "burst",) if number % 41 == 7 else (),
        contact=_contact(hub, identifier, shop, number, happened) if contacted else None,
    )


def _said(dice: Random, language: str, score: int) -> tuple[str, tuple[str, ...]]:
    said = _SAID[language]
    place = score / 10 * (len(said) - 1) + dice.uniform(-1, 1)
    return said[min(len(said) - 1, max(0, round(place)))]


def _contact(hub: Hub, identifier: str, shop: Shop, number: int, happened: datetime) -> SealedContact:
    public = hub.secrets.public_key
    contact = Contact(email=f"customer{number}@example.com", phone="+39 06 1234 5678" if number % 2 else "")
    consent = Consent("standard-1", shop.language, happened)
    return SealedContact(key_id(public), seal(contact, identifier, public), consent)
