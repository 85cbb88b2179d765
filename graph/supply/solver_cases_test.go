package supply_test

import "tiermap/graph/supply"

// The worked cases of docs/methods.md §2.

func t1() world {
	return world{
		production: map[supply.Stage]float64{at("A", "p"): 100, at("B", "p"): 40},
		flows: []flow{
			{from: "A", to: "B", product: "p", tonnes: 60}, {from: "A", to: "C", product: "p", tonnes: 10},
			{from: "B", to: "C", product: "p", tonnes: 50}, {from: "C", to: "B", product: "p", tonnes: 10},
		},
	}
}

func t2() world {
	return world{
		recipes: map[string]map[string]float64{"metal": {"ore": 1}, "magnet": {"metal": 1}},
		production: map[supply.Stage]float64{
			at("A", "ore"): 90, at("D", "ore"): 30, at("B", "metal"): 60, at("D", "metal"): 40,
			at("C", "magnet"): 50, at("D", "magnet"): 30,
		},
		flows: []flow{
			{from: "A", to: "B", product: "ore", tonnes: 80}, {from: "D", to: "B", product: "ore", tonnes: 5},
			{from: "B", to: "C", product: "metal", tonnes: 45}, {from: "D", to: "C", product: "metal", tonnes: 15},
			{from: "B", to: "F", product: "metal", tonnes: 5}, {from: "F", to: "C", product: "metal", tonnes: 5},
			{from: "C", to: "E", product: "magnet", tonnes: 30}, {from: "D", to: "E", product: "magnet", tonnes: 10},
			{from: "C", to: "F", product: "magnet", tonnes: 15}, {from: "F", to: "E", product: "magnet", tonnes: 10},
		},
	}
}

func t3() world {
	return world{
		production: map[supply.Stage]float64{at("A", "p"): 100},
		flows: []flow{
			{from: "A", to: "B", product: "p", tonnes: 50}, {from: "B", to: "C", product: "p", tonnes: 80},
		},
	}
}

func t4() world {
	return world{
		recipes: map[string]map[string]float64{
			"oxide": {"ore": 1}, "metal": {"ore": 1.0 / 2, "oxide": 1.0 / 2}, "alloy": {"metal": 7.0 / 10, "oxide": 3.0 / 10},
		},
		production: map[supply.Stage]float64{
			at("A", "ore"): 10, at("B", "ore"): 10, at("C", "oxide"): 8, at("C", "metal"): 4, at("D", "alloy"): 5,
		},
		flows: []flow{
			{from: "A", to: "C", product: "ore", tonnes: 8}, {from: "B", to: "C", product: "ore", tonnes: 4},
			{from: "B", to: "D", product: "ore", tonnes: 2}, {from: "C", to: "D", product: "metal", tonnes: 3},
			{from: "C", to: "D", product: "oxide", tonnes: 2}, {from: "D", to: "E", product: "alloy", tonnes: 4},
		},
	}
}
