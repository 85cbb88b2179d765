"""Where value is added, by an input-output table: inputoutput.py FOLDER

Shares are of the output of one sector, and of the final demand of every country."""

import sys

import numpy as np
import pandas as pd
import pymrio

from peers import Peer, ask, columns, read_json


class Table:
    """Z, Y and x as pymrio has them, and the value added of each sector in a row of its country."""

    def __init__(self, folder):
        given = read_json(folder, "input")
        self.countries, self.sector = given["countries"], given["sector"]
        n = len(self.countries) * given["sectors"]
        inputs, demand, output = columns(folder, "<f8", "inputs", "demand", "output")
        inputs, demand = inputs.reshape(n, n), demand.reshape(n, len(self.countries))
        sectors = pd.MultiIndex.from_product([self.countries, range(given["sectors"])], names=["region", "sector"])
        buyers = pd.Index(self.countries, name="region")
        self.Z = pd.DataFrame(inputs, sectors, sectors)
        self.Y = pd.DataFrame(demand, sectors, buyers)
        self.x = pd.DataFrame(output, sectors, ["indout"])
        country = np.repeat(np.arange(len(self.countries)), given["sectors"])
        added = np.zeros((len(self.countries), n))
        added[country, np.arange(n)] = output - inputs.sum(axis=0)
        self.F = pd.DataFrame(added, self.countries, sectors)


def multipliers(table):
    """Value added in each country for one unit of each sector's output."""
    A = pymrio.calc_A(table.Z, table.x)
    return pymrio.calc_M(pymrio.calc_S(table.F, table.x), pymrio.calc_L(A))


def system(table):
    """I − A, and value added in each country for one unit of output."""
    output = table.x.to_numpy()[:, 0]
    return np.identity(len(output)) - table.Z.to_numpy() / output, table.F.to_numpy() / output


def dense(table, demand):
    matrix, added = system(table)
    return added @ np.linalg.solve(matrix, demand)


def dense_sector(table):
    one = np.zeros(len(table.x))
    one[table.sector] = 1
    return dense(table, one)


def main(folder):
    table = Table(folder)

    def of_sector(shares):
        return dict(zip(table.countries, np.asarray(shares).tolist()))

    def of_demand(usd):
        shares = np.asarray(usd) / table.Y.to_numpy().sum(axis=0)
        return {f"{buyer} {origin}": shares[i, j] for i, origin in enumerate(table.countries)
                for j, buyer in enumerate(table.countries)}

    ask(folder, {
        "sector": {
            "pymrio sector": Peer(lambda: multipliers(table).iloc[:, table.sector], of_sector, dense=True),
            "dense sector": Peer(lambda: dense_sector(table), of_sector, dense=True)},
        "demand": {
            "pymrio demand": Peer(lambda: pymrio.calc_e(multipliers(table), table.Y), of_demand, dense=True),
            "dense demand": Peer(lambda: dense(table, table.Y.to_numpy()), of_demand, dense=True)},
    })


if __name__ == "__main__":
    main(sys.argv[1])
