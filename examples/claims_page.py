"""The page of the notes' claims, made of the figures that docs/claims.json keeps (see
examples.claims).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

Figures = Mapping[str, float]


class Values(tuple[float, ...]):
    """A figure over the seeds.

    format(values, ".2f") is the mean ± the standard deviation, without the latter where it rounds
    to 0; ".2f|" is the median (the lowest to the highest); ".0e^" is the highest.
    """

    def __format__(self, form: str) -> str:
        if form.endswith("^"):
            return _minus(format(max(self), form[:-1]))
        if form.endswith("|"):
            middle, low, high = (
                format(v, form[:-1]) for v in (np.median(self), min(self), max(self))
            )
            return _minus(middle if low == high else f"{middle} ({low} to {high})")
        mean = format(np.mean(self), form)
        spread = float(np.std(self, ddof=1)) if min(self) < max(self) else 0.0
        shown = format(spread, form)
        return _minus(f"{mean} ± {shown}" if float(shown.replace(",", "")) else mean)


class Measured:
    """All seeds' figures of a study: m[name] are its Values, of the seeds that have it."""

    def __init__(self, seeds: Sequence[Figures]) -> None:
        self.seeds = seeds

    def __getitem__(self, name: str) -> Values:
        found = Values(figures[name] for figures in self.seeds if name in figures)
        if not found:
            raise KeyError(name)
        return found

    def among(self, start: str) -> list[str]:
        """What follows `start` in the names of figures, in order of size."""
        found = {
            key.removeprefix(start)
            for figures in self.seeds
            for key in figures
            if key.startswith(start)
        }
        return sorted(found, key=lambda word: (len(word), word))


class Shares:
    """Of counts that are named "minima, X" and "all, X": shares[X] is "17 of 126 (0.13 ± 0.02)".

    The counts are sums over the seeds.
    """

    def __init__(self, m: Measured) -> None:
        self.m = m

    def __getitem__(self, name: str) -> str:
        minima, every = self.m[f"minima, {name}"], self.m[f"all, {name}"]
        shares = Values(k / n for k, n in zip(minima, every, strict=True) if n)
        counts = f"{sum(minima):.0f} of {sum(every):.0f}"
        return f"{counts} ({shares:.2f})" if shares else counts


class Claim(NamedTuple):
    """A row of the page.

    Attributes:
        notes: the claim in the notes' words
        verdict: HOLDS, CONDITION, NOT or another form of them, such as "hold"
        stands: takes the figures of one seed, and returns whether they support the verdict
        found: the text, with {m[NAME]:FORM} for Values and {share[X]} for Shares, or a function of
            both that returns it
        study: its name in examples.claims.STUDIES
        command: the command that repeats the measurement
    """

    notes: str
    verdict: str
    stands: Callable[[Figures], bool]
    found: str | Callable[[Measured, Shares], str]
    study: str
    command: str


HOLDS, CONDITION, NOT = "holds", "holds with a condition", "does not hold"
BENT, ROUGH, RIGHT = (
    f"{name} {{}} shortcuts, "
    for name in ("not convex, %", "|λmin/λmax|, mean", "test accuracy, %")
)


def _minus(text: str) -> str:
    return re.sub(r"(?<!e)-", "−", text)


# --- the claims -----------------------------------------------------------------------------------


def _minima(m: Measured, share: Shares) -> str:
    deep = [L for L in m.among("all, L = ") if L.isdecimal() and L != "1"]
    by_layers = "; ".join(
        f"{L} layers {share[f'L = {L}']}, 2⁻ᴸ = {2.0 ** -int(L):.3g}" for L in deep
    )
    widths = m.among("all, L = 2, width ")
    by_width = ", ".join(f"width {w} {share[f'L = 2, width {w}']}" for w in widths)
    return f"""one layer refutes the number: {share["L = 1"]} critical points are minima, not half.
        Minima among those of deeper networks: {by_layers}. Where the two are close it is by
        chance, for the share depends on the width (two layers: {by_width}), and on the search:
        from random points {share["from random points"]}, from the ends of descents
        {share["from descents"]}"""


def _slices(m: Measured, _: Shares) -> str:
    depths = m.among(BENT.format("with"))
    both = ("with", "without")
    rows = "; ".join(
        f"{d} blocks {' and '.join(format(m[BENT.format(w) + d], '.0f') for w in both)} %, "
        f"{' and '.join(format(m[ROUGH.format(w) + d], '.2f') for w in both)}"
        for d in depths
    )
    first = Values(d for d in m["chaotic from"] if d)
    chaos = "a slice without shortcuts is chaotic (not convex at more than half of its points)"
    chaos += (
        f" from {first:.0f|} blocks on, in {len(first)} of {len(m.seeds)} seeds"
        if first
        else f" at none of these depths, to {depths[-1]} blocks"
    )
    with_, without = (format(m[RIGHT.format(w) + depths[-1]], ".0f") for w in both)
    return f"""in slices through trained residual networks, filter-normalised as by Li et al., and
        through networks of the same layers without shortcuts. The share of the points that are not
        convex, and mean abs(λmin/λmax), with shortcuts and without (each seed up to its first
        chaotic depth): {rows}. By this {chaos}. The
        condition is depth, and with it training: at {depths[-1]} blocks the networks have {with_}
        % with shortcuts and {without} % without on the test part, so a rough slice is also that of
        a network which the same training has not brought as far. Strictly, ReLU makes kinks in
        both, and tanh none"""


CLAIMS = (
    Claim(
        "F(x) = Σ vᵢ σ(wᵢᵀx + bᵢ) is dense in C([0,1]ᵐ), for every bounded and continuous σ",
        CONDITION,
        lambda f: f["constant"] > 0.1 and f["proved / ε"] < 1,
        """σ must not be constant: with σ = 1 the error stays at {m[constant]:.2f} for any N. For
        the sigmoid the proof runs as a program: from f and ε it builds N, v, w, b (ε = {m[ε]:.2g}:
        N = {m[units]:.0f}), and interval arithmetic proves abs(F − f) < ε for all x; one hidden
        layer in two dimensions too. Fitted, the largest error falls as N to the power of −r: r =
        {m[rate, ReLU, smooth]:.2f} (ReLU, smooth f), {m[rate, sigmoid, smooth]:.1f} (sigmoid,
        faster than any power), {m[rate, ReLU, cone]:.2f} (ReLU, a cone in two dimensions)""",
        "approximation",
        "`refnet landscape approximation` → `approximation-rates`, `-proof`, `-exceptions`",
    ),
    Claim(
        "the same on any compact K",
        CONDITION,
        lambda f: f["gap error"] <= f["gap proved"] < f["gap ε"],
        """the same condition; f is continued from K to a cube: the sign of x on [−2, −1] ∪ [1, 2]
        by {m[gap units]:.0f} sigmoids, with a proved error of {m[gap proved]:.2g} at most (ε =
        {m[gap ε]:.2g}). The inequality is for x in K, where the notes print I_m""",
        "approximation",
        "the same",
    ),
    Claim(
        "ReLU networks of width ≤ n + 4 approximate any integrable f on ℝⁿ in L¹",
        HOLDS,
        lambda f: max(f["L¹ / ε, n = 1"], f["L¹ / ε, n = 2"]) < 1,
        """built for n = 1 and 2: L¹ error {m[L¹, n = 1]:.3f} ({m[layers, n = 1]:.0f} layers) and
        {m[L¹, n = 2]:.3f} ({m[layers, n = 2]:.0f} layers). The price is depth. Width n fails: on
        the line a network of width 1 is monotone, and its error at least {m[monotone]:.3f} (the
        best trained one: {m[trained, width 1]:.3f}); on ℝ² the error of a trained one of width 2
        has no end: over [−16, 16]² {m[trained, width 2, near]:,.0f|}, over [−32, 32]²
        {m[trained, width 2, far]:,.0f|}""",
        "approximation",
        "the same → `approximation-width`",
    ),
    Claim(
        "a critical point is an extremum with p = 2⁻ᴸ",
        NOT,
        lambda f: f["minima, L = 1"] == f["all, L = 1"],
        _minima,
        "saddles",
        "`refnet landscape saddles` → `saddles-share`",
    ),
    Claim(
        "a saddle is met almost surely",
        CONDITION,
        lambda f: (
            f["minima, deep"] < 0.5 * f["all, deep"]
            and f["minima, L-BFGS"] > 0.5 * f["all, L-BFGS"]
            and f["rank correlation"] > 0.3
        ),
        """of the critical points of two layers and more {share[deep]} were minima; but of the
        descents by L-BFGS {share[L-BFGS]} ended in one. What decides is how low the point lies:
        the rank correlation of loss and index is {m[rank correlation]:.2f}, as Dauphin et al.
        found. {m[stuck, %]:.0f} % of the searches ended where the gradient is not zero, and are
        not counted""",
        "saddles",
        "the same → `saddles-index`",
    ),
    Claim(
        "(that saddles are where training stops)",
        NOT,
        lambda f: f["leave, noise"] >= 0.8 * f["optimizers"],
        """exactly on a strict saddle nothing moves but entropy-SGD, by its own noise. With noise
        of 10⁻⁶ in the gradient {m[leave, noise]:.0f} of {m[optimizers]:.0f} optimizers leave, SGD
        after {m[steps of SGD, noise]:.0f} steps, Adam after {m[steps of Adam, noise]:.0f}; but for
        SAM, which never leaves from nearer than its ρ. {m[leave, network]:.0f} leave a network's
        saddle within 600 steps. The start matters: Laplacian SGD takes
        {m[steps of Laplacian SGD from (1, 10⁻³)]:.0f} steps from (1, 10⁻³), where the paths are
        drawn from, and {m[steps of Laplacian SGD from (0, 10⁻³)]:.0f} from (0, 10⁻³), where the
        times are""",
        "saddles",
        "the same → `saddles-escape`, `-times`, `-network`",
    ),
    Claim(
        """there are non-smooth surfaces and smooth ones (the picture: without and with residual
        connections)""",
        CONDITION,
        lambda f: (
            f[f"{BENT.format('without')}{f['depth']:.0f}"]
            > 1.1 * f[f"{BENT.format('with')}{f['depth']:.0f}"]
        ),
        _slices,
        "surface",
        "`refnet landscape surface` → `surface-*`, and a page to turn it",
    ),
    Claim(
        "step optimization (moving average) and surface optimization (landscape) are two kinds",
        CONDITION,
        lambda f: (
            f["reached, step"] / f["cases, step"] >= f["reached, surface"] / f["cases, surface"]
        ),
        """as kinds of algorithm, yes. As a remedy the second is not ahead: step optimizers reach
        the tolerance in {m[reached, step]:.0f|} of {m[cases, step]:.0f} cases, surface optimizers
        in {m[reached, surface]:.0f|} of {m[cases, surface]:.0f}. Which of two minima is found, the
        sharp or the flat one, is decided by the learning rate in both kinds: the flat one by
        {m[flat, smallest rate, step]:.0f|} of {m[runs, step]:.0f} and
        {m[flat, smallest rate, surface]:.0f|} of {m[runs, surface]:.0f} optimizers at the smallest
        rate, by {m[flat, largest rate, step]:.0f|} and {m[flat, largest rate, surface]:.0f|} at the
        largest. On digits their mean test accuracies lie within {m[accuracies apart]:.1f} points.
        Laplacian smoothing reduces the variance of white noise by the computed factor within
        {m[white noise off, %]:.1f} %, and keeps the mean; the noise of a network's gradients is
        not white and loses less (with σ = 1 a share of {m[noise left]:.2f} stays, not
        {m[computed]:.2f})""",
        "optimizers",
        "`refnet landscape optimizers` → `optimizers.gif`, `-minima`, `-network`, `-smoothing`",
    ),
    Claim(
        "a wide plateau is robust, for mini-batches too",
        CONDITION,
        lambda f: (
            min(f["large / small: top eigenvalue"], f["large / small: noise, σ = 0.05"]) > 1
            and f["rescaled / trained: top eigenvalue"] > 5
        ),
        """solutions of batches of 600 are sharper than those of 16 from the same start (largest λ
        {m[large / small: top eigenvalue]:.2f} times, a median; larger in
        {m[starts with large > small: top eigenvalue]:.0f|} of 8 starts) and lose
        {m[large / small: noise, σ = 0.05]:.2f} times as much to noise in the weights and
        {m[large / small: mini-batch step]:.2f} times as much to a step by a mini-batch; but they
        have {m[accuracy large]:.1f} % on the test part against {m[accuracy small]:.1f}, and width
        is that of the weights in their scale: with one layer × 10 and the next / 10 the same
        function has {m[rescaled / trained: top eigenvalue]:.0f|} times the largest λ (Dinh et
        al.). Only adaptive sharpness stays (×
        {m[rescaled / trained: adaptive sharpness, ρ = 0.5]:.2f})""",
        "plateaus",
        "`refnet landscape plateaus` → `plateaus-*`",
    ),
    Claim(
        "mini-batches give different but similar functions",
        HOLDS,
        lambda f: f["correlation with the mean"] > 0.9,
        """along a line through a solution the costs of batches of 32 correlate with that of all
        data by {m[correlation with the mean]:.2f}, and their spread falls as B to the power of
        {m[spread's power of B]:.2f} (chance: −0.5). At the solution itself their gradients have
        little in common: a mean cosine of {m[cosine of the gradients]:.2f}""",
        "plateaus",
        "the same",
    ),
    Claim(
        """from compositionality the same multiplications are made many times; reverse mode
        differentiation is the solution""",
        CONDITION,
        lambda f: f["reverse mode"] < f["differences"] < f["forward mode"] and f["crossing"] > 0,
        """path by path a cascade of width 4 and 9 layers takes {m[paths]:,.0f} pullbacks, the tape
        {m[pullbacks]:.0f}, for the same gradient. A gradient of {m[inputs]:.0f} numbers costs
        {m[reverse mode]:.1f} forward passes by reverse mode, {m[differences]:,.0f} by differences,
        and {m[forward mode]:,.0f} by forward mode (the complex step). The condition: few outputs.
        With 16 inputs forward mode is the cheaper one from {m[crossing]:.0f|} outputs on; and
        reverse mode keeps the values of the forward pass ({m[memory, gradient]:.1f} MB against
        {m[memory, F]:.2f} for 32 layers)""",
        "reverse",
        "`refnet landscape reverse` → `reverse-cost`, `-paths`, `-tape.svg`",
    ),
    Claim(
        "the gradient of a batch is the mean of its examples'",
        HOLDS,
        lambda f: f["off"] < 1e-13 < f["off, batch norm"],
        """in float64 within {m[off]:.0e^} of its largest entry; not with batch norm, where an
        example's output depends on the others (off by {m[off, batch norm]:.1f} times that entry)""",
        "average_gradients",
        "`python -m examples.average_gradients`",
    ),
    Claim(
        "why deep: reduction of dimension",
        HOLDS,
        lambda f: f["autoencoder, 2"] < f["principal components, 2"],
        """on digits not seen an autoencoder's 2 numbers lose {m[autoencoder, 2]:.4f} of a squared
        pixel, 2 principal components {m[principal components, 2]:.4f}; 8 numbers
        {m[autoencoder, 8]:.4f} and {m[principal components, 8]:.4f}""",
        "reduce_dimension",
        "`python -m examples.reduce_dimension`",
    ),
    Claim(
        "why deep: an ensemble",
        HOLDS,
        lambda f: f["averaged"] > f["one"] and f["thinned, averaged"] > f["thinned"],
        """one network {m[one]:.1f} % on average, ten averaged {m[averaged]:.1f} %. Dropout is an
        ensemble too: one thinned network has {m[thinned]:.1f} %, the mean of fifty
        {m[thinned, averaged]:.1f} %, the whole network in their place {m[whole]:.1f} %""",
        "ensemble",
        "`python -m examples.ensemble`",
    ),
    Claim(
        "why deep: a feature extractor",
        CONDITION,
        lambda f: f["probe, 80"] > max(f["pixels, 80"], f["kernel, 80"]),
        """on digits the trunk has not seen, from 80 examples: a linear probe on it
        {m[probe, 80]:.0f} %, on the pixels {m[pixels, 80]:.0f} %, a kernel machine on the pixels
        {m[kernel, 80]:.0f} %. The condition: few examples; from 320 it is {m[probe, 320]:.0f},
        {m[pixels, 320]:.0f} and {m[kernel, 320]:.0f} %""",
        "extract_features",
        "`python -m examples.extract_features`",
    ),
    Claim(
        "the four equations of backprop",
        "hold",
        lambda f: f["off"] < 1e-12,
        """equal to the tape within {m[off]:.0e^} of the largest entry, and by the command to
        PyTorch; the proofs, that for the biases too, are in `refnet/models/backprop.py`""",
        "backprop",
        "`pytest parity_tests/test_backprop.py`",
    ),
)  # fmt: skip


# --- the page -------------------------------------------------------------------------------------

HEAD = """\
# The notes' claims, tested

refnet follows a set of lecture notes. What they claim about networks, their surfaces and their
training is tested here, each by one command on real data (`pip install -e '.[landscape]'`), which
prints the numbers, draws the figures into `runs/`, and gives the verdict. What the notes get wrong
in their formulas is in [notes-errata.md](notes-errata.md).

`python -m examples.claims` (or `nox -s claims`) writes this page: do not edit it. It runs each
command with the first of the seeds {seeds}, as `--seed N` does; the last column
says with how many. A figure is the mean ± the standard deviation over the seeds, or, as
"a (b to c)", the median, the lowest and the highest; one without either is the same for every seed,
to the digits shown. Counts ("17 of 126") are sums over the seeds. Beside a verdict is the number of
seeds by whose figures it stands. They are measurements on small networks, and no more than that;
each study says what its figures do not show.
"""


def page(results: Mapping[str, Any]) -> str:
    """docs/claims.md, from what docs/claims.json keeps."""
    studies = results["studies"]
    rows = [
        "| the notes | verdict | what was found | command → figures | time × seeds |",
        "| --- | --- | --- | --- | --- |",
    ]
    told: set[str] = set()
    for claim in CLAIMS:
        study = studies[claim.study]
        time = "the same" if claim.study in told else _time(study["processor seconds"])
        told.add(claim.study)
        cells = (claim.notes, *found(claim, study["figures"]), claim.command, time)
        rows.append("| " + " | ".join(" ".join(cell.split()) for cell in cells) + " |")
    seeds = max((study["seeds"] for study in studies.values()), key=len)
    minutes = sum(sum(study["processor seconds"]) for study in studies.values()) / 60
    times = (
        "The times are processor time, which other work on the machine changes less than the "
        f"clock's; the median of the seeds. All runs together took {minutes:.0f} minutes of it, "
        f"so about {minutes / 2:.0f} minutes on two cores that have nothing else to do. Measured "
        f"on {results['machine']}."
    )
    return "\n".join([HEAD.format(seeds=", ".join(map(str, seeds))), *rows, "", times, ""])


def found(claim: Claim, seeds: Sequence[Figures]) -> tuple[str, str]:
    """The verdict with the number of seeds by which it stands, and the text with its figures."""
    m, text = Measured(seeds), claim.found
    share = Shares(m)
    stand = sum(claim.stands(figures) for figures in seeds)
    verdict = claim.verdict if 2 * stand > len(seeds) else "open: the figures say otherwise"
    told = text.format(m=m, share=share) if isinstance(text, str) else text(m, share)
    return f"{verdict} ({stand} of {len(seeds)})", told


def _time(seconds: Sequence[float]) -> str:
    middle = float(np.median(seconds))
    return f"{'under 1' if middle < 1 else format(middle, '.0f')} s × {len(seconds)}"
