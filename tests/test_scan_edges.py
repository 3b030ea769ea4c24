"""What scan reads and writes: files of every kind, the command line, and the page, in a browser where there is one."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from namealign.cli import app
from namealign.cli.scan_report import page, reason
from namealign.errors import InputError, MissingDependency
from namealign.reconciler import Reconciler
from namealign.scan import scan
from namealign.scan.inputs import decode, documents, html_text, paths
from namealign.scan.recognizers import spacy_recognizer

RUNNER = CliRunner()
TABLE = """entity_id,kind,canonical,alias
per:jilani,person,Jalil Abbas Jilani,Jalil Abbas Jilani
per:jilani,person,Jalil Abbas Jilani,Geelani
pl:balochistan,place,Balochistan,Balochistan
"""
ARTICLE = "Foreign Minister Jalil Abbas Geelani flew to Balochistan. Geelani met Antoine Levesque."
HOSTILE = (
    "President Daud Karimov & Minister Rustam Karimov said <script>document.body.dataset.ran = 'yes';"
    "fetch('https://example.org/x')</script> <img src=https://example.org/y "
    "onerror=\"document.body.dataset.ran='yes'\">"
    " $articles ${x} that Karimov left. \"Quotes' and > ]]>. وزير الخارجية"
)


@pytest.fixture
def own(tmp_path: Path) -> list[str]:
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    return ["--table", str(tmp_path / "mine.csv"), "--only"]


def run(*args: str, stdin: str | bytes | None = None, code: int = 0) -> str:
    result = RUNNER.invoke(app, ["scan", *args], input=stdin)
    assert result.exit_code == code, result.output + result.stderr
    return result.stdout if code == 0 else result.stderr


# --- reading


def test_a_folder_is_its_readable_files_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "c.png", ".hidden.txt", "sub/d.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [os.path.relpath(p, tmp_path) for p in paths([str(tmp_path)])] == [
        "a.md",
        "b.txt",
        os.path.join("sub", "d.html"),
    ]
    with pytest.raises(InputError, match="no such file"):
        paths([str(tmp_path / "none.txt")])


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xef\xbb\xbfGeelani\r\n", "Geelani\r\n"),
        ("Кадыров".encode("utf-16"), "Кадыров"),
        ("Président Kadhafi déclaré à Genève, où il a été reçu".encode("cp1252"), None),
    ],
)
def test_a_text_gives_its_bytes_back(raw: bytes, text: str | None) -> None:
    plain = decode(raw, "a.txt")
    assert text is None or plain.text == text
    assert plain.encode(plain.text, "a.txt") == raw


def test_what_an_encoding_cannot_write_is_told_and_not_written() -> None:
    with pytest.raises(InputError, match="cannot write 'ž'"):
        decode(b"Zizek", "a.txt", "latin-1").encode("Žižek".lower(), "a.txt")


@pytest.mark.parametrize("extractor", [True, False])
def test_html_gives_its_main_text_and_no_script(extractor: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if extractor:
        pytest.importorskip("trafilatura", reason="the extra `text` is not installed")
    else:
        monkeypatch.setitem(sys.modules, "trafilatura", None)
    body = "".join(
        f"<p>Jalil Abbas Geelani said so on day {n}, and <b>Amir&nbsp;Abdullahian</b> agreed &amp; left.</p>"
        for n in range(9)
    )
    head = "<head><title>t</title><script>var Hidden = 1</script></head><nav>Menu Item</nav>"
    raw = f"<html>{head}<article>{body}</article></html>"
    text = html_text(raw.encode())
    assert "Jalil Abbas Geelani said" in text
    assert "& left" in text
    assert "Hidden" not in text


def test_a_table_has_a_document_for_each_row(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text('id,text\n1,"Geelani, he\nsaid"\n2,\n', encoding="utf-8-sig")
    assert list(documents([str(path)], column="text")) == [(f"{path}:2", "Geelani, he\nsaid"), (f"{path}:3", "")]
    with pytest.raises(InputError, match="the columns are id, text"):
        list(documents([str(path)], column="body"))
    with pytest.raises(InputError, match="which column"):
        list(documents([str(path)]))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Министр иностранных дел Сергей Лавров прибыл в Москву. Рамзан Кадыров тоже приехал."),
        ("cp1252", "Président Kadhafi déclaré à Genève, où il a été reçu par le ministre"),
        ("cp1256", "التقى وزير الخارجية سيرغي لافروف نظيره في الرياض يوم الأحد وقال إنه سعيد"),
        ("utf-16", "Кадыров"),
        ("utf-8", "Кадыров"),
    ],
)
def test_a_text_and_a_table_in_any_encoding_are_read(encoding: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    (tmp_path / "a.csv").write_bytes(f"id,text\r\n1,{text.replace(',', ' ')}\r\n".encode(encoding))
    assert next(documents([str(tmp_path / "a.txt")])).text == text
    assert next(documents([str(tmp_path / "a.csv")], column="text")).text == text.replace(",", " ")


def test_json_lines_have_a_document_for_each_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "text": "Geelani\\ncame"}\n\n{"id": 2, "text": null}\n{"id": 3}\n', encoding="utf-8")
    assert list(documents([str(path)], column="text")) == [(f"{path}:1", "Geelani\ncame")]
    for bad, said in (("no json", ":1: is no JSON"), ("[1]", "no JSON object"), ('{"text": 5}', "holds no text: 5")):
        path.write_text(bad)
        with pytest.raises(InputError, match=said):
            list(documents([str(path)], column="text"))
    with pytest.raises(InputError, match="which key"):
        list(documents([str(path)]))


@pytest.mark.parametrize("column", [None, "text"])
def test_a_binary_file_is_one_line(column: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(InputError, match="NUL bytes"):
        list(documents([str(path)], column=column))


def test_a_text_that_is_broken_far_behind_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Où est Genève?\n".encode() * 20_000 + b"\xff\xfe\xfa")
    with pytest.raises(InputError, match=r"a\.txt:20001: byte 0xff is not UTF-8, though most lines are"):
        list(documents([str(path)]))


def test_an_empty_file_and_a_file_without_names_are_no_error(own: list[str], tmp_path: Path) -> None:
    for text in ("", "nothing here to see.\n"):
        (tmp_path / "a.txt").write_text(text)
        assert run(str(tmp_path / "a.txt"), *own) == ""
        assert run(str(tmp_path / "a.txt"), "--json", *own) == ""


def test_a_text_of_many_pieces_gives_the_places_of_a_whole_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from namealign.scan import mentions

    people = Reconciler.from_names({"per:jilani": ["Jalil Abbas Jilani"]})
    text = "Foreign Minister Jalil Abbas Geelani flew home.\n\nNobody came. Geelani waited.\n" * 30
    whole = scan([("a", text)], reconciler=people).mentions
    monkeypatch.setattr(mentions, "LONGEST", 400)
    assert scan([("a", text)], reconciler=people).mentions == whole
    assert len(whole) == 60


def test_docx_gives_paragraphs_and_cells(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="the extra `text` is not installed")
    file = docx.Document()
    file.add_paragraph(ARTICLE)
    file.add_table(1, 1).cell(0, 0).text = "A cell"
    file.save(str(tmp_path / "a.docx"))
    assert next(documents([str(tmp_path / "a.docx")])).text == f"{ARTICLE}\n\nA cell"
    (tmp_path / "b.docx").write_bytes(b"no zip")
    with pytest.raises(InputError, match=r"no readable DOCX"):
        list(documents([str(tmp_path / "b.docx")]))


def test_a_broken_pdf_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("pypdf", reason="the extra `text` is not installed")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(InputError, match="no readable PDF"):
        list(documents([str(tmp_path / "a.pdf")]))


@pytest.mark.parametrize(("module", "name"), [("pypdf", "a.pdf"), ("docx", "a.docx")])
def test_a_missing_reader_names_the_extra(
    module: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(MissingDependency, match=r"namealign\[text\]"):
        list(documents([str(tmp_path / name)]))


def test_a_missing_recogniser_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(MissingDependency, match="pip install spacy"):
        spacy_recognizer("en_core_web_sm")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id,text\n1,one\n2,"two\n3,three\n', 3),
        ('id,text\n"1\n1","one"\n2,"two\n3,three', 4),
        ('id,"text\n1,one\n', 1),
        ('text\n"', 2),
    ],
)
def test_a_quote_that_never_closes_is_told_with_the_line_where_it_opens(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    said = run(str(path), "-c", "text", code=2)
    assert said.startswith(f"namealign: {path}:{line}: a quote opens here and never closes")
    assert said.count("\n") == 1


def test_without_quoting_a_quote_is_a_character(tmp_path: Path, own: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"Geelani left.\n2,Geelani came.\n')
    assert "a.csv:3: Geelani" in run(str(path), "-c", "text", "-q", "", *own)


@pytest.mark.parametrize(
    ("delimiter", "options"), [(";", []), ("|", []), ("\t", []), ("\t", ["-t"]), ("~", ["-d", "~"])]
)
def test_tables_of_any_delimiter_are_read(tmp_path: Path, own: list[str], delimiter: str, options: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"id{delimiter}text\n1{delimiter}Geelani left, it is said.\n")
    assert "Jalil Abbas Jilani" in run(str(path), "-c", "text", *options, *own)


def test_json_lines_on_stdin_are_read(own: list[str]) -> None:
    assert "Jalil Abbas Jilani" in run("-", "-c", "text", "--jsonl", *own, stdin='{"text": "Geelani left."}\n')
    said = RUNNER.invoke(app, ["cluster", "-", "-c", "name", "--jsonl", *own], input='{"name": "Geelani"}\n').stdout
    assert json.loads(said)["name_canonical"] == "Jalil Abbas Jilani"


# --- the command


def test_the_help_has_an_example() -> None:
    assert "Example: namealign scan " in " ".join(run("--help").split())


def test_scan_says_who_is_mentioned_where(own: list[str]) -> None:
    out = run("-", *own, stdin=ARTICLE)
    assert "Jalil Abbas Jilani  (person, per:jilani)\n    <stdin>: Jalil Abbas Geelani, Geelani\n" in out
    assert "Antoine Levesque  (person, new:antoine-levesque)" in out


def test_json_and_csv_hold_the_same_mentions(own: list[str]) -> None:
    rows = [json.loads(line) for line in run("-", "--json", *own, stdin=ARTICLE).splitlines()]
    assert [(r["surface"], r["entity"]) for r in rows][:2] == [
        ("Jalil Abbas Geelani", "per:jilani"),
        ("Balochistan", "pl:balochistan"),
    ]
    assert all(ARTICLE[r["start"] : r["end"]] == r["surface"] for r in rows)
    table = list(csv.DictReader(io.StringIO(run("-", "--csv", *own, stdin=ARTICLE))))
    assert [(r["surface"], r["entity"]) for r in table] == [(r["surface"], r["entity"]) for r in rows]
    assert all(r["reason"] for r in table)


def test_kind_leaves_the_others_out(own: list[str]) -> None:
    assert "Balochistan" not in run("-", "--kind", "person", *own, stdin=ARTICLE)
    assert "'animal' is not one of" in run("-", "--kind", "animal", *own, stdin=ARTICLE, code=2)


def test_rewrite_gives_the_bytes_back_but_for_the_names(own: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    raw = b"\xef\xbb\xbf# Geelani\r\n\r\n\tJalil Abbas  Geelani's  car.\xe2\x80\x8b \r\n"
    path.write_bytes(raw)
    run(str(path), "--rewrite", "-o", str(tmp_path / "b.md"), *own)
    assert (tmp_path / "b.md").read_bytes() == raw.replace(b"Jalil Abbas  Geelani", b"Jalil Abbas Jilani").replace(
        b"# Geelani", b"# Jilani"
    )
    assert "text and Markdown" in run(str(tmp_path / "mine.csv"), "--rewrite", *own, code=2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rewrite_keeps_encoding_mark_and_line_ends(own: list[str], encoding: str, tmp_path: Path) -> None:
    before = "À Genève, Jalil Abbas Geelani a été reçu.\r\nPuis\rGeelani est parti.\n\n"
    after = before.replace("Jalil Abbas Geelani", "Jalil Abbas Jilani").replace("Geelani est", "Jilani est")
    (tmp_path / "a.txt").write_bytes(before.encode(encoding))
    run(str(tmp_path / "a.txt"), "--rewrite", "-o", str(tmp_path / "b.txt"), *own)
    assert (tmp_path / "b.txt").read_bytes() == after.encode(encoding)


def test_one_output_at_a_time(own: list[str]) -> None:
    assert "choose one" in run("-", "--json", "--csv", *own, stdin=ARTICLE, code=2)
    assert "no such file" in run("none.txt", *own, code=2)


# --- the page


@pytest.fixture(scope="module")
def report() -> str:
    people = Reconciler.from_names({"per:jilani": ["Jalil Abbas Jilani", "Geelani"], "per:<b>": ["Vladimir <b> Putin"]})
    texts = {"one.txt": ARTICLE, "<two>.txt": HOSTILE, "three.txt": "Minister Jalil Jilani waited.", "four.txt": ""}
    return page(scan(list(texts.items()), reconciler=people), texts)


def test_the_page_shows_every_character_and_runs_nothing(report: str) -> None:
    assert "<script" not in report
    assert "&lt;script&gt;document.body" in report
    assert "<img" not in report
    assert "$$articles" not in report
    assert "$articles ${x}" in report
    assert not re.search(r"\son\w+=", re.sub(r">[^<]*<", "><", report))


def test_the_page_asks_the_network_for_nothing(report: str) -> None:
    tags = re.findall(r"<[^>]+>", report)
    assert not [t for t in tags if re.search(r"(?:src|href|action)=[\"']?+(?!#|data:,)", t)]
    assert "url(" not in report
    assert "@import" not in report
    assert "default-src 'none'" in report


def test_every_entity_of_the_page_has_a_colour_of_its_own(report: str) -> None:
    colours = re.findall(r'<a href="#e\d+" class="e (u\d)" style="--h:([\d.]+)">', report)
    assert len(colours) >= 4
    assert len(set(colours)) == len(colours)


def test_a_mention_of_the_page_says_why(report: str) -> None:
    assert 'data-why="Jalil Abbas Jilani (person' in report
    assert "Ambiguous: " in report
    assert "may be Daud Karimov or Rustam Karimov" in report


def test_reasons_are_words() -> None:
    people = Reconciler.from_names({"per:jilani": ["Jalil Abbas Jilani"]})
    said = [
        reason(m)
        for m in scan([("a", "Minister Jalil Abbas Geelani came. Geelani spoke.")], reconciler=people).mentions
    ]
    assert said[0].startswith("beside the title minister")
    assert "short for" in said[1]


@pytest.fixture(scope="module")
def crowded() -> str:
    """Twenty documents that share a few of their three hundred people, with long names of files and persons."""
    letters = [f"{n:03}".translate(str.maketrans("0123456789", "bdfgklmnrt")) for n in range(300)]
    names = [f"Ga{a}o Fe{a}i" for a in letters]
    people = {f"per:{n}": [name] for n, name in enumerate(names)}
    people["per:long"] = ["Wolfgang Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren"]
    texts = {
        f"a_rather_long_file_name_of_document_number_{k}_{'x' * 40}.txt": " ".join(
            f"{names[n]} came." for n in (*range(5), *range(k * 15, k * 15 + 15))
        )
        + " Wolfgang Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren left."
        for k in range(20)
    }
    return page(scan(list(texts.items()), reconciler=Reconciler.from_names(people)), texts)


def test_names_of_one_document_only_are_folded_away_where_there_are_many(crowded: str) -> None:
    first, _, rest = crowded.partition("<details>")
    assert first.count('<th scope="row">') == 6
    assert "295 names of one document only" in rest
    assert rest.count('<th scope="row">') == 295


def test_each_name_of_the_table_leads_to_its_first_mention(crowded: str) -> None:
    asked = re.findall(r'<th scope="row"><a href="#(e\d+)"', crowded)
    assert len(asked) == 301
    assert sorted(asked) == sorted(re.findall(r'<mark [^>]*\bid="(e\d+)"', crowded))


def browser() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    pytest.skip("no Chromium is installed to look at the page with")


def look(path: Path, profile: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [
        browser(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
        "--enable-logging=stderr", *flags, "--dump-dom", path.as_uri(),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)


def test_in_a_browser_the_page_is_quiet_and_its_colours_differ(report: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report, encoding="utf-8")
    seen = look(path, tmp_path / "p1", f"--log-net-log={tmp_path / 'net.json'}")
    assert "CONSOLE" not in seen.stderr
    assert "data-ran" not in seen.stdout
    assert seen.stdout.count("<mark") == report.count("<mark") >= 6
    asked = set(re.findall(r'"url":"([^"]+)"', (tmp_path / "net.json").read_text()))
    assert not {url for url in asked if "example.org" in url}
    # What the browser makes of the colours only a script can say: it goes into a copy of the page.
    probe = (
        "<script>const seen = (s, p) => [...document.querySelectorAll(s)].map(e => { const c = getComputedStyle(e);"
        " return p.map(k => c[k]).join('|') });"
        "document.body.dataset.colours = JSON.stringify(seen('th a.e', ['backgroundColor', 'borderBottomStyle']));"
        "document.body.dataset.wide = document.documentElement.scrollWidth;</script></body>"
    )
    copy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", report).replace("</body>", probe)
    path.write_text(copy, encoding="utf-8")
    for flags in (["--window-size=500,900"], ["--window-size=1400,900", "--blink-settings=preferredColorScheme=0"]):
        dom = look(path, tmp_path / f"p{flags[0][-8:-4]}", *flags).stdout
        colours = json.loads(re.search(r'data-colours="([^"]+)"', dom)[1].replace("&quot;", '"'))  # type: ignore[index]
        assert len(colours) >= 4
        assert len(set(colours)) == len(colours)
        assert int(re.search(r'data-wide="(\d+)"', dom)[1]) <= int(flags[0].split("=")[1].split(",")[0])  # type: ignore[index]


@pytest.mark.parametrize("width", [500, 1400])
def test_in_a_browser_a_crowded_page_does_not_scroll_sideways(crowded: str, width: int, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    probe = "<script>document.body.dataset.wide = document.documentElement.scrollWidth;</script></body>"
    # A window is never narrower than 500 px; a frame in one is.
    frame = (
        "<script>const f = document.createElement('iframe'); f.style = 'width:380px;height:600px'; f.srcdoc = page;"
        "f.onload = () => document.body.dataset.narrow = f.contentDocument.documentElement.scrollWidth;"
        "document.body.append(f);</script>"
    )
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", crowded).replace(
        "<details", "<details open"
    )
    path.write_text(open_page.replace("</body>", probe), encoding="utf-8")
    dom = look(path, tmp_path / "p", f"--window-size={width},900").stdout
    assert int(re.search(r'data-wide="(\d+)"', dom)[1]) <= width  # type: ignore[index]
    quoted = json.dumps(open_page).replace("</", "<\\/")
    path.write_text(f"<body><script>const page = {quoted}</script>{frame}", encoding="utf-8")
    dom = look(path, tmp_path / "q", "--virtual-time-budget=5000").stdout
    assert int(re.search(r'data-narrow="(\d+)"', dom)[1]) <= 380  # type: ignore[index]
