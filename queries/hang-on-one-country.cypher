// Materials that hang on one country at every tier
//
// The materials of which one and the same country could take away a given part
// of the world's supply at every stage, from the ore to the finished thing: no
// stage of the chain offers a way round it.
//
// Parameters:
//   $materials texts = ["cobalt", "lithium", "nickel", "gallium", "germanium", "tungsten", "natural-graphite", "neodymium"]: the materials to look at
//   $product text = "cobalt-refined": the one stage that GraphQL is asked for, of the first material
//   $year integer = 2024: calendar year
//   $minShare number = 0.3: least part of the world's final use that must pass the country at every stage, 0..1
// Columns:
//   material text: the material
//   country text: the country that it hangs on
//   product text: the stage
//   world_share number: part of the world's final use of it that passes the country, 0..1
//   picture picture: the stage with the material and the country
MATCH (m:Material) WHERE m.id IN $materials
MATCH (m)<-[:CONTAINS]-(stage:Product) WHERE EXISTS { (stage)-[:PASSES {material: m.id, year: $year}]->() }
WITH m, collect(DISTINCT stage) AS stages
UNWIND stages AS stage
MATCH (stage)-[r:PASSES {material: m.id, year: $year}]->(c:Country) WHERE r.world_share >= $minShare
WITH m, c, stages, collect(stage) AS held
WHERE size(held) = size(stages)
UNWIND held AS stage
MATCH picture = (m)<-[:CONTAINS]-(stage)-[r:PASSES {material: m.id, year: $year}]->(c)
RETURN m.id AS material, c.id AS country, stage.id AS product, r.world_share AS world_share, picture
ORDER BY material, country, product
