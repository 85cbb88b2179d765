// A company's plants and its owners
//
// The plants that a company runs, and who owns the company, through every
// holding in between, up to owners that nobody else is known to own.
//
// Parameters:
//   $company text, such as "724500Y6DUVHQD6OXN27": the company: its LEI, or an id of our own
//   $year integer = 2024: ownership as on 31 December of this year
// Columns:
//   kind text: company, plant or owner
//   id text: its id
//   name text: its name
//   country text: the company's seat, or where the plant stands
//   share number: part of the company that an owner holds, all holdings between multiplied, 0..1; blank where one of them is not known
//   ultimate flag: true for an owner that has no owner itself
//   picture picture: the plant with its company, or the chain of holdings
// Leaves out:
//   Companies that hold each other are followed once around, not solved, and
//   chains of more than 10 holdings are cut.
MATCH (company:Company {id: $company})
WITH company, toString($year) + '-12-31' AS day
CALL (company, day) {
  RETURN 1 AS part, 'company' AS kind, company AS it, null AS share, company AS picture
  UNION ALL
  MATCH picture = (company)-[runs:OPERATES]->(plant:Facility)
  WHERE EXISTS { (:Dataset {id: runs.dataset, load: runs.load}) }
  RETURN 2 AS part, 'plant' AS kind, plant AS it, null AS share, picture
  UNION ALL
  MATCH picture = (owner:Company)
    -[holding:OWNS WHERE coalesce(holding.from, '') <= day AND coalesce(holding.until, '9999') >= day]->{1,10} (company)
  WHERE owner <> company
    AND all(h IN relationships(picture) WHERE EXISTS { (:Dataset {id: h.dataset, load: h.load}) })
  WITH owner, picture, reduce(share = 1.0, h IN relationships(picture) | share * h.share) AS share
  ORDER BY length(picture)
  WITH owner, collect(share) AS shares, count(*) AS ways, head(collect(picture)) AS picture
  RETURN 3 AS part, 'owner' AS kind, owner AS it,
    CASE WHEN size(shares) = ways THEN reduce(sum = 0.0, s IN shares | sum + s) END AS share, picture
}
RETURN kind, it.id AS id, it.name AS name, head([(it)-[:LOCATED_IN]->(c:Country) | c.id]) AS country, share,
  CASE kind WHEN 'owner' THEN NOT EXISTS { (it)<-[:OWNS]-(:Company) } END AS ultimate, picture
ORDER BY part, share DESC, id
