"""One run of Han characters (with kana where it is Japanese) in, its plausible Latin readings out.

The same characters may be a Chinese, Taiwanese, Hong Kong, Korean or Japanese person, a place, or a foreign name
written for its sound; the script does not tell, so each reading that the tables support is given: pinyin, Wade-Giles,
Cantonese as Hong Kong spells it, Sino-Korean, Japanese, and the foreign name. Traditional, simplified and variant
characters are first brought to one form, so that 習近平 and 习近平 read alike.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from namealign.model import Reading, Step
from namealign.romanize import hangul, japanese, kana
from namealign.romanize.loan import LIQUIDS, LoanTable, loan_table, second_guesses
from namealign.romanize.trail import trail
from namealign.tables import data_dir, read_rows

__all__ = ["canonical", "canonical_characters", "korean_surname", "pinyin", "readings", "words"]

PINYIN, WADE, HONG_KONG, LOAN, HEPBURN, KOREAN = (
    "Hanyu Pinyin",
    "Wade-Giles",
    "Hong Kong",
    "loan",
    "Hepburn",
    "Sino-Korean",
)
# A matcher compares every reading with every name: six is what the most ambiguous name (金正恩, 林明) needs.
MOST = 6
_BREAK = re.compile(r"[^\w々〆ヶ]+|_+")
_DOTTED = re.compile(r"[·・•‧∙.=＝-]")
_SUFFIX = frozenset("市巿县区州镇省乡府郡岛村町道都")
# Those that no given name ends in: what they end is a place, never a person.
_PLACE = frozenset("市巿县区省")
# 斉藤 and 斎藤 are one surname to those who spell it from hearing, though 齊 and 齋 are two characters.
_SAME_WORD = (("齐藤", "斋藤"),)


class _Syllables(NamedTuple):
    """How one character reads."""

    mandarin: str
    wade: str
    cantonese: str
    korean: str


class _Tables:
    """The Chinese and Korean tables, read once."""

    def __init__(self) -> None:
        folder = data_dir() / "romanization"
        forms: dict[int, str] = {ord("ヶ"): "ケ"}
        for name in ("Hani-simplified.csv", "Hani-variants.csv"):
            for _, (source, target) in read_rows(folder / name, ("source", "target")):
                forms[ord(source)] = target
        self.forms = forms
        wade = self.pairs("Hani-zh-syllables.csv", "pinyin", "wade")
        hong_kong = self.pairs("Hani-yue-syllables.csv", "jyutping", "spelling")
        self.wade = wade
        self.readings: dict[str, _Syllables] = {}
        path = folder / "Hani-readings.csv"
        for _, (source, mandarin, jyutping, korean) in read_rows(path, ("source", "mandarin", "cantonese", "korean")):
            cantonese = hong_kong.get(jyutping, mandarin)
            self.readings[source] = _Syllables(mandarin, wade[mandarin], cantonese, korean)
        path = folder / "Hani-zh-names.csv"
        for _, (source, mandarin, cantonese) in read_rows(path, ("source", "mandarin", "hong_kong")):
            known = self.readings[source]
            if mandarin:
                known = known._replace(mandarin=mandarin, wade=wade[mandarin])
            self.readings[source] = known._replace(cantonese=cantonese or known.cantonese)
        # A simplified character has no Korean reading of its own: its traditional form lends it.
        for code, target in forms.items():
            old, new = self.readings.get(chr(code)), self.readings.get(target)
            if old and new and old.korean and not new.korean:
                self.readings[target] = new._replace(korean=old.korean)
            elif old and not new:
                self.readings[target] = old
        self.korean_surnames = self.pairs("Hani-ko-surnames.csv", "surname", "hangul")
        self.loans = self.pairs("Hani-loan-characters.csv", "source", "target")
        self.surnames: dict[str, tuple[str, tuple[str, ...]]] = {}
        path = folder / "Hani-zh-surnames.csv"
        for _, (surname, reading, spellings) in read_rows(path, ("surname", "pinyin", "spellings")):
            own = reading or self.readings[surname].mandarin
            self.surnames[surname] = (own, tuple(spellings.split()))

    @staticmethod
    def pairs(name: str, source: str, target: str) -> dict[str, str]:
        path = data_dir() / "romanization" / name
        return {row[0]: row[1] for _, row in read_rows(path, (source, target))}


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()


def canonical_characters(text: str) -> str:
    """Traditional, new Japanese and variant characters in the one form that stands for them all.

    >>> canonical_characters("渡邊") == canonical_characters("渡辺") == canonical_characters("渡邉")
    True
    """
    return text.translate(_tables().forms)


def canonical(run: str) -> str:
    """A run of Han characters for comparison with another one: one form a character, no spaces or dots.

    >>> canonical("習近平") == canonical("习近平"), canonical("李丽") == canonical("李莉")
    (True, False)
    >>> canonical("斉藤 由貴") == canonical("齋藤由貴")
    True
    """
    text = "".join(_BREAK.split(unicodedata.normalize("NFKC", run)))
    if "々" in text:
        text = re.sub("(.)々", r"\1\1", text)
    text = canonical_characters(text)
    for word, same in _SAME_WORD:
        text = text.replace(word, same)
    return text


def words(run: str) -> list[str]:
    """The words of a run in canonical characters, parted where it has dots, spaces or hyphens.

    >>> words("穆阿邁爾·卡扎菲")
    ['穆阿迈尔', '卡扎菲']
    """
    return [canonical_characters(part) for part in _BREAK.split(run) if part]


@lru_cache(maxsize=65536)
def pinyin(text: str) -> str:
    """A word in pinyin without tones, joined."""
    table = _tables().readings
    return "".join(table[char].mandarin if char in table else char for char in text)


@lru_cache(maxsize=65536)
def _given(text: str) -> tuple[str, str, str]:
    """A given name in pinyin (joined), Wade-Giles and Hong Kong Cantonese (hyphens between the syllables)."""
    table = _tables().readings
    found = [table[char] for char in text if char in table]
    return (
        "".join([syllables.mandarin for syllables in found]),
        "-".join([syllables.wade for syllables in found]),
        "-".join([syllables.cantonese for syllables in found]),
    )


@lru_cache(maxsize=1)
def _loan_table() -> LoanTable:
    """The learned table, with the hand-written default where it never met a character."""
    learned = loan_table("Hani-loan")
    defaults = {("", source, ""): target for source, target in _tables().loans.items()}
    # One hand-written value a character beats what a thousand words teach (0.64 against 0.58 similarity on held-out
    # words); in longer contexts the learned rows know more (0.65).
    return LoanTable({**learned.rules, **defaults}, learned.words)


@lru_cache(maxsize=65536)
def _loan(text: str) -> str:
    table = _loan_table()
    return table.words.get(text) or table.spell(text, pinyin)


@lru_cache(maxsize=65536)
def _sino_korean(text: str) -> tuple[str, str] | None:
    """Surname and given name in Hangul, if the first one or two Han characters are a Korean surname."""
    tables = _tables()
    cut = 2 if len(text) > 2 and text[:2] in tables.korean_surnames else 1
    surname = tables.korean_surnames.get(text[:cut])
    if surname is None or not 1 <= len(text) - cut <= 2:
        return None
    given = [tables.readings[char].korean if char in tables.readings else "" for char in text[cut:]]
    return (surname, "".join(given)) if all(given) else None


def korean_surname(text: str) -> str:
    """A Korean surname in Han characters, in Hangul; "" where it is none.

    >>> korean_surname("金"), korean_surname("諸葛"), korean_surname("한")
    ('김', '제갈', '')
    """
    return _tables().korean_surnames.get(canonical_characters(text), "")


def _chinese(text: str) -> tuple[str, str] | None:
    """Surname and given name, if the word can be a Chinese person."""
    surnames = _tables().surnames
    if 3 <= len(text) <= 4 and text[:2] in surnames:
        return text[:2], text[2:]
    if 2 <= len(text) <= 3 and text[0] in surnames:
        return text[0], text[1:]
    # A married woman in Hong Kong bears two surnames (林鄭月娥).
    if len(text) == 4 and text[0] in surnames and text[1] in surnames and not _only_sounds(text):
        return text[0], text[1:]
    return None


def _only_sounds(text: str) -> bool:
    """Whether every character is one that writes foreign names (伊万诺沃)."""
    return all(char in _tables().loans for char in text)


Found = list[tuple[str, str, str]]


def _chinese_readings(surname: str, given: str) -> tuple[Found, Found]:
    """Mandarin (pinyin, Wade-Giles) and Cantonese readings of a person."""
    tables = _tables()
    own, spellings = tables.surnames[surname]
    joined, taiwan, hong_kong = _given(given)
    wade = own if len(surname) > 1 else tables.wade.get(own, own)
    mandarin = [(f"{own} {joined}", "zh", PINYIN), (f"{wade} {taiwan}", "zh", WADE)]
    family = spellings[0] if spellings else _given(surname)[2]
    return mandarin, [(f"{family} {hong_kong}", "yue", HONG_KONG)]


def _korean_readings(text: str) -> Found:
    sound = _sino_korean(text)
    if sound is None:
        return []
    usual, official = hangul.person(*sound)
    return [(usual, "ko", KOREAN), (official, "ko", KOREAN)]


def _japanese_readings(text: str, split: tuple[str, str] | None, *, listed: bool) -> tuple[Found, int]:
    """Readings as a Japanese name or place, and how sure they are: 3 is likely Japanese, 4 and more surely."""
    guesses = japanese.read_name(text, split, listed=listed)
    found: Found = [(guess.text, "ja", HEPBURN) for guess in guesses]
    sure = guesses[0].sure if guesses else 0
    whole = japanese.read_place(text) if split is None else None
    # 東京 is not Azuma Miyako: two characters that are a place in use are that place.
    if sure >= 4 and not (whole and whole[1] > 1 and len(text) == 2):
        return found, sure
    if text[-1] in _SUFFIX and len(text) > 2 and (place := japanese.read_place(text[:-1])):
        return [(place[0], "ja", HEPBURN)], 3
    if whole is not None:
        return [(whole[0], "ja", HEPBURN), *(found[:1] if sure == 3 else ())], min(sure, 3)
    return found, sure


def _loan_readings(text: str) -> Found:
    """The foreign name that the word may write, where its characters are such as are used for that."""
    table = _loan_table()
    if text in table.words:
        return [(table.words[text], "zh", LOAN)]
    usable = _tables().loans
    strange = sum(char not in usable for char in text)
    if strange > len(text) // 4:
        return []
    spelled = _loan(text)
    return [(guess, "zh", LOAN) for guess in (spelled, *second_guesses([spelled], table.spellings, LIQUIDS, 2))]


def _alone(text: str) -> Found:
    """A surname (or a Japanese given name) that stands alone, as each language spells it."""
    tables = _tables()
    found: Found = []
    if text in tables.surnames:
        own, spellings = tables.surnames[text]
        found += [(own, "zh", PINYIN), (tables.wade.get(own, own), "zh", WADE)]
        found += [(spelling, "yue", HONG_KONG) for spelling in spellings[:2]]
    if text in tables.korean_surnames:
        found += [(spelling, "ko", KOREAN) for spelling in hangul.surname(tables.korean_surnames[text])[:2]]
    japan: Found = [(reading, "ja", HEPBURN) for reading in japanese.read_alone(text)]
    # A surname of two kanji is Japanese, one of one kanji is so last.
    return found + japan[:1] if found else japan


def _one_word(text: str, split: tuple[str, str] | None) -> Found:
    """Every reading of a word without dots, best first."""
    place = split is None and len(text) > 2 and text[-1] in _PLACE
    chinese = split if split and split[0] in _tables().surnames else None if place else _chinese(text)
    japan, sure = _japanese_readings(text, split, listed=chinese is not None)
    korean = _korean_readings(text)
    loan = _loan_readings(text)
    # What is known whole needs no guess (卡扎菲, 纽约, 重庆).
    known = loan if text in _loan_table().words else []
    alone = _alone(text) if split is None and len(text) <= 3 else []
    if len(text) == 1 or (alone and len(text) == 2 and (alone[0][1] == "ja" or text in _tables().surnames)):
        return [
            *alone,
            (pinyin(text), "zh", PINYIN),
            *japan,
            *(_chinese_readings(*chinese)[0] if chinese else ()),
            *loan,
        ]
    if chinese is not None:
        mandarin, cantonese = _chinese_readings(*chinese)
        # 石破茂 cannot be Chinese; 林明 and 高建国 are more likely so than Japanese.
        native = len(text) >= 3 and len(chinese[0]) == 1 and japanese.long_surname(text)
        likely = sure >= 4 or (native and sure > 0)
        if sure >= 5 and native:
            return [*japan[:2], mandarin[0], *korean[:1], *cantonese, mandarin[1]]
        return [*known, mandarin[0], *korean[:1], mandarin[1], *cantonese, *(japan[:1] if likely else ()), *loan]
    plain: Found = [(pinyin(text), "zh", PINYIN)]
    if len(text) > 2 and text[-1] in _SUFFIX:
        plain = [(f"{pinyin(text[:-1])} {pinyin(text[-1])}", "zh", PINYIN)]
        if place:
            plain.insert(0, (pinyin(text[:-1]), "zh", PINYIN))
        loan = _loan_readings(text[:-1]) or loan
    if sure >= 3 and not known:
        return [*japan, *plain, *korean[:1], *loan[:1]]
    guesses = [*loan[:1], *plain] if len(text) > 2 else [*plain, *loan[:1]]
    return [*known, *guesses, *japan[:2], *korean[:1], *loan[1:]]


def _with_kana(parts: list[str], originals: list[str]) -> Found:
    """Readings of a run that mixes Han characters and kana, which only Japanese does."""
    if len(parts) == 2 and (guesses := japanese.read_name("", (parts[0], parts[1]))):
        return [(guess.text, "ja", HEPBURN) for guess in guesses]
    spelled: list[list[str]] = []
    for part, original in zip(parts, originals, strict=True):
        whole = japanese.read_place(part) or japanese.read_place(part[:-1])
        names = [guess.text for guess in japanese.read_name(part)]
        if whole is not None and (not names or part[-1] in _SUFFIX):
            spelled.append([whole[0]])
        elif names:
            spelled.append(names[:2])
        else:
            spelled.append(_pieces(original))
    longest = max(map(len, spelled))
    return [(" ".join(options[min(i, len(options) - 1)] for options in spelled), "ja", HEPBURN) for i in range(longest)]


def _pieces(text: str) -> list[str]:
    """A word of kana and kanji piece by piece: バンクーバー市. A foreign name loses the word for its kind of place."""
    pieces = [piece for piece in re.split(r"([\u3041-\u30ffー]+)", text) if piece]
    if len(pieces) == 2 and kana.katakana(pieces[0]) == pieces[0] and pieces[1] not in ("", None):
        return [reading.text for reading in kana.readings(pieces[0])]
    return [
        " ".join(
            kana.word(kana.katakana(piece)) if "\u3041" <= piece[0] <= "\u30ff" else pinyin(canonical_characters(piece))
            for piece in pieces
        )
    ]


def readings(run: str, language: str | None = None, *, steps: bool = False) -> list[Reading]:
    """The Latin readings of one run of Han characters, best first; `language` (zh, yue, ja, ko) narrows them.

    >>> [reading.text for reading in readings("习近平")][:1], [reading.text for reading in readings("曾国藩")][:1]
    (['xi jinping'], ['zeng guofan'])
    >>> readings("安倍晋三")[0].text, readings("渡邊謙")[0].text
    ('abe shinzo', 'watanabe ken')
    >>> [reading.text for reading in readings("金正恩", "ko")]
    ['kim jung-eun', 'gim jeongeun']
    """
    originals = [part for part in _BREAK.split(_repeated(run)) if part]
    if not originals:
        return []
    parts = [canonical_characters(part) for part in originals]
    if any("\u3041" <= char <= "\u30ff" for char in run):
        found = _with_kana(parts, originals)
    elif len(parts) == 1:
        found = _one_word(parts[0], None)
    elif len(parts) == 2 and not _DOTTED.search(run) and len("".join(parts)) <= 6:
        found = _one_word("".join(parts), (parts[0], parts[1]))
    else:
        spelled = list(map(_loan, parts))
        found = [(" ".join(spelled), "zh", LOAN), (" ".join(map(pinyin, parts)), "zh", PINYIN)]
        found += [(text, "zh", LOAN) for text in second_guesses(spelled, _loan_table().spellings, LIQUIDS, 2)]
    if language in ("zh", "yue", "ja", "ko"):
        narrowed = [item for item in found if item[1] == language]
        if language == "ko":
            narrowed = _korean_readings("".join(parts)) or narrowed
        elif language == "yue":
            narrowed = narrowed or [(" ".join(_given(part)[2] for part in parts), "yue", HONG_KONG)]
        found = narrowed or found
    out: list[Reading] = []
    seen: set[str] = set()
    for text, spoken, standard in found:
        if text and text not in seen:
            seen.add(text)
            taken = _trail(run, parts, text, standard) if steps else ()
            out.append(Reading(text, spoken, standard, True, taken))
            if len(out) == MOST:
                break
    return out


def _repeated(run: str) -> str:
    return re.sub("(.)々", r"\1\1", run) if "々" in run else run


_RULES = {PINYIN: "Hani-readings", WADE: "Hani-zh-syllables", HONG_KONG: "Hani-yue-syllables", LOAN: "Hani-loan"}


def _trail(run: str, parts: list[str], text: str, standard: str) -> tuple[Step, ...]:
    """Where characters were brought to one form that comes first; then what each word became."""
    form = " ".join(parts)
    mended = (Step("Hani-variants", run, form, "Unihan, Joyo kanji"),) if form != run else ()
    table = _RULES.get(standard, "Hani-ja-names" if standard == HEPBURN else "Hani-ko-surnames")
    sources = parts
    if len(parts) == 1 and text.count(" ") == 1 and standard in (PINYIN, WADE, HONG_KONG) and (name := _chinese(form)):
        sources = [name[0], name[1]]
    return (*mended, *trail(table, sources, text, standard))
