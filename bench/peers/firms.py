"""One firm of a network of firms: firms.py FOLDER

What is iterated for origins ends at a residual of 1e-12, as tiermap's does. For
pass-through tiermap allows 1e-9 of what passes; the fixed point ends at a residual of
1e-11, which adds up over the steps of a walk: at 1e-10 it is off by more. One that does not get there is an error."""

import itertools
import math
import sys

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, bicgstab, gmres, spilu, spsolve

from peers import Peer, ask, columns, read_json

RESIDUAL = 1e-12
RESIDUAL_OF_PASSAGE = 1e-11
MOST = 3000  # passes over the links


class Network:
    """Who is supplied by whom.

    steps[i, j]  share of what firm i is supplied with that comes from firm j
    back         the same by supplier
    stops[i]     1 where nobody supplies firm i: there supply starts
    """

    def __init__(self, folder):
        given = read_json(folder, "input")
        self.target, self.largest, self.places = given["target"], given["largest"], given["places"]
        (start,) = columns(folder, "<i8", "start")
        supplier, self.place = columns(folder, "<i4", "supplier", "place")
        (share,) = columns(folder, "<f8", "share")
        self.size = len(start) - 1
        self.steps = sparse.csr_matrix((share, supplier, start), shape=(self.size, self.size))
        self.back = self.steps.T.tocsr()
        self.stops = np.where(np.diff(start) == 0, 1.0, 0.0)
        self.start = np.zeros(self.size)
        self.start[self.target] = 1


def ends(net, visits):
    """Where expected visits end, by place."""
    return np.bincount(net.place, visits * net.stops, len(net.places))


def checked(net, visits):
    """Visits, if they solve what they should."""
    residual = np.abs(net.start + net.back @ visits - visits).sum()
    if not residual <= 2 * RESIDUAL:
        raise ArithmeticError(f"a residual of {residual:.2g} is left")
    return visits


def by_spsolve(net):
    return ends(net, spsolve((sparse.identity(net.size) - net.back).tocsc(), net.start))


def by_fixed_point(net):
    visits = net.start
    for _ in range(MOST):
        after = net.start + net.back @ visits
        if np.abs(after - visits).sum() <= RESIDUAL:
            return ends(net, checked(net, after))
        visits = after
    raise ArithmeticError("the fixed point is not reached")


def iterated(net, method, **options):
    """The tolerance of SciPy's methods is of the Euclidean norm, which is the smaller one."""
    matrix = sparse.identity(net.size, format="csr") - net.back
    for tolerance in (1e-12, 1e-13, 1e-14):
        visits, failed = method(matrix, net.start, rtol=tolerance, maxiter=MOST, **options)
        residual = np.abs(net.start + net.back @ visits - visits).sum()
        if not failed and residual <= RESIDUAL:
            return ends(net, visits)
    raise ArithmeticError(f"a residual of {residual:.2g} is left")


def by_gmres(net):
    return iterated(net, gmres, restart=50)


def by_bicgstab_after_spilu(net):
    """Without spilu it breaks down: to begin with, what is left is at right angles to the step."""
    factors = spilu((sparse.identity(net.size) - net.back).tocsc(), drop_tol=1e-3, fill_factor=10)
    return iterated(net, bicgstab, M=LinearOperator((net.size, net.size), factors.solve))


def passes_by_removal(net, firms):
    """A solve for each: the chance to come to it, where it keeps all."""
    shares = {}
    for x in firms:
        keep, met = np.ones(net.size), np.zeros(net.size)
        keep[x], met[x] = 0, 1
        shares[x] = spsolve((sparse.identity(net.size) - sparse.diags(keep) @ net.steps).tocsc(), met)[net.target]
    return shares


def passes_by_fixed_point(net):
    """The chance to come to each, a column each."""
    columns_of = np.arange(len(net.largest))
    chance = np.zeros((net.size, len(net.largest)))
    chance[net.largest, columns_of] = 1
    for _ in range(MOST):
        after = net.steps @ chance
        after[net.largest, columns_of] = 1
        if np.abs(after - chance).max() <= RESIDUAL_OF_PASSAGE:
            return dict(zip(net.largest, after[net.target]))
        chance = after
    raise ArithmeticError("the fixed point is not reached")


def graph(net):
    """The network with weights -log p, and one common end behind all stops."""
    g = nx.DiGraph()
    steps = net.steps.tocoo()
    g.add_weighted_edges_from((int(i), int(j), -math.log(p)) for i, j, p in zip(steps.row, steps.col, steps.data))
    g.add_weighted_edges_from((int(i), "end", 0) for i in np.flatnonzero(net.stops))
    return g


def best_paths(g, target):
    return [path[:-1] for path in itertools.islice(nx.shortest_simple_paths(g, target, "end", weight="weight"), 10)]


def main(folder):
    net = Network(folder)

    def by_place(shares):
        return dict(zip(net.places, shares.tolist()))

    def by_firm(shares):
        return {str(x): float(share) for x, share in shares.items()}

    def by_path(paths):
        return {" ".join(map(str, p)): float(np.prod([net.steps[i, j] for i, j in itertools.pairwise(p)])) for p in paths}

    g = graph(net)
    ask(folder, {
        "origins": {
            "spsolve": Peer(lambda: by_spsolve(net), by_place),
            "bicgstab after spilu": Peer(lambda: by_bicgstab_after_spilu(net), by_place),
            "gmres": Peer(lambda: by_gmres(net), by_place),
            "fixed point": Peer(lambda: by_fixed_point(net), by_place)},
        "pass-through": {
            "removal": Peer(lambda firms: passes_by_removal(net, firms), by_firm, net.largest),
            "fixed point of many": Peer(lambda: passes_by_fixed_point(net), by_firm)},
        "paths": {
            "best paths": Peer(lambda: best_paths(g, net.target), by_path)},
    })


if __name__ == "__main__":
    main(sys.argv[1])
