"""Quotes as they go wrong: never closed, inside cells, behind blanks; only the line concerned is lost."""

from __future__ import annotations

import random

import pytest

from discovery_pipeline_tests.files.readers.conftest import ReadOne

HEAD = "Name,Note,OS\n"


@pytest.mark.parametrize(
    ("body", "rejected", "kept"),
    [
        ('srv1,"broken,Linux\nsrv2,b,Linux\nsrv3,c,Linux\n', [(0, 2)], [1, 2]),
        ('srv1,a,Linux\nsrv2,"broken,Linux\nsrv3,c,Linux\n', [(1, 3)], [0, 2]),
        ('srv1,a,Linux\nsrv2,b,Linux\nsrv3,"broken,Linux', [(2, 4)], [0, 1]),
        ('srv1,a,Linux\nsrv2,b,"broken\nsrv3,c,Linux\n', [(1, 3)], [0, 2]),
        ('"srv1,a,Linux\n"srv2","b","Linux"\n"srv3","c","Linux"\n', [(0, 2)], [1, 2]),
        ('"srv1","a,"Linux"\n"srv2","b","Linux"\n', [(0, 2)], [1]),
        ('srv1,"broken,Linux\nsrv2,"",Linux\nsrv3,"",Linux\n', [(0, 2)], [1, 2]),
        ('srv1,"x,Linux\nsrv2,"y,Linux\nsrv3,c,Linux\n', [(0, 2), (1, 3)], [2]),
        ('srv1,"broken,Linux\nsrv2,"two\nlines",Linux\nsrv3,c,Linux\n', [(0, 2)], [1, 2]),
        ('srv1,"broken,Linux\nsrv2,b,Linux\nsrv3,c,Linux\nsrv4,d,Linux\nsrv5,e",Linux\n', [(0, 2)], [1, 2, 3, 4]),
        ('srv1,"broken,Linux\n\nsrv2,b,Linux\n', [(0, 2)], [1]),
    ],
    ids=[
        "first row", "middle row", "last row, open end", "last cell", "first cell of an all-quoted file",
        "a closing quote missing between cells", "before empty quoted cells", "two in a row",
        "before a real line break", "a stray closing quote far below", "before a blank line",
    ],
)  # fmt: skip
def test_a_quote_never_closed_costs_one_line(
    read_one: ReadOne, body: str, rejected: list[tuple[int, int]], kept: list[int]
) -> None:
    seen = read_one(HEAD + body)
    assert seen.rejected == [(row, line, "unclosed_quote") for row, line in rejected]
    assert seen.rows == kept
    assert [row[2] for row in seen.cells] == ["Linux"] * len(kept)


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ('srv1,"say ""hi""",Linux', 'say "hi"'),
        ('srv1,"""",Linux', '"'),
        ('srv1,24" monitor,Linux', '24" monitor'),
        ('srv1,"24" monitor",Linux', '24" monitor'),
        ('srv1, "a, b" ,Linux', "a, b"),
        ('srv1,"a, b"  ,Linux', "a, b"),
        ('srv1, "a" and "b",Linux', ' "a" and "b"'),
    ],
    ids=["doubled", "only a quote", "unquoted cell", "not doubled", "blanks around", "blanks behind", "no quoted cell"],
)
def test_quotes_inside_a_line(read_one: ReadOne, line: str, note: str) -> None:
    seen = read_one(f"{HEAD}{line}\nsrv2,b,Linux\n")
    assert (seen.cells[0], seen.rejected) == (["srv1", note, "Linux"], [])


def test_quotes_not_doubled_are_told(read_one: ReadOne) -> None:
    assert read_one(f'{HEAD}srv1,"24" monitor",Linux\n').codes == ["stray_quotes"]


@pytest.mark.parametrize("seed", range(40))
def test_random_broken_lines_cost_only_themselves(read_one: ReadOne, seed: int) -> None:
    """Any mixture of quoted cells, line breaks and quotes never closed: exactly the broken lines are set aside."""
    chance = random.Random(seed)
    width, text, line = chance.randint(2, 6), [], 2
    text.append(",".join(f"Head {letter}" for letter in "ABCDEF"[:width]))
    expected: list[tuple[int, list[str]]] = []
    broken: list[tuple[int, int, str]] = []
    for row in range(chance.randint(3, 30)):
        cells = [chance.choice(["a", "srv 1", "10.0.0.1", "x, y", "42"]) for _ in range(width)]
        if chance.random() < 0.15:
            cells[chance.randrange(width)] = '"open'
            text.append(",".join(c.replace(",", "") for c in cells))
            broken.append((row, line, "unclosed_quote"))
        else:
            cells = [c if chance.random() < 0.9 else "two\nlines" for c in cells]
            text.append(",".join(f'"{c}"' if "," in c or "\n" in c or chance.random() < 0.3 else c for c in cells))
            expected.append((line, cells))
        line += text[-1].count("\n") + 1
    seen = read_one("\n".join(text) + "\n")
    assert seen.rejected == broken
    assert list(zip(seen.lines, seen.cells, strict=True)) == expected
