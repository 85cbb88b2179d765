package gql

import (
	"tiermap/api/guard"
	"tiermap/graph/supply"
)

// Costs says how much work single fields are, in plain values, and how long the
// lists are that a question may leave unlimited: a dependency has to be
// assembled and solved, and has some sixty countries. The world is solved for as
// a whole however little of it is listed.
func Costs() map[string]guard.Field {
	const solve, passThrough, world, owners, facts = 100, 50, 150, 10, 5
	const draw = 20 // is solved like an answer, but nothing is read for it
	return map[string]guard.Field{
		"Query.dependency":             {Weight: solve},
		"Query.dependencies":           {Weight: solve},
		"Query.change":                 {Weight: 2 * solve},
		"DependencyChange.shares":      {Rows: 60},
		"DependencyChange.links":       {Weight: solve},
		"Query.materialDependency":     {Weight: solve},
		"Query.finalDemandOrigins":     {Weight: solve},
		"FinalDemandOrigins.places":    {Rows: 60},
		"Round.madeIn":                 {Rows: 30},
		"Query.exposure":               {Weight: passThrough},
		"Query.chokepoints":            {Weight: world},
		"Dependency.shares":            {Rows: 60},
		"Dependency.unexplained":       {Rows: 60},
		"Dependency.chokepoints":       {Weight: passThrough},
		"Dependency.network":           {Weight: passThrough},
		"Dependency.originProducers":   {Rows: 60},
		"Dependency.finding":           {Weight: passThrough},
		"Dependency.intervals":         {Weight: draw, Repeats: "draws", Once: supply.DefaultDraws},
		"Exposure.intervals":           {Weight: 2 * draw, Repeats: "draws", Once: supply.DefaultDraws},
		"MaterialDependency.intervals": {Weight: 2 * draw, Repeats: "draws", Once: supply.DefaultDraws},
		"DependencyChange.intervals":   {Weight: 2 * draw, Repeats: "draws", Once: supply.DefaultDraws},
		"WorldChokepoint.intervals":    {Weight: draw / 2, Repeats: "draws", Once: supply.DefaultDraws},
		"Intervals.tierFlows":          {Weight: draw},
		"Intervals.finding":            {Weight: draw},
		"MaterialIntervals.shares":     {Rows: 60},
		"MaterialIntervals.products":   {Rows: 20},
		"ChangeIntervals.shares":       {Rows: 60},
		"ChangeIntervals.links":        {Weight: 4 * draw},
		"Intervals.shares":             {Rows: 60},
		"Intervals.unexplained":        {Rows: 60},
		"Intervals.chokepoints":        {Weight: passThrough},
		"Intervals.paths":              {Weight: draw},
		"TierIntervals.madeIn":         {Rows: 30},
		"MaterialDependency.shares":    {Rows: 60},
		"MaterialDependency.products":  {Rows: 20},
		"MaterialDependency.missing":   {Rows: 10},
		"Tier.madeIn":                  {Rows: 30},
		"Tier.controlledFrom":          {Rows: 30},
		"Company.owners":               {Weight: owners, Rows: 10},
		"Company.ultimateOwners":       {Weight: owners, Rows: 10},
		"Facility.owners":              {Weight: owners, Rows: 10},
		"Facility.ultimateOwners":      {Weight: owners, Rows: 10},
		"Country.scores":               {Weight: facts},
		"Country.classes":              {Weight: facts},
		"Country.measures":             {Weight: facts},
		"Material.byproductOf":         {Weight: facts},
		"Material.byproducts":          {Weight: facts},
		"Material.recycling":           {Weight: facts},
		"Material.uses":                {Weight: facts},
		"Material.lists":               {Weight: facts},
		"Material.substitutes":         {Weight: facts},
		"Material.scores":              {Weight: facts},
		"Material.sourcing":            {Weight: facts},
		"Material.measures":            {Weight: facts},
	}
}
