"""The origins of many products in every country: products.py FOLDER

Each product is a network of its own: a sparse or a dense solve for all of its
targets. What each found is handed in as one number a target: its origin shares,
weighted."""

import multiprocessing
import os
import sys
import time

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from peers import hand_in


def read(folder):
    """Per product: importer, exporter and tonnes of links; production and supply of nodes."""
    sizes = np.fromfile(f"{folder}/sizes.bin", "<i8").reshape(-1, 2)  # nodes, links
    columns = [np.fromfile(f"{folder}/{name}.bin", kind) for name, kind in
               (("importer", "<i4"), ("exporter", "<i4"), ("tonnes", "<f8"))]
    nodes = [np.fromfile(f"{folder}/{name}.bin", "<f8") for name in ("production", "supply")]
    ends = np.cumsum(sizes, axis=0)
    for (n, m), (n_end, m_end) in zip(sizes, ends):
        yield (*(c[m_end - m:m_end] for c in columns), *(c[n_end - n:n_end] for c in nodes))


def sparse_origins(importer, exporter, tonnes, production, supply):
    """Origin shares by target, then place that something starts in."""
    n = len(supply)
    steps = sparse.csc_matrix((tonnes / supply[importer], (importer, exporter)), shape=(n, n))
    starts = np.flatnonzero(production)
    stops = np.zeros((n, len(starts)))
    stops[starts, np.arange(len(starts))] = production[starts] / supply[starts]
    return starts, splu((sparse.identity(n) - steps).tocsc()).solve(stops)


def dense_origins(importer, exporter, tonnes, production, supply):
    n = len(supply)
    rest = np.identity(n)
    np.subtract.at(rest, (importer, exporter), tonnes / supply[importer])
    starts = np.flatnonzero(production)
    stops = np.zeros((n, len(starts)))
    stops[starts, np.arange(len(starts))] = production[starts] / supply[starts]
    return starts, np.linalg.solve(rest, stops)


def probe(starts, shares):
    return shares @ (1 / (1 + starts))


def solve(work):
    how, product = work
    return how(*product)


def solve_and_probe(work):
    return probe(*solve(work))


def main(folder):
    products = list(read(folder))
    results = []
    for name, how in (("SciPy, splu", sparse_origins), ("NumPy, dense", dense_origins)):
        answer, seconds = {}, 0
        for i, product in enumerate(products):
            start = time.perf_counter()
            found = how(*product)
            seconds += time.perf_counter() - start
            answer.update({f"{i} {t}": x for t, x in enumerate(probe(*found).tolist())})
        results.append({"question": "products", "peer": name, "answer": answer, "seconds": seconds})
        cores = os.cpu_count()
        with multiprocessing.Pool(cores) as pool:
            start = time.perf_counter()
            for _ in pool.imap_unordered(solve_and_probe, ((how, p) for p in products), chunksize=16):
                pass
            results.append({"question": "products", "peer": f"{name}, {cores} processes", "answer": answer,
                            "seconds": time.perf_counter() - start})
    hand_in(results)


if __name__ == "__main__":
    main(sys.argv[1])
