"""CLDR's names of countries and of the cities of its time zones in, `data/territories.csv` out.

    pip install Babel && python tools/build_territories.py

The rows have the columns of `data/aliases.csv`. A spelling that an earlier language already gave is not repeated.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

from babel import Locale, __version__

LANGUAGES = (
    "en", "fr", "de", "es", "it", "pt", "pl", "tr", "az", "ru", "uk", "bg", "sr", "kk", "uz", "ar", "fa", "ps", "ckb",
    "ur", "he", "hi", "bn", "ta", "zh", "zh_Hant", "ja", "ko", "id", "vi", "el", "ka", "hy", "am", "sw", "so",
)  # fmt: skip
# CLDR's English name, where newspapers write another one first.
CANONICAL = {
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "CI": "Ivory Coast",
    "CZ": "Czech Republic",
    "HK": "Hong Kong",
    "MM": "Myanmar",
    "MO": "Macau",
    "PS": "Palestine",
    "TR": "Turkey",
}
# No places that newspapers name: dependencies of dependencies, regions of statistics, codes for nothing.
LEFT_OUT = re.compile(r"^(\d+|AC|BV|CP|CQ|DG|EA|EU|EZ|HM|IC|QO|TA|TF|UM|UN|XA|XB|ZZ)$")
# Towns whose names are oftener a word or somebody's name.
WORDS = {
    "Adak",
    "Bahia",
    "Canary",
    "Chatham",
    "Creston",
    "Darwin",
    "Dawson",
    "Gambier",
    "Kanton",
    "Madeira",
    "Marigot",
    "Midway",
    "Nome",
    "Oral",
    "Phoenix",
    "Regina",
    "Resolute",
    "Reunion",
    "Stanley",
    "Victoria",
    "Wallis",
    "Cayman",
    "Faroe",
    "Antigua",
    "Thule",
    "Mendoza",
    "Macao",
    "Cordoba",
    "Merida",
}
# Zones whose example city is no city of the news.
ZONES = re.compile(r"^(Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/\w+$")


def names(locale: Locale) -> dict[str, list[str]]:
    """Territory code or time zone -> names in one language."""
    found: dict[str, list[str]] = {}
    for code, name in locale.territories.items():
        if not LEFT_OUT.match(code):
            found.setdefault(code.partition("-")[0], []).append(name)
    for zone, data in locale.time_zones.items():
        city = data.get("city") if ZONES.match(zone) else None
        if city and zone.rpartition("/")[2] not in WORDS:
            found[zone] = [city]
    return found


def plain(name: str) -> list[str]:
    """`Myanmar (Burma)` is two names; `Hong Kong SAR China` one. What no newspaper writes goes."""
    name = unicodedata.normalize("NFC", name)
    if " - " in name or "SAR" in name or "АР" in name.split():
        return []
    found = re.match(r"(.+?) ?[(（](.+)[)）]$", name)
    parts = [found[1], found[2]] if found else [name]
    return [part.strip() for part in parts if len(part.strip()) > 1 and "[" not in part]


def slug(name: str) -> str:
    """An id's readable part."""
    ascii_name = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")


def main() -> None:
    """Write the table."""
    english = names(Locale.parse("en"))
    zones = {
        zone: [zone.rpartition("/")[2].replace("_", " ")]
        for loc in LANGUAGES
        for zone in names(Locale.parse(loc))
        if "/" in zone
    }
    canonical = {code: CANONICAL.get(code) or found[0] for code, found in {**zones, **english}.items()}
    rows: dict[tuple[str, str], list[str]] = {}
    first: dict[str, set[str]] = {code: set() for code in canonical}
    for language in LANGUAGES:
        found = names(Locale.parse(language))
        for code, title in canonical.items():
            given = list(found.get(code, []))
            if language == "en":
                given.insert(0, title)
            # A place's own names are those without brackets.
            first[code].update(name for name in given if plain(name) == [name])
            for name in (part for one in given for part in plain(one)):
                tag = language.replace("zh_Hant", "zh-hant")
                rows.setdefault(
                    (f"pl:{slug(title)}", name), [title, tag, "cldr:territory" if "/" not in code else "cldr:timezone"]
                )
    # What only says where a place lies (Hong Kong (China)) is no name of it.
    main = {
        name: entity for code, title in canonical.items() for entity in [f"pl:{slug(title)}"] for name in first[code]
    }
    rows = {key: row for key, row in rows.items() if main.get(key[1], key[0]) == key[0]}
    out = Path(__file__).parent.parent / "data" / "territories.csv"
    with out.open("w", encoding="utf-8", newline="") as file:
        file.write(
            "# Countries and the cities of time zones, from Unicode CLDR (Unicode License V3, (c) Unicode, Inc.)"
            f" by way of Babel {__version__}.\n"
            "# Made by tools/build_territories.py; never edit. Read by scan beside aliases.csv.\n"
        )
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["entity_id", "kind", "canonical", "alias", "language", "source", "note"])
        known: dict[str, str] = {}
        for (entity, alias), (title, tag, source) in sorted(rows.items()):
            writer.writerow([entity, "place", known.setdefault(entity, title), alias, tag, source, ""])


if __name__ == "__main__":
    main()
