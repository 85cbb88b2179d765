// Where each stage is made
//
// For each product upstream of a country's supply, the product itself included:
// the countries that make it, with the share of the supply that is made there.
//
// Parameters:
//   $country text = "NLD": the country that depends
//   $product text = "cobalt-refined": what it depends on
//   $material text = "cobalt": the material whose mass is followed
//   $year integer = 2024: calendar year
//   $minStep number = 0.02: steps that take less of the supply of their stage are not followed, 0..1
//   $minShare number = 0.01: least share that is listed, 0..1
//   $first integer = 40: how many at most
// Columns:
//   product text: the stage
//   country text: the country that makes it
//   share number: part of the supply that is made there at this stage, 0..1
//   picture picture: the way with the largest share
// Leaves out:
//   Steps below minStep, ways of more than 8 steps, and ways that visit a
//   place twice: the shares are lower bounds, exact where the network has no
//   cycle and no small step. A product of a pooled market has no buyers to ask for.
MATCH (target:Supply {country: $country, product: $product, material: $material, year: $year})
USING INDEX SEEK target:Supply(country, product, material, year)
MATCH way = (target) ((a:Supply)-[step:SOURCED_FROM WHERE step.share >= $minStep]->(b:Supply)){0,8} (maker:Supply)
WHERE maker.domestic > 0
  AND all(n IN nodes(way) WHERE single(m IN nodes(way) WHERE m = n))
WITH maker, way, reduce(share = maker.domestic, s IN relationships(way) | share * s.share) AS part
ORDER BY part DESC
WITH maker, sum(part) AS share, head(collect(way)) AS picture
WHERE share >= $minShare
RETURN maker.product AS product, maker.country AS country, share, picture
ORDER BY product, share DESC, country
LIMIT $first
