"""Names of known origin in, what letters say of a name's origin out: multinomial logistic regression over substrings.

Two teachers: the alias table, where the native spelling of an entity tells its language, and the countries that the
gold lists give for their persons. Each origin weighs the same, however many names it has.
"""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from golddata import read
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from namealign.encode import Substrings
from namealign.kernel import ORIGINS
from namealign.romanize import script_of
from namealign.tables import data_dir, read_aliases

PLACES = ("first", "inner", "last")

_LANGUAGES = {
    "islamic": "ar fa ps ur ckb ku ug kk ky tr az uz tk tg",
    "indian": "hi bn ta te kn ml mr gu pa ne si or as",
    "slavic": "ru uk be bg sr mk",
    "chinese": "zh yue nan hak",
    "korean": "ko",
    "japanese": "ja",
    "southeast_asian": "th my km lo vi id ms",
    "greek": "el ka hy he syr",
    "african": "am ti so ha om",
}
_COUNTRIES = {
    "islamic": (
        "afghanistan,iran,iraq,saudi,egypt,syria,libya,yemen,algeria,tunisia,morocco,lebanon,jordan,kuwait,qatar,"
        "emirates,palestin,bahrain,oman,pakistan,turkey,turkmen,azerb,uzbek,kazakh,kyrgyz"
    ),
    "indian": "in:,india,nepal,sri lanka",
    "slavic": "russia,ukrain,belarus,bulgaria,serbia,macedonia",
    "chinese": "china,taiwan,hong kong",
    "korean": "korea",
    "japanese": "japan",
    "southeast_asian": "vietnam,thailand,myanmar,burma,cambodia,laos,indonesia,malaysia",
    "greek": "greece,georgia,armenia,israel",
    "african": ("cameroon,tanzania,congo,uganda,namibia,kenya,ghana,burundi,zimbabwe,ethiopia,rwanda,zambia,malawi"),
    "western": (
        "switzerland,mexico,italy,united kingdom,romania,brazil,chile,spain,portugal,argentina,hungary,iceland,"
        "slovakia,dominican,germany,france,colombia,peru,poland,czech,ireland,austria,sweden,norway,finland,denmark,estonia,"
        "latvia,lithuania"
    ),
}
LANGUAGE_ORIGIN = {code: origin for origin, codes in _LANGUAGES.items() for code in codes.split()}
COUNTRY_ORIGIN = [(part, origin) for origin, parts in _COUNTRIES.items() for part in parts.split(",")]
# Indonesia would be found in India's row first.
COUNTRY_ORIGIN.sort(key=lambda item: -len(item[0]))
SOURCE_ORIGIN = {"tcpd_lok_sabha": "indian", "syriaca_org": "greek"}


def country_origin(hint: str) -> str:
    """The origin that a list's country stands for, "" where it tells none.

    >>> country_origin("North_Korea"), country_origin("IN:Bihar"), country_origin("Indonesia"), country_origin("en|fr")
    ('korean', 'indian', 'southeast_asian', '')
    """
    plain = hint.lower().replace("_", " ")
    return next((origin for part, origin in COUNTRY_ORIGIN if part in plain), "")


def teachers(
    gold: Path, tokens_of: Callable[[str], list[str]], skip: Callable[[str], bool] = lambda _: False
) -> dict[str, Counter[str]]:
    """Token -> how many entities of each origin bear it; `skip` leaves out entities of the gold data."""
    out: dict[str, Counter[str]] = defaultdict(Counter)

    def learn(origin: str, names: Iterable[str]) -> None:
        for token in {t for name in names for t in tokens_of(name)}:
            if len(token) > 1 and token.isalpha():
                out[token][origin] += 1

    rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read_aliases(data_dir() / "aliases.csv"):
        if row.kind in ("person", "element"):
            rows[row.entity_id].append((row.alias, row.language))
    for spellings in rows.values():
        origins = Counter(LANGUAGE_ORIGIN[code] for _, code in spellings if code in LANGUAGE_ORIGIN)
        if origins:
            learn(origins.most_common(1)[0][0], [alias for alias, _ in spellings if script_of(alias) == "Latn"])
    for r in read(gold / "dev" / "entities.csv"):
        if r["kind"] == "person" and r["script"] == "Latn" and r["role"] != "weak" and not skip(r["entity_id"]):
            origin = SOURCE_ORIGIN.get(r["source"]) or country_origin(r["lang_or_script_hint"])
            if origin:
                learn(origin, [r["name"]])
    return out


def _found(token: str, substrings: Substrings) -> list[int]:
    """Place and substring, as `kernel.origin` meets them, as numbers."""
    out = []
    for at in range(len(token)):
        for length in range(1, min(3, len(token) - at) + 1):
            known = substrings.ids.get(token[at : at + length])
            if known is not None:
                place = 0 if at == 0 else 2 if at + length == len(token) else 1
                out.append(place * substrings.size + known)
    return out


def fit(taught: dict[str, Counter[str]], substrings: Substrings) -> np.ndarray:
    """Weights of (place and substring, origin), flat, as `kernel.origin` reads them."""
    rows, columns, number, weight = [], [], [], []
    for token, counts in sorted(taught.items()):
        found = _found(token, substrings)
        for origin, n in sorted(counts.items()):
            rows += [len(number)] * len(found)
            columns += found
            number.append(ORIGINS.index(origin))
            weight.append(n**0.5)
    x = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(number), 3 * substrings.size))
    y = np.array(number)
    w = np.array(weight)
    for k in range(len(ORIGINS)):
        w[y == k] *= len(y) / len(ORIGINS) / w[y == k].sum()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=1.0, max_iter=150, fit_intercept=False).fit(x, y, sample_weight=w)
    return np.round(model.coef_.T, 2)


def write(weights: np.ndarray, substrings: Substrings, path: Path, sources: str) -> None:
    """The table as `knowledge.read_origins` reads it."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            "# What letters say of a name's origin, in log-odds, by place in the token; rows of zeros left out.\n"
            "# Learned by bench/fit_origins.py (multinomial logistic regression) from data/aliases.csv and from the\n"
            f"# countries in {sources}.\n"
        )
        file.write(f"place,letters,{','.join(ORIGINS)}\n")
        for row, said in enumerate(weights):
            if said.any():
                place, known = divmod(row, substrings.size)
                file.write(f"{PLACES[place]},{substrings.known[known]},{','.join(f'{v:g}' for v in said)}\n")
