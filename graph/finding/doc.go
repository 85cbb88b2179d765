// Package finding puts an answer into sentences, in English and Dutch, by rule:
// who, how much, of what, in which year; what trade statistics show beside where
// it starts; what is not known and why; what the shares are of.
//
// The same rules write the same sentences wherever an answer is shown: pages,
// command line, reports. A sentence says no more than the figures do: a share is
// "at least" so much where part of the supply is not explained, what is
// estimated is said, and a share too small for a whole per cent is not zero.
package finding
