"""The claims of the lecture notes on loss landscapes, each tested: `refnet landscape STUDY`.

A study computes with refnet.landscape, refnet.approximation and refnet.optim, prints tables, draws
figures, and ends with a verdict on a claim. Each study is a file with a function

    run(report, ...) -> dict    the measured numbers by name

which can also be called from Python: saddles.run(Report(Path("runs")), depths=(1, 2)).

    report      the output of a study: the folder, tables, figures, progress
    checks      the checks of the options
    data        digits and breast cancer, standardised; a plain training loop
    steps       the optimizers by name, and walks with them on small functions

The command line of the studies is refnet.cli.landscape.
"""
