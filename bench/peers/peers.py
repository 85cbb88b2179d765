"""What the peers share: reading a network, timing, and handing in results."""

import csv
import json
import statistics
import sys
import time

import numpy as np
from scipy import sparse


class Network:
    """A supply network as tiermap exports it (nodes.csv, links.csv).

    steps[i, j]  probability of the step from node i upstream to node j
    stops[i]     that the walk ends at i as at an origin
    ends[i]      that it ends at i at all, unexplained included
    """

    def __init__(self, folder):
        nodes = list(csv.DictReader(open(f"{folder}/nodes.csv")))
        self.ids = [n["node"] for n in nodes]
        self.index = {name: i for i, name in enumerate(self.ids)}
        self.country = [n["country"] for n in nodes]
        supply = np.array([float(n["supply"]) for n in nodes])
        made = np.divide([float(n["production"]) for n in nodes], supply, out=np.zeros(len(nodes)), where=supply > 0)
        links = list(csv.DictReader(open(f"{folder}/links.csv")))
        rows = [self.index[k["to"]] for k in links]
        columns = [self.index[k["from"]] for k in links]
        shares = [float(k["share"]) * (made[i] if k["by"] == "MADE" else 1) for k, i in zip(links, rows)]
        self.steps = sparse.csr_matrix((shares, (rows, columns)), shape=(len(nodes), len(nodes)))
        self.stops = np.where([n["raw"] == "true" for n in nodes], made, 0)
        rest = 1 - np.asarray(self.steps.sum(axis=1)).ravel()
        self.ends = np.where(rest > 1e-12, rest, 0)


def timed(runs, work):
    """The result of some work, and the median of the seconds that it took."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


def hand_in(results):
    """Results are dicts of question, peer, seconds and answer; a partial one
    answers for some keys only, and has its seconds scaled to all."""
    json.dump(results, sys.stdout)
