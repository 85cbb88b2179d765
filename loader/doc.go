// Package loader is the pipeline that every source shares: parse → normalise →
// resolve → validate → write.
//
// A source (a package below this one, such as loader/baci) knows one
// publisher's format. It turns paths into [Job]s, one for each dataset, and
// [Run] takes a job through the pipeline: it begins a load in the store, hands
// the source a [Sink] for rows and rejects, writes batches while the source
// parses the next, and commits, or leaves the store as it was.
//
// What a file may hold and what comes of it is the same for every source:
//
//   - A bad row is rejected with its file, line, column, value and reason, and
//     never stops the file: accepted + rejected = read.
//   - What makes a file unreadable as a whole (a header that is wrong, a
//     compressed file that is cut off or damaged) or a dataset unusable as a
//     whole (see [Refuse]) is an error; the store stays as it was.
//   - What is not known stays not known; it never becomes zero.
//
// Memory is bounded: files are streamed, a row may have 1 MiB, a rejected row
// is written out at once and shown to 4 KiB, a compressed file may expand
// 250-fold.
package loader
