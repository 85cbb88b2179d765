"""Questions about one target of a supply network: chain.py FOLDER TARGET RUNS QUESTION..."""

import itertools
import math
import sys

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from peers import Network, hand_in, timed

REMOVALS = 30  # of how many nodes pass-through by removal is measured


def origins(net, t):
    """One sparse solve: expected visits, then where they end."""
    n = len(net.ids)
    start = np.zeros(n)
    start[t] = 1
    visits = spsolve((sparse.identity(n) - net.steps).T.tocsc(), start)
    shares = dict.fromkeys(net.country, 0.0)
    for country, share in zip(net.country, visits * net.stops):
        shares[country] += share
    return shares


def passes_by_removal(net, t, nodes):
    """A solve for each node: the chance to come to it, where it keeps all."""
    n = len(net.ids)
    shares = {}
    for x in nodes:
        keep, met = np.ones(n), np.zeros(n)
        keep[x], met[x] = 0, 1
        chance = spsolve((sparse.identity(n) - sparse.diags(keep) @ net.steps).tocsc(), met)
        shares[net.ids[x]] = chance[t]
    return shares


def passes_by_inverse(net, t):
    """All at once: N[t, x] / N[x, x], N the whole inverse."""
    inverse = np.linalg.inv(np.identity(len(net.ids)) - net.steps.toarray())
    return inverse[t] / inverse.diagonal()


def graph(net, ends):
    """The network with weights -log p, and one common end behind all stops."""
    g = nx.DiGraph()
    steps = net.steps.tocoo()
    g.add_weighted_edges_from((int(i), int(j), -math.log(p)) for i, j, p in zip(steps.row, steps.col, steps.data) if p > 0)
    g.add_weighted_edges_from((i, "end", -math.log(p)) for i, p in enumerate(ends) if p > 0)
    return g


def best_paths(g, t):
    found = itertools.islice(nx.shortest_simple_paths(g, t, "end", weight="weight"), 10)
    return [path[:-1] for path in found]


def share_of(path, net):
    return float(np.prod([net.steps[i, j] for i, j in itertools.pairwise(path)]) * net.stops[path[-1]])


def dominators(g, t):
    """Nodes that every way from the target to an end passes."""
    above, found, at = nx.immediate_dominators(g, t), [], "end"
    while (at := above[at]) != t:
        found.append(at)
    return found


def cut_countries(g, net, t):
    """Countries without which no way is left: taken out one after the other."""
    members = {}
    for i, country in enumerate(net.country):
        if i != t and i in g:
            members.setdefault(country, []).append(i)
    return [c for c, nodes in members.items()
            if c != net.country[t] and not nx.has_path(nx.restricted_view(g, nodes, []), t, "end")]


def ask_about(net, t, runs):
    """For each question: who answers it, runs, the work, and the answer by name."""
    others = [x for x in range(len(net.ids)) if x != t]
    sample = others[:: len(others) // REMOVALS]
    to_origins, to_ends = graph(net, net.stops), graph(net, net.ends)
    return {
        "origins": [("SciPy, spsolve", runs, lambda: origins(net, t), dict)],
        "pass-through": [
            ("SciPy, a solve for each node", 1, lambda: passes_by_removal(net, t, sample), dict, len(others) / len(sample)),
            ("NumPy, the whole inverse", runs, lambda: passes_by_inverse(net, t),
             lambda shares: {net.ids[x]: shares[x] for x in others})],
        "paths": [("NetworkX, shortest_simple_paths", 3, lambda: best_paths(to_origins, t),
                   lambda paths: {" ".join(net.ids[i] for i in p): share_of(p, net) for p in paths})],
        "single stages": [("NetworkX, immediate_dominators", runs, lambda: dominators(to_ends, t),
                           lambda nodes: {net.ids[x]: 1 for x in nodes})],
        "single countries": [("NetworkX, by removal", 1, lambda: cut_countries(to_ends, net, t),
                              lambda countries: dict.fromkeys(countries, 1))],
    }


def main(folder, target, runs, questions):
    net = Network(folder)
    peers = ask_about(net, net.index[target], runs)
    results = []
    for question in questions:
        for name, times, work, answer, *scale in peers[question]:
            found, seconds = timed(times, work)
            results.append({"question": question, "peer": name, "answer": answer(found), "partial": bool(scale),
                            "seconds": seconds * (scale[0] if scale else 1)})
    hand_in(results)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:])
