// Package semiconductors reads the tables of the supply chain of advanced chips
// that Georgetown University's CSET publishes:
//
//	inputs.csv      what goes into a chip: processes, tools, materials, designs
//	providers.csv   countries and organisations
//	provision.csv   who provides how much of an input, in percent of the world
//	sequence.csv    which input goes into which, or is a type of which
//
// It is a reader only: the tables are CC BY-NC 4.0, and tiermap ships none of
// them. What becomes of them stands in docs/sources/semiconductors.md.
package semiconductors
