package finding

// Sentences by what they say. The arguments of a headline: 2 product, 3 place,
// 4 year, 5 country of origin, 6 share that starts there, 7 share bought there,
// 8 what is not known, 9 the verb. Others number theirs from 2 as they are used.

func englishSentences() map[string]string {
	return map[string]string{
		"none":             "no supply of %[2]s is known for %[3]s in %[4]d.",
		"none is not zero": "The data show nothing that %[2]s made, imported or exported of it; that is not known to be zero.",
		"all unexplained":  "where the %[2]s in %[3]s started in %[4]d, the data do not say.",

		"headline own":           "in %[4]d, %[6]s of the %[2]s in %[3]s started there%[8]s.",
		"headline pooled":        "for %[2]s there are no trade data: going by who makes it, %[6]s of what %[3]s used in %[4]d started in %[5]s, where %[7]s of it is made%[8]s.",
		"headline not bought":    "in %[4]d, %[3]s bought no %[2]s from %[5]s, yet %[6]s of it starts there%[8]s.",
		"headline hardly bought": "in %[4]d, %[3]s bought hardly any %[2]s from %[5]s, yet %[6]s of it starts there%[8]s.",
		"headline more":          "in %[4]d, %[3]s bought %[7]s of its %[2]s from %[5]s, yet %[6]s of it starts there%[8]s.",
		"headline less":          "in %[4]d, %[3]s bought %[7]s of its %[2]s from %[5]s, but only %[6]s of it is known to start there%[8]s.",
		"headline same":          "in %[4]d, %[6]s of the %[2]s in %[3]s started in %[5]s, much as trade statistics show (%[7]s)%[8]s.",
		"at least":               "at least %[2]s",
		"rest":                   "; for %[2]s the data do not say",
		"all estimated":          "All of this rests on estimates.",

		"amount":      "%[2]s had %[4]s of %[5]s in %[3]d: %[6]s made there, %[7]s bought elsewhere.",
		"gross":       "%[2]s",
		"contained":   "%[2]s in %[3]s",
		"group":       "Its %[3]d members count as one place, so that what they sell each other is left out.",
		"beside":      "%[2]s %[3]s (%[4]s)",
		"starts":      "Origins, with what is bought there in brackets: %[2]s.",
		"starts pool": "Origins, with what is made there in brackets: %[2]s.",
		"trader":      "%[2]s (%[3]s bought, %[4]s starts)",
		"traders":     "More is bought than is known to start in %[2]s.",

		"unknown":      "%[2]s is unexplained: %[3]s.",
		"unknown most": "%[2]s is unexplained, most of it at these stages: %[3]s.",
		"end SURPLUS":  "%[2]s as exports and own use of %[4]s in %[3]s exceed its known production and imports",
		"end NO_INPUT": "%[2]s as nothing is known of the %[4]s used in %[3]s",
		"end RING":     "%[2]s as %[3]s and others sell each other %[4]s without a known maker",
		"estimated":    "%[2]s passes at least one step that is estimated, not reported.",
		"single":       "Without %[2]s next to no %[3]s would reach %[4]s: a single point of failure.",
		"singles":      "Single points of failure: %[2]s. Without any one of them next to no %[3]s would reach %[4]s.",
		"passes":       "The greatest chokepoint is %[2]s, which %[3]s passes.",

		"basis value":     "Shares are of output, in money and not in mass.",
		"basis pool":      "Shares are of what is drawn from the world market.",
		"basis gross":     "Shares are of supply, production and imports, in tonnes of the product.",
		"basis contained": "Shares are of supply, production and imports, in tonnes of contained %[2]s.",

		"code": "goods of code %[2]s", "and": "and", "tonne": "t", "bought": "bought", "bought plural": "bought",
		"nearly all": "more than 99 %", "under one": "less than 1 %", "made there": "made there: %[2]s",
	}
}

func dutchSentences() map[string]string {
	return map[string]string{
		"none":             "voor %[3]s is in %[4]d geen aanbod van %[2]s bekend.",
		"none is not zero": "In de gegevens staat voor %[2]s geen productie, invoer of uitvoer; dat het nul is, is niet bekend.",
		"all unexplained":  "waar het aanbod van %[2]s in %[3]s begon, is uit de gegevens over %[4]d niet op te maken.",

		"headline own":           "in %[4]d begon %[6]s van het aanbod van %[2]s in %[3]s daar zelf%[8]s.",
		"headline pooled":        "voor %[2]s zijn er geen handelsgegevens: naar wie het maakt, begon in %[4]d %[6]s van wat %[3]s gebruikte in %[5]s, waar %[7]s gemaakt wordt%[8]s.",
		"headline not bought":    "in %[4]d %[9]s %[3]s geen %[2]s in %[5]s, toch begint %[6]s van het aanbod daar%[8]s.",
		"headline hardly bought": "in %[4]d %[9]s %[3]s vrijwel geen %[2]s in %[5]s, toch begint %[6]s van het aanbod daar%[8]s.",
		"headline more":          "in %[4]d kwam %[7]s van het aanbod van %[2]s in %[3]s uit %[5]s, maar %[6]s begint daar%[8]s.",
		"headline less":          "in %[4]d kwam %[7]s van het aanbod van %[2]s in %[3]s uit %[5]s, maar van slechts %[6]s is bekend dat het daar begint%[8]s.",
		"headline same":          "in %[4]d begon %[6]s van het aanbod van %[2]s in %[3]s in %[5]s, ongeveer zoals de handelsstatistiek toont (%[7]s)%[8]s.",
		"at least":               "ten minste %[2]s",
		"rest":                   "; over %[2]s zeggen de gegevens niets",
		"all estimated":          "Dit alles berust op schattingen.",

		"amount":      "aanbod in %[2]s in %[3]d: %[4]s %[5]s, waarvan %[6]s daar gemaakt en %[7]s elders gekocht.",
		"gross":       "%[2]s",
		"contained":   "%[2]s in %[3]s",
		"group":       "De %[3]d leden tellen als één plaats: wat zij elkaar verkopen, telt niet mee.",
		"beside":      "%[2]s %[3]s (%[4]s)",
		"starts":      "Oorsprong, met tussen haakjes wat daar gekocht is: %[2]s.",
		"starts pool": "Oorsprong, met tussen haakjes wat daar gemaakt wordt: %[2]s.",
		"trader":      "%[2]s (%[3]s gekocht, %[4]s begint)",
		"traders":     "Meer wordt gekocht dan er naar bekend begint in %[2]s.",

		"unknown":      "%[2]s is onverklaard: %[3]s.",
		"unknown most": "%[2]s is onverklaard, het meeste op deze plaatsen: %[3]s.",
		"end SURPLUS":  "%[2]s omdat uitvoer en eigen gebruik van %[4]s in %[3]s groter zijn dan de bekende productie en invoer",
		"end NO_INPUT": "%[2]s omdat niets bekend is over de herkomst van %[4]s in %[3]s",
		"end RING":     "%[2]s omdat %[3]s en anderen elkaar %[4]s verkopen zonder bekende maker",
		"estimated":    "%[2]s gaat door ten minste één stap die geschat is en niet gerapporteerd.",
		"single":       "Zonder %[2]s komt er vrijwel geen %[3]s in %[4]s: een enkelvoudig breekpunt.",
		"singles":      "Enkelvoudige breekpunten: %[2]s. Valt er één weg, dan komt er vrijwel geen %[3]s in %[4]s.",
		"passes":       "Het grootste knelpunt is %[2]s: daar gaat %[3]s doorheen.",

		"basis value":     "Aandelen zijn van de productiewaarde, in geld en niet in massa.",
		"basis pool":      "Aandelen zijn van wat uit de wereldmarkt wordt geput.",
		"basis gross":     "Aandelen zijn van het aanbod, productie en invoer, in tonnen product.",
		"basis contained": "Aandelen zijn van het aanbod, productie en invoer, in tonnen %[2]s die het bevat.",

		"code": "goederen met code %[2]s", "and": "en", "tonne": "ton", "bought": "kocht", "bought plural": "kochten",
		"nearly all": "meer dan 99 %", "under one": "minder dan 1 %", "made there": "daar gemaakt: %[2]s",
	}
}
