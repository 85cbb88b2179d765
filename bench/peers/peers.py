"""What the scripts share: the declaration of a workload, timing, handing in.

A script is called with a folder that holds workload.json, which is what
workloads.json declares with the sizes that were chosen, and the input. By itself
this one prints the versions of the peers."""

import importlib.metadata
import json
import platform
import sys
import time
from typing import Callable, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits


class Peer(NamedTuple):
    """How a question is answered.

    work    what is timed; where there are names to choose from, it gets a sample of them
    named   turns what came out into the answer by name
    choice  of what a sample can be asked about
    dense   BLAS may use all cores; sparse solvers hand it blocks too small for more than one
    """
    work: Callable
    named: Callable
    choice: list = ()
    dense: bool = False


def columns(folder, kind, *names):
    """Columns of numbers of one kind."""
    return [np.fromfile(f"{folder}/{name}.bin", kind) for name in names]


def read_json(folder, name):
    with open(f"{folder}/{name}.json") as f:
        return json.load(f)


def sampled(choice, number):
    """So many of a list, spread evenly; all of them where there are no more, or none asked for."""
    if not number or number >= len(choice):
        return choice
    return [choice[i * len(choice) // number] for i in range(number)]


def measure(peer, runs, sample):
    chosen = sampled(peer.choice, sample)
    seconds = []
    with threadpool_limits(None if peer.dense else 1, user_api="blas"):
        for _ in range(runs):
            start = time.perf_counter()
            found = peer.work(chosen) if peer.choice else peer.work()
            seconds.append(time.perf_counter() - start)
    scale = len(peer.choice) / len(chosen) if peer.choice else 1
    return {"answer": peer.named(found), "seconds": seconds, "scale": scale}


def ask(folder, peers):
    """Answers all questions that are declared for Python; peers has by the name of
    the question, then of the peer how that is done."""
    results = []
    for question in read_json(folder, "workload")["questions"]:
        for declared in question["peers"]:
            if "python" in declared:
                peer = peers[question["name"]][declared["python"]]
                runs = declared.get("runs", question["runs"])
                results.append({"question": question["name"], "by": declared["title"],
                                **measure(peer, runs, declared.get("sample"))})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    names = {"numpy": "NumPy", "scipy": "SciPy", "networkx": "NetworkX", "pymrio": "pymrio"}
    print(", ".join([f"Python {platform.python_version()}"] +
                    [f"{name} {importlib.metadata.version(package)}" for package, name in names.items()]), end="")
