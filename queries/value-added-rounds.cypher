// Rounds in which value is added
//
// Where the value of a sector's output is added, round by round: by itself, by
// those it buys from, by those they buy from. Over all rounds these are its
// origins. For an input-output table that is published (tiermap build --table).
//
// Whoever buys is reached by many ways: at each round their shares are added up
// before the next one, so that the work does not grow with the number of ways.
//
// Parameters:
//   $country text = "NLD": the country of the sector
//   $sector text = "WIOD2013:c14": the sector
//   $year integer = 2011: calendar year
// Columns:
//   round number: how many purchases away, 0 the sector itself
//   country text: where the value is added
//   share number: part of the output, 0..1
// Leaves out:
//   Rounds after the third, and inputs that are too small to be published: the
//   remainder of each supply. Publish with --min-share 0 to have them all.
MATCH (target:Supply {country: $country, product: $sector, material: '', year: $year})
USING INDEX SEEK target:Supply(country, product, material, year)
CALL (target) {
  RETURN 0 AS round, target.country AS country, target.origin_here AS share
  UNION ALL
  MATCH (target)-[s:SOURCED_FROM]->(a:Supply)
  RETURN 1 AS round, a.country AS country, sum(s.share * a.origin_here) AS share
  UNION ALL
  MATCH (target)-[s:SOURCED_FROM]->(a:Supply)
  WITH a, sum(s.share) AS reached
  MATCH (a)-[s:SOURCED_FROM]->(b:Supply)
  RETURN 2 AS round, b.country AS country, sum(reached * s.share * b.origin_here) AS share
  UNION ALL
  MATCH (target)-[s:SOURCED_FROM]->(a:Supply)
  WITH a, sum(s.share) AS reached
  MATCH (a)-[s:SOURCED_FROM]->(b:Supply)
  WITH b, sum(reached * s.share) AS reached
  MATCH (b)-[s:SOURCED_FROM]->(c:Supply)
  RETURN 3 AS round, c.country AS country, sum(reached * s.share * c.origin_here) AS share
}
WITH round, country, share
WHERE share > 0
RETURN round, country, share
ORDER BY round, share DESC, country
