"""An order without numbers

The tape of the chapter numbers its entries. Suppose that you have only the graph: a dictionary that
gives the list of inputs of each name. Write the function that returns the names from which `result`
was computed, `result` included, in an order for the backward pass: each name comes after everything
that uses it. There may be thousands of names in a chain, so do not use recursion.
"""

import numpy as np

START = '''
def backward_order(inputs, result):
    """inputs: {name: [names of its inputs]}; returns a list that begins with result"""
    ...
'''
HINTS = (
    "First collect what can be reached from the result. Count for each name how often it is used "
    "by these names.",
    "Take a name whose count is 0, the result at first. Append it, and lower the counts of its "
    "inputs by 1.",
)
SOLUTION = """
def backward_order(inputs, result):
    uses, todo = {result: 0}, [result]
    while todo:
        for name in inputs[todo.pop()]:
            if name not in uses:
                uses[name] = 0
                todo.append(name)
            uses[name] += 1
    order, ready = [], [result]
    while ready:
        order.append(ready.pop())
        for name in inputs[order[-1]]:
            uses[name] -= 1
            if uses[name] == 0:
                ready.append(name)
    return order
"""
MISTAKES = {
    "the order in which one meets them": """
def backward_order(inputs, result):
    order, todo = [], [result]
    while todo:
        name = todo.pop(0)
        if name not in order:
            order.append(name)
            todo += inputs[name]
    return order
""",
    "everything in the dictionary": """
def backward_order(inputs, result):
    return list(inputs)[::-1]
""",
    "names more than once": """
def backward_order(inputs, result):
    order = [result]
    for name in order:
        order += inputs[name]
    return order
""",
}


def check(backward_order):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    graphs = [{"x": [], "y": ["x", "x"], "z": ["x", "y"]}]
    for _ in range(5):
        names = [f"v{n}" for n in rng.permutation(12)]
        graph = {}
        for i, name in enumerate(names):
            count = min(i, int(rng.integers(0, 3)))
            graph[name] = [str(n) for n in rng.choice(names[:i], count)] if count else []
        graphs.append(graph)
    chain = {"n0": []} | {f"n{i}": [f"n{i - 1}"] for i in range(1, 3000)}
    for graph in [*graphs, chain]:
        result = list(graph)[-1]
        got = backward_order({name: list(used) for name, used in graph.items()}, result)
        assert got is not None, "backward_order() returned None"
        shown = graph if len(graph) < 20 else "a chain of 3,000 names"
        reached = {result}
        for name in reversed(graph):
            if name in reached:
                reached |= set(graph[name])
        assert len(got) == len(set(got)), f"{shown}: expected each name once, got {got}"
        assert set(got) == reached, f"{shown}: expected the names {sorted(reached)}, got {got}"
        place = {name: i for i, name in enumerate(got)}
        for name in got:
            for used in graph[name]:
                assert place[name] < place[used], (
                    f"{shown}: {name} uses {used}; expected {name} first, got {got}"
                )
