// A material in all products
//
// What a country makes, buys, sells and has of a material, in every product that
// contains it: as such, and inside parts and things. Tonnes are of the material.
//
// Parameters:
//   $country text = "NLD": the country
//   $material text = "lithium": the material
//   $year integer = 2024: calendar year
// Columns:
//   product text: the product that contains it
//   production number: made there, tonnes of contained material
//   imports number: bought elsewhere, tonnes
//   exports number: sold elsewhere, tonnes
//   supply number: what there is, tonnes
//   picture picture: the product and what the country has of it
// Leaves out:
//   Products of a pooled market: how much of them a country uses is not known.
MATCH (:Country {id: $country})<-[:IN]-(s:Supply {material: $material, year: $year})
WHERE NOT s.pooled AND s.tonnes > 0
MATCH picture = (s)-[:OF]->(p:Product)
RETURN p.id AS product, s.production AS production, s.imports AS imports, s.exports AS exports, s.tonnes AS supply, picture
ORDER BY supply DESC, product
