"""The main job: train the notes' models on real data, beside their PyTorch twins.

`tasks` says what is trained and `settings` how; `data` brings the data. `loop` trains: it
holds a `learner` for each library, `twin` compares them after each step, and `watch` finds the first
number that is not finite. `display`, `metrics` and `checkpoint` look on and write down what they see,
with the bars of `progress`; `plots` and `gradient_plot` draw it, with `figures`. The command `refnet
train` (`commands`) makes `jobs` of its options and puts all of it together; from Python::

    from refnet.training import data, loop, tasks

    task = tasks.prepare("cascade", data.load("digits"), seed=0)
    history = loop.train(task, loop.Settings(epochs=5, batch_size=32, lr=1.0, seed=0))

`load_model` (`trained`) rebuilds a trained network from its checkpoint.
"""

from refnet.training.trained import Trained as Trained, load_model as load_model
