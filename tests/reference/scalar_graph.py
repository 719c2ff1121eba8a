"""Values and gradients of scalar expressions, made with PyTorch's autograd in double: golden/scalar-graph.json.
See README.md.

Random expressions of every function and operator, in one statement or in several with names, and each function with
a kink at its kinks. The text is written from the same tree that PyTorch evaluates, so that parsing is tested too.
"""
import json
import math
import random

import torch
import torch.nn.functional as F

from models import GOLDEN

UNARY = {
    "relu": F.relu, "abs": torch.abs, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "exp": torch.exp,
    "log": torch.log, "ln": torch.log, "sqrt": torch.sqrt, "square": torch.square, "sin": torch.sin, "cos": torch.cos,
    "softplus": lambda a: F.softplus(a, threshold=1e9), "silu": F.silu, "gelu": F.gelu, "logsigmoid": F.logsigmoid,
    "elu": F.elu, "selu": F.selu, "hardtanh": F.hardtanh, "leaky_relu": F.leaky_relu,
    # F.hardsigmoid's slope is a sixth in float, also in double.
    "hardsigmoid": lambda a: F.hardtanh(a, -3, 3) / 6 + 0.5,
}
BINARY = {
    "+": torch.add, "-": torch.sub, "*": torch.mul, "/": torch.div, "^": torch.pow, "pow": torch.pow,
    "max": torch.maximum, "min": torch.minimum,
}
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
LETTERS = "xyzwuv"


def tree(chance, depth, names):
    """("name", …) | ("number", …) | (operation, tree, …)"""
    if depth == 0 or (depth < 3 and chance.random() < 0.08):
        if chance.random() < 0.8:
            return ("name", chance.choice(names))
        return ("number", round(chance.uniform(-3, 3), 2))
    kind = chance.random()
    if kind < 0.4:
        return (chance.choice(list(UNARY)), tree(chance, depth - 1, names))
    if kind < 0.5:
        return ("negate", tree(chance, depth - 1, names))
    if kind < 0.6:
        return ("^", tree(chance, depth - 1, names), ("number", chance.choice([2, 3, -1, 0.5, 1, 0, -2])))
    return (chance.choice(list(BINARY)), tree(chance, depth - 1, names), tree(chance, depth - 1, names))


def text_of(node, chance):
    """The text and how tightly it binds; only the parentheses that are needed, or now and then some more."""
    def child(at, least):
        text, binds = text_of(node[at], chance)
        return text if binds >= least and chance.random() < 0.9 else f"({text})"
    kind = node[0]
    if kind == "name":
        return node[1], 5
    if kind == "number":
        return (repr(node[1]), 5) if node[1] >= 0 else ("-" + repr(-node[1]), 3)
    if kind == "negate":
        return "-" + child(1, 3), 3
    if kind in UNARY:
        return f"{kind}({text_of(node[1], chance)[0]})", 5
    if kind in ("max", "min", "pow"):
        return f"{kind}({text_of(node[1], chance)[0]}, {text_of(node[2], chance)[0]})", 5
    level = PRECEDENCE[kind]
    if kind == "^":
        return child(1, 5) + "^" + child(2, 3), 4
    signs = {"-": ["-", " - ", "−"], "*": ["*", " * ", "×", "·"], "/": ["/", " ÷ "], "+": ["+", " + "]}
    return child(1, level) + chance.choice(signs[kind]) + child(2, level + 1), level


def evaluate(node, values, seen):
    """Every tensor on the way is put into `seen`."""
    result = evaluate_one(node, values, seen)
    if result.requires_grad:
        result.retain_grad()
        seen.append(result)
    return result


def evaluate_one(node, values, seen):
    kind = node[0]
    if kind == "name":
        return values[node[1]]
    if kind == "number":
        return torch.tensor(float(node[1]), dtype=torch.float64)
    if kind == "negate":
        return -evaluate(node[1], values, seen)
    if kind in UNARY:
        return UNARY[kind](evaluate(node[1], values, seen))
    return BINARY[kind](evaluate(node[1], values, seen), evaluate(node[2], values, seen))


def names_in(node):
    if node[0] == "name":
        return {node[1]}
    return set().union(*(names_in(n) for n in node[1:] if isinstance(n, tuple)))


def leaf(value):
    return torch.tensor(float(value), dtype=torch.float64, requires_grad=True)


def gradients_of(output, nodes):
    for node in nodes.values():
        if node.requires_grad:
            node.retain_grad()
    if output.requires_grad:
        output.backward()
    return {name: 0.0 if node.grad is None else node.grad.item() for name, node in nodes.items()}


def random_case(chance):
    names = list(LETTERS[:chance.randint(1, 4)])
    values = {name: round(chance.uniform(-2, 2), 3) for name in names}
    nodes = {name: leaf(value) for name, value in values.items()}
    statements, known, met, seen = [], list(names), set(), []
    for i in range(chance.randint(0, 3)):
        node = tree(chance, chance.randint(1, 3), known)
        name = f"n{i}"
        statements.append(f"{name} = {text_of(node, chance)[0]}")
        nodes[name] = evaluate(node, nodes, seen).clone()  # a name of its own also where it is another one's
        known.append(name)
        met |= names_in(node)
    node = tree(chance, chance.randint(2, 5), known)
    met |= names_in(node)
    statements.append(text_of(node, chance)[0])
    output = evaluate(node, nodes, seen)
    text = chance.choice(["; ", "\n", " ;"]).join(statements)
    # A name that is nothing but a number is a variable to be given: another thing than here.
    if any(not n.requires_grad for n in nodes.values()):
        return None
    gradients = gradients_of(output, nodes)
    # PyTorch's masked slopes, as relu's, stop what is no number; 0 times it is none here.
    numbers = [output.item(), *gradients.values(), *(n.item() for n in nodes.values()), *(n.item() for n in seen),
               *(n.grad.item() for n in seen if n.grad is not None)]
    if not all(math.isfinite(v) and abs(v) < 1e8 for v in numbers):
        return None
    used = {n: values[n] for n in names if n in met}
    return {"text": text, "values": used, "output": output.item(),
            "gradients": {n: g for n, g in gradients.items() if n in used or n.startswith("n")}}


def kink(text, function, **values):
    nodes = {name: leaf(value) for name, value in values.items()}
    output = function(*nodes.values())
    gradients = gradients_of(output, nodes)
    return {"text": text, "values": values, "output": output.item(), "gradients": gradients}


def main():
    chance = random.Random(20)
    cases = []
    while len(cases) < 300:
        case = random_case(chance)
        if case:
            cases.append(case)
    kinks = [
        kink("relu(x)", F.relu, x=0), kink("abs(x)", torch.abs, x=0), kink("leaky_relu(x)", F.leaky_relu, x=0),
        kink("selu(x)", F.selu, x=0), kink("elu(x)", F.elu, x=0),
        kink("hardtanh(x)", F.hardtanh, x=1), kink("hardtanh(x)", F.hardtanh, x=-1),
        kink("hardsigmoid(x)", UNARY["hardsigmoid"], x=3), kink("hardsigmoid(x)", UNARY["hardsigmoid"], x=-3),
        kink("max(x, y)", torch.maximum, x=1.5, y=1.5), kink("min(x, y)", torch.minimum, x=1.5, y=1.5),
        kink("x^y", torch.pow, x=0, y=2), kink("x^y", torch.pow, x=2, y=0),
    ]
    (GOLDEN / "scalar-graph.json").write_text(json.dumps({"random": cases, "kinks": kinks}, indent=0) + "\n")


if __name__ == "__main__":
    main()
