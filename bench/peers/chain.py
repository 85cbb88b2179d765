"""One target of a supply network: chain.py FOLDER"""

import csv
import itertools
import math
import sys

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu, spsolve

from peers import Peer, ask, read_json


class Network:
    """A supply network as tiermap exports it (nodes.csv, links.csv).

    steps[i, j]  probability of the step from node i upstream to node j
    stops[i]     that the walk ends at i as at an origin
    ends[i]      that it ends at i at all, unexplained included
    """

    def __init__(self, folder):
        with open(f"{folder}/nodes.csv") as f:
            nodes = list(csv.DictReader(f))
        with open(f"{folder}/links.csv") as f:
            links = list(csv.DictReader(f))
        self.ids = [n["node"] for n in nodes]
        self.size = len(nodes)
        index = {name: i for i, name in enumerate(self.ids)}
        self.target = index[read_json(folder, "input")["target"]]
        self.country = [n["country"] for n in nodes]
        supply = np.array([float(n["supply"]) for n in nodes])
        made = np.divide([float(n["production"]) for n in nodes], supply, out=np.zeros(len(nodes)), where=supply > 0)
        rows = [index[k["to"]] for k in links]
        columns = [index[k["from"]] for k in links]
        shares = [float(k["share"]) * (made[i] if k["by"] == "MADE" else 1) for k, i in zip(links, rows)]
        self.steps = sparse.csr_matrix((shares, (rows, columns)), shape=(len(nodes), len(nodes)))
        self.stops = np.where([n["raw"] == "true" for n in nodes], made, 0)
        rest = 1 - np.asarray(self.steps.sum(axis=1)).ravel()
        self.ends = np.where(rest > 1e-12, rest, 0)
        self.members = {}
        for i, country in enumerate(self.country):
            if i != self.target:
                self.members.setdefault(country, []).append(i)


def origins(net, solve):
    """Expected visits, then where they end."""
    start = np.zeros(net.size)
    start[net.target] = 1
    visits = solve(start)
    shares = dict.fromkeys(net.country, 0.0)
    for country, share in zip(net.country, visits * net.stops):
        shares[country] += share
    return shares


def by_spsolve(net):
    return origins(net, lambda start: spsolve((sparse.identity(net.size) - net.steps).T.tocsc(), start))


def by_dense_solve(net):
    return origins(net, lambda start: np.linalg.solve(np.identity(net.size) - net.steps.toarray().T, start))


def meets(net, nodes):
    """The chance to come to any of some nodes, where these keep all."""
    keep, met = np.ones(net.size), np.zeros(net.size)
    keep[nodes], met[nodes] = 0, 1
    return spsolve((sparse.identity(net.size) - sparse.diags(keep) @ net.steps).tocsc(), met)[net.target]


def passes_by_sparse_inverse(net):
    """N[t, x] / N[x, x], N the inverse, from one factorisation."""
    factors = splu((sparse.identity(net.size) - net.steps).tocsc())
    inverse = factors.solve(np.identity(net.size))
    return inverse[net.target] / inverse.diagonal()


def passes_by_dense_inverse(net):
    inverse = np.linalg.inv(np.identity(net.size) - net.steps.toarray())
    return inverse[net.target] / inverse.diagonal()


def graph(net, ends):
    """The network with weights -log p, and one common end behind all stops."""
    g = nx.DiGraph()
    steps = net.steps.tocoo()
    g.add_weighted_edges_from((int(i), int(j), -math.log(p)) for i, j, p in zip(steps.row, steps.col, steps.data) if p > 0)
    g.add_weighted_edges_from((i, "end", -math.log(p)) for i, p in enumerate(ends) if p > 0)
    return g


def best_paths(g, target):
    found = itertools.islice(nx.shortest_simple_paths(g, target, "end", weight="weight"), 10)
    return [path[:-1] for path in found]


def share_of(path, net):
    return float(np.prod([net.steps[i, j] for i, j in itertools.pairwise(path)]) * net.stops[path[-1]])


def dominators(g, target):
    """Nodes that every way from the target to an end passes."""
    above, found, at = nx.immediate_dominators(g, target), [], "end"
    while (at := above[at]) != target:
        found.append(at)
    return found


def cut_countries(g, net):
    """Countries without which no way is left: taken out one after the other."""
    return [country for country, nodes in net.members.items() if country != net.country[net.target]
            and not nx.has_path(nx.restricted_view(g, [x for x in nodes if x in g], []), net.target, "end")]


def vital_countries(net):
    """Countries that all passes."""
    return [country for country, nodes in net.members.items() if country != net.country[net.target]
            and meets(net, nodes) >= 1 - 1e-12]


def main(folder):
    net = Network(folder)
    others = [x for x in range(net.size) if x != net.target]
    to_origins, to_ends = graph(net, net.stops), graph(net, net.ends)

    def of_stages(shares):
        return {net.ids[x]: shares[x] for x in others}

    def by_name(names):
        return dict.fromkeys(names, 1)

    ask(folder, {
        "origins": {
            "spsolve": Peer(lambda: by_spsolve(net), dict),
            "dense solve": Peer(lambda: by_dense_solve(net), dict, dense=True)},
        "pass-through": {
            "removal": Peer(lambda nodes: {net.ids[x]: meets(net, [x]) for x in nodes}, dict, others),
            "sparse inverse": Peer(lambda: passes_by_sparse_inverse(net), of_stages),
            "dense inverse": Peer(lambda: passes_by_dense_inverse(net), of_stages, dense=True)},
        "paths": {
            "best paths": Peer(lambda: best_paths(to_origins, net.target),
                               lambda paths: {" ".join(net.ids[i] for i in p): share_of(p, net) for p in paths})},
        "single stages": {
            "dominators": Peer(lambda: dominators(to_ends, net.target),
                               lambda nodes: by_name(net.ids[x] for x in nodes))},
        "single countries": {
            "cut countries": Peer(lambda: cut_countries(to_ends, net), by_name),
            "removal of countries": Peer(lambda: vital_countries(net), by_name)},
    })


if __name__ == "__main__":
    main(sys.argv[1])
