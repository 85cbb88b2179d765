package graph

import "slices"

// Names of the kinds that code refers to.
const (
	Country     = "Country"
	Company     = "Company"
	Facility    = "Facility"
	Material    = "Material"
	Product     = "Product"
	Measure     = "Measure"
	Contains    = "CONTAINS"
	MadeFrom    = "MADE_FROM"
	CodedAs     = "CODED_AS"
	Corresponds = "CORRESPONDS"
	Trades      = "TRADES"
	Sources     = "SOURCES"
	Produces    = "PRODUCES"
	Capacity    = "HAS_CAPACITY"
	Reserves    = "HAS_RESERVES"
	Owns        = "OWNS"
	Supplies    = "SUPPLIES"
	Byproduct   = "BYPRODUCT_OF"
	Substitute  = "SUBSTITUTES"
	Recycled    = "RECYCLED"
	UsedIn      = "USED_IN"
	Intensity   = "INTENSITY"
	Scores      = "SCORES"
	TakesIn     = "TAKES_IN"
	Transports  = "TRANSPORTS"
	Benchmark   = "Benchmark"
	Assessed    = "ASSESSED"
	Listed      = "LISTED"
	Demands     = "DEMANDS"
	TradedAs    = "TRADED_AS"
	Covers      = "COVERS"
	Classified  = "CLASSIFIED"
	Sector      = "Sector"
	InputFlow   = "SELLS_INPUTS"
	FinalDemand = "SELLS_FINAL"
	Output      = "HAS_OUTPUT"

	NameMatch    = "NAME_MATCH"
	NameDecision = "NAME_DECISION"
)

// Stages of a product, in the order of a chain; recycling feeds back into it.
var stages = []string{"extraction", "processing", "component", "assembly", "recycling"}

// Stages returns the stages that a product may have.
func Stages() []string { return slices.Clone(stages) }

func id(doc string) Field {
	return Field{Name: "id", Type: Text, Key: true, Required: true, Doc: doc}
}

func name(doc string) Field { return Field{Name: "name", Type: Text, Doc: doc} }

func ref(field, doc string, kinds ...string) Field {
	return Field{Name: field, Type: Word, Refs: kinds, Doc: doc}
}

func key(f Field) Field      { f.Key = true; return f }
func required(f Field) Field { f.Required = true; return f }

func share(doc string) Field {
	return Field{Name: "share", Type: Float, Unit: "1", Min: 0, Max: 1, Doc: doc}
}

func tonnes(doc string) Field {
	return Field{Name: "tonnes", Type: Float, Unit: "tonnes", Min: 0, Max: 1e15, Doc: doc}
}

func year() Field {
	return Field{Name: "year", Type: Int, Key: true, Required: true, Min: 1000, Max: 2999, Doc: "calendar year"}
}

// yearIfStated is for facts of which some sources do not say the year.
func yearIfStated(doc string) Field {
	return Field{Name: "year", Type: Int, Key: true, Min: 1000, Max: 2999, Doc: doc + "; blank = not stated"}
}

func relativeError() Field {
	return Field{Name: "error", Type: Float, Unit: "1", Min: 0, Max: 10,
		Doc: "relative error of the mass (coefficient of variation)"}
}

func basis() Field {
	return Field{Name: "basis", Type: Word, OneOf: []string{"gross", "contained"},
		Doc: "what the tonnes count: gross = the product (also where blank), contained = the material named"}
}

func concentration() Field {
	return Field{Name: "concentration", Type: Float, Unit: "1", Min: 0, Max: 1e9, Positive: true,
		Doc: "Dirichlet concentration of the share, where its uncertainty is stated"}
}

func aliases() Field { return Field{Name: "aliases", Type: List, Doc: "other names, separated by ;"} }

func date(field, doc string) Field { return Field{Name: field, Type: Date, Doc: doc} }

// signedUSD is a value that may be below zero.
func signedUSD(doc string) Field {
	return Field{Name: "value_usd", Type: Float, Unit: "USD", Required: true, Min: -1e18, Max: 1e18, Doc: doc}
}

// Categories of final demand, as the System of National Accounts divides it (SNA
// 2008, chapters 9 and 10).
var finalCategories = []string{"households", "nonprofits", "government", "capital", "inventories", "other"}

// seller is the country and sector that a figure of an input-output table stands
// in the row of.
func seller() []Field {
	return []Field{
		year(), key(required(ref("country", "country of the sector that sells", Country))),
		key(required(ref("sector", "the sector that sells", Sector))),
	}
}

// Outcomes of a written name, and decisions on one.
var (
	nameOutcomes  = []string{"matched", "candidate", "new"}
	nameDecisions = []string{"same", "different", "new"}
)

// written is a name as somebody wrote it: what is known of it before it is
// known whose it is.
func written() []Field {
	return []Field{
		key(required(Field{Name: "kind", Type: Word, OneOf: []string{Company, Facility}, Doc: "what it is the name of"})),
		key(required(Field{Name: "written", Type: Text, Doc: "the name as it was written"})),
		key(ref("country", "country that was written with it; blank = none", Country)),
	}
}

// every row of every kind ends with these.
func provenance() []Field {
	return []Field{
		{Name: "source", Type: Word, Doc: "where the figure stands: publisher, edition, table"},
		{Name: "estimated", Type: Bool, Doc: "true where the figure is not reported but estimated"},
		{Name: "dataset", Type: Word, Managed: true, Doc: "the dataset that the row came with"},
		{Name: "file", Type: Word, Managed: true, Doc: "the file that the row stood in"},
		{Name: "line", Type: Int, Managed: true, Doc: "the line of that file"},
	}
}

// Kinds returns every kind of node and relationship, nodes first. It is the one
// declaration that tables, constraints, headers, exports and the reference page
// are made from.
func Kinds() []*Kind {
	producer := func(country string) []Field {
		return []Field{
			key(ref("country", country, Country)),
			key(ref("company", "the company that produces", Company)),
			key(ref("facility", "the plant or mine that produces", Facility)),
		}
	}
	kinds := []*Kind{
		{Name: Country, Table: "country", Doc: "a country, or a place that trade statistics name", Fields: []Field{
			id("ISO 3166-1 alpha-3, or an id of our own for a place that has none"), name("short English name"),
			{Name: "iso2", Type: Word, Doc: "ISO 3166-1 alpha-2"},
			{Name: "m49", Type: Word, Doc: "United Nations M49 code, three digits"},
			aliases(),
			{Name: "groups", Type: List, Doc: "groups that it is a member of, such as EU, separated by ;"},
		}},
		{Name: Company, Table: "company", Doc: "a legal entity", Fields: []Field{
			id("LEI, or a stable id of our own"), name("registered or usual name"),
			ref("country", "country of the registered seat", Country),
			{Name: "lei", Type: Text, Doc: "legal entity identifier, ISO 17442"}, aliases(),
			ref("headquarters", "country of the headquarters", Country),
			{Name: "status", Type: Word, OneOf: []string{"active", "inactive"}, Doc: "inactive: it has ceased to exist or to do business"},
			{Name: "registration", Type: Word, Doc: "state of the registration of its LEI: issued, lapsed, retired, merged, duplicate, …"},
			ref("successor", "the company that took its place, by merger for instance", Company),
			{Name: "parent_exception", Type: List, Doc: "why it reports no direct parent, such as NATURAL_PERSONS; several separated by ;"},
			{Name: "ultimate_parent_exception", Type: List, Doc: "why it reports no ultimate parent"},
		}, Links: []Link{{Name: "LOCATED_IN", Field: "country"}, {Name: "SUCCEEDED_BY", Field: "successor"}}},
		{Name: Facility, Table: "facility", Doc: "a mine, plant or works", Fields: []Field{
			id("a stable id of our own"), name("usual name"),
			ref("country", "country that it stands in", Country),
			{Name: "latitude", Type: Float, Unit: "degrees", Min: -90, Max: 90, Doc: "WGS 84 latitude"},
			{Name: "longitude", Type: Float, Unit: "degrees", Min: -180, Max: 180, Doc: "WGS 84 longitude"},
			ref("operator", "the company that runs it", Company), aliases(),
			{Name: "activity", Type: Word, Doc: "what it is, in the source's words, such as Mine or Smelter"},
			{Name: "status", Type: Word, Doc: "whether it works, in the source's words, such as care and maintenance"},
			ref("part_of", "the site that it is a part of", Facility),
		}, Links: []Link{{Name: "LOCATED_IN", Field: "country"}, {Name: "OPERATES", Field: "operator", Inward: true},
			{Name: "PART_OF", Field: "part_of"}}},
		{Name: Material, Table: "material", Doc: "a raw material, the mass that is followed through a chain", Fields: []Field{
			id("an id of our own, such as gallium"), name("English name"),
			{Name: "symbol", Type: Word, Doc: "chemical symbol, where it is an element"}, aliases(),
		}},
		{Name: Product, Table: "product", Doc: "a commodity at one stage of a chain", Fields: []Field{
			id("an id of our own, such as lithium-carbonate"), name("English name"),
			required(Field{Name: "stage", Type: Word, OneOf: stages, Doc: "the stage of the chain at which it stands"}),
			{Name: "pooled", Type: Bool, Doc: "true: drawn by everyone from one world market, for there is no trade data"},
		}},
		{Name: Measure, Table: "measure", Doc: "an export control or another measure of trade policy", Fields: []Field{
			id("an id of our own"), ref("country", "the country that imposes it", Country),
			{Name: "kind", Type: Word, Doc: "what it does: licence, ban, quota, tax"},
			ref("product", "the product that it restricts", Product),
			{Name: "code", Type: Word, Doc: "the trade code that it restricts, such as HS2017:811292"},
			date("from", "first day in force"), date("until", "last day in force"),
			{Name: "notice", Type: Text, Doc: "what it was made known by, such as the number of a notice"},
			date("announced", "day on which it was made known"),
			date("suspended_from", "first day on which it is suspended"), date("suspended_until", "last day on which it is suspended"),
			{Name: "goods", Type: Text, Doc: "what it is about, in the source's words"},
			{Name: "scope", Type: Text, Doc: "what it asks for, in the source's words"},
			{Name: "targets", Type: List, Doc: "countries that it is aimed at, by id; blank = all, or not stated"},
			{Name: "entities", Type: Int, Min: 0, Max: 1e6, Doc: "how many companies or bodies it names"},
		}, Links: []Link{{Name: "IMPOSES", Field: "country", Inward: true}, {Name: "RESTRICTS", Field: "product"}}},
		{Name: Benchmark, Table: "benchmark", Doc: "a share that a law or a plan sets as the least or the most", Fields: []Field{
			id("an id of our own"), name("what it is called"),
			required(Field{Name: "region", Type: Word, Doc: "the country or group that it is set for, by its id, such as EU"}),
			{Name: "stage", Type: Word, OneOf: stages, Doc: "the stage of the chain that it is about; blank = any"},
			{Name: "year", Type: Int, Min: 1000, Max: 2999, Doc: "the year by which it is to be met"},
			required(Field{Name: "bound", Type: Word, OneOf: []string{"at_least", "at_most"}, Doc: "at_least = the share is the least; at_most = the most"}),
			required(share("the share that is set")),
			{Name: "of", Type: Text, Doc: "what it is a share of"},
		}},
		{Name: Sector, Table: "sector", Doc: "a sector of an input-output table", Fields: []Field{
			id("the table's name and the sector's code in it, such as WIOD2013:c14; two tables do not mix"), name("English name"),
		}},
		{Name: Contains, Table: "contains", Doc: "how much of a material a product contains",
			From: []string{"product"}, To: []string{"material"}, Fields: []Field{
				key(required(ref("product", "the product", Product))), key(required(ref("material", "the material", Material))),
				required(Field{Name: "mass_fraction", Type: Float, Unit: "1", Min: 0, Max: 1e6, Positive: true,
					Doc: "tonnes of the material in a tonne of the product; above 1 where it is counted as a compound"}),
			}},
		{Name: MadeFrom, Table: "made_from", Doc: "an input of a product's recipe",
			From: []string{"product"}, To: []string{"input"}, Fields: []Field{
				key(required(ref("product", "what is made", Product))), key(required(ref("input", "what it is made of", Product))),
				key(ref("material", "the material that the recipe follows; blank = any", Material)),
				key(ref("country", "the country where it is made so; blank = any", Country)),
				required(share("share of the contained material that arrives through this input")), concentration(),
			}},
		{Name: CodedAs, Table: "coded_as", Doc: "the trade code that a product is declared under",
			From: []string{"product"}, To: []string{"code"}, Fields: []Field{
				key(required(ref("product", "the product", Product))),
				key(required(Field{Name: "code", Type: Word, Doc: "nomenclature, revision and code, such as HS2017:811292"})),
				share("share of the code's trade that is this product; blank = an equal part of what is left"), concentration(),
			}},
		{Name: Corresponds, Table: "correspondence", Doc: "what goods under one trade code are under another revision or nomenclature",
			From: []string{"code"}, To: []string{"other"}, Fields: []Field{
				key(required(Field{Name: "code", Type: Word, Doc: "nomenclature, revision and code, such as HS2022:811292"})),
				key(required(Field{Name: "other", Type: Word, Doc: "the code of the other revision or nomenclature"})),
				share("share of the code's trade that the other code holds; blank = an equal part of what is left"),
			}},
		{Name: Trades, Table: "trade", Doc: "what one country sold another in a year", Additive: true,
			From: []string{"exporter"}, To: []string{"importer"}, Fields: []Field{
				year(), key(required(ref("exporter", "the country that sold", Country))),
				key(required(ref("importer", "the country that bought", Country))),
				key(Field{Name: "code", Type: Word, Doc: "trade code, such as HS2017:811292; either this or product"}),
				key(ref("product", "one of our products; either this or code", Product)),
				{Name: "value_usd", Type: Float, Unit: "USD", Min: 0, Max: 1e18, Doc: "value, USD of the year"},
				tonnes("mass, as basis says"), basis(),
				ref("material", "the material that is counted, where basis is contained", Material), relativeError(),
				{Name: "reported_by", Type: Word, OneOf: []string{"importer", "exporter"},
					Doc: "whose report the figures are, where both sides may report a flow"},
				{Name: "mirror_value_usd", Type: Float, Unit: "USD", Min: 0, Max: 1e18, Doc: "value by the report of the other side, USD of the year"},
				{Name: "mirror_tonnes", Type: Float, Unit: "tonnes", Min: 0, Max: 1e15, Doc: "mass by the report of the other side"},
			}},
		{Name: Sources, Table: "sourcing", Doc: "where a country or group gets a material from at a stage, as a study states it",
			From: []string{"material"}, To: []string{"supplier"}, Fields: []Field{
				year(), key(required(ref("material", "the material", Material))),
				key(required(Field{Name: "stage", Type: Word, OneOf: stages, Doc: "the stage of the chain that is supplied"})),
				key(required(Field{Name: "importer", Type: Word, Doc: "the country or group that is supplied, by its id, such as EU"})),
				key(required(ref("supplier", "the country that supplies; the importer itself or a member = domestic", Country))),
				share("share of the importer's supply of the material at that stage, domestic production included; blank = it supplies, share not known"),
			}},
		{Name: Produces, Table: "production", Doc: "what a country, a company or a plant made in a year",
			From: []string{"facility", "company", "country"}, To: []string{"product"},
			Fields: slices.Concat([]Field{year(), key(required(ref("product", "what was made", Product)))},
				producer("country of production; * = others produce too; with a company: where it produces"), []Field{
					key(ref("material", "the material that is counted, where basis is contained", Material)), key(basis()),
					tonnes("mass, as basis says; tonnes and share both blank = produced, amount not known"),
					share("of the world for a country, of its country for a company or plant"), relativeError(),
				})},
		{Name: Capacity, Table: "capacity", Doc: "what a country, a company or a plant could make in a year",
			From: []string{"facility", "company", "country"}, To: []string{"product"},
			Fields: slices.Concat([]Field{year(), key(required(ref("product", "what could be made", Product)))},
				producer("country of production; with a company: where it produces"), []Field{required(tonnes("mass a year, gross"))})},
		{Name: Reserves, Table: "reserves", Doc: "what a country, a company or a mine could still extract at a profit, as assessed in a year",
			From: []string{"facility", "company", "country"}, To: []string{"product"},
			Fields: slices.Concat([]Field{year(), key(required(ref("product", "what would be extracted", Product)))},
				producer("country that it lies in; with a company: where it holds it"), []Field{
					key(ref("material", "the material that is counted, where basis is contained", Material)), key(basis()),
					required(tonnes("mass, as basis says")),
				})},
		{Name: Owns, Table: "owns", Doc: "a share of ownership, or that accounts are consolidated",
			From: []string{"owner"}, To: []string{"owned"}, Fields: []Field{
				key(required(ref("owner", "the company that owns", Company))),
				key(required(ref("owned", "the company or plant that is owned", Company, Facility))),
				key(Field{Name: "kind", Type: Word, OneOf: []string{"direct", "ultimate"}, Doc: "blank = a share of ownership; direct, ultimate = " +
					"the owner consolidates its accounts as the direct or the ultimate parent, and the share is not known"}),
				key(date("from", "first day")), share("share of ownership; blank = not known"), date("until", "last day"),
			}},
		{Name: Supplies, Table: "supplies", Doc: "what one company or plant supplies another with",
			From: []string{"supplier"}, To: []string{"customer"}, Fields: []Field{
				year(), key(required(ref("supplier", "who supplies", Company, Facility))),
				key(required(ref("customer", "who is supplied", Company, Facility))),
				key(required(ref("product", "what is supplied", Product))), tonnes("mass, gross"),
				share("of the customer's supply of that product"),
			}},
		{Name: TakesIn, Table: "intake", Doc: "what a plant took in to make its products",
			From: []string{"facility"}, To: []string{"product"}, Fields: []Field{
				year(), key(required(ref("facility", "the plant", Facility))),
				key(required(ref("product", "what it took in", Product))), tonnes("mass, gross; blank = not known"),
			}},
		{Name: Transports, Table: "transport", Doc: "what left a mine or plant, where to and how",
			From: []string{"facility"}, To: []string{"to_facility", "product"}, Fields: []Field{
				yearIfStated("calendar year"),
				key(required(ref("facility", "where it left from", Facility))),
				key(ref("product", "what was carried; blank = not stated", Product)),
				key(Field{Name: "destination", Type: Text, Doc: "where to, in the source's words"}),
				ref("to_facility", "the destination, where it is a plant that is known", Facility),
				key(Field{Name: "means", Type: Text, Doc: "how, in the source's words, such as Rail"}),
				{Name: "abroad", Type: Word, OneOf: []string{"yes", "no"}, Doc: "whether it left the country; blank = not stated"},
				key(Field{Name: "exported_to", Type: Text, Doc: "countries or regions that it went to, in the source's words"}),
				tonnes("mass, gross"),
			}},
		{Name: Byproduct, Table: "byproduct_of", Doc: "the host that a material is recovered with",
			From: []string{"material"}, To: []string{"host"}, Fields: []Field{
				key(required(ref("material", "the by-product", Material))),
				key(required(ref("host", "the material or product that it is recovered with", Material, Product))),
				share("share of the material's supply that comes with this host"),
			}},
		{Name: Substitute, Table: "substitutes", Doc: "a material that can stand in for another",
			From: []string{"material"}, To: []string{"substitute"}, Fields: []Field{
				key(required(ref("material", "the material replaced", Material))),
				key(required(ref("substitute", "what can replace it", Material))),
				key(Field{Name: "application", Type: Text, Doc: "the use in which it can"}),
			}},
		{Name: Recycled, Table: "recycling", Doc: "how much of a material's supply is recycled",
			From: []string{"material"}, To: []string{"material"}, Fields: []Field{
				key(required(ref("material", "the material", Material))), yearIfStated("calendar year"),
				{Name: "eol_rir", Type: Float, Unit: "1", Min: 0, Max: 1, Doc: "end-of-life recycling input rate"},
			}},
		{Name: UsedIn, Table: "used_in", Doc: "what a material is used for",
			From: []string{"material"}, To: []string{"product", "sector", "application"}, Fields: []Field{
				key(required(ref("material", "the material", Material))),
				key(required(Field{Name: "application", Type: Text, Doc: "the use, in the source's words"})),
				ref("product", "our product for that use, where there is one", Product),
				{Name: "sector", Type: Word, Doc: "NACE Rev. 2 sector, such as C26"}, share("share of the material's use"),
			}},
		{Name: Intensity, Table: "intensity", Doc: "how much of a material a unit of a technology takes",
			From: []string{"product"}, To: []string{"material"}, Fields: []Field{
				key(required(ref("product", "the technology", Product))),
				key(Field{Name: "variant", Type: Word, Doc: "the kind of it, such as DD-PMSG"}),
				key(required(ref("material", "the material", Material))),
				key(Field{Name: "study", Type: Text, Doc: "the study that it is from, where several are kept side by side"}),
				key(Field{Name: "sample", Type: Int, Min: 1, Max: 1e6, Doc: "1, 2, …: which of a study's values for the same; blank = the only one"}),
				{Name: "value", Type: Float, Unit: "as unit says", Min: 0, Max: 1e15, Doc: "amount"},
				{Name: "unit", Type: Word, Doc: "unit of the value, such as t/GW"},
			}},
		{Name: InputFlow, Table: "io_flow", Doc: "what one sector sold another as an input in a year: the inner part of an input-output table",
			From: []string{"country"}, To: []string{"buyer"}, Fields: slices.Concat(seller(), []Field{
				key(required(ref("buyer", "country of the sector that buys", Country))),
				key(required(ref("buyer_sector", "the sector that buys", Sector))),
				signedUSD("value at the table's prices, USD of the year; below zero only where the source has it so"),
			})},
		{Name: FinalDemand, Table: "io_final", Doc: "what a sector sold in a year to those who use it in the end", Additive: true,
			From: []string{"country"}, To: []string{"buyer"}, Fields: slices.Concat(seller(), []Field{
				key(required(ref("buyer", "country of those who buy", Country))),
				key(required(Field{Name: "category", Type: Word, OneOf: finalCategories,
					Doc: "who buys: households, nonprofits (serving households), government, capital (fixed capital formation), inventories (changes, valuables included), other"})),
				signedUSD("value at the table's prices, USD of the year; below zero where inventories were run down"),
			})},
		{Name: Output, Table: "io_output", Doc: "what a sector made in a year, in value",
			From: []string{"country"}, To: []string{"sector"}, Fields: slices.Concat(seller(), []Field{
				required(Field{Name: "value_usd", Type: Float, Unit: "USD", Min: 0, Max: 1e18, Doc: "gross output at the table's prices, USD of the year"}),
			})},
		{Name: Scores, Table: "score", Doc: "the value of an indicator for a country in a year",
			From: []string{"country"}, To: []string{"indicator"}, Fields: []Field{
				key(required(ref("country", "the country", Country))),
				key(required(Field{Name: "indicator", Type: Word, Doc: "the indicator, such as WGI.PV"})), year(),
				{Name: "value", Type: Float, Unit: "of the indicator", Doc: "value; blank = not known"},
				{Name: "standard_error", Type: Float, Unit: "of the indicator", Doc: "standard error of the value"},
			}},
		{Name: Classified, Table: "classification", Doc: "the class that a country is put into, such as an income group",
			From: []string{"country"}, To: []string{"class"}, Fields: []Field{
				key(required(ref("country", "the country", Country))),
				key(required(Field{Name: "scheme", Type: Word, Doc: "the classification, such as WB.INCOME"})),
				yearIfStated("year of the classification"),
				required(Field{Name: "class", Type: Word, Doc: "the class, in the source's words, such as High income"}),
			}},
		{Name: Assessed, Table: "material_score", Doc: "the value of an indicator for a material, such as its supply risk",
			From: []string{"material"}, To: []string{"indicator"}, Fields: []Field{
				key(required(ref("material", "the material", Material))),
				key(required(Field{Name: "indicator", Type: Word, Doc: "the indicator, such as EU.SR (supply risk) or EU.EI (economic importance)"})),
				yearIfStated("year of the assessment"),
				{Name: "value", Type: Float, Unit: "of the indicator", Doc: "value; blank = not known"},
			}},
		{Name: Listed, Table: "listing", Doc: "that a material stands on a list, such as that of the critical raw materials",
			From: []string{"material"}, To: []string{"list"}, Fields: []Field{
				key(required(ref("material", "the material", Material))),
				key(required(Field{Name: "list", Type: Word, Doc: "the list, such as EU.CRM (critical) or EU.SRM (strategic)"})), year(),
				{Name: "entry", Type: Text, Doc: "the list's own words: a group of which the material is one, or a grade of it"},
			}},
		{Name: Demands, Table: "demand", Doc: "how much of a material a technology takes in a year, by a scenario",
			From: []string{"product", "technology"}, To: []string{"material"}, Fields: []Field{
				year(), key(required(Field{Name: "technology", Type: Word, Doc: "the technology, in the source's words"})),
				key(required(ref("material", "the material", Material))),
				key(Field{Name: "scenario", Type: Word, Doc: "the scenario, such as STEPS; blank = what was used"}),
				ref("product", "our product for that technology, where there is one", Product), tonnes("mass of the material"),
			}},
		{Name: TradedAs, Table: "traded_as", Doc: "a trade code that a source takes for a material at a stage",
			From: []string{"material"}, To: []string{"code"}, Fields: []Field{
				key(required(ref("material", "the material", Material))),
				key(required(Field{Name: "stage", Type: Word, OneOf: stages, Doc: "the stage of the chain"})),
				key(required(Field{Name: "code", Type: Word, Doc: "trade code, such as HS2022:811292"})),
				{Name: "shared", Type: Bool, Doc: "true where the source says that the code holds other materials too"},
			}},
		{Name: Covers, Table: "covers", Doc: "what a measure is about: a material, a product, a trade code",
			From: []string{"measure"}, To: []string{"material", "product", "code"}, Fields: []Field{
				key(required(ref("measure", "the measure", Measure))),
				key(ref("material", "the material", Material)), key(ref("product", "the product", Product)),
				key(Field{Name: "code", Type: Word, Doc: "trade code, such as CHN2023:8112929010 of a country's own tariff"}),
			}},
		{Name: NameMatch, Table: "name_match", Doc: "what a load took a written name for, or found like it",
			From: []string{"written"}, To: []string{"entity"}, Fields: slices.Concat(written(), []Field{
				key(required(ref("entity", "what it was taken for, or what is like it", Company, Facility))),
				required(Field{Name: "outcome", Type: Word, OneOf: nameOutcomes,
					Doc: "matched = taken for it; candidate = like it, for review; new = nothing known is it, so that it became an entity of its own"}),
				{Name: "score", Type: Float, Unit: "1", Min: 0, Max: 1, Doc: "how sure; 1 for an identifier or a decision"},
				{Name: "reason", Type: Text, Doc: "why"},
			})},
		{Name: NameDecision, Table: "name_decision", Doc: "what somebody decided that a written name stands for",
			From: []string{"written"}, To: []string{"entity"}, Fields: slices.Concat(written(), []Field{
				key(ref("entity", "the id that is decided on; blank where decision is new", Company, Facility)),
				required(Field{Name: "decision", Type: Word, OneOf: nameDecisions,
					Doc: "same = it is that entity; different = it is not; new = it is none that is known"}),
				{Name: "score", Type: Float, Unit: "1", Min: 0, Max: 1, Doc: "what the candidate scored when it was decided on"},
				{Name: "reason", Type: Text, Doc: "why, in the words of who decided"},
				date("decided", "day of the decision"),
			})},
	}
	for _, k := range kinds {
		k.Fields = append(k.Fields, provenance()...)
	}
	return kinds
}

// Schema finds kinds by name and by table. Make it once with NewSchema.
type Schema struct {
	kinds  []*Kind
	byName map[string]*Kind
}

// NewSchema indexes the kinds.
func NewSchema() *Schema {
	s := &Schema{kinds: Kinds(), byName: map[string]*Kind{}}
	for _, k := range s.kinds {
		s.byName[k.Name] = k
		s.byName[k.Table] = k
	}
	return s
}

// Kinds returns every kind, nodes first.
func (s *Schema) Kinds() []*Kind { return s.kinds }

// Kind returns the kind of that name or table, or nil.
func (s *Schema) Kind(nameOrTable string) *Kind { return s.byName[nameOrTable] }
