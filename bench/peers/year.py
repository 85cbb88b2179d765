"""The origins of every product of a year in every country: year.py FOLDER

Each product is a network of its own. What is found of it is named by one number a
target: its origin shares, weighted by place."""

import functools
import multiprocessing
import sys

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu, spsolve
from threadpoolctl import threadpool_limits

from peers import Peer, ask, columns

PRODUCTS = []  # the processes of a pool inherit them


def read(folder):
    """Per product: importer, exporter and tonnes of links; production and supply of nodes."""
    sizes = columns(folder, "<i8", "sizes")[0].reshape(-1, 2)  # nodes, links
    links = columns(folder, "<i4", "importer", "exporter") + columns(folder, "<f8", "tonnes")
    nodes = columns(folder, "<f8", "production", "supply")
    for (n, m), (n_end, m_end) in zip(sizes, np.cumsum(sizes, axis=0)):
        yield (*(c[m_end - m:m_end] for c in links), *(c[n_end - n:n_end] for c in nodes))


def system(importer, exporter, tonnes, _, supply):
    n = len(supply)
    steps = sparse.csc_matrix((tonnes / supply[importer], (importer, exporter)), shape=(n, n))
    return (sparse.identity(n) - steps).tocsc()


def right_sides(production, supply):
    """A column for each place that something starts in."""
    starts = np.flatnonzero(production)
    stops = np.zeros((len(supply), len(starts)))
    stops[starts, np.arange(len(starts))] = production[starts] / supply[starts]
    return starts, stops


def by_spsolve_one_by_one(product):
    """As one asks: a target, its expected visits, where they end."""
    _, _, _, production, supply = product
    transposed = system(*product).T.tocsc()
    shares = np.zeros((len(supply), len(supply)))
    for t in range(len(supply)):
        start = np.zeros(len(supply))
        start[t] = 1
        shares[t] = spsolve(transposed, start) * production / supply
    return np.arange(len(supply)), shares


def by_spsolve(product):
    starts, stops = right_sides(*product[3:])
    return starts, spsolve(system(*product), stops).reshape(stops.shape)


def by_splu(product):
    starts, stops = right_sides(*product[3:])
    return starts, splu(system(*product)).solve(stops)


def by_dense_solve(product):
    importer, exporter, tonnes, production, supply = product
    rest = np.identity(len(supply))
    np.subtract.at(rest, (importer, exporter), tonnes / supply[importer])
    starts, stops = right_sides(production, supply)
    return starts, np.linalg.solve(rest, stops)


def each(solve, products):
    """Solves one product after the other, and keeps nothing."""
    for i in products:
        solve(PRODUCTS[i])
    return solve, tuple(products)


def solve_in_pool(work):
    solve, i = work
    solve(PRODUCTS[i])


def in_processes(pool, solve, products):
    for _ in pool.imap_unordered(solve_in_pool, ((solve, i) for i in products), chunksize=16):
        pass
    return solve, tuple(products)


@functools.cache
def answer(solve, products):
    """Solved once more, outside the time."""
    found = {}
    for i in products:
        starts, shares = solve(PRODUCTS[i])
        found.update({f"{i} {t}": x for t, x in enumerate((shares @ (1 / (1 + starts))).tolist())})
    return found


def main(folder):
    PRODUCTS.extend(read(folder))
    with multiprocessing.get_context("fork").Pool(initializer=threadpool_limits, initargs=(1,)) as pool:

        def peer(work, dense=False):
            return Peer(work, lambda found: answer(*found), range(len(PRODUCTS)), dense)

        ask(folder, {"origins": {
            "spsolve one by one": peer(lambda some: each(by_spsolve_one_by_one, some)),
            "spsolve": peer(lambda some: each(by_spsolve, some)),
            "splu": peer(lambda some: each(by_splu, some)),
            "splu in processes": peer(lambda some: in_processes(pool, by_splu, some)),
            "dense solve": peer(lambda some: each(by_dense_solve, some), dense=True),
            "dense solve in processes": peer(lambda some: in_processes(pool, by_dense_solve, some))}})


if __name__ == "__main__":
    main(sys.argv[1])
