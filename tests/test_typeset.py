"""The formulas of the docstrings as LaTeX: each reads back to its source, or the site is not built."""

import inspect

import pytest
import typeset

import refnet
from refnet import nn, ops


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ("x̄ = ȳ (1 − y²)", r"\bar{x}\ =\ \bar{y}\ (1\ -\ y^{2})"),
        ("√(σ² + ε)", r"\sqrt{\,\sigma{}^{2}\ +\ \varepsilon{}}"),
        ("√v", r"\sqrt{v}"),
        ("h_{t−1}", "h_{t-1}"),
        ("W_ih x_t", r"W_{ih}\ x_{t}"),
        ("e^(−x)", "e^{(-x)}"),
        ("2⁻ᴸ", "2^{-L}"),
        ("0 where y ≤ 0", r"0\ \text{where}\ y\ \le{}\ 0"),
        ("tanh(x)", r"\operatorname{tanh}(x)"),
        ("x ≠ 0,  f′(x)", r"x\ \ne{}\ 0,\quad{}f'(x)"),
        ("{1, 2}", r"\{1,\ 2\}"),
    ],
)
def test_formulas(formula: str, latex: str) -> None:
    assert typeset.typeset(formula) == latex


def formulas() -> list[str]:
    """Every formula that is a line of its own."""
    found = set()
    for x in [*vars(ops).values(), *vars(nn).values(), *vars(refnet).values()]:
        lines = inspect.cleandoc(getattr(x, "__doc__", None) or "").splitlines()
        found |= {line.strip() for line in lines if line.startswith("    ")}
    return sorted(filter(typeset.is_formula, found))


def test_every_formula_reads_back() -> None:
    assert len(formulas()) > 200
    for formula in formulas():
        back = typeset.from_latex(typeset.typeset(formula))
        assert typeset.canonical(back) == typeset.canonical(formula)


@pytest.mark.parametrize("sign", [r"\bar", r"\hat", "^", "_", "-", r"\text", r"\le{}", r"\sigma{}"])
def test_a_mistake_in_the_latex_is_noticed(sign: str) -> None:
    formula = "σ_t ≤ x̄² − ŷ for all"
    latex = typeset.to_latex(formula)
    assert sign in latex
    other = {r"\bar": r"\tilde", r"\hat": r"\bar", "^": "_", "_": "^", "-": "+"}.get(sign, "z")
    if sign == r"\text":
        other = r"\operatorname{a}\text"
    wrong = latex.replace(sign, other, 1)
    assert typeset.canonical(typeset.from_latex(wrong)) != typeset.canonical(formula)


@pytest.mark.parametrize("formula", ["x \\ y", "☃ = 1", "√(x", "√"])
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(typeset.NotAFormulaError, match=r"to_latex\(\): expected"):
        typeset.to_latex(formula)
