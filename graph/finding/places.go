package finding

// article is what stands before the name of a country within a sentence, and
// whether the country is many: "de Verenigde Staten kochten".
type article struct {
	english, dutch string
	plural         bool
}

// articles returns the countries whose names take an article, by id.
func articles() map[string]article {
	many := article{"the", "de", true}
	one := article{"the", "de", false}
	return map[string]article{
		"ARE": many, "ATF": many, "BHS": many, "CCK": many, "CHANNEL-ISLANDS": many, "COK": many, "COM": many,
		"CYM": many, "FLK": many, "FRO": many, "MDV": many, "MHL": many, "MNP": many, "PHL": many, "SLB": many,
		"TCA": many, "UMI": many, "USA": many, "VGB": many, "VIR": many,
		"CAF": one, "DOM": one, "EU": one, "SACU": one, "SUN": one,
		"COG": {"the", "", false}, "GBR": {"the", "het", false}, "GMB": {"the", "", false},
		"NLD": {"the", "", false}, "SYC": {"", "de", true},
	}
}
