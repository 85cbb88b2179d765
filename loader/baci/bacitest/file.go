package bacitest

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"tiermap/graph/country"
)

// What a generated file is of, and what a full year of BACI has.
const (
	Year      = 2024
	Countries = 226
	Rows      = 11_000_000
	Codes     = 5000
)

// File returns the path of a generated file of so many rows and codes, making
// it in the user's cache folder where it is not there yet.
func File(rows, codes int) (path string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "tiermap", "bench", fmt.Sprintf("%d-%d", rows, codes))
	path = filepath.Join(dir, fmt.Sprintf("BACI_HS17_Y%d_V202601.csv", Year))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	part := path + ".part"
	if err := generate(part, rows, codes); err != nil {
		return "", err
	}
	return path, os.Rename(part, path)
}

// generate writes a file in BACI's shape: sorted by exporter, importer and
// code, each key once; few pairs of countries trade most of the codes and most
// pairs trade few; values and masses spread over nine orders of magnitude, in
// three decimals; one row in twenty has no mass.
func generate(path string, rows, codes int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	numbers, hs := countryNumbers(), productCodes(r, codes)
	fmt.Fprintln(w, "t,i,j,k,v,q")
	line := make([]byte, 0, 64)
	left := rows
	shares := pairShares(r, len(numbers))
	total := 0.0
	for _, s := range shares {
		total += s
	}
	for p, share := range shares {
		i, j := p/len(numbers), p%len(numbers)
		want := min(left, len(hs), int(math.Round(float64(left)*share/total)))
		total -= share
		left -= want
		for n, k := range hs {
			if want == 0 {
				break
			}
			if r.IntN(len(hs)-n) >= want { // a random sample, in order
				continue
			}
			want--
			line = appendRow(line[:0], r, numbers[i], numbers[j], k)
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func appendRow(line []byte, r *rand.Rand, i, j int, k string) []byte {
	value := math.Exp(2 + 2.8*r.NormFloat64())
	line = strconv.AppendInt(line, Year, 10)
	line = strconv.AppendInt(append(line, ','), int64(i), 10)
	line = strconv.AppendInt(append(line, ','), int64(j), 10)
	line = append(append(append(line, ','), k...), ',')
	line = strconv.AppendFloat(line, max(value, 0.001), 'f', 3, 64)
	if r.IntN(20) == 0 {
		return append(line, ",NA\n"...)
	}
	mass := value * math.Exp(-1.5+1.5*r.NormFloat64())
	return append(strconv.AppendFloat(append(line, ','), max(mass, 0.001), 'f', 3, 64), '\n')
}

// pairShares gives each pair of countries its share of the rows; large traders
// have most, nobody trades with itself.
func pairShares(r *rand.Rand, n int) []float64 {
	size := make([]float64, n)
	for i := range size {
		size[i] = math.Exp(1.6 * r.NormFloat64())
	}
	shares := make([]float64, n*n)
	for i := range n {
		for j := range n {
			if i != j { // no pair trades more codes than there are
				shares[i*n+j] = 1 - math.Exp(-0.16*size[i]*size[j])
			}
		}
	}
	return shares
}

// countryNumbers are numbers of countries that BACI uses, ascending.
func countryNumbers() []int {
	list, err := country.Builtin()
	if err != nil {
		panic(err)
	}
	var numbers []int
	for n := 1; n < 1000; n++ {
		if _, err := list.Resolve(strconv.Itoa(n), country.BACI, Year); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers[:min(Countries, len(numbers))]
}

func productCodes(r *rand.Rand, n int) []string {
	seen := map[string]bool{}
	var list []string
	for len(list) < n {
		k := fmt.Sprintf("%02d%04d", 1+r.IntN(97), r.IntN(10000))
		if !seen[k] {
			seen[k] = true
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return list
}
