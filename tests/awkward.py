"""Files as the world makes them: each a name, its bytes, the column and what reading it needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from namealign.clean.layout import Layout


@dataclass(frozen=True)
class Awkward:
    """One file. `rows` is how many records with that many fields there should be."""

    name: str
    data: bytes
    column: str = "name"
    rows: int = 2
    ragged: int = 0
    encoding: str = "utf-8"
    layout: Layout = field(default_factory=Layout)


_ARABIC = "رقم,name\n1,معمر القذافي\n2,حسين أمير عبد اللهيان\n"
_CYRILLIC = "id,name\n1,Кадыров Рамзан Ахматович\n2,Лавров Сергей Викторович\n"
_BIG = b"x" * 3_000_000

CORPUS = [
    Awkward("plain", b"id,name\n1,Geelani\n2,Jilani\n"),
    Awkward("no last newline", b"id,name\n1,Geelani\n2,Jilani"),
    Awkward("CRLF", b"id,name\r\n1,Geelani\r\n2,Jilani\r\n"),
    Awkward("CRLF without the last", b"id,name\r\n1,Geelani\r\n2,Jilani"),
    Awkward("CR only", b"id,name\r1,Geelani\r2,Jilani\r"),
    Awkward("CR only without the last", b"id,name\r1,Geelani\r2,Jilani"),
    Awkward("LF and CRLF mixed", b"id,name\r\n1,Geelani\n2,Jilani\r\n"),
    Awkward("last line ends in CR in an LF file", b"id,name\n1,Geelani\n2,Jilani\r"),
    Awkward("a lone CR inside a cell", b"id,name\n1,Gee\rlani\n2,Jilani\n"),
    Awkward("BOM", b"\xef\xbb\xbfname,id\nGeelani,1\nJilani,2\n"),
    Awkward("BOM before a quoted header", b'\xef\xbb\xbf"name","id"\n"Geelani","1"\n"Jilani","2"\n'),
    Awkward("quotes everywhere", b'"id","name"\r\n"1","Geelani"\r\n"2","Jilani"\r\n'),
    Awkward("quotes where needed", b'id,name\n1,"Geelani, Jalil"\n2,Jilani\n'),
    Awkward("quotes where not needed", b'id,name\n"1",Geelani\n2,"Jilani"\n'),
    Awkward("doubled quotes", b'id,name\n1,"Jalil ""JJ"" Geelani"\n2,Jilani\n'),
    Awkward("a quote inside an unquoted cell", b'size,name\n5" x 3",Geelani\n6",Jilani "the" second\n'),
    Awkward("text after a closing quote", b'id,name\n"1"st,"Gee"lani\n2,Jilani\n'),
    Awkward("an empty quoted cell", b'id,name\n"",""\n2,Jilani\n'),
    Awkward("newlines in cells", b'note,name\n"a\nb\n\nc",Geelani\n"d",Jilani\n'),
    Awkward("CRLF in cells of an LF file", b'note,name\n"a\r\nb",Geelani\nd,Jilani\n'),
    Awkward("newline in the name itself", b'id,name\n1,"Jalil\nGeelani"\n2,Jilani\n'),
    Awkward("newline in the header", b'"the\nid",name\n1,Geelani\n2,Jilani\n'),
    Awkward("semicolons", b"id;name\n1;Geelani, J.\n2;Jilani\n"),
    Awkward("tabs", b"id\tname\n1\tGeelani, J.\n2\tJilani\n"),
    Awkward("pipes", b"id|name\n1|Geelani, J.\n2|Jilani\n"),
    Awkward("a delimiter nobody sniffs", b"id:name\n1:Geelani\n2:Jilani\n", layout=Layout(delimiter=":")),
    Awkward("quotes that are none", b'id\tname\n1\t"Geelani\n2\tJilani "x\n', layout=Layout(quote="")),
    Awkward("single quotes", b"id,name\n1,'Geelani, J.'\n2,Jilani\n", layout=Layout(quote="'")),
    Awkward("leading zeros and NA", b"id,name,n\n007,Geelani,NA\n008,Jilani,1e5\n"),
    Awkward("spaces around cells", b"id , name\n 1 , Geelani \n2,  Jilani\n"),
    Awkward("blank lines", b"id,name\n\n1,Geelani\n\n\n2,Jilani\n\n"),
    Awkward("a blank line of blanks", b"id,name\n1,Geelani\n   \n2,Jilani\n", rows=3, ragged=1),
    Awkward("one column", b"name\nGeelani\nJilani\n"),
    Awkward("one column with blank lines", b"name\n\nGeelani\n\nJilani\n"),
    Awkward("one column, quoted empties", b'name\n""\nJilani\n'),
    Awkward("too few fields", b"id,name,x\n1\n2,Jilani,y\n", ragged=1),
    Awkward("too many fields", b"id,name\n1,Geelani\n2,Jilani,3,4\n", ragged=1),
    Awkward("too many fields, quoted", b'id,name\n1,Geelani\n2,"Jilani","3,4",5\n', ragged=1),
    Awkward("header only", b"id,name\n", rows=0),
    Awkward("header only without newline", b"id,name", rows=0),
    Awkward("duplicate names beside the column", b"x,x,name\n1,2,Geelani\n3,4,Jilani\n"),
    Awkward("duplicate names, column by number", b"name,name\nA,Geelani\nB,Jilani\n", column="2"),
    Awkward("unnamed columns", b",name,\n1,Geelani,x\n2,Jilani,y\n"),
    Awkward("NUL byte", b"id,name\n1\x00,Geelani\n2,Jil\x00ani\n"),
    Awkward("control characters", b"id,name\n1\x1a\x0b\x0c,Geelani\x85\n2,Jilani\n".replace(b"\x85", b"\xc2\x85")),
    Awkward("line separators of Unicode", "id,name\n1,Gee\u2028lani\n2,Jil\x1dani\n".encode()),
    Awkward("without header", b"1,Geelani\n2,Jilani\n", column="2", layout=Layout(header=False)),
    Awkward("without header, from zero", b"1,Geelani\n2,Jilani\n", column="1", layout=Layout(header=False, zero=True)),
    Awkward("emoji and combining letters", "id,name\n1,Ge\u0301elani 😀\n2,Jilani\n".encode()),
    Awkward("UTF-16 LE with BOM", "\ufeffid,name\n1,جیلانی\n2,Jilani\n".encode("utf-16-le"), encoding="utf-16-le"),
    Awkward("UTF-16 BE with BOM", "\ufeffid,name\r\n1,جیلانی\r\n2,X\r\n".encode("utf-16-be"), encoding="utf-16-be"),
    Awkward("UTF-16 LE without BOM", "id,name\n1,Geelani\n2,Jilani\n".encode("utf-16-le"), encoding="utf-16-le"),
    Awkward("UTF-32 with BOM", "\ufeffid,name\n1,جیلانی\n2,Jilani\n".encode("utf-32-le"), encoding="utf-32-le"),
    Awkward("cp1256 detected", _ARABIC.encode("cp1256"), encoding="cp1256"),
    Awkward("cp1251 detected", _CYRILLIC.encode("cp1251"), encoding="cp1251"),
    Awkward("KOI8-R given", _CYRILLIC.encode("koi8-r"), encoding="koi8-r", layout=Layout(encoding="koi8-r")),
    Awkward(
        "Latin-1 given",
        "id,name\n1,Gül\n2,J\xa0x\n".encode("latin-1"),
        encoding="iso8859-1",
        layout=Layout(encoding="latin-1"),
    ),
    Awkward(
        "Shift-JIS whose letters hold a pipe",
        "id|name\n1|ポーター\n2|安倍\n".encode("cp932"),
        encoding="cp932",
        layout=Layout(encoding="cp932"),
    ),
    Awkward(
        "GB18030 given",
        "id,name\n1,习近平\n2,王毅\n".encode("gb18030"),
        encoding="gb18030",
        layout=Layout(encoding="gb18030"),
    ),
    Awkward("a cell larger than any block", b'id,note,name\n1,"' + _BIG + b'\n",Geelani\n2,,Jilani\n'),
    Awkward("a name larger than any block", b"id,name\n1," + _BIG + b"\n2,Jilani\n"),
    Awkward("a header larger than any block", _BIG + b",name\n1,Geelani\n2,Jilani\n"),
    Awkward("ten thousand columns", b",".join([b"c"] * 10_000) + b",name\n" + (b"," * 10_000 + b"Geelani\n") * 2),
    Awkward(
        "ten thousand columns, quoted", b",".join([b"c"] * 10_000) + b",name\n" + (b'"",' * 10_000 + b"Geelani\n") * 2
    ),
    Awkward(
        "every second row ragged, quoted", b"id,name\n" + b'"1","Geelani"\n"2"\n' * 5_000, rows=10_000, ragged=5_000
    ),
    Awkward("a quote in every line that is none", b"id,name\n" + b'5",Geelani\n' * 20_000, rows=20_000),
    Awkward("many blocks", b"id,name\n" + b"1,Geelani\n2,Jilani\n" * 50_000, rows=100_000),
    Awkward("many blocks with quotes", b"id,name\r\n" + b'1,"Gee\r\nlani"\r\n2,Jilani\r\n' * 30_000, rows=60_000),
    Awkward("many blocks of CR", b"id,name\r" + b'1,"Gee\rlani"\r2,Jilani\r' * 30_000, rows=60_000),
]
