// Who depends on a country
//
// The countries whose supply of a product starts in a given country, whatever
// way it takes from there, the largest masses first.
//
// Parameters:
//   $country text = "COD": the country that is depended on
//   $product text = "cobalt-refined": what the others use
//   $material text = "cobalt": the material whose mass is followed
//   $year integer = 2024: calendar year
//   $first integer = 15: how many at most
// Columns:
//   dependent text: the country that depends
//   origin number: part of its supply that starts in the country asked about, 0..1
//   pass_through number: part of its supply that starts there or passes it on the way, 0..1
//   tonnes number: what that part is in tonnes of contained material; of origin in Cypher, of pass_through in GraphQL
//   picture picture: the link from the dependent supply to the country
// Leaves out:
//   What only passes the country on its way is not counted: that takes a
//   system of equations, not a pattern. Origin is a lower bound of pass_through.
MATCH (c:Country {id: $country})
MATCH picture = (s:Supply)-[o:ORIGIN]->(c)
WHERE s.product = $product AND s.material = $material AND s.year = $year AND s.country <> $country AND o.origin > 0
RETURN s.country AS dependent, o.origin AS origin, null AS pass_through, o.tonnes AS tonnes, picture
ORDER BY tonnes DESC, dependent
LIMIT $first
