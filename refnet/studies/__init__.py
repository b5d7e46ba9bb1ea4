"""The notes' claims on loss landscapes, each tested: `refnet landscape STUDY`.

A study computes with refnet.landscape, refnet.approximation and refnet.optim, prints a table, draws figures,
and ends in a verdict on what the notes say. One file a study; each has

    run(report, ...) -> dict    what was measured, by name

which can be called from Python too: saddles.run(Report(Path("runs")), depths=(1, 2)).

    report      what all share: the folder, tables, figures, progress
    data        digits and breast cancer, small and standardised; a plain training loop
    steps       the optimizers by name, and walks with them on small functions
    commands    the command line of the studies
"""
