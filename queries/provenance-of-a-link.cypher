// Provenance of a trade link
//
// The rows that the link between two countries' supplies of a product is made
// of: dataset, file and line, and where and on what terms the dataset is published.
//
// Parameters:
//   $exporter text = "CHN": the country that sold
//   $importer text = "NLD": the country that bought
//   $product text = "cobalt-refined": the product
//   $year integer = 2024: calendar year
// Columns:
//   code text: the trade code that the row is of; blank where it names the product itself
//   value_usd number: value, USD of the year
//   tonnes number: mass in tonnes, as the row states it
//   estimated flag: true where the row is not reported but estimated
//   dataset text: id of the dataset
//   file text: the file that the row stood in
//   line integer: its line
//   title text: title of the dataset
//   publisher text: who publishes it
//   licence text: the terms of its use
//   url text: where it is published
//   picture picture: the row, as a link from the exporter to the importer
// Leaves out:
//   Which of several datasets counts, and whether a neighbouring year stood in
//   for this one: both stand in the assumptions of an answer in GraphQL.
MATCH (p:Product {id: $product})
MATCH (seller:Country {id: $exporter})
MATCH (buyer:Country {id: $importer})
MATCH picture = (seller)-[t:TRADES]->(buyer)
WHERE t.year = $year AND (t.product = $product OR EXISTS {
  MATCH (p)-[coded:CODED_AS]->(:TradeCode {id: t.code}) WHERE EXISTS { (:Dataset {id: coded.dataset, load: coded.load}) }
})
MATCH (d:Dataset {id: t.dataset, load: t.load})
RETURN t.code AS code, t.value_usd AS value_usd, t.tonnes AS tonnes, coalesce(t.estimated, false) AS estimated,
  t.dataset AS dataset, t.file AS file, t.line AS line,
  d.title AS title, d.publisher AS publisher, d.licence AS licence, d.url AS url, picture
ORDER BY dataset, file, line
