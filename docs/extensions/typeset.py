"""Formulas of the docstrings, written in Unicode, as LaTeX; and back, which proves that nothing was
lost.

    to_latex("x̄ = ȳ (1 − y²)")  gives  \\bar{x}\\ =\\ \\bar{y}\\ (1\\ -\\ y^{2})

`canonical(formula) == canonical(from_latex(to_latex(formula)))` holds for every formula of the
site: the build fails for one that does not read back.
"""

import re
import unicodedata

ACCENTS = {"\u0304": "bar", "\u0302": "hat", "\u0303": "tilde", "\u0307": "dot", "\u0308": "ddot"}
_GREEK = """
    alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon
    varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
"""
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", re.findall(r"\w+", _GREEK), strict=True))
SYMBOLS = {
    "←": "leftarrow",
    "→": "to",
    "↔": "leftrightarrow",
    "↦": "mapsto",
    "·": "cdot",
    "×": "times",
    "≤": "le",
    "≥": "ge",
    "≠": "ne",
    "≈": "approx",
    "∞": "infty",
    "∇": "nabla",
    "∂": "partial",
    "∈": "in",
    "∉": "notin",
    "⊂": "subset",
    "∪": "cup",
    "∩": "cap",
    "…": "dots",
    "⋯": "cdots",
    "±": "pm",
    "⊙": "odot",
    "⊗": "otimes",
    "∗": "ast",
    "∫": "int",
    "∘": "circ",
    "‖": "Vert",
    "ℓ": "ell",
    "⌊": "lfloor",
    "⌋": "rfloor",
    "⌈": "lceil",
    "⌉": "rceil",
    "⟨": "langle",
    "⟩": "rangle",
    "∏": "prod",
    "∑": "sum",
    "∼": "sim",
    "∧": "wedge",
    "∨": "vee",
    "¬": "neg",
    "∅": "emptyset",
    "∝": "propto",
    "⁄": "slash",
    "ℝ": "mathbb{R}",
    "ℤ": "mathbb{Z}",
    "ℂ": "mathbb{C}",
    "ℕ": "mathbb{N}",
    "½": "tfrac12",
    "¼": "tfrac14",
    "¾": "tfrac34",
    "⅓": "tfrac13",
    "⅔": "tfrac23",
}
SUPERS = dict(
    zip(
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱʲᵏᵐᵖᵗᵃᵇᶜᵈˡʳˢˣʸᶻᴴᴷᴸᴺᴼᵀᵂ",
        "0123456789+−()nijkmptabcdlrsxyzHKLNOTW",
        strict=True,
    )
)
SUBS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙₒₚₛₜₓ", "0123456789+−()ijklmnopstx", strict=True))

_GREEK_NAMES = {name: letter for letter, name in GREEK.items()}
_SYMBOL_NAMES = {name: symbol for symbol, name in SYMBOLS.items()}
_ACCENT_NAMES = {name: mark for mark, name in ACCENTS.items()}
_FUNCTION = re.compile(
    "abs|arccos|arcsin|arctan|argmax|argmin|ceil|clip|cos|cosh|cumsum|det|diag|dim|erf|exp|floor|flip|"
    "log|logsumexp|max|mean|median|min|mod|prod|rank|relu|round|sgn|sigmoid|sign|sin|sinh|softmax|"
    "softplus|sort|std|sum|tan|tanh|topk|tr|var|vec"
)
_WORD = re.compile(r"[A-Za-z]{2,}(?:_[A-Za-z]{2,}){2,}|[A-Za-z]{2,}(?:['’-][A-Za-z]+)*")
_NAME = re.compile(r"[A-Za-z]+|\d+")


# What a formula has and a program has not, and the other way round.
_MATHEMATICS = re.compile(
    r"[←√Σ∇∂−·×≤≥½⊙∞′∈]|[\u0370-\u03ff]|[\u0300-\u036f]|[⁰-₿]|[²³¹]|[āēīōūȳâêîôûŷ]"
)
_PROGRAM = re.compile(
    r">>>|\.\.\.|[\"'#`$]|\bimport\b|\bdef \b|\breturn\b|\.\w+\(|::|─|^refnet |^pip |^\w+\("
)


class NotAFormulaError(ValueError):
    """The text has a character that no formula has."""


def has_mathematics(line: str) -> bool:
    """Tells whether a line has a sign of mathematics."""
    return bool(_MATHEMATICS.search(line))


def is_formula(line: str) -> bool:
    """Tells whether an indented line of a docstring is a formula, not a program or a drawing."""
    return has_mathematics(line) and not _PROGRAM.search(line.strip())


def to_latex(formula: str) -> str:
    """Returns a line of Unicode mathematics as LaTeX.

    Words that are not functions stand upright, as in "x̄ = 0 where y ≤ 0".

    Raises:
        NotAFormulaError: a character has no form in LaTeX's mathematics
    """
    return _sequence(_decomposed(formula))


def _decomposed(formula: str) -> str:
    """Accents by themselves, but ≠ and ∉ whole; ″ as two primes."""
    s = unicodedata.normalize("NFD", formula.strip()).replace("″", "′′")
    return s.replace("=\u0338", "≠").replace("∈\u0338", "∉")


def _sequence(s: str) -> str:
    out: list[str] = []
    i = 0
    while i < len(s):
        piece, i = _piece(s, i)
        out.append(piece)
    return "".join(out)


def _piece(s: str, i: int) -> tuple[str, int]:
    """The LaTeX of what begins at place i, and the place after it."""
    c = s[i]
    if c in SUPERS:
        run = _run(s, i, SUPERS)
        return "^{" + _sequence("".join(SUPERS[x] for x in s[i:run])) + "}", run
    if c in SUBS:
        run = _run(s, i, SUBS)
        return "_{" + _sequence("".join(SUBS[x] for x in s[i:run])) + "}", run
    if c in "_^" and i + 1 < len(s):
        return _script(s, i)
    if c == "√":
        return _root(s, i + 1)
    word = _WORD.match(s, i)
    if word and not _accented(s, word.end()):
        text = word[0]
        if _FUNCTION.fullmatch(text):
            return rf"\operatorname{{{text}}}", word.end()
        return rf"\text{{{text}}}".replace("_", r"\_"), word.end()
    if s.startswith("  ", i):
        return r"\quad{}", len(s) - len(s[i:].lstrip())
    return _atom(s, i)


def _atom(s: str, i: int) -> tuple[str, int]:
    """One character with its accents."""
    c = s[i]
    if c in GREEK:
        base = f"\\{GREEK[c]}{{}}"
    elif c in SYMBOLS:
        base = f"\\{SYMBOLS[c]}{{}}"
    elif c == "−":
        base = "-"
    elif c == "′":
        base = "'"
    elif c == "-":
        base = r"\text{-}"
    elif c == " ":
        base = r"\ "
    elif c in "{}#%&$":
        base = "\\" + c
    elif c == "~":
        base = r"\sim{}"
    elif c.isascii() and c != "\\":
        base = c
    else:
        raise NotAFormulaError(
            f"to_latex(): expected a character of mathematics, got {c!r} in {s!r}"
        )
    i += 1
    while _accented(s, i):
        base = rf"\{ACCENTS[s[i]]}{{{base}}}"
        i += 1
    return base, i


def _accented(s: str, i: int) -> bool:
    return i < len(s) and s[i] in ACCENTS


def _run(s: str, i: int, table: dict[str, str]) -> int:
    while i < len(s) and s[i] in table:
        i += 1
    return i


def _script(s: str, i: int) -> tuple[str, int]:
    """A script written out: x_{t−1}, x_hat, 2^z, e^(−x)."""
    mark, j = s[i], i + 1
    if s[j] in "{(":
        end = _closing(s, j)
        inner = s[j + 1 : end] if s[j] == "{" else s[j : end + 1]
        return f"{mark}{{{_sequence(inner)}}}", end + 1
    if s[j] in "−-" and j + 1 < len(s):
        inner, end = _piece(s, j + 1)
        return f"{mark}{{-{inner}}}", end
    name = _NAME.match(s, j)
    if name and not _accented(s, name.end()):
        text = name[0] if len(name[0]) < 3 or name[0].isdigit() else rf"\text{{{name[0]}}}"
        return f"{mark}{{{text}}}", name.end()
    inner, end = _piece(s, j)
    return f"{mark}{{{inner}}}", end


def _root(s: str, i: int) -> tuple[str, int]:
    if i < len(s) and s[i] == "(":
        end = _closing(s, i)
        return (
            rf"\sqrt{{\,{_sequence(s[i + 1 : end])}}}",
            end + 1,
        )  # the line over it replaces the brackets
    name = _NAME.match(s, i)
    if name and not _accented(s, name.end()):
        return rf"\sqrt{{{_sequence(name[0])}}}", name.end()
    if i >= len(s):
        raise NotAFormulaError("to_latex(): expected an argument of √, got the end of the formula")
    inner, end = _piece(s, i)
    return rf"\sqrt{{{inner}}}", end


def _closing(s: str, i: int) -> int:
    """The place of the bracket that closes the one at place i."""
    depth = 0
    for j in range(i, len(s)):
        depth += (s[j] in "({[") - (s[j] in ")}]")
        if depth == 0:
            return j
    raise NotAFormulaError(f"to_latex(): expected a closing bracket in {s!r}")


# --- and back ------------------------------------------------------------------------------------

_LATEX = re.compile(
    r"\\(?P<accent>bar|hat|tilde|ddot|dot)\{"
    r"|\\(?P<upright>operatorname|text)\{(?P<word>[^}]*)\}"
    r"|\\sqrt\{(?P<bracket>\\,)?"
    r"|(?P<script>[_^])\{"
    r"|\\(?P<symbol>mathbb\{[A-Z]\}|[A-Za-z]+\d*)\{\}"
    r"|\\(?P<escaped>[{}#%&$ ])"
    r"|(?P<plain>.)"
)


def from_latex(latex: str) -> str:
    """Returns the Unicode of what to_latex made."""
    out, end = _unicode(latex, 0)
    if end != len(latex):
        raise NotAFormulaError(f"from_latex(): expected no closing brace at {end} in {latex!r}")
    return out


def _unicode(s: str, i: int) -> tuple[str, int]:
    out: list[str] = []
    while i < len(s) and s[i] != "}":
        m = _LATEX.match(s, i)
        assert m is not None
        i = m.end()
        if m["accent"]:
            inner, i = _unicode(s, i)
            out.append(inner + _ACCENT_NAMES[m["accent"]])
            i += 1
        elif m["upright"]:
            out.append(m["word"].replace(r"\_", "_"))
        elif m["script"]:
            inner, i = _unicode(s, i)
            out.append(f"{m['script']}{{{inner}}}")
            i += 1
        elif m["symbol"]:
            name = m["symbol"]
            out.append(" " if name == "quad" else _GREEK_NAMES.get(name) or _SYMBOL_NAMES[name])
        elif m["escaped"]:
            out.append(m["escaped"])
        elif m["plain"]:
            out.append({"-": "−", "'": "′"}.get(m["plain"], m["plain"]))
        else:
            inner, i = _unicode(s, i)
            out.append(f"√({inner})" if m["bracket"] else f"√{inner}")
            i += 1
    return "".join(out), i


def canonical(formula: str) -> str:
    """Returns a formula in the form in which two are compared: plain scripts, one kind of minus."""
    s = _decomposed(formula).replace("-", "−").replace("~", "∼").replace("'", "′")
    for mark, table in (("^", SUPERS), ("_", SUBS)):
        run = f"[{''.join(table)}]+"
        s = re.sub(run, lambda m, mark=mark, t=table: f"{mark}{{{''.join(t[c] for c in m[0])}}}", s)
    return re.sub(r"\s+", " ", re.sub(r"[{}]", "", s))


def typeset(formula: str) -> str:
    """Returns the LaTeX of a formula, once it has read back to its source.

    Raises:
        NotAFormulaError: it does not, or a character has no form in LaTeX's mathematics
    """
    latex = to_latex(formula)
    back = from_latex(latex)
    if canonical(back) != canonical(formula):
        raise NotAFormulaError(f"typeset(): expected {formula!r}, got {back!r} back")
    return latex
