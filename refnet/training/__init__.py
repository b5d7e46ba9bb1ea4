"""Training: the models of the lecture notes on real data, beside their PyTorch twins.

`tasks` describes what is trained and `settings` how; `data` loads the data. `loop` trains: it has a
`learner` for each library, `twin` compares them after each step, and `watch` finds the first number
that is not finite. `display`, `metrics` and `checkpoint` observe the training and record it, with
the progress bars of `progress`; `plots` and `gradient_plot` draw it, with `figures`. The command
`refnet train` (refnet.cli.train) makes `jobs` of its options; from Python::

    from refnet.training import data, loop, tasks

    task = tasks.prepare("cascade", data.load("digits"), seed=0)
    history = loop.train(task, loop.Settings(epochs=5, batch_size=32, lr=1.0, seed=0))

`load_model` rebuilds a trained network from its checkpoint.
"""

from refnet.training.trained import Trained as Trained, load_model as load_model
