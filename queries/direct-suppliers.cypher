// Direct suppliers of a product
//
// The countries that a country gets a product from, as trade statistics show
// them, with the share of its supply that each delivers.
//
// Parameters:
//   $country text = "NLD": the country that buys
//   $product text = "cobalt-refined": what it buys
//   $material text = "cobalt": the material whose mass is followed
//   $year integer = 2024: calendar year
//   $minShare number = 0.01: least share that is listed, 0..1
//   $first integer = 25: how many at most
// Columns:
//   country text: the country that delivers
//   share number: part of the buyer's supply, its own production included, 0..1
//   tonnes number: the same in tonnes of contained material; blank for a product of a pooled market
//   picture picture: the link from the buyer to the supplier
MATCH (buyer:Supply {country: $country, product: $product, material: $material, year: $year})
USING INDEX SEEK buyer:Supply(country, product, material, year)
MATCH picture = (buyer)-[step:SOURCED_FROM]->(supplier:Supply)
WHERE step.by <> 'production' AND supplier.country <> $country AND step.share >= $minShare
RETURN supplier.country AS country, step.share AS share, step.tonnes AS tonnes, picture
ORDER BY share DESC, country
LIMIT $first
