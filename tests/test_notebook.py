"""What a notebook shows of a tensor and a module."""

import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

import refnet
from refnet import nn


class Page(HTMLParser):
    """The cells of the tables and the text, of HTML whose tags have to match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.lines: list[str] = []  # of a module: one for each
        self.tags: set[str] = set()
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag in ("div", "summary"):
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "tr" in self.open:
            self.rows[-1][-1] += data
        else:
            self.lines[-1] += data

    @property
    def text(self) -> list[str]:
        return [line.strip() for line in self.lines if line.strip()]


def page(x: Any) -> Page:
    return Page(x._repr_html_())


def test_a_matrix() -> None:
    x = refnet.tensor([[1.0, 2.5], [float("nan"), -3.0]], requires_grad=True)
    shown = page(x)
    assert shown.rows == [
        ["", "0", "1"],
        ["0", "1.0000", "2.5000"],
        ["1", "nan", "-3.0000"],
    ]
    assert shown.text == ["Tensor shape (2, 2) · float32 · requires_grad"]


def test_a_vector_of_each_kind() -> None:
    assert page(refnet.arange(3)).rows == [["", "0", "1", "2"], ["", "0", "1", "2"]]
    assert page(refnet.tensor([True, False])).rows[1] == ["", "True", "False"]
    assert page(refnet.arange(3)).text == ["Tensor shape (3,) · int64"]
    assert page(nn.Parameter(refnet.ones(2))).text == [
        "Parameter shape (2,) · float32 · requires_grad"
    ]


def test_a_large_tensor_is_cut_where_its_repr_is() -> None:
    rows = page(refnet.arange(100 * 200).reshape(100, 200)).rows
    assert rows[0] == ["", "0", "1", "2", "…", "197", "198", "199"]
    assert rows[1] == ["0", "0", "1", "2", "…", "197", "198", "199"]
    assert rows[4] == ["…"] * 8
    assert rows[-1] == ["99", "19800", "19801", "19802", "…", "19997", "19998", "19999"]
    assert len(rows) == 8
    assert page(refnet.arange(1001)).rows[1] == ["", "0", "1", "2", "…", "998", "999", "1000"]
    assert len(page(refnet.zeros(500, 2)).rows) == 501
    narrow = page(refnet.arange(2000).reshape(1000, 2)).rows
    assert [len(row) for row in narrow] == [3] * 8
    wide = page(refnet.arange(2000).reshape(2, 1000)).rows
    assert [len(row) for row in wide] == [8] * 3


@pytest.mark.parametrize("shape", [(), (2, 2, 2), (0,), (0, 3), (3, 0)])
def test_others_are_left_to_their_repr(shape: tuple[int, ...]) -> None:
    assert refnet.zeros(shape)._repr_html_() is None


def test_a_module() -> None:
    model = nn.Sequential(nn.Linear(400, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 1, bias=False)))
    shown = page(model)
    assert shown.text == [
        "Sequential() 1,206 parameters",
        "(0) Linear(in_features=400, out_features=3, bias=True) 1,203 parameters",
        "(1) Sequential() 3 parameters",
        "(0) ReLU()",
        "(1) Linear(in_features=3, out_features=1, bias=False) 3 parameters",
    ]
    assert "details" in shown.tags


def test_a_shared_parameter_counts_once_and_a_lazy_one_is_unknown() -> None:
    layer = nn.Linear(2, 2)
    assert page(nn.Sequential(layer, layer)).text[0] == "Sequential() 6 parameters"
    assert (
        page(nn.Sequential(nn.LazyLinear(2))).text[0] == "Sequential() parameters of unknown size"
    )
    model = nn.Module()
    model.register_module("empty", None)
    assert page(model).text == ["Module()", "(empty) None"]


def test_text_is_escaped() -> None:
    class Layer(nn.Module):
        def extra_repr(self) -> str:
            return "<script>alert(1)</script>"

    model = nn.ModuleDict({"<b>&": Layer()})
    html = model._repr_html_()
    assert "<script" not in html
    assert page(model).text[1] == "(<b>&) Layer(<script>alert(1)</script>)"


def test_no_colour_of_its_own() -> None:
    """It must be readable on a light and on a dark page."""
    for x in (refnet.ones(2, 2), nn.Linear(2, 2)):
        html = x._repr_html_() or ""
        assert "#" not in html
        assert "rgb(" not in html
        assert "color:inherit" in html


def test_a_line_that_goes_on_is_indented_and_a_number_keeps_its_word() -> None:
    """On a narrow page no wrapped line must look like a child of the line before."""
    html = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Tanh()))._repr_html_()
    assert html.count("padding-left:2em;text-indent:-2em") == 4, "one for each module"
    assert '<span style="white-space:nowrap">9 parameters</span>' in html


def test_it_is_loaded_when_a_notebook_asks() -> None:
    program = "import sys, refnet; print('refnet.display.notebook' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False"]
