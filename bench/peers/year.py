"""The origins of every product of a year in every country: year.py FOLDER

Each product is a network of its own. What is found of it is named by one number a
target: its origin shares, weighted by place."""

import multiprocessing
import os
import sys

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu, spsolve

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
    return solve, products


def solve_in_pool(i):
    by_splu(PRODUCTS[i])


def in_processes(pool, products):
    for _ in pool.imap_unordered(solve_in_pool, products, chunksize=16):
        pass
    return by_splu, products


def named(found):
    """Solved once more, outside the time."""
    solve, products = found
    answer = {}
    for i in products:
        starts, shares = solve(PRODUCTS[i])
        answer.update({f"{i} {t}": x for t, x in enumerate((shares @ (1 / (1 + starts))).tolist())})
    return answer


def main(folder):
    PRODUCTS.extend(read(folder))
    products = range(len(PRODUCTS))
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        ask(folder, {"origins": {
            "spsolve one by one": Peer(lambda some: each(by_spsolve_one_by_one, some), named, products),
            "spsolve": Peer(lambda some: each(by_spsolve, some), named, products),
            "splu": Peer(lambda some: each(by_splu, some), named, products),
            "splu in processes": Peer(lambda some: in_processes(pool, some), named, products),
            "dense solve": Peer(lambda some: each(by_dense_solve, some), named, products)}})


if __name__ == "__main__":
    main(sys.argv[1])
