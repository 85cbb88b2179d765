// Chokepoints of a product
//
// The countries that the world's supply of a product passes, at any stage of
// its chain: what the world would lose if one stopped and nothing were rerouted.
//
// Parameters:
//   $product text = "cobalt-refined": the product
//   $material text = "cobalt": the material whose mass is followed
//   $year integer = 2024: calendar year
//   $first integer = 10: how many at most
// Columns:
//   country text: the country that could stop it
//   world_share number: part of the world's final use that passes it, 0..1
//   countries integer: for how many countries it is a single point of failure
//   picture picture: the link from the product to the country
MATCH picture = (p:Product {id: $product})-[r:PASSES {material: $material, year: $year}]->(c:Country)
RETURN c.id AS country, r.world_share AS world_share, r.countries AS countries, picture
ORDER BY world_share DESC, country
LIMIT $first
