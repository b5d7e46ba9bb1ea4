"""The main job: train the notes' models on real data, beside their PyTorch twins.

`tasks` says what is trained, `data` and `files` bring the data, `loop` trains, `twin`
compares each step with PyTorch, `plots` and `display` show it. The command `refnet train`
(refnet/commands.py) puts them together; from Python::

    from refnet.training import data, loop, tasks

    task = tasks.prepare("cascade", data.load("digits"), seed=0)
    history = loop.train(task, loop.Settings(epochs=5, batch_size=32, lr=1.0, seed=0))
"""
