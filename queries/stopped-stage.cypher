// What a stopped stage would take away
//
// If a country stops delivering one product: the supplies downstream, of every
// country and product, that lose a part, while nothing is rerouted.
//
// Parameters:
//   $country text = "COD": the country that stops
//   $product text = "cobalt-ore": the product that it stops delivering
//   $target text = "cobalt-refined": the product whose users are listed
//   $material text = "cobalt": the material whose mass is followed
//   $year integer = 2024: calendar year
//   $minShare number = 0.02: steps that take less of the supply of their stage are not followed, 0..1
//   $first integer = 15: how many at most
// Columns:
//   country text: who loses
//   share number: part of its supply of the target product that is lost, 0..1
//   tonnes number: the same in tonnes of contained material
//   picture picture: the way by which the largest part of it came
// Leaves out:
//   Steps below minShare, ways of more than 6 steps, and ways that visit a
//   place twice: the shares are lower bounds, exact where the network has no
//   cycle and no small step. A product of a pooled market has no buyers to ask for.
MATCH (stopped:Supply {country: $country, product: $product, material: $material, year: $year})
USING INDEX SEEK stopped:Supply(country, product, material, year)
MATCH way = (stopped) ((b:Supply)<-[step:SOURCED_FROM WHERE step.share >= $minShare]-(a:Supply)){1,6} (hit:Supply)
WHERE hit.product = $target
  AND all(n IN nodes(way) WHERE single(m IN nodes(way) WHERE m = n))
WITH hit, way, reduce(share = 1.0, s IN relationships(way) | share * s.share) AS part
ORDER BY part DESC
WITH hit, sum(part) AS share, head(collect(way)) AS picture
RETURN hit.country AS country, share, share * hit.tonnes AS tonnes, picture
ORDER BY tonnes DESC, country
LIMIT $first
