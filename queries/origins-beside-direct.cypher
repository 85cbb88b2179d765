// Origins beside direct suppliers
//
// Where the supply of a country starts, at the bottom of the chain, beside what
// comes from there directly: the difference is what trade statistics hide.
//
// Parameters:
//   $country text = "NLD": the country that depends
//   $product text = "cobalt-refined": what it depends on
//   $material text = "cobalt": the material whose mass is followed
//   $year integer = 2024: calendar year
//   $first integer = 12: how many at most, the largest origins first
// Columns:
//   country text: the country that is depended on
//   name text: its name
//   direct number: part of supply that comes from there directly, 0..1; of the country itself: its own production
//   origin number: part of supply that starts there, 0..1
//   hidden number: origin less direct; below zero for a country that passes on what others mine
//   tonnes number: origin in tonnes of contained material; blank for a product of a pooled market
//   picture picture: the link from the supply to the country
MATCH (s:Supply {country: $country, product: $product, material: $material, year: $year})
USING INDEX SEEK s:Supply(country, product, material, year)
MATCH picture = (s)-[o:ORIGIN]->(c:Country)
WHERE o.direct > 0 OR o.origin > 0
RETURN c.id AS country, c.name AS name, o.direct AS direct, o.origin AS origin, o.hidden AS hidden, o.tonnes AS tonnes, picture
ORDER BY origin DESC, direct DESC, country
LIMIT $first
