"""Bulk work gives the numbers that single work gives."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import namealign
from namealign.bulk import compiled, log_odds, pack_names, pack_tokens, packed, scratch, shelf, workspace
from namealign.bulk_blocking import blocking
from namealign.bulk_linkage import linked
from namealign.bulk_read import Reader, token_texts
from namealign.compare import scorer
from namealign.encode import blocking_keys, hub_keys, token_key
from namealign.measure import FEATURES
from namealign.parse import identity, read

NAMES = [
    "Muammar Gaddafi", "Moammar Kadhafi", "معمر القذافي", "Муаммар Каддафи", "Hossein AMIR-ABDOLLAHIAN",
    "Abdullahian, Hosein",
    "Abd al-Rahman Sami", "Abdurrahman Sami", "bin Laden, Osama", "Usama Bin Ladin", "J.F. Kennedy", "John Kennedy",
    "Yu. V. Andropov", "Юрий Андропов", "Pet(h)jon Smith", "Ram (W) Singh", "李丽", "李莉", "Тимошенко",
    "Tymoshenko, Y.",
    "Anna Ivanova", "Anna Ivanov", "dr bin al", "Miloš Đukić", "Milosh Djukich", "Abd al-`Aziz", "O'Neil", "ONeil",
    "يافا", "یافا",
    "קאנבערא", "קנברה", "1 2 3", "", " ", "'", "Mr. Dr. al", "a b c d e f g h i j k l", "a,b,c d", "ÉMILE `x", "x² Y",
    "Garc&iacute;a M%C3%A1rquez", "&amp;#1055;&#1091;", "Sh. Basayev", "Yu.V. Andropov", "Ye. Gaidar", "Egor Gaidar",
    "Kh. Ali", "OOO Transoil", "Orient Co., Ltd.", "Ken Griffey Jr.", "Murad III", "Paul V", "J. V", "Unit 731",
    "731 II", "Omar 1950 Ali 19501950195019501950",
    "Ntora Mpakogianni", "Ntōra Mpakogiannī", "MPARI", "mp", "a mpb", "Dubai", "Ntoumpai",
    "Vladimir Putin (Владимир Путин)", "Владимир Путин (он же Вова Петров)", "Xi Jinping 习近平", "李丽 (Li Li)",
    "Muhammad Ali A.K.A. Cassius Clay", "Smith, Ann alias Ann Jones", "Maria Schmidt (née Braun)", "Ann Lee (deceased)",
    "アベシンゾウ (Abe Shinzo)", "Ann Lee (born 1950)", "alias", "(née)", "a.k.a. b", "Ali (علي) Hassan",
    "Nguyễn Văn Hùng", "Nguyễn Văn Hưng", "Nguyen Van Hung", "Hùng Nguyễn Văn", "Quý Hoà", "Quí Hòa", "Hasan b. Ali",
    "John B. Smith", "Vagif Rashid oglu Aliyev", "Rashid Vagif oglu Aliyev", "Karim Amin", "Karima Amin",
]  # fmt: skip
TEXTS = [*NAMES, *(name.upper() for name in NAMES), *(f"{name}, ({name})" for name in NAMES)]


def test_compare_many_gives_the_probabilities_of_compare() -> None:
    pick = random.Random(7)
    left = [pick.choice(TEXTS) for _ in range(300)] + NAMES[::2]
    right = [pick.choice(TEXTS) for _ in range(300)] + NAMES[1::2] + NAMES[-1:]
    right = right[: len(left)]
    single = [namealign.compare(a, b).probability for a, b in zip(left, right, strict=True)]
    assert np.abs(namealign.compare_many(left, right) - single).max() < 1e-6


def test_compare_many_needs_two_lists_of_one_length() -> None:
    with pytest.raises(namealign.InputError, match="2 and 1"):
        namealign.compare_many(["a", "b"], ["a"])


def test_nothing_is_compared_with_nothing() -> None:
    assert len(namealign.compare_many([], [])) == 0
    assert namealign.cluster([]).labels == []


def test_texts_read_in_bulk_are_the_names_that_parse_reads() -> None:
    bulk = Reader(scorer())
    texts = bulk.read(TEXTS)
    spelled = token_texts(bulk.letters, texts.tokens.starts, np.arange(int(bulk.count[0])))
    store = scorer().names(())
    number = 0
    for k, text in enumerate(TEXTS):
        names = read(text)
        assert texts.first[k + 1] - texts.first[k] == len(names), text
        for name in names:
            at = store.add(name)
            for i, u in enumerate(range(store.first[at], store.first[at + 1])):
                v = texts.names.first[number] + i
                for column in ("unit", "alt", "join"):
                    a, b = getattr(store, column)[u], getattr(texts.names, column)[v]
                    assert (store.tokens.text[a] if a >= 0 else "") == (spelled[b] if b >= 0 else ""), text
                assert store.flags[u] == texts.names.flags[v], text
            assert store.seal[at] == texts.names.seal[number]
            assert (token_key(identity(name)) if identity(name) else 0) == texts.same[number], text
            number += 1
    column_of = {text: k for k, text in enumerate(spelled)}
    columns = "key rarity family rival hub rival_hub kin stem gender head classes consonants"
    for k, text in enumerate(store.tokens.text):
        for column in columns.split():
            assert getattr(store.tokens, column)[k] == getattr(texts.tokens, column)[column_of[text]], (text, column)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefghijklmnoprstuvyz'čšžəğ", min_size=1, max_size=14), min_size=1, max_size=8, unique=True))
def test_blocking_keys_in_bulk_are_those_of_one_token(words: list[str]) -> None:
    bulk = shelf(scorer()).reader
    texts = bulk.read(words)
    tokens = np.unique(texts.names.unit)
    spelled = token_texts(bulk.letters, texts.tokens.starts, tokens)
    args = (bulk.letters, texts.tokens, bulk.known, texts.longest)
    keys = blocking(tokens, spelled, *args)
    for k, text in enumerate(spelled):
        assert keys.key[keys.first[k] : keys.first[k + 1]].tolist() == [
            *blocking_keys(text),
            *hub_keys(texts.tokens, tokens[k]),
        ]


def test_the_compiled_kernel_and_the_interpreted_one_measure_the_same() -> None:
    score = scorer()
    store = score.names(name for text in NAMES for name in read(text)[:1])
    tokens, names = pack_tokens(store.tokens), pack_names(store)
    count = len(store.first) - 1
    size = score.edits.size
    plain = np.asarray(score.edits.weights, np.int32)
    edits, ws, bits, out = scratch(*packed(score))
    measured = np.zeros(len(FEATURES))
    for i in range(count):
        for j in range(count):
            if store.first[i] == store.first[i + 1] or store.first[j] == store.first[j + 1]:
                continue
            a, i_, b, j_ = score.ordered(store, i, store, j)
            compiled["features"](tokens, names, i_, tokens, names, j_, plain, size, workspace(), measured)
            assert np.abs(np.asarray(score.measure(store, i, store, j)) - measured).max() < 1e-9
            fast = log_odds(tokens, names, i, tokens, names, j, edits, edits, size, ws, packed(score)[1], bits, out)
            assert abs(fast - score.log_odds(a, i_, b, j_)) < 1e-9


def test_clusters_are_the_same_whatever_the_order_of_the_rows() -> None:
    names = [name for name in NAMES if name.strip()] * 2
    first = namealign.cluster(names)
    groups = {frozenset(cluster.members) for cluster in first.clusters}
    for seed in range(3):
        shuffled = random.Random(seed).sample(names, len(names))
        again = namealign.cluster(shuffled)
        assert {frozenset(cluster.members) for cluster in again.clusters} == groups
        assert {c.canonical for c in again.clusters} == {c.canonical for c in first.clusters}


def test_a_short_form_that_many_of_the_list_may_mean_joins_none_of_them() -> None:
    longer, short = "Idris Musa Zubkovski", "Idris Zubkovski"
    alone = namealign.cluster([longer, short], threshold=0.3)
    assert alone.labels == [0, 0]
    # As many who bear the given name, and the surname, that several of both are to be expected.
    crowd = [f"Idris {a}{b}{c}lidze" for a in "bdgktvz" for b in "aeiou" for c in "mnr"]
    crowd += [f"{a}{b}{c}mur Zubkovski" for a in "bdgktvz" for b in "aeiou" for c in "mnr"]
    among = namealign.cluster([longer, short, *crowd], threshold=0.3)
    assert among.labels[0] != among.labels[1]


def test_a_cluster_says_what_caps_left_out() -> None:
    few = namealign.cluster(["Ali Hasan", "Aly Hassan", "Omar Said"])
    assert few.left_out == (0, 0, 0)
    # One surname, and more given names than a name may be compared with.
    many = namealign.cluster([f"{a}{b}{c} Zubkovski" for a in "bdg" for b in "aeiou" for c in "lmnrt"])
    assert many.left_out.pairs > 0


def test_a_text_met_again_scores_as_it_did_whatever_was_read_between() -> None:
    before = namealign.compare_many(NAMES, NAMES[::-1])
    namealign.compare_many([name + " Jr" for name in NAMES], NAMES, language="fa")
    assert np.array_equal(before, namealign.compare_many(NAMES, NAMES[::-1]))
    shelf(scorer()).reader.keep, kept = 0, shelf(scorer()).reader.keep
    try:
        assert np.array_equal(before, namealign.compare_many(NAMES, NAMES[::-1]))
    finally:
        shelf(scorer()).reader.keep = kept


def test_one_bridge_does_not_chain_two_groups() -> None:
    # 0-1-2 and 3-4-5 are sure; a single pair joins them.
    left, right = np.array([0, 0, 1, 3, 3, 4, 2]), np.array([1, 2, 2, 4, 5, 5, 3])
    share = np.array([0.95, 0.95, 0.95, 0.9, 0.9, 0.9, 0.8])
    assert linked(6, left, right, share, 0.5) == [0, 0, 0, 3, 3, 3]


def test_a_cell_that_tells_a_name_twice_stands_for_no_cluster() -> None:
    found = namealign.cluster(["Kirill Zubatov (Кирилл Зубатов)"] * 3 + ["Kirill Zubatov", "Ann Lee (deceased)"])
    assert sorted(group.canonical for group in found.clusters) == ["Ann Lee (deceased)", "Kirill Zubatov"]
