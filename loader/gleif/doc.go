// Package gleif loads who is who and who owns whom from the Global Legal Entity
// Identifier Foundation (GLEIF; CC0): companies from level 1 (LEI-CDF 3.1) and
// consolidation by accounts from level 2 (RR-CDF 2.1, and the exceptions from
// reporting a parent, Repex 2.1). It reads
//
//   - the golden copy and the concatenated files in CSV, XML and JSON, plain,
//     .gz, .zst or in the .zip in which they are published,
//   - JSON arrays of the same records,
//   - responses of api.gleif.org (lei-records, relationship-records,
//     reporting-exceptions), one a file.
//
// What a file is, its content tells; names serve for the date alone. Files that
// are named together become one dataset a date of the golden copy:
// gleif-20250515. What becomes of a record is in docs/sources/gleif.md; the
// rules are in company.go, exception.go and relationship.go.
//
// A file of gigabytes is streamed: XML and JSON are cut into records, which
// several goroutines parse; CSV is read row by row. What stays in memory is the
// LEIs, 16 bytes each and what is known of them in 8 more, and the keys of the
// links: some 200 MB of live memory for three million entities.
package gleif
