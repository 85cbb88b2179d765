// Chain paths to the origins
//
// The ways that a country's supply takes, from the product that it uses up to
// the mine, with the share of the supply that takes each.
//
// A way takes no larger share than any of its steps, and no more mass than any
// of its links carries: by both the pattern drops, step by step, what is too
// small. No way visits a place twice.
//
// Parameters:
//   $country text = "NLD": the country that depends
//   $product text = "cobalt-refined": what it depends on
//   $material text = "cobalt": the material whose mass is followed
//   $year integer = 2024: calendar year
//   $minShare number = 0.02: least share of supply that takes the path, 0..1
//   $first integer = 15: how many at most
// Columns:
//   share number: part of the supply that takes this path, 0..1
//   countries texts: the country of each stage, from the target upstream
//   products texts: the product of each stage
//   picture picture: the path
// Leaves out:
//   Paths of more than 8 steps. A pooled market is a place of its own on the
//   path, "world"; a product of such a market has no buyers to ask for.
MATCH (target:Supply {country: $country, product: $product, material: $material, year: $year})
USING INDEX SEEK target:Supply(country, product, material, year)
MATCH picture = (target) (
    (a:Supply)-[step:SOURCED_FROM]->(b:Supply)
    WHERE step.share >= $minShare AND coalesce(step.tonnes >= $minShare * target.tonnes, true) AND b <> target
  ){0,8} (mine:Supply)
WHERE mine.origin_here > 0 AND mine.origin_here >= $minShare
  AND all(n IN nodes(picture) WHERE single(m IN nodes(picture) WHERE m = n))
WITH picture, reduce(share = mine.origin_here, s IN relationships(picture) | share * s.share) AS share
WHERE share >= $minShare
RETURN share, [n IN nodes(picture) | coalesce(n.country, 'world')] AS countries, [n IN nodes(picture) | n.product] AS products, picture
ORDER BY share DESC, size(countries), countries, products
LIMIT $first
