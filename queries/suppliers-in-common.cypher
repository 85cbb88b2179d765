// Suppliers that two countries have in common
//
// The countries that two buyers of one product both depend on, directly or at
// the origin: a shock there hits both at once.
//
// Parameters:
//   $country text = "NLD": one of the two countries
//   $other text = "DEU": the other one
//   $product text = "cobalt-refined": what both depend on
//   $material text = "cobalt": the material whose mass is followed
//   $year integer = 2024: calendar year
//   $minShare number = 0.01: least share of both, direct or origin, 0..1
//   $first integer = 15: how many at most
// Columns:
//   supplier text: the country that both depend on
//   direct number: part of the one's supply that comes from there directly, 0..1
//   other_direct number: the same of the other's
//   origin number: part of the one's supply that starts there, 0..1
//   other_origin number: the same of the other's
//   picture picture: the links from both to the supplier
MATCH (one:Supply {country: $country, product: $product, material: $material, year: $year})
USING INDEX SEEK one:Supply(country, product, material, year)
MATCH (two:Supply {country: $other, product: $product, material: $material, year: $year})
USING INDEX SEEK two:Supply(country, product, material, year)
MATCH picture = (one)-[a:ORIGIN]->(c:Country)<-[b:ORIGIN]-(two)
WHERE (a.direct >= $minShare AND b.direct >= $minShare) OR (a.origin >= $minShare AND b.origin >= $minShare)
RETURN c.id AS supplier, a.direct AS direct, b.direct AS other_direct, a.origin AS origin, b.origin AS other_origin, picture
ORDER BY CASE WHEN origin < other_origin THEN origin ELSE other_origin END DESC, supplier
LIMIT $first
