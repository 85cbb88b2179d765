package bench

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/flate"
)

// relationshipsOf and exceptionsOf are how many records of level 2 there are of
// so many entities: 400,000 of three million, and two exceptions of most of
// those that name no parent.
func relationshipsOf(entities int) int { return entities * 2 / 15 }

// generate writes the files of a golden copy into a folder.
func generate(dir, format string, entities int) error {
	for _, f := range []struct {
		name  string
		write func(w *bufio.Writer, format string, entities int)
	}{{"lei2", writeEntities}, {"rr", writeRelationships}, {"repex", writeExceptions}} {
		name := fmt.Sprintf("20250515-0000-gleif-goldencopy-%s-golden-copy.%s", f.name, format)
		if err := archive(filepath.Join(dir, name+".zip"), name, func(w *bufio.Writer) { f.write(w, format, entities) }); err != nil {
			return err
		}
	}
	return nil
}

func archive(path, member string, write func(w *bufio.Writer)) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	z := zip.NewWriter(file)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	out, err := z.Create(member)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<20)
	write(w)
	if err := w.Flush(); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return file.Close()
}

// leiOf returns the identifier of an entity, with check digits that fit.
func leiOf(i int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	id := []byte("549300000000000000")
	issuers := []string{"5493", "2138", "5299", "3358", "9695", "8156", "2549", "6354"}
	copy(id, issuers[i%len(issuers)])
	// the middle looks random and is another for each entity
	for n, at := uint64(i)*2654435761%(1<<40), 6; at < 18; at++ {
		id[at] = digits[n%36]
		n /= 36
		if at == 13 {
			n = uint64(i)
		}
	}
	rest := 0
	for _, c := range append(id, '0', '0') {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return fmt.Sprintf("%s%02d", id, 98-rest)
}

var (
	countries = []string{"US", "DE", "GB", "IT", "IN", "ES", "NL", "FR", "LU", "CN", "SE", "DK", "KY", "NO", "FI", "AU", "CA", "BE", "JP", "PL"}
	words     = []string{"Alpine", "Nordic", "Global", "Metals", "Materials", "Energy", "Capital", "Trading", "Holdings", "Logistics", "Systems", "Resources", "Rare Earth",
		"Lithium", "Magnet", "Werke", "Société minière", "Fundición", "Stålverk", "有限公司", "株式会社", "Обогатительная"}
	forms = []string{"GmbH", "Ltd", "Inc.", "S.A.", "S.p.A.", "B.V.", "AB", "Oy", "LLC", "FUND"}
)

// company is what a generated record says.
type company struct {
	lei, name, other, latin, country, status, registration, successor string
}

func companyOf(r *rand.Rand, i, entities int) company {
	c := company{lei: leiOf(i), country: countries[r.IntN(len(countries))], status: "ACTIVE", registration: "ISSUED"}
	c.name = fmt.Sprintf("%s %s %d %s", words[r.IntN(len(words))], words[r.IntN(len(words))], i, forms[r.IntN(len(forms))])
	if r.IntN(5) == 0 {
		c.other = fmt.Sprintf("%s %d", words[r.IntN(len(words))], i)
	}
	if r.IntN(8) == 0 {
		c.latin = fmt.Sprintf("TRANSLITERATED %d", i)
	}
	switch n := r.IntN(100); {
	case n < 35:
		c.registration = "LAPSED"
	case n < 42:
		c.status, c.registration = "INACTIVE", "RETIRED"
	case n < 43:
		c.status, c.registration, c.successor = "INACTIVE", "MERGED", leiOf(r.IntN(entities))
	case n == 43 && r.IntN(4) == 0:
		c.status, c.registration = "NULL", "ANNULLED"
	}
	if c.successor == c.lei {
		c.successor = ""
	}
	return c
}

// entityColumns are those of level 1, LEI-CDF 3.1.
func entityColumns() []string {
	address := func(prefix string, typed bool) []string {
		list := []string{prefix + ".xmllang", prefix + ".FirstAddressLine", prefix + ".AddressNumber", prefix + ".AddressNumberWithinBuilding", prefix + ".MailRouting",
			prefix + ".AdditionalAddressLine.1", prefix + ".AdditionalAddressLine.2", prefix + ".AdditionalAddressLine.3", prefix + ".City", prefix + ".Region",
			prefix + ".Country", prefix + ".PostalCode"}
		if typed {
			list = append(list, prefix+".type")
		}
		return list
	}
	columns := []string{"LEI", "Entity.LegalName", "Entity.LegalName.xmllang"}
	for _, list := range []string{"Entity.OtherEntityNames.OtherEntityName", "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName"} {
		for n := 1; n <= 5; n++ {
			columns = append(columns, fmt.Sprintf("%s.%d", list, n), fmt.Sprintf("%s.%d.xmllang", list, n), fmt.Sprintf("%s.%d.type", list, n))
		}
	}
	columns = append(columns, address("Entity.LegalAddress", false)...)
	columns = append(columns, address("Entity.HeadquartersAddress", false)...)
	for _, list := range []string{"Entity.OtherAddresses.OtherAddress", "Entity.TransliteratedOtherAddresses.TransliteratedOtherAddress"} {
		for n := 1; n <= 5; n++ {
			columns = append(columns, address(fmt.Sprintf("%s.%d", list, n), true)...)
		}
	}
	columns = append(columns, "Entity.RegistrationAuthority.RegistrationAuthorityID", "Entity.RegistrationAuthority.OtherRegistrationAuthorityID",
		"Entity.RegistrationAuthority.RegistrationAuthorityEntityID", "Entity.LegalJurisdiction", "Entity.EntityCategory", "Entity.EntitySubCategory",
		"Entity.LegalForm.EntityLegalFormCode", "Entity.LegalForm.OtherLegalForm", "Entity.AssociatedEntity.type", "Entity.AssociatedEntity.AssociatedLEI",
		"Entity.AssociatedEntity.AssociatedEntityName", "Entity.EntityStatus", "Entity.EntityCreationDate", "Entity.EntityExpirationDate", "Entity.EntityExpirationReason")
	for n := 1; n <= 5; n++ {
		columns = append(columns, fmt.Sprintf("Entity.SuccessorEntity.%d.SuccessorLEI", n), fmt.Sprintf("Entity.SuccessorEntity.%d.SuccessorEntityName", n),
			fmt.Sprintf("Entity.SuccessorEntity.%d.SuccessorEntity.xmllang", n))
	}
	for n := 1; n <= 5; n++ {
		for _, part := range []string{"type", "event_status", "LegalEntityEventType", "LegalEntityEventEffectiveDate", "LegalEntityEventRecordedDate", "ValidationDocuments"} {
			columns = append(columns, fmt.Sprintf("Entity.LegalEntityEvents.LegalEntityEvent.%d.%s", n, part))
		}
	}
	columns = append(columns, "Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus", "Registration.NextRenewalDate",
		"Registration.ManagingLOU", "Registration.ValidationSources", "Registration.ValidationAuthority.ValidationAuthorityID",
		"Registration.ValidationAuthority.OtherValidationAuthorityID", "Registration.ValidationAuthority.ValidationAuthorityEntityID")
	for n := 1; n <= 5; n++ {
		columns = append(columns, fmt.Sprintf("Registration.OtherValidationAuthorities.OtherValidationAuthority.%d.ValidationAuthorityID", n),
			fmt.Sprintf("Registration.OtherValidationAuthorities.OtherValidationAuthority.%d.ValidationAuthorityEntityID", n))
	}
	return append(columns, "ConformityFlag")
}

func writeEntities(w *bufio.Writer, format string, entities int) {
	r := rand.New(rand.NewPCG(1, 2))
	columns := entityColumns()
	row, at := make([]string, len(columns)), map[string]int{}
	for i, name := range columns {
		at[name] = i
	}
	start(w, format, "lei:LEIData", "LEIHeader", "LEIRecords", "records", entities, columns)
	for i := range entities {
		c := companyOf(r, i, entities)
		switch format {
		case "csv":
			clear(row)
			for name, v := range map[string]string{
				"LEI": c.lei, "Entity.LegalName": c.name, "Entity.LegalName.xmllang": "en", "Entity.OtherEntityNames.OtherEntityName.1": c.other,
				"Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.1": c.latin,
				"Entity.LegalAddress.FirstAddressLine":                                  fmt.Sprintf("%d Station Road", i%400), "Entity.LegalAddress.City": "Some City", "Entity.LegalAddress.Country": c.country,
				"Entity.LegalAddress.PostalCode": fmt.Sprint(10000 + i%80000), "Entity.HeadquartersAddress.FirstAddressLine": fmt.Sprintf("%d Station Road", i%400),
				"Entity.HeadquartersAddress.City": "Some City", "Entity.HeadquartersAddress.Country": c.country, "Entity.RegistrationAuthority.RegistrationAuthorityID": "RA000242",
				"Entity.RegistrationAuthority.RegistrationAuthorityEntityID": fmt.Sprintf("HRB %d", i), "Entity.LegalJurisdiction": c.country, "Entity.EntityCategory": "GENERAL",
				"Entity.LegalForm.EntityLegalFormCode": "2HBR", "Entity.EntityStatus": c.status, "Entity.EntityCreationDate": "2001-05-07T00:00:00Z",
				"Entity.SuccessorEntity.1.SuccessorLEI": c.successor, "Registration.InitialRegistrationDate": "2014-02-03T10:11:12Z",
				"Registration.LastUpdateDate": "2025-01-02T03:04:05Z", "Registration.RegistrationStatus": c.registration, "Registration.NextRenewalDate": "2026-01-02T03:04:05Z",
				"Registration.ManagingLOU": "5299000J2N45DDNE4Y28", "Registration.ValidationSources": "FULLY_CORROBORATED",
				"Registration.ValidationAuthority.ValidationAuthorityID": "RA000242", "ConformityFlag": "CONFORMING"} {
				row[at[name]] = v
			}
			csvRow(w, row)
		case "xml":
			fmt.Fprintf(w, `<lei:LEIRecord xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
               xmlns:lei="http://www.gleif.org/data/schema/leidata/2016"
               xmlns:gleif="http://www.gleif.org/data/schema/golden-copy/extensions/1.0">
   <lei:LEI>%s</lei:LEI>
   <lei:Entity>
      <lei:LegalName xml:lang="en">%s</lei:LegalName>
%s%s%s%s      <lei:RegistrationAuthority>
         <lei:RegistrationAuthorityID>RA000242</lei:RegistrationAuthorityID>
         <lei:RegistrationAuthorityEntityID>HRB %d</lei:RegistrationAuthorityEntityID>
      </lei:RegistrationAuthority>
      <lei:LegalJurisdiction>%s</lei:LegalJurisdiction>
      <lei:EntityCategory>GENERAL</lei:EntityCategory>
      <lei:LegalForm>
         <lei:EntityLegalFormCode>2HBR</lei:EntityLegalFormCode>
      </lei:LegalForm>
      <lei:EntityStatus>%s</lei:EntityStatus>
      <lei:EntityCreationDate>2001-05-07T00:00:00Z</lei:EntityCreationDate>
%s   </lei:Entity>
   <lei:Registration>
      <lei:InitialRegistrationDate>2014-02-03T10:11:12Z</lei:InitialRegistrationDate>
      <lei:LastUpdateDate>2025-01-02T03:04:05Z</lei:LastUpdateDate>
      <lei:RegistrationStatus>%s</lei:RegistrationStatus>
      <lei:NextRenewalDate>2026-01-02T03:04:05Z</lei:NextRenewalDate>
      <lei:ManagingLOU>5299000J2N45DDNE4Y28</lei:ManagingLOU>
      <lei:ValidationSources>FULLY_CORROBORATED</lei:ValidationSources>
      <lei:ValidationAuthority>
         <lei:ValidationAuthorityID>RA000242</lei:ValidationAuthorityID>
         <lei:ValidationAuthorityEntityID>HRB %d</lei:ValidationAuthorityEntityID>
      </lei:ValidationAuthority>
   </lei:Registration>
   <lei:Extension>
%s%s   </lei:Extension>
</lei:LEIRecord>
`, c.lei, c.name, element("OtherEntityNames", "OtherEntityName", "PREVIOUS_LEGAL_NAME", c.other),
				element("TransliteratedOtherEntityNames", "TransliteratedOtherEntityName", "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME", c.latin),
				xmlAddress("LegalAddress", i, c.country), xmlAddress("HeadquartersAddress", i, c.country), i, c.country, c.status,
				element("SuccessorEntity", "SuccessorLEI", "", c.successor), c.registration, i, geocoding(i), geocoding(i))
		default:
			comma(w, i)
			fmt.Fprintf(w, `{"LEI":{"$":"%s"},"Entity":{"LegalName":{"@xml:lang":"en","$":"%s"},%s%s%s,%s,"RegistrationAuthority":{"RegistrationAuthorityID":{"$":"RA000242"},"RegistrationAuthorityEntityID":{"$":"HRB %d"}},"LegalJurisdiction":{"$":"%s"},"EntityCategory":{"$":"GENERAL"},"LegalForm":{"EntityLegalFormCode":{"$":"2HBR"}},"EntityStatus":{"$":"%s"},%s"EntityCreationDate":{"$":"2001-05-07T00:00:00Z"}},"Registration":{"InitialRegistrationDate":{"$":"2014-02-03T10:11:12Z"},"LastUpdateDate":{"$":"2025-01-02T03:04:05Z"},"RegistrationStatus":{"$":"%s"},"NextRenewalDate":{"$":"2026-01-02T03:04:05Z"},"ManagingLOU":{"$":"5299000J2N45DDNE4Y28"},"ValidationSources":{"$":"FULLY_CORROBORATED"},"ValidationAuthority":{"ValidationAuthorityID":{"$":"RA000242"},"ValidationAuthorityEntityID":{"$":"HRB %d"}}}}`,
				c.lei, c.name, jsonList("OtherEntityNames", "OtherEntityName", "PREVIOUS_LEGAL_NAME", c.other),
				jsonList("TransliteratedOtherEntityNames", "TransliteratedOtherEntityName", "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME", c.latin),
				jsonAddress("LegalAddress", i, c.country), jsonAddress("HeadquartersAddress", i, c.country), i, c.country, c.status, jsonSuccessor(c.successor), c.registration, i)
		}
	}
	end(w, format, "lei:LEIData", "LEIRecords")
}

// parentOf gives the entities of a concern: ten children a parent.
func parentOf(child int) int { return child / 10 }

var relationshipColumns = func() []string {
	columns := []string{"Relationship.StartNode.NodeID", "Relationship.StartNode.NodeIDType", "Relationship.EndNode.NodeID", "Relationship.EndNode.NodeIDType",
		"Relationship.RelationshipType", "Relationship.RelationshipStatus"}
	for n := 1; n <= 5; n++ {
		columns = append(columns, fmt.Sprintf("Relationship.Period.%d.startDate", n), fmt.Sprintf("Relationship.Period.%d.endDate", n), fmt.Sprintf("Relationship.Period.%d.periodType", n))
	}
	for n := 1; n <= 5; n++ {
		columns = append(columns, fmt.Sprintf("Relationship.Qualifiers.%d.QualifierDimension", n), fmt.Sprintf("Relationship.Qualifiers.%d.QualifierCategory", n))
	}
	for n := 1; n <= 5; n++ {
		columns = append(columns, fmt.Sprintf("Relationship.Quantifiers.%d.MeasurementMethod", n), fmt.Sprintf("Relationship.Quantifiers.%d.QuantifierAmount", n),
			fmt.Sprintf("Relationship.Quantifiers.%d.QuantifierUnits", n))
	}
	return append(columns, "Registration.InitialRegistrationDate", "Registration.LastUpdateDate", "Registration.RegistrationStatus", "Registration.NextRenewalDate",
		"Registration.ManagingLOU", "Registration.ValidationSources", "Registration.ValidationDocuments", "Registration.ValidationReference")
}()

func writeRelationships(w *bufio.Writer, format string, entities int) {
	n := relationshipsOf(entities)
	start(w, format, "rr:RelationshipData", "Header", "RelationshipRecords", "relations", n, relationshipColumns)
	row := make([]string, len(relationshipColumns))
	for i := range n {
		child := entities/10 + i/2 // whose parent is another entity
		kind := []string{"IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"}[i%2]
		if i%10 >= 6 {
			kind = []string{"IS_FUND-MANAGED_BY", "IS_SUBFUND_OF"}[i%2]
		}
		registration := []string{"PUBLISHED", "PUBLISHED", "LAPSED"}[i%3]
		switch format {
		case "csv":
			clear(row)
			copy(row, []string{leiOf(child), "LEI", leiOf(parentOf(child)), "LEI", kind, "ACTIVE", "2018-01-01T00:00:00Z", "2018-12-31T00:00:00Z", "ACCOUNTING_PERIOD",
				"2017-10-18T00:00:00Z", "", "RELATIONSHIP_PERIOD"})
			copy(row[len(row)-8:], []string{"2017-10-18T00:00:00Z", "2025-01-02T03:04:05Z", registration, "2026-01-02T03:04:05Z", "5299000J2N45DDNE4Y28", "FULLY_CORROBORATED", "ACCOUNTS_FILING", ""})
			csvRow(w, row)
		case "xml":
			fmt.Fprintf(w, `<rr:RelationshipRecord xmlns:rr="http://www.gleif.org/data/schema/rr/2016">
   <rr:Relationship>
      <rr:StartNode><rr:NodeID>%s</rr:NodeID><rr:NodeIDType>LEI</rr:NodeIDType></rr:StartNode>
      <rr:EndNode><rr:NodeID>%s</rr:NodeID><rr:NodeIDType>LEI</rr:NodeIDType></rr:EndNode>
      <rr:RelationshipType>%s</rr:RelationshipType>
      <rr:RelationshipPeriods>
         <rr:RelationshipPeriod><rr:StartDate>2017-10-18T00:00:00Z</rr:StartDate><rr:PeriodType>RELATIONSHIP_PERIOD</rr:PeriodType></rr:RelationshipPeriod>
      </rr:RelationshipPeriods>
      <rr:RelationshipStatus>ACTIVE</rr:RelationshipStatus>
   </rr:Relationship>
   <rr:Registration><rr:RegistrationStatus>%s</rr:RegistrationStatus></rr:Registration>
</rr:RelationshipRecord>
`, leiOf(child), leiOf(parentOf(child)), kind, registration)
		default:
			comma(w, i)
			fmt.Fprintf(w, `{"RelationshipRecord":{"Relationship":{"StartNode":{"NodeID":{"$":"%s"},"NodeIDType":{"$":"LEI"}},"EndNode":{"NodeID":{"$":"%s"},"NodeIDType":{"$":"LEI"}},"RelationshipType":{"$":"%s"},"RelationshipPeriods":{"RelationshipPeriod":[{"StartDate":{"$":"2017-10-18T00:00:00Z"},"PeriodType":{"$":"RELATIONSHIP_PERIOD"}}]},"RelationshipStatus":{"$":"ACTIVE"}},"Registration":{"RegistrationStatus":{"$":"%s"}}}}`,
				leiOf(child), leiOf(parentOf(child)), kind, registration)
		}
	}
	end(w, format, "rr:RelationshipData", "RelationshipRecords")
}

func writeExceptions(w *bufio.Writer, format string, entities int) {
	reasons := []string{"NATURAL_PERSONS", "NATURAL_PERSONS", "NON_CONSOLIDATING", "NO_KNOWN_PERSON", "NON_PUBLIC", "NO_LEI"}
	parented := relationshipsOf(entities) / 2
	start(w, format, "repex:ReportingExceptionData", "Header", "ReportingExceptions", "exceptions", 2*(entities-parented), []string{"LEI", "Exception.Category",
		"Exception.Reason.1", "Exception.Reason.2", "Exception.Reason.3", "Exception.Reason.4", "Exception.Reason.5",
		"Exception.Reference.1", "Exception.Reference.2", "Exception.Reference.3", "Exception.Reference.4", "Exception.Reference.5"})
	n := 0
	for i := range entities {
		if i >= entities/10 && i < entities/10+parented {
			continue
		}
		for _, category := range []string{"DIRECT_ACCOUNTING_CONSOLIDATION_PARENT", "ULTIMATE_ACCOUNTING_CONSOLIDATION_PARENT"} {
			lei, reason := leiOf(i), reasons[i%len(reasons)]
			switch format {
			case "csv":
				csvRow(w, []string{lei, category, reason, "", "", "", "", "", "", "", "", ""})
			case "xml":
				fmt.Fprintf(w, "<repex:Exception xmlns:repex=\"http://www.gleif.org/data/schema/repex/2016\">\n   <repex:LEI>%s</repex:LEI>\n   <repex:ExceptionCategory>%s</repex:ExceptionCategory>\n   <repex:ExceptionReason>%s</repex:ExceptionReason>\n</repex:Exception>\n", lei, category, reason)
			default:
				comma(w, n)
				fmt.Fprintf(w, `{"LEI":{"$":"%s"},"ExceptionCategory":{"$":"%s"},"ExceptionReason":[{"$":"%s"}]}`, lei, category, reason)
			}
			n++
		}
	}
	end(w, format, "repex:ReportingExceptionData", "ReportingExceptions")
}

// start writes what stands before the records, end what stands behind them.
func start(w *bufio.Writer, format, root, header, list, key string, records int, columns []string) {
	prefix, _, _ := strings.Cut(root, ":")
	switch format {
	case "csv":
		csvRow(w, columns)
	case "xml":
		fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><%s xmlns:%s=\"http://www.gleif.org/data/schema/2016\">\n  <%s:%s>\n    <%s:ContentDate>2025-05-15T00:00:00Z</%s:ContentDate>\n    <%s:RecordCount>%d</%s:RecordCount>\n  </%s:%s>\n  <%s:%s>\n",
			root, prefix, prefix, header, prefix, prefix, prefix, records, prefix, prefix, header, prefix, list)
	default:
		fmt.Fprintf(w, "{%q:[\n", key)
	}
}

func end(w *bufio.Writer, format, root, list string) {
	prefix, _, _ := strings.Cut(root, ":")
	switch format {
	case "xml":
		fmt.Fprintf(w, "  </%s:%s>\n</%s>\n", prefix, list, root)
	case "json":
		fmt.Fprint(w, "\n]}\n")
	}
}

func comma(w *bufio.Writer, i int) {
	if i > 0 {
		fmt.Fprint(w, ",\n")
	}
}

// csvRow writes a row with every field in quotes, as GLEIF does.
func csvRow(w *bufio.Writer, row []string) {
	fmt.Fprintf(w, "\"%s\"\n", strings.Join(row, `","`))
}

func element(list, name, kind, text string) string {
	switch {
	case text == "":
		return ""
	case kind != "":
		return fmt.Sprintf("      <lei:%s>\n         <lei:%s xml:lang=\"en\" type=\"%s\">%s</lei:%s>\n      </lei:%s>\n", list, name, kind, text, name, list)
	}
	return fmt.Sprintf("      <lei:%s>\n         <lei:%s>%s</lei:%s>\n      </lei:%s>\n", list, name, text, name, list)
}

func xmlAddress(name string, i int, country string) string {
	return fmt.Sprintf(`      <lei:%s xml:lang="en">
         <lei:FirstAddressLine>%d Station Road</lei:FirstAddressLine>
         <lei:City>Some City</lei:City>
         <lei:Country>%s</lei:Country>
         <lei:PostalCode>%d</lei:PostalCode>
      </lei:%s>
`, name, i%400, country, 10000+i%80000, name)
}

func geocoding(i int) string {
	return fmt.Sprintf(`      <gleif:Geocoding>
         <gleif:original_address>%d Station Road, %d, Some City</gleif:original_address>
         <gleif:relevance>0.93</gleif:relevance>
         <gleif:match_type>pointAddress</gleif:match_type>
         <gleif:lat>39.75411</gleif:lat>
         <gleif:lng>-75.62652</gleif:lng>
         <gleif:geocoding_date>2016-08-16T03:54:45</gleif:geocoding_date>
         <gleif:bounding_box>TopLeft.Latitude: 39.7552342, TopLeft.Longitude: -75.6279822, BottomRight.Latitude: 39.7529858, BottomRight.Longitude: -75.6250578</gleif:bounding_box>
         <gleif:match_level>houseNumber</gleif:match_level>
         <gleif:formatted_address>%d Station Road, Some City</gleif:formatted_address>
         <gleif:mapped_location_id>NT_8wi0yH62lxXql.LtXORq-C_ycTMxA</gleif:mapped_location_id>
         <gleif:mapped_street>Station Road</gleif:mapped_street>
         <gleif:mapped_postalcode>19808</gleif:mapped_postalcode>
         <gleif:mapped_city>Some City</gleif:mapped_city>
      </gleif:Geocoding>
`, i%400, 10000+i%80000, i%400)
}

func jsonAddress(name string, i int, country string) string {
	return fmt.Sprintf(`"%s":{"@xml:lang":"en","FirstAddressLine":{"$":"%d Station Road"},"City":{"$":"Some City"},"Country":{"$":"%s"},"PostalCode":{"$":"%d"}}`,
		name, i%400, country, 10000+i%80000)
}

func jsonList(list, name, kind, text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf(`"%s":{"%s":[{"@xml:lang":"en","@type":"%s","$":"%s"}]},`, list, name, kind, text)
}

func jsonSuccessor(lei string) string {
	if lei == "" {
		return ""
	}
	return fmt.Sprintf(`"SuccessorEntity":[{"SuccessorLEI":{"$":"%s"}}],`, lei)
}
