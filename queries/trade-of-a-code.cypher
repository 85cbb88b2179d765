// Trade of a code over the years
//
// What was traded under a code, year by year and dataset by dataset, as the
// publishers report it: nothing is estimated and nothing balanced.
//
// Parameters:
//   $code text = "HS1992:810510": the trade code, with its nomenclature
//   $exporter text = "COD": the country that sells; "" = all
//   $importer text = "": the country that buys; "" = all
//   $years integers = [2018, 2019, 2020, 2021, 2022, 2023, 2024]: calendar years
// Columns:
//   year integer: calendar year
//   dataset text: the dataset that the rows came with
//   rows integer: how many rows there are
//   value_usd number: their value, USD of the year
//   tonnes number: their mass in tonnes, as far as it is known
//   without_tonnes integer: how many rows state no mass
MATCH (seller:Country)-[t:TRADES]->(buyer:Country)
WHERE t.code = $code AND t.year IN $years
  AND $exporter IN ['', seller.id] AND $importer IN ['', buyer.id]
  AND EXISTS { (:Dataset {id: t.dataset, load: t.load}) }
RETURN t.year AS year, t.dataset AS dataset, count(t) AS rows, sum(t.value_usd) AS value_usd, sum(t.tonnes) AS tonnes,
  count(t) - count(t.tonnes) AS without_tonnes
ORDER BY year, dataset
